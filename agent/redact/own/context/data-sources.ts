/** Passwords in data source names of Go's MySQL driver: `user:x@tcp(host:3306)/db`. Source: go-sql-driver/mysql, README.md. */

import { addEdit, type Edit, masked } from './edits.ts';
import { isKept } from './kept-values.ts';

const NETWORK = /@(?=[\w+-]{0,24}(?:tcp[46]?|unix|sql)\()/g;
/** Neither user nor password is longer. */
const MAX_LENGTH = 512;
/** Before the user. */
const BORDER = /[\s"'`]/;

export function findDataSources(line: string): readonly Edit[] {
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
