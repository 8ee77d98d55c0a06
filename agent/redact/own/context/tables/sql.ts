/** Secrets that SQL writes into tables: of an INSERT with a secret's column all texts, of COPY those columns, and what errors say of them. */

import type { ContextRule } from '../context-rule.ts';
import {
  addEdit,
  addEdits,
  apart,
  type Edit,
  type Findings,
  masked,
  NO_FINDINGS,
  type Pending,
  type PendingInsert,
} from '../edits.ts';
import { isKept } from '../kept-values.ts';
import { closingQuote, quoteAt } from '../quotes.ts';
import { isAt } from '../sticky.ts';
import { isSecretColumn, secretColumns } from './columns.ts';

const NAME = String.raw`[\w."\`\\[\]-]{1,256}`;
/** The `n` of an escape before a word is none of its letters. */
const BEFORE = String.raw`(?:\b|(?<=\\[nrt]))`;
/** The columns, the values, or the next line follow. */
const INTO = String.raw`${BEFORE}(?:insert|replace)[ \t]{1,8}(?:ignore[ \t]{1,8})?into[ \t]{1,8}(${NAME})(?:[ \t]{0,16}\(|(?=[ \t]{1,16}values?\b)|(?=[ \t]{0,16}\r?$))`;
const COPY = String.raw`${BEFORE}copy[ \t]{1,8}${NAME}[ \t]{0,16}\(`;

export const SQL_SECRET: ContextRule = {
  name: 'named-secret',
  needed: String.raw`${INTO}|${COPY}|key \(|duplicate entry`,
  // Else a column says secret.
  seeds: ['sert into', 'lace into', 'nore into'],
  find(line) {
    const edits: Edit[] = [];
    let pending: Pending | undefined;
    STATEMENT.lastIndex = 0;
    for (let hit = STATEMENT.exec(line); hit !== null; hit = STATEMENT.exec(line)) {
      const found = findIn(line, hit, STATEMENT.lastIndex);
      addEdits(edits, found.edits);
      pending = found.pending;
      STATEMENT.lastIndex = found.after;
    }
    return { edits: apart([...edits, ...findKeys(line), ...findDuplicates(line)]), pending };
  },
};

const STATEMENT = new RegExp(`${INTO}|${COPY}`, 'gi');
const MAX_COLUMNS_LENGTH = 4096;
const VALUES = /[ \t]{0,64}(?:\\{1,7}n[ \t]{0,64})?values?\b[ \t]{0,16}/iy;
const LINE_END = /[ \t]{0,64}\r?$/y;
const FROM_STDIN = /\)[ \t]{1,16}from[ \t]{1,16}stdin\b/iy;

interface Found extends Findings {
  readonly after: number;
}

function findIn(line: string, [statement, table]: RegExpExecArray, at: number): Found {
  if (table === undefined) return copyIn(line, at);
  const hasColumns = statement.endsWith('(');
  const part = hasColumns ? 'columns' : 'table';
  const isSecret = !hasColumns && isSecretTable(table);
  return insertIn(line, { kind: 'insert', part, isSecret, lines: 0 }, at);
}

function copyIn(line: string, at: number): Found {
  const end = columnsEnd(line, at);
  const columns = end === undefined ? [] : columnsIn(line.slice(at, end));
  if (end === undefined || !columns.some(isSecretColumn)) return { edits: [], after: at };
  if (!isAt(FROM_STDIN, line, end)) return { edits: [], after: end };
  const secret = secretColumns(columns);
  const cells = columns.length;
  const pending = { kind: 'rows', separator: '\t', cells, secret, rows: 0 } as const;
  return { edits: [], pending, after: end };
}

function columnsEnd(line: string, at: number): number | undefined {
  const end = line.slice(at, at + MAX_COLUMNS_LENGTH).indexOf(')');
  return end === -1 ? undefined : at + end;
}

/** A table of secrets: of its columns nothing is known where they are not named. */
function isSecretTable(name: string): boolean {
  return /(?:^|[\W_])(?:credential|passw(?:or)?d|secret|token|(?:api|access|private|signing)_?key)s?\W*$/i.test(
    name,
  );
}

