/** Finds the objects in a list of the Kubernetes API while its bytes come, without parsing them. */

import { isObject, textAt } from '../kube/object-fields.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** What a list says of itself. */
export interface ListFacts {
  readonly resourceVersion: string;
  /** Empty: there is no further page. */
  readonly continueToken: string;
}

/**
 * Where the objects begin. Nothing else in a list looks like it: quotes inside of texts are escaped, and its metadata has no
 * such field.
 */
const ITEMS = /"items"\s*:\s*\[/;

/** A list's own fields are small. */
const MAX_FRAME_BYTES = 1024 * 1024;

/**
 * Holds no more than one object and the chunk in which it ends. The list's fields may be in any order; of the
 * objects only where each begins and ends is looked at.
 */
export class ListParser {
  /** The list's own fields, in two parts: `{"kind":"PodList",…,"items":[` and `]…}`. */
  #head = '';
  #tail = '';
  #place: 'head' | 'between' | 'within' | 'tail' = 'head';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** The beginning of an object that ends in a later chunk. */
  #begun = Buffer.alloc(0);
  #begunBytes = 0;
  /** Holds the last one that was put together, and takes turns with the other. */
  #spare = Buffer.alloc(0);

  /**
   * @returns Each object that ends in this chunk, from its first brace to its last; valid until the next chunk.
   * @throws {SyntaxError} What comes is no list.
   */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const objects: Uint8Array[] = [];
    let index = this.#place === 'head' ? this.#passHead(chunk) : 0;
    while (index < chunk.length) {
      if (this.#place === 'tail') {
        this.#tail += toLatin(chunk, index);
        break;
      }
      if (this.#place === 'between') index = this.#passBetween(chunk, index);
      if (this.#place !== 'within') continue;
      const end = this.#findEnd(chunk, index);
      const part = chunk.subarray(index, end);
      index = end;
      if (this.#depth > 0) {
        this.#keep(part);
        break;
      }
      this.#place = 'between';
      objects.push(this.#wholeObject(part));
    }
    return objects;
  }

  /** What is known before the list has ended; all of it, where its objects come last. */
  get facts(): ListFacts {
    return factsOf(`${this.#head}]}`);
  }

  /** @throws {SyntaxError} The list is not whole, or there is none. */
  finish(): ListFacts {
    return factsOf(this.#head + this.#tail);
  }

  /** Gives where the objects begin, or the chunk's end. */
  #passHead(chunk: Uint8Array): number {
    const before = this.#head.length;
    this.#head += toLatin(chunk, 0);
    const found = ITEMS.exec(this.#head);
    if (found !== null) {
      this.#place = 'between';
      this.#head = this.#head.slice(0, found.index + found[0].length);
      return this.#head.length - before;
    }
    if (this.#head.length > MAX_FRAME_BYTES) throw new SyntaxError('the answer is not a list');
    return chunk.length;
  }

  /** Gives the next object's first brace, or what ends the list. */
  #passBetween(chunk: Uint8Array, from: number): number {
    for (let index = from; index < chunk.length; index++) {
      const byte = chunk[index];
      if (byte === OPEN_BRACE) {
        this.#place = 'within';
        return index;
      }
      if (byte === CLOSE_BRACKET) {
        this.#place = 'tail';
        return index;
      }
      if (byte !== COMMA && !isBlank(byte)) {
        throw new SyntaxError('the list holds something that is no object');
      }
    }
    return chunk.length;
  }

  /** Gives what is behind the object's last brace, or the chunk's end. */
  // oxlint-disable-next-line complexity -- a state machine over bytes, in one loop because it is hot
  #findEnd(chunk: Uint8Array, from: number): number {
    // Local variables: tens of megabytes pass through this loop in a run.
    let depth = this.#depth;
    let isInString = this.#isInString;
    let isEscaped = this.#isEscaped;
    let index = from;
    do {
      const byte = chunk[index++];
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isInString = false;
      } else if (byte === QUOTE) isInString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    } while (depth > 0 && index < chunk.length);
    this.#depth = depth;
    this.#isInString = isInString;
    this.#isEscaped = isEscaped;
    return index;
  }

  #wholeObject(lastPart: Uint8Array): Uint8Array {
    if (this.#begunBytes === 0) return lastPart;
    this.#keep(lastPart);
    const object = this.#begun.subarray(0, this.#begunBytes);
    [this.#begun, this.#spare] = [this.#spare, this.#begun];
    this.#begunBytes = 0;
    return object;
  }

  #keep(part: Uint8Array): void {
    const bytes = this.#begunBytes + part.length;
    if (bytes > this.#begun.length) {
      const larger = Buffer.allocUnsafeSlow(2 * bytes);
      this.#begun.copy(larger, 0, 0, this.#begunBytes);
      this.#begun = larger;
    }
    this.#begun.set(part, this.#begunBytes);
    this.#begunBytes = bytes;
  }
}

function factsOf(json: string): ListFacts {
  const list: unknown = JSON.parse(json);
  if (!isObject(list) || !('items' in list)) throw new SyntaxError('the answer is not a list');
  return {
    resourceVersion: textAt(list, 'metadata', 'resourceVersion'),
    continueToken: textAt(list, 'metadata', 'continue'),
  };
}

/** A list's own fields are ASCII. */
function toLatin(chunk: Uint8Array, from: number): string {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1', from);
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
