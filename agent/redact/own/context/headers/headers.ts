/** Finds the values of HTTP headers, in requests, logs, commands, JSON and what Go prints. */

import { addEdits, type Edit, type Findings } from '../edits.ts';
import type { PlainPlace } from '../plain-value.ts';
import { closingQuote, type Quote, quoteAt, textEndAt } from '../quotes.ts';

export interface HeaderPlace extends PlainPlace {
  /** The end of the text that the header is in. */
  readonly textEnd: () => number;
}

export interface Headers {
  /** The headers' names; the `source` of a pattern. */
  readonly names: string;
  /** What is a secret in a value. */
  readonly hide: (line: string, start: number, end: number) => readonly Edit[];
  /** Where a value ends that is neither quoted nor the last on its line. */
  readonly plainEnd: (line: string, at: number, place: HeaderPlace) => number;
}

export interface HeaderFinder {
  readonly find: (line: string) => Findings;
  /** A line of a list of values that began on a line before. */
  readonly continueArray: (line: string) => Findings;
}

interface Found {
  readonly edits: readonly Edit[];
  readonly after: number;
  /** A list begins that goes on behind the line. */
  readonly isOpen?: boolean;
}

/** Blanks alone, where a scheme follows in quotes: `proxy_set_header Authorization "Basic x"`. */
const SEPARATOR =
  /[ \t]{0,64}(?::=|=>|:|=(?!=))[ \t]{0,64}|[ \t]{1,64}(?=\\{0,7}["'](?:basic|bearer|token|digest|apikey)[ \t])/iy;
const COMMA = /[ \t]{0,64},[ \t]{0,64}/y;
const LIST = /(?:\[\]string\{|\[)[ \t]{0,64}/y;
const LIST_GAP = /[ \t\r]*(?:,[ \t\r]*)?/y;

export function headerFinder({ names, hide, plainEnd }: Headers): HeaderFinder {
  const pattern = new RegExp(String.raw`(?<![\w-])(?:${names})(?![\w-])`, 'gi');

  /** Elements from there to the list's end. */
  function listFrom(line: string, from: number): Found {
    const edits: Edit[] = [];
    let at = from;
    for (;;) {
      LIST_GAP.lastIndex = at;
      LIST_GAP.test(line);
      at = LIST_GAP.lastIndex;
      if (at >= line.length) return { edits, after: at, isOpen: true };
      if (line[at] === ']' || line[at] === '}') return { edits, after: at + 1 };
      const quote = quoteAt(line, at);
      const end = quote === undefined ? listEnd(line, at) : endOfString(line, quote);
      addEdits(edits, hide(line, quote?.end ?? at, end.end));
      at = Math.max(end.after, at + 1);
    }
  }

  function valueFrom(line: string, at: number, name: HeaderName): Found {
    LIST.lastIndex = at;
    if (LIST.test(line)) return listFrom(line, LIST.lastIndex);
    if (line[at] === '{') return { edits: [], after: at + 1 };
    const quote = quoteAt(line, at);
    if (quote !== undefined) {
      const { end, after } = endOfString(line, quote);
      return { edits: hide(line, quote.end, end), after };
    }
    const end = Math.max(at, headerEnd(line, at, name));
    return { edits: hide(line, at, end), after: end };
  }

  function headerEnd(line: string, at: number, { start, place }: HeaderName): number {
    if (START.test(line.slice(Math.max(0, start - START_LENGTH), start))) return place.textEnd();
    const mark = line[start - 1];
    if (mark !== '"' && mark !== "'") return plainEnd(line, at, place);
    let run = 0;
    while (line[start - 2 - run] === '\\') run += 1;
    return closingQuote(line, at, { mark, run })?.end ?? place.textEnd();
  }

  return {
    find(line) {
      const edits: Edit[] = [];
      let isOpen = false;
      pattern.lastIndex = 0;
      const ends = textEnds(line);
      for (let hit = pattern.exec(line); hit !== null; hit = pattern.exec(line)) {
        const at = valueStart(line, hit.index, pattern.lastIndex);
        if (at === -1) continue;
        const found = valueFrom(line, at, { start: hit.index, place: ends(hit.index, at) });
        addEdits(edits, found.edits);
        isOpen = found.isOpen === true;
        pattern.lastIndex = found.after;
      }
      return isOpen ? { edits, pending: { kind: 'array' } } : { edits };
    },
    continueArray(line) {
      const { edits, isOpen } = listFrom(line, 0);
      return isOpen === true ? { edits, pending: { kind: 'array' } } : { edits };
    },
  };
}

interface HeaderName {
  readonly start: number;
  readonly place: HeaderPlace;
}

/** A header's own line, as it is or as curl shows it. */
const START = /^[ \t]{0,32}(?:[<>][ \t]{0,8})?$/;
const START_LENGTH = 48;

/** @returns Where the value begins, or -1: the name is no header's. */
function valueStart(line: string, start: number, end: number): number {
  const closing = quoteAt(line, end);
  const isQuoted = closing !== undefined && line[start - 1] === closing.mark;
  const after = isQuoted ? closing.end : end;
  SEPARATOR.lastIndex = after;
  if (SEPARATOR.test(line)) return SEPARATOR.lastIndex;
  COMMA.lastIndex = after;
  if (!isQuoted || !COMMA.test(line)) return -1;
  return quoteAt(line, COMMA.lastIndex) === undefined ? -1 : COMMA.lastIndex;
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
