/** Secrets in JSON on one line, also in JSON that is a string of other JSON. */

import { backslashesBefore, closingQuote } from '../context/quotes.ts';
import type { SecretEdits } from './secret-edits.ts';
import { FoundValues, ObjectTree, readStructure } from './secret-tree.ts';

/** Deeper than that JSON is no string in a string. */
const MAX_RUN = 15;
const OBJECT_START = /\{[ \t]{0,16}(\\{0,15})"/g;

export function findCompactSecrets(line: string): SecretEdits {
  const found = new FoundValues(line);
  OBJECT_START.lastIndex = 0;
  for (let hit = OBJECT_START.exec(line); hit !== null; hit = OBJECT_START.exec(line)) {
    const run = (hit[1] ?? '').length;
    const after = readObjects(line, { from: hit.index, to: line.length, run }, found);
    OBJECT_START.lastIndex = Math.max(after, hit.index + 1);
  }
  return found.edits();
}

interface Range {
  readonly from: number;
  readonly to: number;
  /** Backslashes before each quote. */
  readonly run: number;
}

const STRUCTURE = /["{}[\],]/g;

/** @returns Behind the first object and all inside it. */
function readObjects(line: string, { from, to, run }: Range, found: FoundValues): number {
  const tree = new ObjectTree(line, found);
  let at = from;
  for (;;) {
    STRUCTURE.lastIndex = at;
    if (at >= to || !STRUCTURE.test(line) || STRUCTURE.lastIndex > to) break;
    at = STRUCTURE.lastIndex;
    const mark = line[at - 1] ?? '';
    if (mark === '"') at = readString(line, { from: at, to, run }, { tree, found });
    else if (!readStructure(mark, tree)) return at;
  }
  tree.cut();
  return to;
}

/**
 * @param range From behind the opening quote.
 * @returns Behind the string.
 */
function readString(
  line: string,
  { from, to, run }: Range,
  { tree, found }: { readonly tree: ObjectTree; readonly found: FoundValues },
): number {
  const closing = closingQuote(line, from, { mark: '"', run });
  const isClosed = closing !== undefined && closing.end <= to;
  const end = isClosed ? closing.end : to;
  const isValue = tree.scalar(from, end);
  if (isValue && run < MAX_RUN) readInner(line, { from, to: end, run: 2 * run + 1 }, found);
  return isClosed ? closing.after : to;
}

const HEAD_LENGTH = 64;

/** JSON that is a string's text. */
function readInner(line: string, range: Range, found: FoundValues): void {
  if (!HEAD_STARTS.has(line[range.from] ?? '')) return;
  const head = line.slice(range.from, Math.min(range.to, range.from + HEAD_LENGTH));
  if (!/^(?:[ \t[]|\\+[nrt])*\{/.test(head)) return;
  const quoteAt = head.indexOf('"');
  if (quoteAt !== -1 && backslashesBefore(head, quoteAt, 0) === range.run) {
    readObjects(line, range, found);
  }
}

const HEAD_STARTS: ReadonlySet<string> = new Set('{[ \t\\');

/** Whether the line may hold such a Secret at all. */
export function mayHoldSecret(line: string): boolean {
  return line.includes('{') && (line.includes('Secret') || line.includes('stringData'));
}