/** More lines between a table's name and the values are not looked at. */
const MAX_LINES = 256;
const COLUMNS = /^[\s\w"`\\[\],.-]*$/;

function insertIn(line: string, insert: PendingInsert, at: number): Found {
  switch (insert.part) {
    case 'table':
      return valuesIn(line, insert, at);
    case 'columns':
      return columnsOf(line, insert, at);
    case 'values':
      break;
  }
  return insert.isSecret ? valuesIn(line, insert, at) : { edits: [], after: at };
}

function columnsOf(line: string, insert: PendingInsert, at: number): Found {
  const end = columnsEnd(line, at);
  const text = line.slice(at, end ?? at + MAX_COLUMNS_LENGTH);
  const isSecret = insert.isSecret || columnsIn(text).some(isSecretColumn);
  if (end !== undefined) return insertIn(line, { ...insert, part: 'values', isSecret }, end + 1);
  const goesOn = COLUMNS.test(text) && insert.lines < MAX_LINES;
  const pending = goesOn ? { ...insert, isSecret } : undefined;
  return { edits: [], pending, after: line.length };
}

function valuesIn(line: string, insert: PendingInsert, at: number): Found {
  if (isAt(LINE_END, line, at)) {
    const pending = insert.lines < MAX_LINES ? insert : undefined;
    return { edits: [], pending, after: line.length };
  }
  if (!insert.isSecret || !isAt(VALUES, line, at)) return { edits: [], after: at };
  return hideTexts(line, VALUES.lastIndex, 0);
}

/** The next line between a table's name and its values. */
export function continueInsert(line: string, pending: PendingInsert): Findings {
  const insert = { ...pending, lines: pending.lines + 1 };
  const at = line.search(/[^ \t]|$/);
  const opensColumns = insert.part === 'table' && line[at] === '(';
  return opensColumns
    ? columnsOf(line, { ...insert, part: 'columns', isSecret: false }, at + 1)
    : insertIn(line, insert, at);
}

function columnsIn(text: string): readonly string[] {
  return text.split(',').map((column) => column.replaceAll(/[\s"`\\[\]]/g, ''));
}

/** Brackets, numbers, words, and ends of lines in a string. */
const BETWEEN = /[\s(),\w.:+-]{1,4096}|\\{1,7}[nrt]/y;

/** All texts from there to the end of the statement, or of the string that it is in. */
function hideTexts(line: string, from: number, openBefore: number): Found {
  const edits: Edit[] = [];
  let depth = openBefore;
  let at = from;
  for (;;) {
    const end = textFrom(line, at);
    depth = Math.max(0, depth + depthOf(line, at, end));
    at = end;
    const quote = quoteAt(line, at);
    if (quote?.mark !== "'") break;
    const closing = closingQuote(line, quote.end, quote);
    if (closing === undefined) break;
    if (!isKept(line.slice(quote.end, closing.end))) addEdit(edits, masked(quote.end, closing.end));
    at = Math.max(closing.after, quote.end);
  }
  const isOpen = at >= line.length;
  return isOpen ? { edits, pending: { kind: 'values', depth }, after: at } : { edits, after: at };
}

/** How many brackets open there, less those that close. */
function depthOf(line: string, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at += 1) {
    if (line[at] === '(') depth += 1;
    else if (line[at] === ')') depth -= 1;
  }
  return depth;
}

/** Where what is no text ends. */
function textFrom(line: string, from: number): number {
  let at = from;
  while (isAt(BETWEEN, line, at)) at = BETWEEN.lastIndex;
  return at;
}

/** The next row of an INSERT, or the next line of a row. */
export function continueValues(line: string, depth: number): Findings {
  const at = line.search(/[^ \t]|$/);
  return depth > 0 || line[at] === '(' ? hideTexts(line, at, depth) : NO_FINDINGS;
}

/** What an error says of the columns of a key in PostgreSQL: `Key (token)=(x) already exists.` */
const KEY = new RegExp(String.raw`${BEFORE}key \(((?:[^()=]|\([^()=]{0,128}\)){1,256})\)=\(`, 'gi');
/** A bracket may be one of the value's. */
const KEY_END = /\)(?= (?:already|is|conflicts)\b|[.]?(?:[\s"'\\]|$))/;
/** Longer than a key is. */
const MAX_KEY_LENGTH = 4096;

function findKeys(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  KEY.lastIndex = 0;
  for (let hit = KEY.exec(line); hit !== null; hit = KEY.exec(line)) {
    const start = KEY.lastIndex;
    const columns = columnsIn(hit[1] ?? '').map((column) =>
      column.replaceAll(/^.*\(|[:)].*$/g, ''),
    );
    if (!columns.some(isSecretColumn)) continue;
    const length = line.slice(start, start + MAX_KEY_LENGTH).search(KEY_END);
    if (length <= 0 || isKept(line.slice(start, start + length))) continue;
    addEdit(edits, masked(start, start + length));
    KEY.lastIndex = start + length;
  }
  return edits;
}

/** The same in MySQL: `Duplicate entry 'x' for key 'users.token'`. */
const DUPLICATE = /duplicate entry \\{0,7}'/gi;
const OF_KEY = /\\{0,7}' for key \\{0,7}'([^'\\]{1,128})/;

function findDuplicates(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  DUPLICATE.lastIndex = 0;
  for (let hit = DUPLICATE.exec(line); hit !== null; hit = DUPLICATE.exec(line)) {
    const start = DUPLICATE.lastIndex;
    const key = OF_KEY.exec(line.slice(start, start + MAX_KEY_LENGTH));
    if (key === null || !isSecretKey(key[1] ?? '')) continue;
    const end = start + key.index;
    if (!isKept(line.slice(start, end))) addEdit(edits, masked(start, end));
    DUPLICATE.lastIndex = end;
  }
  return edits;
}

/** An index is often called by its column, and by what it is. */
function isSecretKey(name: string): boolean {
  const index = name.replace(/^.*\./, '');
  const column = index.replace(/_(?:unique|uniq|uk|idx|index|key)$/i, '');
  return isSecretColumn(index) || isSecretColumn(column);
}
