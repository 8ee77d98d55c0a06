/** Finds where any of many seeds may stand, in one pass that looks at every second byte. */

import { weightOf } from '../bytes.ts';
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
  /** One for the same seeds, with a text of its own. */
  twin(): SeedFinder;
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
  /** By four bytes: the first of their places in the list. */
  readonly first: ReadonlyMap<number, number>;
  readonly places: PlaceList;
}

/** Places of grams in seeds, as columns: there are tens of thousands. */
interface PlaceList {
  readonly seeds: number[];
  readonly offsets: number[];
  /** Of the same four bytes, or -1. */
  readonly next: number[];
}

/**
 * Every second place is looked at, so four bytes in a row are met at their first or at their second byte: by the three bytes
 * from there, in a table, and then by all four.
 *
 * @throws {Error} A seed is too short, or says too little.
 */
export function seedFinder(seeds: readonly Seed[]): SeedFinder {
  return finderOf(gramsOf(seeds));
}

function finderOf(grams: Grams): SeedFinder {
  let buffer = Buffer.allocUnsafeSlow(0);
  let bytes = buffer;
  return {
    load(text) {
      if (text.length > buffer.length) buffer = Buffer.allocUnsafeSlow(text.length * 2);
      bytes = buffer.subarray(0, buffer.write(text, 'latin1'));
    },
    next: (from) => nextGram(bytes, from, grams),
    placesAt(at) {
      const { seeds: owners, offsets, next } = grams.places;
      const places: SeedPlace[] = [];
      let place = grams.first.get(fourBytes(bytes, at)) ?? -1;
      for (; place !== -1; place = next[place] ?? -1) {
        places.push({ seed: owners[place] ?? 0, start: at - (offsets[place] ?? 0) });
      }
      return places;
    },
    twin: () => finderOf(grams),
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

function isGram(bytes: Uint8Array, at: number, { table, first }: Grams): boolean {
  if (at + GRAM > bytes.length || ((table[fourHash(bytes, at)] ?? 0) & IS_GRAM) === 0) return false;
  return first.has(fourBytes(bytes, at));
}

function gramsOf(seeds: readonly Seed[]): Grams {
  const table = new Uint8Array(TABLE_MASK + 1);
  const first = new Map<number, number>();
  const places: PlaceList = { seeds: [], offsets: [], next: [] };
  // From the last one on, so that of the same bytes the first seed comes first.
  for (let seed = seeds.length - 1; seed >= 0; seed--) {
    const { offset, sets } = rarest(seeds[seed] ?? []);
    forEachGram(sets, (gram) => {
      mark(table, threeHash(gram, 0), IS_GRAM_START);
      mark(table, threeHash(gram, 1), IS_GRAM_REST);
      mark(table, fourHash(gram, 0), IS_GRAM);
      const key = fourBytes(gram, 0);
      places.next.push(first.get(key) ?? -1);
      first.set(key, places.seeds.length);
      places.seeds.push(seed);
      places.offsets.push(offset);
    });
  }
  return { table, first, places };
}

/** @param use Is given the same memory again each time. */
function forEachGram(
  [firsts = [], seconds = [], thirds = [], fourths = []]: Seed,
  use: (gram: Uint8Array) => void,
): void {
  const gram = new Uint8Array(GRAM);
  for (const first of firsts) {
    for (const second of seconds) {
      for (const third of thirds) {
        gram[0] = first;
        gram[1] = second;
        gram[2] = third;
        useEach(gram, fourths, use);
      }
    }
  }
}

function useEach(
  gram: Uint8Array,
  fourths: readonly number[],
  use: (gram: Uint8Array) => void,
): void {
  for (const fourth of fourths) {
    gram[3] = fourth;
    use(gram);
  }
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

/** The four places of a seed that are the least common in what bundles hold, and where they begin. */
function rarest(seed: Seed): { readonly offset: number; readonly sets: Seed } {
  const common = seed.map(weightOf);
  let offset = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let start = 0; start + GRAM <= seed.length; start++) {
    const [first = 0, fourth = 0] = [common[start], common[start + 3]];
    const [second = 0, third = 0] = [common[start + 1], common[start + 2]];
    // Three bytes of the four are looked for first: the first ones, or the last ones.
    const both = second * third * (first + fourth);
    if (both < least) [offset, least] = [start, both];
  }
  const sets = seed.slice(offset, offset + GRAM);
  const count = sets.reduce((product, bytes) => product * bytes.length, 1);
  if (sets.length < GRAM || count > MAX_VARIANTS) throw new Error('a seed says too little');
  return { offset, sets };
}
