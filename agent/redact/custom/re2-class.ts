/** Character classes of a pattern: `[…]`, `\d`, `\p{…}`. */

import { RE2JS } from 're2js';

import {
  type Cursor,
  indexOf,
  isAtEnd,
  patternError,
  peek,
  take,
  takeEscape,
  textOf,
} from './re2-cursor.ts';

/** What the library that matches is given instead of a part of the pattern. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A class of at most `MAX_SET` characters is known; of others only that it is one character. */
export type ClassSet = readonly number[] | undefined;

const MAX_SET = 4;

const POSIX_NAMES =
  /^\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]$/;

const CATEGORIES =
  'C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs';

/** Source: Go 1.26, unicode.CategoryAliases, in Go's order of the categories that they name. */
const ALIASES =
  'Lc=Cased_Letter Pe=Close_Punctuation M=Combining_Mark Pc=Connector_Punctuation Cc=Control Sc=Currency_Symbol ' +
  'Pd=Dash_Punctuation Nd=Decimal_Number Me=Enclosing_Mark Pf=Final_Punctuation Cf=Format Pi=Initial_Punctuation L=Letter ' +
  'Nl=Letter_Number Zl=Line_Separator Ll=Lowercase_Letter M=Mark Sm=Math_Symbol Lm=Modifier_Letter Sk=Modifier_Symbol ' +
  'Mn=Nonspacing_Mark N=Number Ps=Open_Punctuation C=Other Lo=Other_Letter No=Other_Number Po=Other_Punctuation ' +
  'So=Other_Symbol Zp=Paragraph_Separator Co=Private_Use P=Punctuation Z=Separator Zs=Space_Separator Mc=Spacing_Mark ' +
  'Cs=Surrogate S=Symbol Lt=Titlecase_Letter Cn=Unassigned Lu=Uppercase_Letter Cc=cntrl Nd=digit P=punct ' +
  'Any=Any Ascii=ASCII Assigned=Assigned Lc=LC';

/** Canonical name → the name by which re2js knows it. */
const CLASS_NAMES: ReadonlyMap<string, string> = new Map([
  ...CATEGORIES.split(' ').map((name) => [canonical(name), name === 'LC' ? 'Lc' : name] as const),
  ...ALIASES.split(' ').map((row) => {
    const [name = '', alias = ''] = row.split('=');
    return [canonical(alias), name] as const;
  }),
]);

/** Known to re2js and not to Go. */
const PROPERTIES = new Set(
  'Asciihexdigit Alphabetic Dash Emoji Emojicomponent Emojimodifier Emojimodifierbase Emojipresentation Extendedpictographic Hexdigit Lowercase Math Quotationmark Terminalpunctuation Uppercase Whitespace'.split(
    ' ',
  ),
);

/**
 * The class at the cursor, which stands at its `[`.
 *
 * @throws {PatternError} The class is broken.
 */
export function takeClass(cursor: Cursor, edits: Edit[]): ClassSet {
  const start = cursor.at;
  cursor.at++;
  const isNegated = peek(cursor) === '^';
  if (isNegated) cursor.at++;
  const members: ClassSet[] = isNegated ? [undefined] : [];
  for (let isFirst = true; isFirst || peek(cursor) !== ']'; isFirst = false) {
    if (isAtEnd(cursor)) throw patternError('missing closing ]', start);
    const isGroup = takeNamed(cursor, edits) || takeGroup(cursor, edits);
    members.push(isGroup ? undefined : rangeSet(takeRange(cursor, start)));
  }
  cursor.at++;
  return joinedSet(members);
}

function rangeSet([low, high]: readonly [number, number]): ClassSet {
  if (high - low >= MAX_SET) return undefined;
  return Array.from({ length: high - low + 1 }, (_, index) => low + index);
}

function joinedSet(members: readonly ClassSet[]): ClassSet {
  const runes = new Set(members.flatMap((member) => member ?? []));
  return members.includes(undefined) || runes.size > MAX_SET ? undefined : [...runes];
}

/**
 * Passes `\d`, `\pL`, `\p{Greek}` and the like.
 *
 * @returns Whether there was one.
 * @throws {PatternError} Unicode has no such class.
 */
export function takeGroup(cursor: Cursor, edits: Edit[]): boolean {
  if (peek(cursor) !== '\\') return false;
  const letter = peek(cursor, 1);
  if (letter === 'p' || letter === 'P') {
    takeUnicode(cursor, edits);
    return true;
  }
  if (!/^[dDsSwW]$/.test(letter)) return false;
  cursor.at += 2;
  return true;
}

function takeRange(cursor: Cursor, classStart: number): readonly [number, number] {
  const start = cursor.at;
  const low = takeCharacter(cursor, classStart);
  const hasHigh = peek(cursor) === '-' && peek(cursor, 1) !== ']' && peek(cursor, 1) !== '';
  if (!hasHigh) return [low, low];
  cursor.at++;
  const high = takeCharacter(cursor, classStart);
  if (high < low) throw patternError(`invalid range ${textOf(cursor, start, cursor.at)}`, start);
  return [low, high];
}

function takeCharacter(cursor: Cursor, classStart: number): number {
  if (isAtEnd(cursor)) throw patternError('missing closing ]', classStart);
  if (peek(cursor) === '\\') return takeEscape(cursor);
  return take(cursor).codePointAt(0) ?? 0;
}

/** `[:alpha:]`. A `[:` that begins none is two characters for Go, and an error for re2js. */
function takeNamed(cursor: Cursor, edits: Edit[]): boolean {
  if (peek(cursor) !== '[' || peek(cursor, 1) !== ':') return false;
  const start = cursor.at;
  const end = indexOf(cursor, ':]', start + 2);
  if (end < 0) {
    edits.push({ from: start, to: start + 1, text: '\\[' });
    return false;
  }
  const name = textOf(cursor, start, end + 2);
  if (!POSIX_NAMES.test(name)) throw patternError(`invalid character class ${name}`, start);
  cursor.at = end + 2;
  return true;
}

function takeUnicode(cursor: Cursor, edits: Edit[]): void {
  const start = cursor.at;
  const isBraced = peek(cursor, 2) === '{';
  const end = isBraced ? indexOf(cursor, '}', start) : start + 2;
  const whole = textOf(cursor, start, end < 0 ? undefined : end + 1);
  const written = isBraced ? whole.slice('\\p{'.length, -1) : whole.slice('\\p'.length);
  const name = re2jsName(written.replace(/^\^/, ''));
  if (end < 0 || name === undefined) throw patternError(`invalid character class ${whole}`, start);
  const caret = written.startsWith('^') ? '^' : '';
  edits.push({ from: start, to: end + 1, text: `\\${peek(cursor, 1)}{${caret}${name}}` });
  cursor.at = end + 1;
}

function re2jsName(written: string): string | undefined {
  const known = CLASS_NAMES.get(canonical(written));
  if (known !== undefined || PROPERTIES.has(canonical(written))) return known;
  const words = written.split(/[_ -]/).map((word) => canonical(word));
  const script = words.join('_');
  return /^[A-Za-z_]+$/.test(script) && isCompilable(`\\p{${script}}`) ? script : undefined;
}

/** Go's: `old_italic` is `Olditalic`. */
function canonical(name: string): string {
  const letters = name.replaceAll(/[_ -]/g, '');
  return letters.slice(0, 1).toUpperCase() + letters.slice(1).toLowerCase();
}

function isCompilable(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    // That re2js does not know the name is the answer.
    return false;
  }
}
