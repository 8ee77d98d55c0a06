/** Finds the values of HTTP headers, in requests, logs, commands, JSON and what Go prints. */

import { addEdits, type Edit, type Findings, type Pending } from '../edits.ts';
import type { FieldName } from '../fields/field-name.ts';
import { closingQuote, type Quote, quoteAt, textEndAt } from '../quotes.ts';
import { isAt } from '../sticky.ts';
import { BEFORE_NAME, type Found, type HeaderPlace, type Headers } from './header-names.ts';
import { elementName, pairFinder } from './header-pairs.ts';

export interface HeaderFinder {
  readonly find: (line: string) => Findings;
  /** A line of a list of values that began on a line before. */
  readonly continueArray: (line: string) => Findings;
}

/** Blanks alone, where a scheme follows in quotes: `proxy_set_header Authorization "Basic x"`. */
const SEPARATOR =
  /[ \t]{0,64}(?::=|=>|:|=(?!=))[ \t]{0,64}|[ \t]{1,64}(?=\\{0,7}["'](?:basic|bearer|token|digest|apikey)[ \t])/iy;
const COMMA = /[ \t]{0,64},[ \t]{0,64}/y;
const LIST = /(?:\[\]string\{|\[)[ \t]{0,64}/y;
const KEY_COLON = /[ \t]{0,64}(?::|=>)/y;
const LIST_GAP = /[ \t\r]*(?:,[ \t\r]*)?/y;

export function headerFinder(headers: Headers): HeaderFinder {
  const pattern = new RegExp(String.raw`${BEFORE_NAME}(?:${headers.names})(?![\w-])`, 'gi');
  return {
    find(line) {
      const edits: Edit[] = [];
      let pending: Pending | undefined;
      let from = 0;
      const foundAt = valueFinder(line, headers);
      pattern.lastIndex = 0;
      for (let hit = pattern.exec(line); hit !== null; hit = pattern.exec(line)) {
        const name = headerName(line, hit.index, pattern.lastIndex);
        const found = foundAt(name, from);
        if (found === undefined) continue;
        addEdits(edits, found.edits);
        pending = found.pending;
        from = Math.max(found.after, name.end);
        pattern.lastIndex = from;
      }
      return { edits, pending };
    },
    continueArray(line) {
      const { edits, pending } = listFrom(line, 0, headers);
      return { edits, pending };
    },
  };
}

/** Looks for the values of headers on a line. */
function valueFinder(
  line: string,
  headers: Headers,
): (name: FieldName, from: number) => Found | undefined {
  const ends = textEnds(line);
  const pairAt = pairFinder(line, headers);
  return (name, from) => {
    const at = separatedAt(line, name);
    const place = ends(name.start, at ?? name.end);
    const pair = at === undefined ? pairAt(name, { place, from }) : undefined;
    if (pair !== undefined) return pair;
    const valueAt = at ?? commaValueAt(line, name);
    if (valueAt === undefined) return elementName(line, name);
    return valueFrom(line, { ...name, place, valueAt }, headers);
  };
}

function valueFrom(line: string, name: HeaderName, headers: Headers): Found {
  const at = name.valueAt;
  if (isAt(LIST, line, at)) return listFrom(line, LIST.lastIndex, headers);
  if (line[at] === '{') return { edits: [], after: at + 1 };
  const quote = quoteAt(line, at);
  if (quote !== undefined) {
    const { end, after } = endOfString(line, quote);
    return { edits: headers.hide(line, quote.end, end), after };
  }
  const end = Math.max(at, headerEnd(line, name, headers));
  return { edits: headers.hide(line, at, end), after: end };
}

/** Elements from there to the list's end. */
function listFrom(line: string, from: number, { hide }: Headers): Found {
  const edits: Edit[] = [];
  let at = from;
  for (;;) {
    LIST_GAP.lastIndex = at;
    LIST_GAP.test(line);
    at = LIST_GAP.lastIndex;
    if (at >= line.length) return { edits, after: at, pending: { kind: 'array' } };
    if (line[at] === ']' || line[at] === '}') return { edits, after: at + 1 };
    const quote = quoteAt(line, at);
    const end = quote === undefined ? listEnd(line, at) : endOfString(line, quote);
    addEdits(edits, hide(line, quote?.end ?? at, end.end));
    at = Math.max(end.after, at + 1);
  }
}

function headerEnd(line: string, { start, place, valueAt }: HeaderName, headers: Headers): number {
  if (START.test(line.slice(Math.max(0, start - START_LENGTH), start))) return place.textEnd();
  const mark = line[start - 1];
  if (mark !== '"' && mark !== "'") return headers.plainEnd(line, valueAt, place);
  let run = 0;
  while (line[start - 2 - run] === '\\') run += 1;
  return closingQuote(line, valueAt, { mark, run })?.end ?? place.textEnd();
}

interface HeaderName extends FieldName {
  readonly place: HeaderPlace;
  readonly valueAt: number;
}

/** A header's own line, as it is or as curl shows it. */
const START = /^[ \t]{0,32}(?:[<>][ \t]{0,8})?$/;
const START_LENGTH = 48;

function headerName(line: string, start: number, end: number): FieldName {
  const closing = quoteAt(line, end);
  const quote = closing !== undefined && line[start - 1] === closing.mark ? closing : undefined;
  return { start, end, quote, after: quote?.end ?? end };
}

/** @returns Where the value begins, or undefined: no separator stands behind the name. */
function separatedAt(line: string, { after }: FieldName): number | undefined {
  return isAt(SEPARATOR, line, after) ? SEPARATOR.lastIndex : undefined;
}

/** As in the arguments of a call, and in lists of names and values. */
function commaValueAt(line: string, { quote, after }: FieldName): number | undefined {
  if (quote === undefined || !isAt(COMMA, line, after)) return undefined;
  const at = COMMA.lastIndex;
  const value = quoteAt(line, at);
  if (value === undefined) return undefined;
  const closing = closingQuote(line, value.end, value);
  // A key of the same object, and no value.
  return closing !== undefined && isAt(KEY_COLON, line, closing.after) ? undefined : at;
}

/** Looks for the end of the texts on a line. */
function textEnds(line: string): (start: number, at: number) => HeaderPlace {
  const firstDouble = line.indexOf('"');
  const firstSingle = line.indexOf("'");
  return (start, at) => {
    const isInDouble = firstDouble !== -1 && firstDouble < start;
    return {
      isInDouble,
      isInSingle: firstSingle !== -1 && firstSingle < start,
      textEnd() {
        const lineEnd = line.endsWith('\r') ? line.length - 1 : line.length;
        return isInDouble ? (textEndAt(line, at) ?? lineEnd) : lineEnd;
      },
    };
  };
}

function endOfString(line: string, quote: Quote): { readonly end: number; readonly after: number } {
  return closingQuote(line, quote.end, quote) ?? { end: line.length, after: line.length };
}

/** Of an element without quotes, as Go prints it: it is the only one, or ends where nobody can tell. */
function listEnd(line: string, at: number): { readonly end: number; readonly after: number } {
  const bracket = line.indexOf(']', at);
  const end = bracket === -1 ? line.length : bracket;
  return { end, after: end };
}
