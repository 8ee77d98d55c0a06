/** Seeds: what a text must hold for a rule to change it, as sequences of sets of bytes. */

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

function bothCases(bytes: readonly number[]): readonly number[] {
  const texts = bytes.map((byte) => String.fromCharCode(byte));
  const cases = texts.flatMap((text) => [text.toLowerCase(), text.toUpperCase()]);
  return [...new Set(cases.map((text) => text.charCodeAt(0)))];
}

/** So many bytes are as telling as more, and cost less: what is encoded twice stands in nine ways. */
const ENOUGH = 8;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** The last two are those of two alphabets. */
const LAST_TWO = [
  [0x2b, 0x2d],
  [0x2f, 0x5f],
] as const;
const ALL_CHARACTERS = 66;

/**
 * The same text inside of base64: a seed for each of the three places in a group of bytes where it may begin.
 *
 * @returns Seeds that are a little longer than what is certain: a character at an end, of which some bits are the text's.
 */
export function base64Seeds(seed: Seed): readonly Seed[] {
  return [0, 1, 2].map((before) => {
    const bytes = [...Array.from({ length: before }, () => undefined), ...seed.slice(0, ENOUGH)];
    const characters = Array.from({ length: Math.ceil((bytes.length * 8) / 6) }, (_none, index) =>
      charactersAt(bytes, index),
    );
    return characters.filter((some) => some.length < ALL_CHARACTERS);
  });
}

/** Which characters base64 may have there: the last bits of one byte, and the first bits of the next. */
function charactersAt(
  bytes: readonly (readonly number[] | undefined)[],
  index: number,
): readonly number[] {
  const at = Math.floor((index * 6) / 8);
  const skipped = index * 6 - at * 8;
  const taken = Math.min(6, 8 - skipped);
  const highs = bitsOf(bytes[at], { skipped, taken });
  const lows = bitsOf(bytes[at + 1], { skipped: 0, taken: 6 - taken });
  const values = highs.flatMap((high) => lows.map((low) => (high << (6 - taken)) | low));
  return values.flatMap((value) => LAST_TWO[value - 62] ?? [BASE64.charCodeAt(value)]);
}

/** @param bytes Undefined: any byte. @returns What some of its bits may be. */
function bitsOf(
  bytes: readonly number[] | undefined,
  { skipped, taken }: { readonly skipped: number; readonly taken: number },
): readonly number[] {
  const mask = 2 ** taken - 1;
  if (bytes === undefined) return Array.from({ length: mask + 1 }, (_none, bits) => bits);
  return [...new Set(bytes.map((byte) => (byte >> (8 - skipped - taken)) & mask))];
}
