/** Reads a pattern character by character, and the escapes that stand for one character. */

/** What is wrong with a pattern, and where. */
export class PatternError extends SyntaxError {
  /** From 1, in characters. */
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.name = 'PatternError';
    this.position = position;
  }
}

/** A pattern as code points, and the index of the next one. */
export interface Cursor {
  readonly runes: readonly number[];
  at: number;
}

const MAX_RUNE = 0x10ffff;
const MAX_ASCII = 0x7f;

/** `\a`, `\f`, … and what they stand for. */
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
]);

export function openCursor(pattern: string): Cursor {
  const runes = Array.from(pattern.toWellFormed(), (character) => character.codePointAt(0) ?? 0);
  return { runes, at: 0 };
}

export function isAtEnd({ runes, at }: Cursor): boolean {
  return at >= runes.length;
}

/** The character `offset` places on; empty at the end. */
export function peek({ runes, at }: Cursor, offset = 0): string {
  const rune = runes[at + offset];
  return rune === undefined ? '' : String.fromCodePoint(rune);
}

export function take(cursor: Cursor): string {
  const character = peek(cursor);
  cursor.at++;
  return character;
}

export function lookingAt(cursor: Cursor, text: string): boolean {
  return Array.from(text).every((character, offset) => peek(cursor, offset) === character);
}

/** The pattern's text between two indexes. */
export function textOf({ runes }: Cursor, from: number, to = runes.length): string {
  return runes
    .slice(from, to)
    .map((rune) => String.fromCodePoint(rune))
    .join('');
}

/** Index of the next `text` from `from` on, or -1. */
export function indexOf({ runes }: Cursor, text: string, from: number): number {
  const wanted = Array.from(text, (character) => character.codePointAt(0));
  const last = runes.length - wanted.length;
  for (let index = from; index <= last; index++) {
    if (wanted.every((rune, offset) => runes[index + offset] === rune)) return index;
  }
  return -1;
}

/** @param message Cut, since it may quote the rest of a long pattern. */
export function patternError(message: string, index: number): PatternError {
  return new PatternError(message.replaceAll(/\s/g, ' ').slice(0, MAX_MESSAGE), index + 1);
}

const MAX_MESSAGE = 80;

/**
 * The code point for which the escape at the cursor stands, as Go reads it.
 *
 * @throws {PatternError} There is no such escape.
 */
export function takeEscape(cursor: Cursor): number {
  const start = cursor.at;
  cursor.at++;
  if (isAtEnd(cursor)) throw patternError('trailing backslash', start);
  const rune = cursor.runes[cursor.at] ?? 0;
  const character = take(cursor);
  const control = CONTROLS.get(character);
  if (control !== undefined) return control;
  const value = character === 'x' ? takeHex(cursor) : takeOctal(cursor, character);
  if (value !== undefined) return value;
  if (rune <= MAX_ASCII && !/[0-9A-Za-z]/.test(character)) return rune;
  if (/[1-9]/.test(character)) {
    throw patternError(`back-references such as \\${character} are not supported`, start);
  }
  throw patternError(`invalid escape sequence ${textOf(cursor, start, cursor.at)}`, start);
}

/** `\0`, `\12`, `\123`; a lone `\1` is none. */
function takeOctal(cursor: Cursor, first: string): number | undefined {
  const isOctal = first === '0' || (/[1-7]/.test(first) && /[0-7]/.test(peek(cursor)));
  if (!isOctal) return undefined;
  let value = Number(first);
  for (let digits = 1; digits < 3 && /[0-7]/.test(peek(cursor)); digits++) {
    value = value * 8 + Number(take(cursor));
  }
  return value;
}

/** What follows `\x`: two digits, or any number of them in braces. */
function takeHex(cursor: Cursor): number | undefined {
  const end = peek(cursor) === '{' ? indexOf(cursor, '}', cursor.at) : cursor.at + 2;
  const digits = textOf(cursor, cursor.at, Math.max(end, cursor.at)).replace('{', '');
  const value = Number.parseInt(digits, 16);
  const isHex = /^[0-9A-Fa-f]+$/.test(digits) && value <= MAX_RUNE;
  const isWhole = peek(cursor) === '{' ? end > 0 : digits.length === 2;
  if (!isHex || !isWhole) return undefined;
  cursor.at = peek(cursor) === '{' ? end + 1 : end;
  return value;
}
