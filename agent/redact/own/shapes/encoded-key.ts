/**
 * Private keys in base64 without lines of dashes around them: DER, as it is in a PEM file, and a whole PEM file. Where the
 * base64 is wrapped into lines, this is about its first line; `key-run.ts` is about the others.
 */

import { isWordBorder } from './border.ts';
import { BASE64, escapedEnd, escapeLength, paddedEnd, runEnd, runStart } from './characters.ts';
import { DER_HEAD_BYTES, derKeyBytes } from './der-key.ts';
import type { Found } from './line-shape.ts';
import { PEM_CLEAR } from './pem-body.ts';
import { base64Seeds, type Seed, seedOf } from './seed.ts';
import { NOWHERE, seedFinder } from './seed-finder.ts';

export interface EncodedKey extends Found {
  /** So many characters of the base64 may stand in lines that follow. */
  readonly charactersLeft: number;
}

const ANY = String.raw`[\w+/\-]`;

/** A sequence with its length in two bytes, in one, and in the same byte; the version; what follows that. */
const DER_SEEDS = [
  `MII${ANY}${ANY}[AQgw]IBA[ADQT]`,
  `MI[GH]${ANY}AgE[AB]`,
  'M[A-H][AEIMQUYcgkosw048]CAQ[AE][CwE]',
].map((source) => seedOf(source));

/** Where a line ends inside of a PEM file's first line, there is one of them in what is before, or in what follows. */
const PEM_SEEDS = ['PRIVATE', ' KEY-----'].flatMap((text) => base64Seeds(seedOf(text)));

/** One of them is in each text that has such a key. */
export const ENCODED_KEY_SEEDS: readonly Seed[] = [...DER_SEEDS, ...PEM_SEEDS];

const MIN_LENGTH = 40;
/** As many characters hold a first line with all that may stand in it. */
const WINDOW = 200;
/** Of a PEM file whose end is not in the line. */
const MAX_PEM_LENGTH = 64 * 1024;

