/** Tables in text, a row a line, whose first row names the columns: `user,password`, and below it `bob,x`. */

import type { ContextRule } from './context-rule.ts';
import { type Edit, type Findings, masked, NO_FINDINGS, type PendingRows } from './edits.ts';
import { isKept } from './kept-values.ts';
import { SECRET_WORDS, saysSecret } from './secret-names.ts';

/** More may be no table. */
const MAX_ROWS = 100_000;
const MAX_CELLS = 64;
const MAX_HEADER_LENGTH = 2048;

/** No blanks around the commas: a sentence has some. */
const HEADER = String.raw`^(?:"[\w .-]{1,64}"|[\w][\w .-]{0,63})[,;\t](?![ ])[\w .,;\t"-]{1,${MAX_HEADER_LENGTH}}\r?$`;

export const TABLE_SECRET: ContextRule = {
  name: 'named-secret',
  needed: HEADER,
  // A column says secret.
  seeds: [],
  find(line) {
    return { edits: [], pending: tableOf(line) };
  },
};

function tableOf(line: string): PendingRows | undefined {
  const separator = /[,;\t]/.exec(line)?.[0] ?? ',';
  const columns = line
    .trimEnd()
    .split(separator, MAX_CELLS + 1)
    .map(unquoted);
  if (columns.length > MAX_CELLS || !columns.every(isColumn)) return undefined;
  const secret = secretColumns(columns);
  if (secret.length === 0) return undefined;
  return { kind: 'rows', separator, cells: columns.length, secret, rows: 0 };
}

function unquoted(cell: string): string {
  return cell.replace(/^"(.*)"$/, '$1');
}

function isColumn(column: string): boolean {
  return /^[A-Za-z_][\w.-]{0,63}(?: [\w.-]{1,63}){0,3}$/.test(column);
}

const ENDS_IN_SECRET = new RegExp(`(?:${SECRET_WORDS})$`, 'i');

export function isSecretColumn(column: string): boolean {
  const name = column.replaceAll(' ', '_');
  return ENDS_IN_SECRET.test(name) && saysSecret(name);
}

export function secretColumns(columns: readonly string[]): readonly number[] {
  return columns.flatMap((column, index) => (isSecretColumn(column) ? [index] : []));
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
    start = next + 1;
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
