/** Reads the value that stands behind a name, by the syntax it stands in. */

import { MASK } from '../../../rules.ts';
import { type Edit, masked, maskedPlain, type Pending } from '../edits.ts';
import { type Digits, isPinValue } from '../env-names.ts';
import { isKept } from '../kept-values.ts';
import { plainEnd, type RestPlace, restEnd } from '../plain-value.ts';
import { closingQuote, type Quote, quoteAt } from '../quotes.ts';

/** Where a value stands. */
export interface ValuePlace extends RestPlace {
  readonly at: number;
  /** The quote around the name, if there is one. */
  readonly keyQuote: Quote | undefined;
  /** The name is the first on its line: YAML, an env file, properties. */
  readonly isLineStart: boolean;
  /** YAML, and not a log or a command: a plain mask would be an alias. */
  readonly isYaml: boolean;
  /** Of the name's line. */
  readonly indent: number;
  /** What a number of a few digits is. */
  readonly digits: Digits;
}

export interface Value {
  /** Where the search for the next name goes on. */
  readonly after: number;
  readonly edit?: Edit;
  /** Of a list: one for each of its texts. */
  readonly edits?: readonly Edit[];
  readonly pending?: Pending;
}

/** @returns Undefined: there is none, or it is an object or a list. */
export function readValue(line: string, place: ValuePlace): Value | undefined {
  const quote = quoteAt(line, place.at);
  if (quote !== undefined) return tripleValue(line, quote) ?? quotedValue(line, quote, place);
  if (isNested(line, place.at)) return undefined;
  const block = place.isYaml ? blockValue(line, place) : undefined;
  return block ?? plainValue(line, place);
}

/** Whether there is none on this line, or more than one. */
function isNested(line: string, at: number): boolean {
  const first = line[at];
  if (first === undefined || first === '\r' || first === '[') return true;
  if (first === '{') return line[at + 1] !== '{';
  return first === '\\' && NEXT_LINE.test(line.slice(at, at + MAX_ESCAPE));
}

/** The line of a string ends. */
const NEXT_LINE = /^\\+n/;
const MAX_ESCAPE = 16;

function quotedValue(line: string, quote: Quote, place: ValuePlace): Value {
  const closing = closingQuote(line, quote.end, quote);
  if (closing === undefined) return unclosedValue(line, quote, place);
  const { end, after } = withinString(line, { quote, closing, place });
  // Shells join what stands behind the quote.
  if (after > end && WORD.test(line[after] ?? '')) {
    const tail = plainEnd(line, after, place);
    return { after: tail, edit: { start: quote.start, end: tail, text: MASK } };
  }
  const value = line.slice(quote.end, end);
  if (isKeptAt(place, value) && !(place.digits === 'quoted' && isPinValue(value))) return { after };
  return { after, edit: { start: quote.end, end, text: MASK } };
}

/** Between three quotes, as Python and TOML have them. */
function tripleValue(line: string, { end, run, mark }: Quote): Value | undefined {
  const marks = mark.repeat(2);
  if (run > 0 || mark === '`' || !line.startsWith(marks, end)) return undefined;
  const start = end + marks.length;
  const closing = line.indexOf(mark + marks, start);
  if (closing === -1) return undefined;
  const after = closing + marks.length + 1;
  return isKept(line.slice(start, closing)) ? { after } : { after, edit: masked(start, closing) };
}

function isKeptAt({ digits }: ValuePlace, value: string): boolean {
  return isKept(value) && !(digits === 'secret' && isPinValue(value));
}

const WORD = /\w/;

/** A single quote may be one of a text in a string: that string's end is the value's. */
function withinString(
  line: string,
  {
    quote,
    closing,
    place,
  }: {
    readonly quote: Quote;
    readonly closing: { readonly end: number; readonly after: number };
    readonly place: ValuePlace;
  },
): { readonly end: number; readonly after: number } {
  if (quote.mark === '"' || !place.isInDouble) return closing;
  const stringEnd = STRING_END.exec(line.slice(quote.end, closing.end));
  if (stringEnd === null) return closing;
  const end = quote.end + stringEnd.index;
  return { end, after: end };
}

