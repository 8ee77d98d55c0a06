/** Tables in text, a row a line, whose first row names the columns: `user,password`, and below it `bob,x`. */

import type { ContextRule } from '../context-rule.ts';
import {
  addEdits,
  type Edit,
  type Findings,
  masked,
  NO_FINDINGS,
  type PendingRows,
} from '../edits.ts';
import { isKept } from '../kept-values.ts';
import { closingQuote } from '../quotes.ts';
import { isColumn, secretColumns } from './columns.ts';

/** More may be no table. */
const MAX_ROWS = 100_000;
const MAX_CELLS = 64;
const MAX_HEADER_LENGTH = 2048;

/** No blanks around the separators: a sentence has some. */
const HEADER = String.raw`^(?:"[\w .-]{1,64}"|[\w][\w .-]{0,63})[,;|\t](?![ ])[\w .,;|\t"-]{1,${MAX_HEADER_LENGTH}}\r?$`;
/** Behind each comma a blank: then a name is one word, as not many are in a sentence. */
const WORD = String.raw`(?:"\w[\w.-]{0,63}"|\w[\w.-]{0,63})`;
const SPACED_HEADER = String.raw`^${WORD}(?:,[ ]${WORD}){1,${MAX_CELLS}}\r?$`;
/** As the first line of a string, or one of its lines. */
const STRING_HEADER = String.raw`(?:"|\\n)(\w[\w .-]{0,63}(?:(?:,|;|\\{1,7}t)\w[\w .-]{0,63}){1,${MAX_CELLS}}|\w[\w.-]{0,63}(?:,[ ]\w[\w.-]{0,63}){1,${MAX_CELLS}})(?:\\r)?(\\{1,7}n)`;

export const TABLE_SECRET: ContextRule = {
  name: 'named-secret',
  // Of a table in a string only the end of a line: to seek more takes longer than all else.
  needed: [HEADER, SPACED_HEADER, String.raw`\\n`].join('|'),
  // A column says secret.
  seeds: [],
  find(line) {
    const edits: Edit[] = [];
    for (const { 1: header = '', 2: newline = '', 0: match, index } of line.matchAll(IN_STRING)) {
      const table = tableOf(header);
      if (table !== undefined) {
        addEdits(edits, rowsInString(line, table, { newline, from: index + match.length }));
      }
    }
    return { edits, pending: IS_HEADER.test(line) ? tableOf(line) : undefined };
  },
};

const IN_STRING = new RegExp(STRING_HEADER, 'g');
const IS_HEADER = new RegExp(`${HEADER}|${SPACED_HEADER}`);

function tableOf(line: string): PendingRows | undefined {
  const separator = /, |[,;|\t]|\\{1,7}t/.exec(line)?.[0] ?? ',';
  const columns = line
    .trimEnd()
    .split(separator, MAX_CELLS + 1)
    .map(unquoted);
  if (columns.length > MAX_CELLS || !columns.every(isColumn)) return undefined;
  const secret = secretColumns(columns);
  if (secret.length === 0) return undefined;
  return { kind: 'rows', separator, cells: columns.length, secret, rows: 0 };
}

interface StringRows {
  /** What ends a line. */
  readonly newline: string;
  readonly from: number;
}

/** @yields What hides the cells of a table whose lines are those of a string. */
function* rowsInString(
  line: string,
  table: PendingRows,
  { newline, from }: StringRows,
): Generator<Edit> {
  const quote = { mark: '"', run: newline.length - 2 };
  for (let at = from; at < line.length; ) {
    const next = line.indexOf(newline, at);
    const text = line.slice(at, next === -1 ? line.length : next);
    const closing = closingQuote(text, 0, quote);
    const row = text.slice(0, closing?.end ?? text.length).replace(/\\r$/, '');
    const { edits, pending } = continueRows(row, table);
    for (const edit of edits) yield { ...edit, start: at + edit.start, end: at + edit.end };
    if (pending === undefined || closing !== undefined || next === -1) break;
    at = next + newline.length;
  }
}

function unquoted(cell: string): string {
  return cell.replace(/^"(.*)"$/, '$1');
}

/** The next row. */
export function continueRows(line: string, pending: PendingRows): Findings {
  const rows = pending.rows + 1;
  const cells = cellsOf(line, pending.separator);
  if (cells.length !== pending.cells || rows > MAX_ROWS) return NO_FINDINGS;
  const edits = pending.secret.flatMap((index) => editOf(line, cells[index]));
  return { edits, pending: { ...pending, rows } };
}

interface Cell {
  readonly start: number;
  readonly end: number;
}

/** One more at the most than a table may have. */
function cellsOf(line: string, separator: string): readonly Cell[] {
  const cells: Cell[] = [];
  const lineEnd = line.endsWith('\r') ? line.length - 1 : line.length;
  for (let start = 0; cells.length <= MAX_CELLS; ) {
    const isQuoted = line[start] === '"';
    const quoteEnd = isQuoted ? closingAt(line, start + 1) : start;
    const next = line.indexOf(separator, quoteEnd);
    const end = next === -1 ? lineEnd : next;
    cells.push(
      isQuoted && line[end - 1] === '"' ? { start: start + 1, end: end - 1 } : { start, end },
    );
    if (next === -1) break;
    start = next + separator.length;
  }
  return cells;
}

/** A doubled quote is one of the text. */
function closingAt(line: string, from: number): number {
  let at = line.indexOf('"', from);
  while (at !== -1 && line[at + 1] === '"') at = line.indexOf('"', at + 2);
  return at === -1 ? from : at;
}

function editOf(line: string, cell: Cell | undefined): readonly Edit[] {
  if (cell === undefined || cell.end <= cell.start) return [];
  return isKept(line.slice(cell.start, cell.end)) ? [] : [masked(cell.start, cell.end)];
}
