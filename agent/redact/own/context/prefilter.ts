/** Finds the lines that a rule could change, at several times the speed of the rules. */

import { bothCases, weightOf } from '../bytes.ts';

/** Looks for the next place at or behind another one. */
export type Prefilter = (from: number) => number;

/**
 * Of each seed three characters in a row are looked for: a table tells of any three whether a seed has them, and only there
 * its pattern is asked. So the time hardly grows with the number of seeds. One that has no such three, since it begins with
 * a choice, is sought by its pattern alone.
 *
 * @param seeds `source` of patterns in any case; of each secret one must be on its line. A single character stands for itself.
 * @returns For a text of one character a byte: the next place where a seed stands, or -1. To be asked for places in their order,
 *   and no more once another text is given, of whatever prefilter.
 */
export function prefilter(seeds: readonly string[]): (text: string) => Prefilter {
  const unique = [...new Set(seeds)];
  const grams = new Grams();
  const alone = unique.filter((seed) => seed.length > 1 && !grams.add(seed));
  const characters = unique.filter((seed) => seed.length === 1);
  const patterns = alone.map((source) => new RegExp(source, 'gi'));
  return (text) => {
    const bytes = toBytes(text);
    const finders = [
      (from: number) => grams.next(text, bytes, from),
      ...characters.map((character) => (from: number) => text.indexOf(character, from)),
      ...patterns.map((pattern) => (from: number) => {
        pattern.lastIndex = from;
        return pattern.exec(text)?.index ?? -1;
      }),
    ].map((find) => remembering(find));
    return (from) => {
      let next = -1;
      for (const find of finders) {
        const at = find(from);
        if (at !== -1 && (next === -1 || at < next)) next = at;
      }
      return next;
    };
  };
}

/** What is found is not sought again until it is behind. */
function remembering(find: Prefilter): Prefilter {
  let next = 0;
  let isKnown = false;
  return (from) => {
    if (!isKnown || (next !== -1 && next < from)) next = find(from);
    isKnown = true;
    return next;
  };
}

let scratch = Buffer.allocUnsafeSlow(256 * 1024);

/** @returns Holds until the next text is given. */
function toBytes(text: string): Uint8Array {
  if (text.length > scratch.length) scratch = Buffer.allocUnsafeSlow(2 * text.length);
  return scratch.subarray(0, scratch.write(text, 'latin1'));
}

const GRAM = 3;
const COLUMN_BITS = 6;

/** Byte → column: both cases of a letter have one, so has a digit, and what else there is shares the rest. */
const COLUMNS = Uint8Array.from({ length: 256 }, (_none, byte) => {
  const character = String.fromCharCode(byte).toLowerCase();
  if (/[a-z]/.test(character)) return character.charCodeAt(0) - 0x61;
  return /[0-9]/.test(character) ? 26 + byte - 0x30 : 36 + (byte % 28);
});

/** More make the table too full. */
const MAX_GRAMS = 4096;

interface SeedGram {
  readonly pattern: RegExp;
  /** Of the three characters in the seed. */
  readonly offset: number;
}

interface Tables {
  /** By three columns: 1 where a seed has them. */
  readonly grams: Uint8Array;
  /** By two bytes: whether they are the first two or the last two of such. */
  readonly pairs: Uint8Array;
}

const IS_START = 1;
const IS_REST = 2;

/** Three characters in a row of each seed. */
class Grams {
  readonly #tables: Tables = {
    grams: new Uint8Array(2 ** (GRAM * COLUMN_BITS)),
    pairs: new Uint8Array(2 ** 16),
  };
  readonly #seeds = new Map<number, SeedGram[]>();

  /** @returns Whether the seed has three characters that can be looked for. */
  add(source: string): boolean {
    const window = rarestWindow(headOf(source));
    if (window === undefined) return false;
    const { offset, part } = window;
    const seed = { pattern: new RegExp(source, 'iy'), offset };
    for (const gram of gramsOf(part.map(columnsOf))) {
      this.#tables.grams[gram] = 1;
      const known = this.#seeds.get(gram);
      if (known === undefined) this.#seeds.set(gram, [seed]);
      else known.push(seed);
    }
    const [firsts = [], seconds = [], thirds = []] = part;
    this.#mark(firsts, seconds, IS_START);
    this.#mark(seconds, thirds, IS_REST);
    return true;
  }

  #mark(firsts: readonly number[], seconds: readonly number[], bit: number): void {
    const { pairs } = this.#tables;
    for (const first of firsts) {
      for (const second of seconds) {
        const pair = (first << 8) | second;
        pairs[pair] = (pairs[pair] ?? 0) | bit;
      }
    }
  }

  /** Where the next seed begins whose three characters are at `from` or behind it; or -1. */
  next(text: string, bytes: Uint8Array, from: number): number {
    for (let at = nextGram(bytes, from, this.#tables); at !== -1; ) {
      const start = this.#startOf(text, at, gramAt(bytes, at));
      if (start >= from) return start;
      at = nextGram(bytes, at + 1, this.#tables);
    }
    return -1;
  }

  #startOf(text: string, at: number, gram: number): number {
    for (const { pattern, offset } of this.#seeds.get(gram) ?? []) {
      pattern.lastIndex = at - offset;
      if (at >= offset && pattern.test(text)) return at - offset;
    }
    return -1;
  }
}

