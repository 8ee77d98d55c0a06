/** Passwords in data source names of Go's MySQL driver, `user:x@tcp(host:3306)/db`, and of ODBC, `UID=user;PWD=x`. Sources: go-sql-driver/mysql, README.md; Microsoft, ODBC's `SQLDriverConnect`. */

import { placeAt } from './commands/words.ts';
import { addEdit, type Edit, masked } from './edits.ts';
import { isKept } from './kept-values.ts';
import { plainEnd } from './plain-value.ts';

const NETWORK = /@(?=[\w+-]{0,24}(?:tcp[46]?|unix|sql)\()/g;
/** Neither user nor password is longer. */
const MAX_LENGTH = 512;
/** Before the user. */
const BORDER = /[\s"'`]/;

/** What a line with one of ODBC's has at least. */
export const NEEDED_ODBC = ';[ ]?pwd[ ]?=|pwd[ ]?=[^;]{1,256};';

export function findDataSources(line: string): readonly Edit[] {
  return [...findNetworks(line), ...findOdbc(line)];
}

function findNetworks(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  let from = 0;
  NETWORK.lastIndex = 0;
  for (let hit = NETWORK.exec(line); hit !== null; hit = NETWORK.exec(line)) {
    const at = hit.index;
    const start = userStart(line, Math.max(from, at - MAX_LENGTH), at);
    const colon = line.slice(start, at).indexOf(':') + start;
    if (colon >= start && isPassword(line.slice(colon + 1, at))) {
      addEdit(edits, masked(colon + 1, at));
    }
    from = at + 1;
  }
  return edits;
}

function userStart(line: string, from: number, to: number): number {
  let start = to;
  while (start > from && !BORDER.test(line.charAt(start - 1))) start -= 1;
  // The end of a line in a string.
  const newline = line.slice(start, to).lastIndexOf('\\n');
  return newline === -1 ? start : start + newline + 2;
}

/** Of a URL the user is hidden too, by what looks for URLs. */
function isPassword(text: string): boolean {
  return !isKept(text) && !text.startsWith('//') && !/^%[svq]$/.test(text);
}

const PWD = /(?:(?<!\w)|(?<=\\[nrt]))PWD[ ]?=[ ]?/g;
/** Without one of these `PWD` is the directory that a shell is in; in small letters its name says enough. */
const OTHER_KEY = '(?:uid|server|database|driver|user id|data source|trusted_connection)[ ]?=';
const IS_ODBC = new RegExp(`;[ ]?${OTHER_KEY}|(?<!\\w)${OTHER_KEY}[^;=]{0,256};`, 'i');

function findOdbc(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  if (!line.includes('PWD') || !IS_ODBC.test(line)) return edits;
  const place = placeAt(line);
  PWD.lastIndex = 0;
  for (let hit = PWD.exec(line); hit !== null; hit = PWD.exec(line)) {
    const at = PWD.lastIndex;
    const [start, end] = odbcValue(line, at, plainEnd(line, at, place(at)));
    if (!isKept(line.slice(start, end))) addEdit(edits, masked(start, end));
    PWD.lastIndex = Math.max(at, end);
  }
  return edits;
}

const IN_BRACES = /\{((?:[^}"'\n]|\}\}){1,512})\}/y;

/** A semicolon ends a value, but for one in braces. */
function odbcValue(line: string, at: number, plain: number): readonly [number, number] {
  IN_BRACES.lastIndex = at;
  const inBraces = IN_BRACES.exec(line)?.[1];
  if (inBraces !== undefined) return [at + 1, at + 1 + inBraces.length];
  const semicolon = line.slice(at, plain).indexOf(';');
  return [at, semicolon === -1 ? plain : at + semicolon];
}
