/** Runs of characters of one class, of any length: a regular expression keeps a place for each, and has no room for millions. */

import { seedOf } from './seed.ts';

/** By character code: 1 for those of the class. */
export type CharacterClass = Uint8Array;

/** @param source As between the brackets of a regular expression: `\w` and ranges. */
export function characterClass(source: string): CharacterClass {
  const table = new Uint8Array(256);
  for (const byte of seedOf(`[${source}]`).flat()) table[byte] = 1;
  return table;
}

export const BASE64URL = characterClass(String.raw`\w\-`);
/** Of both alphabets, without padding. */
export const BASE64 = characterClass(String.raw`\w+/\-`);

/** Of both alphabets, with padding. */
export const PADDED_BASE64 = characterClass(String.raw`\w+/=\-`);

/** @returns Where the run ends that begins at `from`: there, if it is empty. */
export function runEnd(text: string, from: number, characters: CharacterClass): number {
  let at = from;
  while (characters[text.charCodeAt(at)] === 1) at++;
  return at;
}

/** Signs that JSON and URLs write in other characters, and escaped line ends between two lines. */
const GOES_ON = new RegExp(
  String.raw`(?:\\{1,8}(?:/|u002[BbFf])|%2[BbFf]){1,64}(?=[\w+/-])|(?:\\{1,8}[nr]){1,2}(?=[\w+/-]{16})`,
  'y',
);

/** @returns As `runEnd` of base64, where its signs and its line ends may be escaped. */
export function escapedEnd(text: string, from: number): number {
  let end = runEnd(text, from, BASE64);
  for (;;) {
    GOES_ON.lastIndex = end;
    if (!GOES_ON.test(text)) return end;
    end = runEnd(text, GOES_ON.lastIndex, BASE64);
  }
}

/** @returns Where the run begins that ends at `to`, but not before `from`. */
export function runStart(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
  characters: CharacterClass,
): number {
  let at = to;
  while (at > from && characters[text.charCodeAt(at - 1)] === 1) at--;
  return at;
}

/** Letters that belong to an escape before them: `\n`, `\u003d`, `%0A`. */
export function escapeLength(text: string, at: number): number {
  if (text[at - 1] === '%') return 2;
  if (text[at - 1] !== '\\') return 0;
  return text[at] === 'u' ? 5 : 1;
}

/** @returns Where the padding ends that may stand behind base64. */
export function paddedEnd(text: string, end: number): number {
  let padded = end;
  while (padded < end + 2 && text[padded] === '=') padded++;
  return padded;
}
