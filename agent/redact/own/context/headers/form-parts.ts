/** Secrets in forms of several parts: below `Content-Disposition: form-data; name="password"`. Source: RFC 7578, section 4.2. */

import { addEdit, type Edit, type Findings, masked } from '../edits.ts';
import { isKept } from '../kept-values.ts';
import { isAt } from '../sticky.ts';
import { isSecretColumn } from '../tables/columns.ts';

/** A field of a form in parts, up to its name's end. */
const PART = /form-data;[ \t]{0,8}name=\\{0,7}"([\w.[\]-]{1,128})\\{0,7}"/gi;
const PART_OPENING = /form-data;[ \t]{0,8}name="([\w.[\]-]{1,128})"[ \t\r]*$/i;
/** Other headers of the part, and the line behind them, in a string. */
const ESCAPED_LINES =
  /(?:(?:\\{1,7}r)?\\{1,7}n[A-Za-z-]{1,64}:[^"\\]{0,256}){0,4}(?:(?:\\{1,7}r)?\\{1,7}n){2}/y;
const ESCAPED_END = /\\+[rn"]|"|$/g;

/** The value is on a line that follows, in the same string. */
export function findParts(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  PART.lastIndex = 0;
  for (let hit = PART.exec(line); hit !== null; hit = PART.exec(line)) {
    if (!isSecretPart(hit[1] ?? '') || !isAt(ESCAPED_LINES, line, PART.lastIndex)) continue;
    const from = ESCAPED_LINES.lastIndex;
    ESCAPED_END.lastIndex = from;
    const to = ESCAPED_END.exec(line)?.index ?? line.length;
    if (isPartValue(line.slice(from, to))) addEdit(edits, masked(from, to));
    PART.lastIndex = to;
  }
  return edits;
}

/** Whether the value is on a line that follows. */
export function opensPart(line: string): boolean {
  return isSecretPart(PART_OPENING.exec(line)?.[1] ?? '');
}

/** `user[password]` too. */
function isSecretPart(name: string): boolean {
  return isSecretColumn(name.replace(/^.*\[/, '').replace(/\]$/, ''));
}

/** A part may be empty: the next boundary follows then. */
function isPartValue(text: string): boolean {
  return !isKept(text) && !text.startsWith('--');
}

const PART_HEADER = /^(?:content-[a-z-]{1,32}:|[ \t]*\r?$)/i;

/** A line between a part's name and its value, or the value. */
export function continuePart(line: string): Findings {
  if (PART_HEADER.test(line)) return { edits: [], pending: { kind: 'array' } };
  const end = line.endsWith('\r') ? line.length - 1 : line.length;
  return { edits: isPartValue(line.slice(0, end)) ? [masked(0, end)] : [] };
}