const STRING_END = /(?<!\\)\\*"[ \t]*(?:[,:}\]]|$)/;

function unclosedValue(line: string, quote: Quote, place: ValuePlace): Value {
  const end = place.lineEnd;
  const pending: Pending = {
    kind: 'quoted',
    indent: place.indent,
    mark: quote.mark,
    run: quote.run,
  };
  const goesOn = place.isLineStart && end > quote.end;
  if (end <= quote.end || isKept(line.slice(quote.end, end))) return { after: end };
  return {
    after: end,
    edit: { start: quote.end, end, text: MASK },
    ...(goesOn ? { pending } : {}),
  };
}

/** `|` or `>`, with what YAML allows behind them. */
const BLOCK = /(?:![\w!]{0,32} +)?[|>][-+0-9]{0,2}[ \t]{0,64}(?:#[^\\"\n]{0,80})?(?:\r?$|(\\+n))/y;

function blockValue(line: string, place: ValuePlace): Value | undefined {
  BLOCK.lastIndex = place.at;
  const match = BLOCK.exec(line);
  if (match === null) return undefined;
  const after = BLOCK.lastIndex;
  const escape = match[1];
  if (escape !== undefined) return escapedBlock(line, { after, escape, indent: place.indent });
  return { after, pending: { kind: 'block', indent: place.indent, isHidden: false } };
}

interface EscapedBlock {
  readonly after: number;
  /** What ends a line. */
  readonly escape: string;
  readonly indent: number;
}

/** A block inside a string, where `\n` ends its lines. */
function escapedBlock(line: string, { after, escape, indent }: EscapedBlock): Value {
  let end = after;
  let contentAt: number | undefined;
  for (let next = after; next !== -1; ) {
    const one = escapedLine(line, next, escape);
    if (one.start < one.end) {
      if (one.start - next <= indent) break;
      contentAt ??= one.start;
      end = one.end;
    }
    next = one.next;
  }
  if (contentAt === undefined || isKept(line.slice(contentAt, end).trim())) return { after: end };
  return { after: end, edit: { start: contentAt, end, text: MASK } };
}

interface EscapedLine {
  /** Of what it holds but blanks. */
  readonly start: number;
  readonly end: number;
  /** -1: the string ends. */
  readonly next: number;
}

function escapedLine(line: string, from: number, escape: string): EscapedLine {
  let start = from;
  while (line[start] === ' ') start += 1;
  const newline = line.indexOf(escape, start);
  const end = newline === -1 ? line.length : newline;
  const quote = closingQuote(line.slice(start, end), 0, { mark: '"', run: escape.length - 2 });
  if (quote !== undefined) return { start, end: start + quote.end, next: -1 };
  return { start, end, next: newline === -1 ? -1 : newline + escape.length };
}

function plainValue(line: string, place: ValuePlace): Value {
  const literal = jsonLiteral(line, place);
  if (literal !== undefined) return literal;
  const { at, isYaml, isLineStart, indent, lineEnd } = place;
  const end = isLineStart ? restEnd(line, at, place) : plainEnd(line, at, place);
  if (isKeptAt(place, line.slice(at, end))) return { after: end };
  const edit = maskedPlain(at, end, isYaml);
  const goesOn = isYaml && isLineStart && end === lineEnd;
  return { after: end, edit, ...(goesOn ? { pending: { kind: 'plain', indent } } : {}) };
}

const LITERAL = /[-\w.+]+(?=[ \t\r]*(?:[,}\]]|$))/y;

/** Behind a quoted name a number may stand: the mask that takes its place has quotes. */
function jsonLiteral(line: string, place: ValuePlace): Value | undefined {
  const { at, keyQuote } = place;
  if (keyQuote?.mark !== '"') return undefined;
  LITERAL.lastIndex = at;
  const value = LITERAL.exec(line)?.[0];
  if (value === undefined) return undefined;
  const after = at + value.length;
  if (isKeptAt(place, value)) return { after };
  const quote = `${'\\'.repeat(keyQuote.run)}"`;
  return { after, edit: { start: at, end: after, text: quote + MASK + quote } };
}