/** The first line of a PEM file, cut by the end of a line of base64. */
const CUT_BEGIN = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE(?: K?| KE| KEY(?: BLOCK)?-{0,4})?$/;
/** The rest of one: no other word before `KEY` ends like that. Behind the rest of a last line there is none of a key. */
const BEGIN_REST = /^[-A-Z0-9 ]{0,80}E KEY(?: BLOCK)?-----\r?\n[A-Za-z0-9+/]/;
/** What ends in the line goes on in no other. */
const LAST_LINE = /-----END (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY/;
/** What a short last line of a PEM file's base64 may hold. */
const LAST_DASHES = /^[-A-Z ]{0,12}[-\n]$/;
const LAST_WORD = /(?:\\{1,8}[nr]){1,2}([\w+/-]{1,15})(?![\w+/-])/y;

const finder = seedFinder(ENCODED_KEY_SEEDS);

/** As `FindSecrets`. */
export function findEncodedKeys(text: string): readonly EncodedKey[] {
  const found: EncodedKey[] = [];
  let from = 0;
  finder.load(text);
  for (let at = finder.next(0); at !== NOWHERE; at = finder.next(Math.max(at + 1, from))) {
    const key = keyAt(text, at, from);
    if (key === undefined) continue;
    found.push(key);
    from = key.end;
  }
  return found;
}

/** @param at Where the finder has found a part of it. @param from Where it begins at the earliest. */
function keyAt(text: string, at: number, from: number): EncodedKey | undefined {
  const places = finder.placesAt(at);
  for (const { seed, start } of places) {
    const key = seed < DER_SEEDS.length ? derKeyNear(text, start, from) : undefined;
    if (key !== undefined) return key;
  }
  const mayBePem = places.some(({ seed }) => seed >= DER_SEEDS.length);
  return mayBePem ? pemFileAt(text, at, from) : undefined;
}

/** A slash before the seed's telling part may be escaped: `\/`, `%2F`, `\u002f`. */
const ESCAPE_LENGTHS = [0, 1, 2, 5];

function derKeyNear(text: string, seedStart: number, from: number): EncodedKey | undefined {
  for (const length of ESCAPE_LENGTHS) {
    const start = seedStart - length;
    const key = start >= from && text[start] === 'M' ? derKeyAt(text, start) : undefined;
    if (key !== undefined) return key;
  }
  return undefined;
}

function derKeyAt(text: string, start: number): EncodedKey | undefined {
  if (!isWordBorder(text, start)) return undefined;
  const bytes = derKeyBytes(headOf(text, start));
  if (bytes === undefined) return undefined;
  const end = escapedEnd(text, start);
  if (end - start < MIN_LENGTH) return undefined;
  const charactersLeft = Math.ceil((bytes * 4) / 3) - unescaped(text.slice(start, end)).length;
  const word = lastWord(text, end);
  return charactersLeft > 0 && word.characters.length === charactersLeft
    ? keyOf(text, { start, end: word.end, charactersLeft: 0 })
    : keyOf(text, { start, end, charactersLeft: Math.max(0, charactersLeft) });
}

function headOf(text: string, start: number): Buffer {
  const head = text.slice(start, start + 2 * DER_HEAD_BYTES);
  return Buffer.from(unescaped(head.slice(0, escapedEnd(head, 0))), 'base64');
}

/** Base64 without what `escapedEnd` passes over. */
function unescaped(text: string): string {
  return text
    .replaceAll(/\\{1,8}[nr]/g, '')
    .replaceAll(/(?:\\{1,8}u00|%)2[Bb]/g, '+')
    .replaceAll(/(?:\\{1,8}u00|%)2[Ff]/g, '/')
    .replaceAll('\\', '');
}

function pemFileAt(text: string, at: number, from: number): EncodedKey | undefined {
  const windowFrom = Math.max(from, at - WINDOW);
  const windowStart = runStart(text, { from: windowFrom, to: at }, BASE64);
  const near = text.slice(windowStart + escapeLength(text, windowStart), at + WINDOW);
  if (!decodings(near.slice(0, runEnd(near, 0, BASE64))).some(hasFirstLine)) return undefined;
  const runFrom = runStart(text, { from, to: at }, BASE64);
  const start = runFrom + escapeLength(text, runFrom);
  const end = escapedEnd(text, at);
  if (end - start < MIN_LENGTH) return undefined;
  const encoded = unescaped(text.slice(start, end));
  const isWhole = decodings(encoded).some((file) => LAST_LINE.test(file));
  const word = lastWord(text, end);
  return LAST_DASHES.test(Buffer.from(word.characters, 'base64').toString('latin1'))
    ? keyOf(text, { start, end: word.end, charactersLeft: 0 })
    : keyOf(text, { start, end, charactersLeft: isWhole ? 0 : MAX_PEM_LENGTH });
}

/** A line of base64 that is shorter than those `escapedEnd` goes on with; it may be any word. */
function lastWord(
  text: string,
  from: number,
): { readonly characters: string; readonly end: number } {
  LAST_WORD.lastIndex = from;
  return { characters: LAST_WORD.exec(text)?.[1] ?? '', end: LAST_WORD.lastIndex };
}

/** It may begin with what is no part of the base64, the beginning of a path for one. */
function decodings(run: string): readonly string[] {
  return [0, 1, 2, 3].map((skipped) =>
    Buffer.from(run.slice(skipped), 'base64').toString('latin1'),
  );
}

function hasFirstLine(text: string): boolean {
  return PEM_CLEAR.test(text) || CUT_BEGIN.test(text) || BEGIN_REST.test(text);
}

function keyOf(text: string, { start, end, charactersLeft }: Omit<EncodedKey, 'rule'>): EncodedKey {
  return { rule: 'pem-private-key', start, end: paddedEnd(text, end), charactersLeft };
}
