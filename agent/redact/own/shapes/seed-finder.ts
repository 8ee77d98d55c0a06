/** Finds where any of many seeds may stand, in one pass that looks at every second byte. */

import type { Seed } from './seed.ts';

/** Where no seed stands. */
export const NOWHERE = Number.POSITIVE_INFINITY;

export interface SeedPlace {
  /** Index in the list of seeds. */
  readonly seed: number;
  /** Where the whole seed would begin; it may be negative. */
  readonly start: number;
}

export interface SeedFinder {
  /** Takes the place of the text before. @param text One character a byte. */
  load(text: string): void;
  /** @returns Where four bytes of a seed stand, at `from` or behind it, or `NOWHERE`. */
  next(from: number): number;
  /** @param at As `next` returned it. @returns The seeds that these four bytes are of; their other bytes are not looked at. */
  placesAt(at: number): readonly SeedPlace[];
}

/** Of each seed, so many bytes are looked for: where they are the least common. */
const GRAM = 4;
const TABLE_BITS = 16;
const TABLE_MASK = 2 ** TABLE_BITS - 1;
const MAX_VARIANTS = 4096;

/** Bits of the table: what a hash of three or of four bytes may be. */
const IS_GRAM_START = 1;
const IS_GRAM_REST = 2;
const IS_GRAM = 4;

interface Grams {
  readonly table: Uint8Array;
  /** By four bytes: index of a seed, and where in the seed the four bytes are. */
  readonly seeds: ReadonlyMap<number, readonly (readonly [seed: number, offset: number])[]>;
}

/**
 * Every second place is looked at, so four bytes in a row are met at their first or at their second byte: by the three bytes
 * from there, in a table, and then by all four.
 *
 * @throws {Error} A seed is too short, or says too little.
 */
export function seedFinder(seeds: readonly Seed[]): SeedFinder {
  const grams = gramsOf(seeds);
  let buffer = Buffer.allocUnsafeSlow(0);
  let bytes = buffer;
  return {
    load(text) {
      if (text.length > buffer.length) buffer = Buffer.allocUnsafeSlow(text.length * 2);
      bytes = buffer.subarray(0, buffer.write(text, 'latin1'));
    },
    next: (from) => nextGram(bytes, from, grams),
    placesAt(at) {
      const places = grams.seeds.get(fourBytes(bytes, at)) ?? [];
      return places.map(([seed, offset]) => ({ seed, start: at - offset }));
    },
  };
}

function nextGram(bytes: Uint8Array, from: number, grams: Grams): number {
  const { table } = grams;
  const end = bytes.length - 2;
  for (let at = from; at < end; at += 2) {
    const found = table[threeHash(bytes, at)] ?? 0;
    if ((found & (IS_GRAM_START | IS_GRAM_REST)) === 0) continue;
    if ((found & IS_GRAM_REST) !== 0 && at > from && isGram(bytes, at - 1, grams)) return at - 1;
    if ((found & IS_GRAM_START) !== 0 && isGram(bytes, at, grams)) return at;
  }
  return NOWHERE;
}

function isGram(bytes: Uint8Array, at: number, { table, seeds }: Grams): boolean {
  if (at + GRAM > bytes.length || ((table[fourHash(bytes, at)] ?? 0) & IS_GRAM) === 0) return false;
  return seeds.has(fourBytes(bytes, at));
}

function gramsOf(seeds: readonly Seed[]): Grams {
  const table = new Uint8Array(TABLE_MASK + 1);
  const byBytes = new Map<number, (readonly [number, number])[]>();
  for (const [seed, sets] of seeds.entries()) {
    const { offset, variants } = rarest(sets);
    for (const gram of variants) {
      mark(table, threeHash(gram, 0), IS_GRAM_START);
      mark(table, threeHash(gram, 1), IS_GRAM_REST);
      mark(table, fourHash(gram, 0), IS_GRAM);
      const key = fourBytes(gram, 0);
      const places = byBytes.get(key) ?? [];
      byBytes.set(key, places);
      places.push([seed, offset]);
    }
  }
  return { table, seeds: byBytes };
}

function mark(table: Uint8Array, index: number, bit: number): void {
  table[index] = (table[index] ?? 0) | bit;
}

function threeHash(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  const third = bytes[at + 2] ?? 0;
  return (first ^ (second << 5) ^ (third << 10) ^ (third >> 2)) & TABLE_MASK;
}

function fourHash(bytes: Uint8Array, at: number): number {
  return (Math.imul(fourBytes(bytes, at), 0x9e3779b1) >>> (32 - TABLE_BITS)) & TABLE_MASK;
}

function fourBytes(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
  return high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

/** The four places of a seed that are the least common in what bundles hold, and all texts that they stand for. */
function rarest(seed: Seed): { offset: number; variants: readonly Uint8Array[] } {
  const common = seed.map((bytes) => bytes.reduce((sum, byte) => sum + (WEIGHTS[byte] ?? 0), 0));
  let offset = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let start = 0; start + GRAM <= seed.length; start++) {
    const [first = 0, second = 0, third = 0, fourth = 0] = common.slice(start, start + GRAM);
    // Three bytes of the four are looked for first: the first ones, or the last ones.
    const both = second * third * (first + fourth);
    if (both < least) [offset, least] = [start, both];
  }
  const sets = seed.slice(offset, offset + GRAM);
  const count = sets.reduce((product, bytes) => product * bytes.length, 1);
  if (sets.length < GRAM || count > MAX_VARIANTS) throw new Error('a seed says too little');
  let grams: readonly (readonly number[])[] = [[]];
  for (const bytes of sets) grams = grams.flatMap((gram) => bytes.map((byte) => [...gram, byte]));
  return { offset, variants: grams.map((gram) => Uint8Array.from(gram)) };
}

/** How common a byte is in logs and JSON, roughly. */
const WEIGHTS = Array.from({ length: 256 }, (_none, byte) => {
  const character = String.fromCharCode(byte);
  if (/[a-z]/.test(character)) return 8;
  if (/[0-9\-:"/. ]/.test(character)) return 4;
  return /[A-Z_]/.test(character) ? 2 : 1;
});
