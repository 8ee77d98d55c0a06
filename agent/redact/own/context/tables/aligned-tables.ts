/** Tables as psql and mysql print them: ` user | password `, or with `\x` a line for each cell, `password | x`. */

import type { ContextRule } from '../context-rule.ts';
import {
  type Edit,
  type Findings,
  masked,
  NO_FINDINGS,
  type Pending,
  type PendingRecord,
  type PendingRows,
} from '../edits.ts';
import { isWords, mayBeEnvSecret } from '../env-names.ts';
import { isKept } from '../kept-values.ts';
import { mayBeSecret } from '../secret-names.ts';
import { isColumn, isSecretColumn, secretColumns } from './columns.ts';

/** More may be no table. */
const MAX_LINES = 100_000;
const MAX_CELLS = 64;

/** A blank or a bar stands before the first cell. */
const HEADER = String.raw`^[ |][ ]{0,256}\w[\w .-]{0,255}\|[\w .|-]{1,2048}\r?$`;
const RECORD = String.raw`^-\[ RECORD [0-9]{1,9} \]`;
/** Without the line that begins a record: of one word, since the name may be that of what logs a line. */
const LONE_CELL = String.raw`^\w[\w.-]{0,63}[ ]{1,64}\|[ ]{1,8}[^\s|]{1,1024}[ \t\r]*$`;

/** A row of Markdown with a name and a value. */
const NAME_CELL = String.raw`[ ]{0,64}[*\x60]{0,3}(\w[\w.-]{0,127})[*\x60]{0,3}[ ]{0,64}`;
const VALUE_CELL = String.raw`[ ]{0,64}[\x60"']?)([^\s|\x60"']{1,1024})[\x60"']?[ ]{0,64}`;
const NAMED_ROW = String.raw`^([ \t]{0,64}\|${NAME_CELL}\|${VALUE_CELL}\|[ \t\r]*$`;

export const ALIGNED_TABLE_SECRET: ContextRule = {
  name: 'named-secret',
  needed: [HEADER, RECORD, LONE_CELL, NAMED_ROW].join('|'),
  // In other tables a column says secret.
  seeds: ['-[[] record'],
  find(line) {
    if (IS_RECORD.test(line)) return { edits: [], pending: RECORD_BEGUN };
    const pending = alignedTable(line);
    return {
      edits: pending === undefined && !IS_NAMED_ROW.test(line) ? loneCell(line) : namedRow(line),
      pending,
    };
  },
};

const IS_RECORD = new RegExp(RECORD);
const RECORD_BEGUN: Pending = { kind: 'record', isSecret: false, lines: 0 };
const IS_HEADER = new RegExp(HEADER);

function alignedTable(line: string): PendingRows | undefined {
  if (!IS_HEADER.test(line)) return undefined;
  const columns = line.split('|', MAX_CELLS + 1).map((column) => column.trim());
  if (columns.length > MAX_CELLS) return undefined;
  // Outside of the first bar and of the last there are none.
  const from = columns[0] === '' ? 1 : 0;
  const to = columns.at(-1) === '' ? -1 : columns.length;
  if (!columns.slice(from, to).every(isColumn)) return undefined;
  const secret = secretColumns(columns);
  if (secret.length === 0) return undefined;
  return { kind: 'rows', separator: '|', cells: columns.length, secret, rows: 0, isAligned: true };
}

/** Between the header and the rows. */
const RULE = /^[ ]{0,64}[+|]?-{2,4096}[-+|]{0,16384}[ \r]*$/;

/** The next row, or the line between header and rows, without which it is no table. */
export function continueAligned(line: string, pending: PendingRows): Findings {
  const rows = pending.rows + 1;
  const isTable = pending.rows === 0 ? RULE.test(line) : line.includes('|');
  if (!isTable || rows > MAX_LINES) return NO_FINDINGS;
  const next = { ...pending, rows };
  return { edits: pending.rows === 0 ? [] : rowEdits(line, pending), pending: next };
}

function rowEdits(line: string, { cells, secret }: PendingRows): readonly Edit[] {
  const bars = barsIn(line, cells);
  const isLonger = bars.length >= cells;
  const edits: Edit[] = [];
  for (const index of secret) {
    const start = index === 0 ? 0 : (bars[index - 1] ?? line.length) + 1;
    // A bar in a cell is the secret's or stands before it: all that follows may be secret.
    const edit = trimmed(line, start, isLonger ? line.length : (bars[index] ?? line.length));
    if (edit !== undefined) edits.push(edit);
    if (isLonger) break;
  }
  return edits;
}

/** No more than a row has cells: it should have one less. */
function barsIn(line: string, cells: number): readonly number[] {
  const bars: number[] = [];
  let at = line.indexOf('|');
  while (at !== -1 && bars.length < cells) {
    bars.push(at);
    at = line.indexOf('|', at + 1);
  }
  return bars;
}

function trimmed(line: string, from: number, to: number): Edit | undefined {
  const text = line.slice(from, to);
  const start = from + text.length - text.trimStart().length;
  const value = text.trim();
  return isKept(value) ? undefined : masked(start, start + value.length);
}

const IS_RECORD_LINE = /^(\w[\w.-]{0,63}(?: [\w.-]{1,63}){0,3}|)[ ]{0,256}\|/;

/** The next cell of a record; one without a name goes on with the cell before. */
export function continueRecord(line: string, pending: PendingRecord): Findings {
  const lines = pending.lines + 1;
  const match = IS_RECORD_LINE.exec(line);
  if (match === null || lines > MAX_LINES) return NO_FINDINGS;
  const name = match[1] ?? '';
  const isSecret = name === '' ? pending.isSecret : isSecretColumn(name);
  const edit = isSecret ? trimmed(line, match[0].length, line.length) : undefined;
  return { edits: edit === undefined ? [] : [edit], pending: { ...pending, isSecret, lines } };
}

const IS_LONE_CELL = new RegExp(LONE_CELL);

function loneCell(line: string): readonly Edit[] {
  if (!IS_LONE_CELL.test(line)) return [];
  const bar = line.indexOf('|');
  const edit = trimmed(line, bar + 1, line.length);
  if (edit === undefined || !isSecretColumn(line.slice(0, bar).trim())) return [];
  return isWords(line.slice(edit.start, edit.end)) ? [] : [edit];
}

const IS_NAMED_ROW = new RegExp(NAMED_ROW);

function namedRow(line: string): readonly Edit[] {
  const [, opening = '', name = '', value = ''] = IS_NAMED_ROW.exec(line) ?? [];
  if (isKept(value) || !isSecretColumn(name) || !mayBeSecret(name, value)) return [];
  return mayBeEnvSecret('KEY', value)
    ? [masked(opening.length, opening.length + value.length)]
    : [];
}
