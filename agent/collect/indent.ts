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
  #end = 0;
  #depth = 0;
  /** Before what comes next the line breaks, unless it closes a bracket that was opened just now. */
  #isOpened = false;

  /**
   * The value, its lines after the first indented for that depth. Valid until the next call.
   *
   * @param value Whole JSON, without spaces between its parts or with them.
   * @param first Fields to put before an object's own: JSON, e.g. `"kind":"Pod","apiVersion":"v1"`.
   */
  indent(value: Uint8Array, depth: number, first?: Uint8Array): Uint8Array {
    this.#end = 0;
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
    return this.#out.subarray(0, this.#end);
  }

  /** One loop with local variables, because tens of megabytes pass through it in a run. */
  // oxlint-disable-next-line complexity -- a state machine over bytes is one switch
  #feed(value: Uint8Array): void {
    let out = this.#reserve(this.#end + value.length);
    let end = this.#end;
    let depth = this.#depth;
    let isOpened = this.#isOpened;
    // All of the input fits; what is added to it is counted.
    let freeBytes = out.length - end - value.length;
    for (let index = 0; index < value.length; index++) {
      const byte = value[index] ?? 0;
      let breaks = isOpened;
      switch (byte) {
        case SPACE:
        case LINE_FEED:
        case CARRIAGE_RETURN:
        case TAB:
          freeBytes++;
          continue;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          depth--;
          breaks = !isOpened;
          break;
        case COMMA:
        case COLON:
          out[end++] = byte;
          if (byte === COLON) out[end++] = SPACE;
          else isOpened = true;
          continue;
        default:
      }
      if (breaks) {
        // The line break, the indent, and the space behind a colon, of which a line has at most one.
        const addedBytes = 2 + depth * INDENT;
        freeBytes -= addedBytes;
        if (freeBytes < 0) {
          this.#end = end;
          const before = out.length;
          out = this.#reserve(2 * before + addedBytes);
          freeBytes += out.length - before;
        }
        out[end++] = LINE_FEED;
        for (const last = end + depth * INDENT; end < last; ) out[end++] = SPACE;
      }
      out[end++] = byte;
      isOpened = byte === OPEN_BRACE || byte === OPEN_BRACKET;
      if (isOpened) depth++;
      if (byte !== QUOTE) continue;
      for (let inner = value[++index]; inner !== QUOTE && inner !== undefined; ) {
        out[end++] = inner;
        // What follows a backslash ends no text, whatever it is.
        if (inner === BACKSLASH) out[end++] = value[++index] ?? 0;
        inner = value[++index];
      }
      out[end++] = QUOTE;
    }
    this.#end = end;
    this.#depth = depth;
    this.#isOpened = isOpened;
  }

  /** At least so many bytes, with what is written already. */
  #reserve(bytes: number): Buffer<ArrayBuffer> {
    if (bytes > this.#out.length) {
      const bigger = Buffer.allocUnsafeSlow(2 * bytes);
      this.#out.copy(bigger, 0, 0, this.#end);
      this.#out = bigger;
    }
    return this.#out;
  }
}
