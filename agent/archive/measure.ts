/** What is learnt of bytes while they pass: how many, their SHA-256, and how often something was hidden in them. */

import { createHash } from 'node:crypto';

/** What troubleshoot and the agent put in the place of what they hide. */
export const HIDDEN_MARK = '***HIDDEN***';

const MARK = Buffer.from(HIDDEN_MARK);

export class Measure {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  add(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Hex. Ends the measuring. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}

/** Counts the marks of hidden text, also those that a chunk's end cuts in two. */
export class HiddenCounter {
  #count = 0;
  /** The end of what has passed: too short for a mark, but perhaps the beginning of one. */
  #rest = Buffer.alloc(0);

  get count(): number {
    return this.#count;
  }

  add(chunk: Uint8Array): void {
    const bytes = Buffer.concat([this.#rest, chunk]);
    let nextAt = 0;
    for (let foundAt = bytes.indexOf(MARK); foundAt !== -1; foundAt = bytes.indexOf(MARK, nextAt)) {
      this.#count += 1;
      nextAt = foundAt + MARK.length;
    }
    this.#rest = Buffer.from(bytes.subarray(Math.max(nextAt, bytes.length - MARK.length + 1)));
  }
}
