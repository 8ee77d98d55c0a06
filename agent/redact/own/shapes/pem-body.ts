/** What may stand in a private key between its first and its last line, however it is quoted and escaped. */

import { MASK } from '../../rules.ts';
import { BASE64, escapeLength, PADDED_BASE64, runEnd, runStart } from './characters.ts';
import type { Found } from './line-shape.ts';

const SPACE = '(?: |\\+|%20)';

const LABEL = `(?:${SPACE}[A-Z0-9]{1,16}){0,4}${SPACE}PRIVATE${SPACE}KEY(?:${SPACE}BLOCK)?-----`;

/** The first line and the last one; also of a form or a query. */
export const PEM_BEGIN_SOURCE = `-----BEGIN${LABEL}`;
export const PEM_END_SOURCE = `-----END${LABEL}`;
/** The first line of a key that is not hidden, anywhere in a text of several lines. */
export const PEM_CLEAR = new RegExp(
  String.raw`${PEM_BEGIN_SOURCE}(?!(?:\s|\\[nr]){0,8}\*\*\*HIDDEN)`,
);
export const PEM_END = '-----END';

/** A header of RFC 1421 or of OpenPGP. */
const HEADER = String.raw`(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|MessageID|X-[A-Za-z-]{1,40}):[^"'\\{}\r\n]{0,1024}`;
/** What ends a line inside of a string, at any depth of escaping, and white space that parts nothing else. */
const LINE_END = String.raw`\\{1,64}(?:[nrt ]|u000[AaDd]|$)|%0[AaDd]|&#(?:10|13|x[aAdD]);|[\r\t]{1,64}|[ ]{1,64}$`;
/** The end of one string and the beginning of the next: `" + "`, `", "`. */
const NEXT_STRING = String.raw`\\{0,64}["'][ \t]{0,8}[+,.]?[ \t]{0,8}\\{0,64}["']`;
const MASK_SOURCE = MASK.replaceAll('*', String.raw`\*`);
const KEY = String.raw`${HEADER}|[A-Za-z0-9+/=]{1,1024}|%2[BbFf]|%3[Dd]|\\/|${MASK_SOURCE}`;

/** Groups: what parts lines; spaces; what belongs to the key. A comma parts other strings too. */
const STRICT = new RegExp(
  String.raw`(${LINE_END}|${NEXT_STRING}(?=[A-Za-z0-9+/=]{16}|${MASK_SOURCE}))|([ ]{1,1024})|(${KEY})`,
  'y',
);
/** Where the last line is known to follow, the key may hold anything but what ends a string or a tag. */
const GENEROUS = new RegExp(
  String.raw`(${LINE_END}|${NEXT_STRING})|([ ]{1,1024})|(\\{1,64}(?![\\"'])|%|&|[^"'\x60<>{}\\ %&\r\t]{1,1024})`,
  'y',
);
const KEY_PART = new RegExp(KEY, 'y');

/** Words of a sentence are short, a key's lines are not. */
const MIN_SPACED_LENGTH = 32;
const MIN_FIRST_LENGTH = 16;

/** A key's place in a text, without what parts lines at its two ends. */
export interface Body {
  readonly start: number;
  /** As `start` where there is nothing of a key. */
  readonly end: number;
  /** How far it was read. */
  readonly stop: number;
}

/** Reads a key whose last line begins at `to`. */
export function readEndedBody(whole: string, from: number, to: number): Body {
  const text = whole.slice(from, to);
  let [start, end, stop] = [-1, 0, 0];
  for (
    let match = matchAt(GENEROUS, text, 0);
    match !== null;
    match = matchAt(GENEROUS, text, stop)
  ) {
    stop = GENEROUS.lastIndex;
    if (match[3] === undefined) continue;
    if (start === -1) start = match.index;
    end = stop;
  }
  return bodyAt(from, { start, end, stop });
}

/**
 * Reads a key without its last line as far as it goes.
 *
 * @param isLine It begins on a line of its own: any word may be its first one.
 */
export function readOpenBody(
  whole: string,
  { from, to, isLine }: { readonly from: number; readonly to: number; readonly isLine: boolean },
): Body {
  const text = whole.slice(from, to);
  let [start, end, stop, wordStart] = [-1, 0, 0, 0];
  let allowed: Allowed = { anyWord: isLine, space: true };
  for (let match = matchAt(STRICT, text, 0); match !== null; match = matchAt(STRICT, text, stop)) {
    const [, parting, space, key] = match;
    if (!mayFollow(allowed, space, key)) break;
    stop = STRICT.lastIndex;
    if (parting !== undefined) allowed = { anyWord: true, space: true };
    if (key === undefined) continue;
    if (start === -1) start = match.index;
    if (end !== match.index) wordStart = match.index;
    end = stop;
    allowed = { anyWord: true, space: end - wordStart >= MIN_SPACED_LENGTH };
  }
  return bodyAt(from, { start, end, stop });
}

interface Allowed {
  readonly anyWord: boolean;
  readonly space: boolean;
}

function mayFollow(allowed: Allowed, space: string | undefined, key: string | undefined): boolean {
  if (space !== undefined) return allowed.space;
  return key === undefined || allowed.anyWord || key.length >= MIN_FIRST_LENGTH || key === MASK;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return at < text.length ? pattern.exec(text) : null;
}

function bodyAt(from: number, { start, end, stop }: Body): Body {
  if (start === -1) return { start: from + stop, end: from + stop, stop: from + stop };
  return { start: from + start, end: from + end, stop: from + stop };
}

/** @returns Where a line of a key ends that begins there. */
export function lineOfKeyEnd(text: string, from: number): number {
  let end = from;
  for (KEY_PART.lastIndex = from; KEY_PART.test(text); ) end = KEY_PART.lastIndex;
  return end;
}

/** Whether there is a key, and not what a rule has left of one. */
export function isClear(text: string, { start, end }: Omit<Body, 'stop'>): boolean {
  return end > start && !(end - start === MASK.length && text.startsWith(MASK, start));
}

const LONG = /[A-Za-z0-9+/]{40,4096}/g;

/**
 * What looks like a line of a key near where one began: long, of small and capital letters and digits. Where something else
 * stands between a key's lines, they are told by that.
 */
export function keyLikeWords(whole: string, from: number, to: number): readonly Found[] {
  const text = whole.slice(0, to);
  const words: Found[] = [];
  LONG.lastIndex = from;
  for (let match = LONG.exec(text); match !== null; match = LONG.exec(text)) {
    if (!isMixed(match[0])) continue;
    // The whole word: what is left of one would be read in another way.
    const wordFrom = runStart(text, { from, to: match.index }, BASE64);
    const start = wordFrom + escapeLength(text, wordFrom);
    const end = runEnd(text, match.index, PADDED_BASE64);
    words.push({ rule: 'pem-private-key', start, end });
    LONG.lastIndex = end;
  }
  return words;
}

function isMixed(word: string): boolean {
  return /[a-z]/.test(word) && /[A-Z]/.test(word) && /[0-9]/.test(word);
}
