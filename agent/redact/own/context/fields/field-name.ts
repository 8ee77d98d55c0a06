/** A field's name in a line, and what stands around it. */

import { backslashesBefore, type Quote, quoteAt } from '../quotes.ts';

export interface FieldName {
  readonly start: number;
  /** How long the parts before it are that its key has too: `example.com/password`, `Smtp:Password`. */
  readonly prefix?: number;
  readonly end: number;
  /** The quote around the name, if there is one. */
  readonly quote: Quote | undefined;
  /** Behind the name and its quote. */
  readonly after: number;
}

/** A line, and what is asked of it again and again. */
export interface FieldLine {
  readonly text: string;
  /** Without the blanks at its end. */
  readonly end: number;
  /** Of the first of each; -1: there is none. */
  readonly firstDouble: number;
  readonly firstSingle: number;
}

export function fieldLine(text: string): FieldLine {
  let end = text.length;
  while (end > 0 && /[ \t\r]/.test(text[end - 1] ?? '')) end -= 1;
  return { text, end, firstDouble: text.indexOf('"'), firstSingle: text.indexOf("'") };
}

/** A longer name is none. */
const MAX_NAME_LENGTH = 128;
const NAME_CHARACTER = /[\w.-]/;

/**
 * The name that ends there.
 *
 * @param at Where its last words begin.
 * @param from It does not begin before that.
 */
export function fieldNameAt(
  text: string,
  at: number,
  { end, from }: { readonly end: number; readonly from: number },
): FieldName {
  const start = nameStart(text, at, from);
  const closing = quoteAt(text, end);
  const prefix = prefixBefore(text, start, { from, closing })?.length ?? 0;
  const isQuoted = closing !== undefined && text[start - prefix - 1] === closing.mark;
  const quote = isQuoted ? closing : undefined;
  return { start, prefix, end, quote, after: quote?.end ?? end };
}

/** Longer than a label's may be, shorter than what it would take time to look through. */
const MAX_PREFIX_LENGTH = 128;
/** Not of a URL: no two slashes stand together. */
const PREFIX = String.raw`(?:\w[\w.-]{0,63}[/:]){1,4}$`;
const QUOTED_PREFIX = new RegExp(String.raw`(?<=["'])${PREFIX}`);
/** Without quotes: at the start of a line, or where a table or an object has the next name. */
const PLAIN_PREFIX = new RegExp(
  String.raw`(?<=(?:^|\\n|[ \t]{2}|[{,[])[ \t]{0,64}(?:-[ \t]{1,8})?)(?<![\w/.-])${PREFIX.replace('/:', '/')}`,
);

/** The parts before a name, if they are a part of its key. */
function prefixBefore(
  text: string,
  start: number,
  { from, closing }: { readonly from: number; readonly closing: Quote | undefined },
): string | undefined {
  if (!/[/:]/.test(text.charAt(start - 1))) return undefined;
  const first = Math.max(from, start - MAX_PREFIX_LENGTH);
  const before = text.slice(first, start);
  const isCut = first > 0 && closing === undefined;
  // What begins somewhere else is no line's start.
  const pattern = closing === undefined ? PLAIN_PREFIX : QUOTED_PREFIX;
  return pattern.exec(isCut ? `/${before}` : before)?.[0];
}

/** Where its key begins, behind a quote. */
export function keyAt({ start, prefix = 0 }: FieldName): number {
  return start - prefix;
}

/** Whether parts of a path stand before it. */
export function hasPrefix({ prefix = 0 }: FieldName): boolean {
  return prefix > 0;
}

function nameStart(text: string, at: number, from: number): number {
  let start = at;
  const first = Math.max(from, at - MAX_NAME_LENGTH);
  while (start > first && NAME_CHARACTER.test(text.charAt(start - 1))) start -= 1;
  // `\n` before a name is no `n` of it.
  const isEscaped = start < at && text[start - 1] === '\\' && /[nrt]/.test(text.charAt(start));
  return isEscaped ? start + 1 : start;
}

export function nameOf({ text }: FieldLine, { start, end }: FieldName): string {
  return text.slice(start, end);
}

/** Of the quote before the name, if the name has one of its own. */
export function keyStart(name: FieldName): number {
  const at = keyAt(name);
  return name.quote === undefined ? at : at - 1 - name.quote.run;
}

/** The quote that opens right before a name and does not close behind it. */
export function quoteAround(
  text: string,
  name: FieldName,
): Pick<Quote, 'mark' | 'run'> | undefined {
  const at = keyAt(name) - 1;
  const mark = text[at];
  if (name.quote !== undefined || (mark !== '"' && mark !== "'")) return undefined;
  return { mark, run: backslashesBefore(text, at, 0) };
}

const LINE_START = /(?:^|\\n)[ \t]*(?:-[ \t]+)*(?:export[ \t]+|set[ \t]+|ENV[ \t]+)?\\*["']?$/;
/** A name that is further from its line's start is not taken as its first. */
const MAX_LINE_START = 192;

/** Whether the name is the first on its line, also when that is a line of a string. */
export function startsLine(text: string, name: FieldName): boolean {
  const start = keyAt(name);
  const from = Math.max(0, start - MAX_LINE_START);
  const match = LINE_START.exec(text.slice(from, start));
  return match !== null && (from === 0 || match.index > 0);
}

/** How far a name's line is indented, also when that is a line of a string; a list's dashes count. */
export function indentOf(text: string, start: number): number {
  const before = text.slice(Math.max(0, start - MAX_LINE_START), start);
  return INDENT.exec(before)?.[1]?.length ?? 0;
}

/** From the start of a line, or of a string, to the name. */
const INDENT = /(?:^|\\n|["'])([ \t]*(?:-[ \t]+)*)\\*["']?$/;
