/** What is learnt of bytes while they pass: how many, their SHA-256, and how often something was hidden in them. */

import { createHash } from 'node:crypto';

import { MASK } from '../mask.ts';

/** What troubleshoot and the agent put in the place of what they hide. */
const MARK = Buffer.from(MASK);

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
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // Only the border is copied: garbage the size of all that passes would stay in memory for long.
    const border = Buffer.concat([this.#rest, bytes.subarray(0, MARK.length - 1)]);
    const acrossAt = border.indexOf(MARK);
    let countedTo = 0;
    if (acrossAt !== -1 && acrossAt < this.#rest.length) {
      this.#count += 1;
      countedTo = acrossAt + MARK.length - this.#rest.length;
    }
    let foundAt = bytes.indexOf(MARK, countedTo);
    while (foundAt !== -1) {
      this.#count += 1;
      countedTo = foundAt + MARK.length;
      foundAt = bytes.indexOf(MARK, countedTo);
    }
    const isWithinBorder = countedTo === 0 && bytes.length < MARK.length;
    const passed = isWithinBorder ? border : bytes.subarray(countedTo);
    this.#rest = Buffer.from(passed.subarray(Math.max(0, passed.length - MARK.length + 1)));
  }
}
