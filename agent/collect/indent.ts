/** Indents JSON byte by byte, as Go's json.MarshalIndent would: what the API server said, and nothing else, reaches the file. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const TAB = 0x09;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const INDENT = 2;

/**
 * Nothing is parsed, so numbers above 2^53, the order of keys and escapes stay as the API server wrote them, which is
 * as Go writes them: keys of maps sorted, `<`, `>` and `&` escaped.
 */
export class Indenter {
  #out = Buffer.allocUnsafeSlow(64 * 1024);
  #length = 0;
  #depth = 0;
  /** A bracket was opened and nothing stands in it yet: an empty one closes on its line. */
  #isOpened = false;
  #isInString = false;
  #isEscaped = false;

  /**
   * The value, its lines after the first indented for that depth. Valid until the next call.
   *
   * @param value JSON, without spaces between its parts or with them.
   * @param first Fields to put before an object's own: JSON, e.g. `"kind":"Pod","apiVersion":"v1"`.
   */
  indent(value: Uint8Array, depth: number, first?: Uint8Array): Uint8Array {
    this.#length = 0;
    this.#depth = depth;
    if (first === undefined) {
      this.#feed(value);
    } else {
      this.#feed(value.subarray(0, 1));
      this.#feed(first);
      const isEmpty = value.length === 2;
      if (!isEmpty) this.#feed(Buffer.of(COMMA));
      this.#feed(value.subarray(1));
    }
    return this.#out.subarray(0, this.#length);
  }

  // One loop with local variables: tens of megabytes pass through here in a run.
  // oxlint-disable-next-line complexity -- a state machine over bytes is a switch
  #feed(value: Uint8Array): void {
    let out = this.#out;
    let end = this.#length;
    let depth = this.#depth;
    let isOpened = this.#isOpened;
    let isInString = this.#isInString;
    let isEscaped = this.#isEscaped;
    for (let index = 0; index < value.length; index++) {
      // A byte becomes at most itself, a line break and the indent.
      if (end + 2 + depth * INDENT > out.length) out = this.#grow(end, depth);
      const byte = value[index] ?? 0;
      if (isInString) {
        out[end++] = byte;
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isInString = false;
        continue;
      }
      let breaksBefore = false;
      let breaksAfter = false;
      switch (byte) {
        case SPACE:
        case LINE_FEED:
        case CARRIAGE_RETURN:
        case TAB:
          continue;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          depth--;
          breaksBefore = !isOpened;
          isOpened = false;
          break;
        case COMMA:
          breaksAfter = true;
          break;
        case COLON:
          break;
        default:
          breaksBefore = isOpened;
          isOpened = byte === OPEN_BRACE || byte === OPEN_BRACKET;
          isInString = byte === QUOTE;
      }
      if (breaksBefore) {
        out[end++] = LINE_FEED;
        for (let spaces = depth * INDENT; spaces > 0; spaces--) out[end++] = SPACE;
      }
      out[end++] = byte;
      if (byte === COLON) out[end++] = SPACE;
      else if (breaksAfter) {
        out[end++] = LINE_FEED;
        for (let spaces = depth * INDENT; spaces > 0; spaces--) out[end++] = SPACE;
      } else if (isOpened && (byte === OPEN_BRACE || byte === OPEN_BRACKET)) depth++;
    }
    this.#length = end;
    this.#depth = depth;
    this.#isOpened = isOpened;
    this.#isInString = isInString;
    this.#isEscaped = isEscaped;
  }

  #grow(length: number, depth: number): Buffer<ArrayBuffer> {
    const bigger = Buffer.allocUnsafeSlow(2 * (this.#out.length + depth * INDENT));
    this.#out.copy(bigger, 0, 0, length);
    this.#out = bigger;
    return bigger;
  }
}