/** All of a text passes here, two characters at a time: any two of three that stand in a row are met so. */
function nextGram(bytes: Uint8Array, from: number, tables: Tables): number {
  const end = bytes.length - 1;
  for (let at = from; at < end; at += 2) {
    const pair = pairAt(bytes, at, tables);
    if (pair === 0) continue;
    if ((pair & IS_REST) !== 0 && at > from && isGram(bytes, at - 1, tables)) return at - 1;
    if ((pair & IS_START) !== 0 && isGram(bytes, at, tables)) return at;
  }
  return -1;
}

function pairAt(bytes: Uint8Array, at: number, { pairs }: Tables): number {
  return pairs[((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)] ?? 0;
}

function isGram(bytes: Uint8Array, at: number, { grams }: Tables): boolean {
  return grams[gramAt(bytes, at)] === 1;
}

function gramAt(bytes: Uint8Array, at: number): number {
  return (
    (columnAt(bytes, at) << (2 * COLUMN_BITS)) |
    (columnAt(bytes, at + 1) << COLUMN_BITS) |
    columnAt(bytes, at + 2)
  );
}

function columnAt(bytes: Uint8Array, at: number): number {
  return COLUMNS[bytes[at] ?? 0] ?? 0;
}

const ELEMENT = /(\\.|\[\^?(?:\\.|[^\]\\])+\]|[^\\[\](){}|*+?^$.])([*+?{])?/y;

/** The characters that the seed begins with, each as the bytes that may stand there: up to a choice or a count. */
function headOf(source: string): readonly (readonly number[])[] {
  const head: (readonly number[])[] = [];
  ELEMENT.lastIndex = 0;
  for (let match = ELEMENT.exec(source); match !== null; match = ELEMENT.exec(source)) {
    const [, element = '', count] = match;
    if (count !== undefined) break;
    head.push(bytesOf(element));
  }
  return /(?<!\\)\|/.test(source.replaceAll(/\[[^\]]*\]|\([^)]*\)/g, '')) ? [] : head;
}

/** By element of a source: asked of V8 once, since that takes longer than all the rest. */
const BYTES = new Map<string, readonly number[]>();

function bytesOf(element: string): readonly number[] {
  const known = BYTES.get(element);
  if (known !== undefined) return known;
  const bytes = element.length === 1 ? bothCases([element.charCodeAt(0)]) : bytesInClass(element);
  BYTES.set(element, bytes);
  return bytes;
}

function bytesInClass(element: string): readonly number[] {
  const pattern = new RegExp(`^${element}$`, 'i');
  return [...COLUMNS.keys()].filter((byte) => pattern.test(String.fromCharCode(byte)));
}

interface Window {
  readonly offset: number;
  /** For each of the three characters, the bytes that it may be. */
  readonly part: readonly (readonly number[])[];
}

/** The three in a row that are the least common. */
function rarestWindow(head: readonly (readonly number[])[]): Window | undefined {
  let rarest: Window | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let offset = 0; offset + GRAM <= head.length; offset++) {
    const part = head.slice(offset, offset + GRAM);
    const count = part.reduce((product, bytes) => product * columnsOf(bytes).length, 1);
    const common = part.reduce((product, bytes) => product * weightOf(bytes), 1);
    if (count <= MAX_GRAMS && common < least) [rarest, least] = [{ offset, part }, common];
  }
  return rarest;
}

function columnsOf(bytes: readonly number[]): readonly number[] {
  return [...new Set(bytes.map((byte) => COLUMNS[byte] ?? 0))];
}

function* gramsOf(columns: readonly (readonly number[])[]): Generator<number> {
  const [firsts = [], seconds = [], thirds = []] = columns;
  for (const first of firsts) {
    for (const second of seconds) {
      for (const third of thirds) {
        yield (((first << COLUMN_BITS) | second) << COLUMN_BITS) | third;
      }
    }
  }
}
