/** Finds any of a million texts in a stream of bytes, and keeps only hashes of them. */

import { hash } from 'node:crypto';

/** Of a longer text its middle is looked for, so that a stream need not be kept for longer. */
export const MAX_TEXT_BYTES = 4 * 1024;

/** A text is suspected where so many bytes of its middle stand: its beginning is often that of many others. */
const KEY_BYTES = 8;
/** The key's hash rolls: each byte is worth so many times the next one. */
const FACTOR = 0x0100_0193;
/** What the first of the key's bytes is worth when it leaves. */
const LEAVING = rollingHash(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0), KEY_BYTES + 1);
/** Brings what differs into the upper bits. */
const SPREAD = 0x9e37_79b1;
/** A table so much larger than the number of texts lets one place in so many pass by chance. */
const BITS_A_TEXT = 64;
const MIN_TABLE_BITS = 16;
const MAX_TABLE_BITS = 27;

interface HashedText {
  readonly key: number;
  readonly bytes: number;
  readonly digest: bigint;
}

/**
 * Each text takes 14 bytes, and some for a table that tells places without any of them apart from others, at some 200 MB/s and
 * in linear time. That something else is taken for a text takes a collision of 64 bits of SHA-256.
 */
export class HashedTexts {
  /** Sorted; the other arrays go with it. */
  readonly #keys: Int32Array;
  readonly #bytes: Uint16Array;
  readonly #digests: BigUint64Array;
  readonly #table: Uint8Array;
  readonly #shift: number;

  /** @param texts Of 8 bytes at least; may be alike. */
  constructor(texts: Iterable<Uint8Array>) {
    const hashed = Array.from(texts, hashText).toSorted(compare);
    const unique = hashed.filter((text, index) => {
      const before = hashed[index - 1];
      return before === undefined || compare(before, text) !== 0;
    });
    this.#keys = Int32Array.from(unique, ({ key }) => key);
    this.#bytes = Uint16Array.from(unique, ({ bytes }) => bytes);
    this.#digests = BigUint64Array.from(unique, ({ digest }) => digest);
    const wanted = Math.ceil(Math.log2(Math.max(1, unique.length * BITS_A_TEXT)));
    const tableBits = Math.min(MAX_TABLE_BITS, Math.max(MIN_TABLE_BITS, wanted));
    this.#shift = 32 - tableBits;
    this.#table = new Uint8Array(2 ** tableBits / 8);
    for (const key of this.#keys) {
      const bit = Math.imul(key, SPREAD) >>> this.#shift;
      this.#table[bit >>> 3] = (this.#table[bit >>> 3] ?? 0) | (1 << (bit & 7));
    }
  }

  /** Whether one of the texts, or the middle of a long one, is in these bytes. */
  // oxlint-disable-next-line complexity -- every byte of a bundle passes through this loop
  isIn(window: Uint8Array): boolean {
    if (this.#keys.length === 0) return false;
    const table = this.#table;
    const shift = this.#shift;
    let key = rollingHash(window, KEY_BYTES - 1);
    for (let index = KEY_BYTES - 1; index < window.length; index++) {
      const leaving = index < KEY_BYTES ? 0 : (window[index - KEY_BYTES] ?? 0);
      key = (Math.imul(key, FACTOR) + (window[index] ?? 0) - Math.imul(leaving, LEAVING)) | 0;
      const bit = Math.imul(key, SPREAD) >>> shift;
      const isPossible = ((table[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
      if (isPossible && this.#isAt(window, key, index + 1 - KEY_BYTES)) return true;
    }
    return false;
  }

  #isAt(window: Uint8Array, key: number, at: number): boolean {
    for (let index = this.#firstWith(key); this.#keys[index] === key; index++) {
      const bytes = this.#bytes[index] ?? 0;
      const start = at - keyOffset(bytes);
      const isWhole = start >= 0 && start + bytes <= window.length;
      if (isWhole && digestOf(window.subarray(start, start + bytes)) === this.#digests[index]) {
        return true;
      }
    }
    return false;
  }

  /** Where the key is, or would be. */
  #firstWith(key: number): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function hashText(text: Uint8Array): HashedText {
  const start = Math.max(0, Math.floor((text.length - MAX_TEXT_BYTES) / 2));
  const part = text.subarray(start, start + MAX_TEXT_BYTES);
  const offset = keyOffset(part.length);
  const key = rollingHash(part.subarray(offset), KEY_BYTES);
  return { key, bytes: part.length, digest: digestOf(part) };
}

function keyOffset(bytes: number): number {
  return Math.floor((bytes - KEY_BYTES) / 2);
}

function rollingHash(bytes: Uint8Array, length: number): number {
  let sum = 0;
  for (const byte of bytes.subarray(0, length)) sum = (Math.imul(sum, FACTOR) + byte) | 0;
  return sum;
}

function digestOf(bytes: Uint8Array): bigint {
  return hash('sha256', bytes, 'buffer').readBigUInt64LE();
}

function compare(one: HashedText, other: HashedText): number {
  if (one.key !== other.key) return one.key - other.key;
  if (one.bytes !== other.bytes) return one.bytes - other.bytes;
  if (one.digest === other.digest) return 0;
  return one.digest < other.digest ? -1 : 1;
}
