/** Seeds: what a text must hold for a rule to change it, as sequences of sets of bytes. */

import { bothCases } from '../bytes.ts';

/** For each byte of the seed, the bytes that may stand there. */
export type Seed = readonly (readonly number[])[];

const ONE_BYTE = /\\([^\w])|\\(w)|\[((?:[^\]\\]|\\.)+)\]|([^\\[\]()|*+?{}^$])/gy;
const CLASS_PART = /(?:\\(.)|([^\\]))-([^\\\]])|\\(.)|([^\\])/g;
const WORD = 'A-Za-z0-9_';

/**
 * @param source A regular expression of single characters, `\w`, and classes such as `[a-f_]`; no other syntax.
 * @param ignoresCase Letters stand for both of their cases.
 * @throws {Error} It has other syntax.
 */
export function seedOf(source: string, { ignoresCase = false } = {}): Seed {
  const seed: (readonly number[])[] = [];
  let end = 0;
  for (const [text, escaped, word, inClass, plain] of source.matchAll(ONE_BYTE)) {
    const byte = escaped ?? plain;
    const bytes =
      byte === undefined
        ? classBytes(word === undefined ? (inClass ?? '') : WORD)
        : [byte.charCodeAt(0)];
    seed.push(ignoresCase ? bothCases(bytes) : bytes);
    end += text.length;
  }
  if (end !== source.length) throw new Error(`${source} is no seed: only characters and classes`);
  return seed;
}

function classBytes(characters: string): readonly number[] {
  const bytes = new Set<number>();
  for (const part of characters.replaceAll(String.raw`\w`, WORD).matchAll(CLASS_PART)) {
    const first = part[1] ?? part[2] ?? part[4] ?? part[5] ?? '';
    const last = part[3] ?? first;
    for (let byte = first.charCodeAt(0); byte <= last.charCodeAt(0); byte++) bytes.add(byte);
  }
  return [...bytes];
}

/** So many bytes are as telling as more, and cost less: what is encoded twice stands in nine ways. */
const ENOUGH = 8;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** By value; the last two are those of two alphabets. */
const CHARACTERS: readonly (readonly number[])[] = [
  ...Array.from(BASE64, (character) => [character.charCodeAt(0)]),
  [0x2b, 0x2d],
  [0x2f, 0x5f],
];
const ALL_CHARACTERS = 66;
/** Bytes enough to have each half of a byte: no more than half of one is asked for. */
const ANY_BYTE = Array.from({ length: 16 }, (_none, half) => half * 0x11);

/**
 * The same text inside of base64: a seed for each of the three places in a group of bytes where it may begin.
 *
 * @returns Seeds that are a little longer than what is certain: a character at an end, of which some bits are the text's.
 */
export function base64Seeds(seed: Seed): readonly Seed[] {
  return [0, 1, 2].map((before) => {
    const bytes = [...[ANY_BYTE, ANY_BYTE].slice(0, before), ...seed.slice(0, ENOUGH)];
    const characters: (readonly number[])[] = [];
    // What comes before is of other bytes only.
    for (let index = before; index * 6 < bytes.length * 8; index++) {
      const some = charactersAt(bytes, index);
      if (some.length < ALL_CHARACTERS) characters.push(some);
    }
    return characters;
  });
}

/**
 * Which characters base64 may have there: the last bits of one byte, and the first bits of the next. In numbers only, since
 * it is asked some thousand times before the first file.
 */
function charactersAt(bytes: readonly (readonly number[])[], index: number): readonly number[] {
  const at = (index * 6) >> 3;
  const skipped = index * 6 - at * 8;
  const lowBits = Math.max(0, skipped - 2);
  const [highs = ANY_BYTE, nextByte = ANY_BYTE] = [bytes[at], bytes[at + 1]];
  const lows = lowBits === 0 ? NO_BITS : nextByte;
  if (highs.length * lows.length === 1) {
    return (
      CHARACTERS[highValue(Number(highs[0]), skipped) | (Number(lows[0]) >> (8 - lowBits))] ?? []
    );
  }
  isHigh.fill(0);
  isLow.fill(0);
  for (const byte of highs) isHigh[highValue(byte, skipped)] = 1;
  for (const byte of lows) isLow[byte >> (8 - lowBits)] = 1;
  return crossed(2 ** lowBits - 1);
}

/** Memory for one call, by value: 1 for what the two bytes allow. */
const isHigh = new Uint8Array(64);
const isLow = new Uint8Array(64);

const NO_BITS = [0];

/** What the bits behind the skipped ones are in a value of six bits. */
function highValue(byte: number, skipped: number): number {
  return skipped === 0 ? byte >> 2 : (byte << (skipped - 2)) & 63;
}

function crossed(lowMask: number): readonly number[] {
  const characters: number[] = [];
  for (let value = 0; value < 64; value++) {
    if (isHigh[value & ~lowMask] !== 1 || isLow[value & lowMask] !== 1) continue;
    for (const character of CHARACTERS[value] ?? []) characters.push(character);
  }
  return characters;
}
