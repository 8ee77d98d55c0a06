/** What stands in braces in YAML: `{kind: Secret, data: {a: b, "c": 'd'}}`. JSON is such, too, and what Python and JavaScript print. */

import { closingQuote } from '../context/quotes.ts';
import { NO_EDITS, type SecretEdits } from './secret-edits.ts';
import { type FlowReader, FoundValues, ObjectTree, readStructure } from './secret-tree.ts';

export interface FlowEnd {
  /** Where it ends, or the line does. */
  readonly at: number;
  /** Whether something is still open. */
  readonly isOpen: boolean;
  /** Of a string that goes on behind the line; empty: there is none. */
  readonly quote: string;
}

/** Of a text without quotes. */
const PLAIN_END = /[,[\]{}]|:(?=[ \t\r,[\]{}"']|$)|[ \t]#|$/g;

/** @param line One line; the string that it begins in has ended at `from`. */
export function readFlow(line: string, from: number, reader: FlowReader): FlowEnd {
  let at = tokenAt(line, from);
  while (at < line.length) {
    const mark = line[at] ?? '';
    if (STRUCTURE.has(mark)) {
      if (!readStructure(mark, reader)) return { at: at + 1, isOpen: false, quote: '' };
      at += 1;
    } else if (mark === '"' || mark === "'") {
      const after = readQuoted(line, { at, mark }, reader);
      if (after === undefined) return { at: line.length, isOpen: true, quote: mark };
      at = after;
    } else at = readPlain(line, at, reader);
    at = tokenAt(line, at);
  }
  return { at: line.length, isOpen: true, quote: '' };
}

const BLANKS: ReadonlySet<string> = new Set(' \t\r');
const STRUCTURE: ReadonlySet<string> = new Set('{}[],');

function isGap(mark: string | undefined): boolean {
  return mark === ' ' || mark === ':' || mark === '\t' || mark === '\r';
}

/** Behind blanks and colons; at the line's end, if a comment follows. */
function tokenAt(line: string, from: number): number {
  let at = from;
  while (isGap(line[at])) at += 1;
  return line[at] === '#' && BLANKS.has(line[at - 1] ?? '') ? line.length : at;
}

/** @returns Behind it; undefined: it does not end on the line. */
function readQuoted(
  line: string,
  { at, mark }: { readonly at: number; readonly mark: string },
  reader: FlowReader,
): number | undefined {
  const closing = closingQuote(line, at + 1, { mark, run: 0 });
  reader.scalar(at + 1, closing?.end ?? trimmedEnd(line, at + 1, line.length));
  return closing?.after;
}

function readPlain(line: string, at: number, reader: FlowReader): number {
  PLAIN_END.lastIndex = at;
  const end = PLAIN_END.exec(line)?.index ?? line.length;
  reader.scalar(at, trimmedEnd(line, at, end));
  return end;
}

function trimmedEnd(line: string, start: number, end: number): number {
  let to = end;
  while (to > start && BLANKS.has(line[to - 1] ?? '')) to -= 1;
  return to;
}

const SAYS_SECRET =
  /[{,[ \t](?:kind|'kind')[ \t]{0,8}:[ \t]{0,8}["']?Secret\b|stringData'?[ \t]{0,8}:[ \t]{0,8}\{/;
/** Where no key has double quotes: all else is JSON to begin with. */
const FLOW_START = /\{[ \t]{0,16}['A-Za-z]/g;

/** In braces on one line. */
export function findFlowSecrets(line: string): SecretEdits {
  if (!SAYS_SECRET.test(line)) return NO_EDITS;
  const found = new FoundValues(line);
  FLOW_START.lastIndex = 0;
  for (let hit = FLOW_START.exec(line); hit !== null; hit = FLOW_START.exec(line)) {
    const tree = new ObjectTree(line, found);
    const { at, isOpen } = readFlow(line, hit.index, tree);
    if (isOpen) tree.cut();
    FLOW_START.lastIndex = Math.max(at, hit.index + 1);
  }
  return found.edits();
}
