/** Where a value ends that has no quotes. */

import { quoteAt, textEndAt } from './quotes.ts';
import { isAt } from './sticky.ts';

export interface PlainPlace {
  /** A `"` stands before it: it may be inside a string. */
  readonly isInDouble: boolean;
  /** A `'` stands before it. */
  readonly isInSingle: boolean;
}

/** What a separator must have behind it, so that it is none of the value's characters. */
const AFTER_SEPARATOR = /[ \t\r&]|$|["'\\]|[\w. -]{1,40}\\{0,7}["']?[=:]/y;
const AFTER_QUOTE = /[^\w]|$/y;
const ESCAPED_LINE_END = /\\+(?:[nr]|u0026)/y;

/** The end of a value that ends at a blank. */
export function plainEnd(line: string, from: number, place: PlainPlace): number {
  let end = from;
  while (end < line.length && !isEnd(line, end, place)) end += 1;
  while (end > from + 1 && CLOSER.test(line[end - 1] ?? '')) end -= 1;
  return end;
}

const CLOSER = /[)\]},;]/;
const MAY_END = /[ \t\r,;&'"\\]/;

// oxlint-disable-next-line complexity -- asked for each character of a value
function isEnd(line: string, at: number, { isInDouble, isInSingle }: PlainPlace): boolean {
  const character = line[at] ?? '';
  if (!MAY_END.test(character)) return false;
  if (/[,;&]/.test(character)) return isAt(AFTER_SEPARATOR, line, at + 1);
  if (character === "'") return isInSingle && isAt(AFTER_QUOTE, line, at + 1);
  if (character === '"') return isInDouble && isAt(AFTER_QUOTE, line, at + 1);
  if (character !== '\\') return true;
  // At the first of several: each is looked at once.
  return isInDouble && line[at - 1] !== '\\' && endsAtBackslash(line, at);
}

function endsAtBackslash(line: string, at: number): boolean {
  if (isAt(ESCAPED_LINE_END, line, at)) return true;
  const quote = quoteAt(line, at);
  return quote?.mark === '"' && isAt(AFTER_QUOTE, line, quote.end);
}

export interface RestPlace extends PlainPlace {
  /** The value ends there at the latest. */
  readonly lineEnd: number;
  /** Known where the value ends with its string: how many backslashes stand before that string's quotes. */
  readonly stringRun: number | undefined;
}

/** The next name on a line of several: ` user=`, ` user: `. */
const NEXT_NAME = /[ \t][\w./-]{1,64}(?:=(?=[^=\s])|:(?=[ \t]|$))/;
/** In a string that is nothing but names and values, `;user=` and `&user=` too. */
const NEXT_IN_STRING = new RegExp(String.raw`${NEXT_NAME.source}|[;&][\w. -]{1,40}=(?=[^=\s])`);

/** The end of a value that has its line to itself, blanks and all. */
export function restEnd(line: string, at: number, place: RestPlace): number {
  let end = place.lineEnd;
  if (place.stringRun !== undefined) end = stringLineEnd(line, at, { end, run: place.stringRun });
  else if (place.isInDouble) end = Math.min(end, textEndAt(line, at) ?? end);
  const nextName = place.stringRun === undefined ? NEXT_NAME : NEXT_IN_STRING;
  const next = line.slice(at, end).search(nextName);
  if (next !== -1) end = at + next;
  while (end > at && TRAILING.test(line[end - 1] ?? '')) end -= 1;
  return end;
}

const TRAILING = /[ \t\r,;]/;
const ESCAPE = /\\+[nr]/g;

/** The end of a string's line: at a `\n` that is not one backslash and an `n`. */
function stringLineEnd(
  line: string,
  from: number,
  { end, run }: { readonly end: number; readonly run: number },
): number {
  const text = line.slice(from, end);
  for (const { 0: escape, index } of text.matchAll(ESCAPE)) {
    if ((escape.length - 1) % (2 * (run + 1)) === run + 1) return from + index;
  }
  return end;
}
