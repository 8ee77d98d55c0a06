/** Secrets in JSON on one line, also in JSON that is a string of other JSON. */

import { addEdits, type Edit, masked } from './edits.ts';
import { backslashesBefore, closingQuote } from './quotes.ts';
import { isHiddenAlready, isSecretType, mayBeSecretData } from './secret-values.ts';

interface JsonObject {
  readonly isArray: boolean;
  /** The object whose `data` or `stringData` this is. */
  readonly owner: JsonObject | undefined;
  kind: string | undefined;
  type: string | undefined;
  hasStringData: boolean;
  /** Start and end of each value of `data` and `stringData`. */
  readonly values: [start: number, end: number][];
  key: string;
}

/** Deeper than that JSON is no string in a string. */
const MAX_RUN = 15;
const OBJECT_START = /\{[ \t]{0,16}(\\{0,15})"/g;

/** @returns In no order, and one may be inside another. */
export function findCompactSecrets(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  OBJECT_START.lastIndex = 0;
  for (let hit = OBJECT_START.exec(line); hit !== null; hit = OBJECT_START.exec(line)) {
    const run = (hit[1] ?? '').length;
    const after = readObjects(line, { from: hit.index, to: line.length, run }, edits);
    OBJECT_START.lastIndex = Math.max(after, hit.index + 1);
  }
  return edits;
}

interface Range {
  readonly from: number;
  readonly to: number;
  /** Backslashes before each quote. */
  readonly run: number;
}

const STRUCTURE = /["{}[\],]/g;

/** @returns Behind the first object and all inside it. */
function readObjects(line: string, { from, to, run }: Range, edits: Edit[]): number {
  const stack: JsonObject[] = [];
  let at = from;
  while (at < to) {
    STRUCTURE.lastIndex = at;
    const hit = STRUCTURE.exec(line);
    if (hit === null || hit.index >= to) break;
    at = hit.index + 1;
    if (hit[0] === '"') at = readString(line, { from: at, to, run }, { top: stack.at(-1), edits });
    else {
      addEdits(edits, readStructure(line, hit[0], stack));
      if (stack.length === 0) return at;
    }
  }
  // Cut in the middle: what is not known to be none is one.
  for (const one of stack) addEdits(edits, secretsOf(line, one, false));
  return to;
}

/** @returns What is to be hidden in an object that ends. */
function readStructure(line: string, mark: string, stack: JsonObject[]): readonly Edit[] {
  const top = stack.at(-1);
  switch (mark) {
    case '{':
    case '[':
      stack.push(newObject(top, mark === '['));
      return [];
    case ',':
      if (top?.isArray === false) top.key = '';
      return [];
    default:
      stack.pop();
      return top === undefined ? [] : secretsOf(line, top, true);
  }
}

function newObject(parent: JsonObject | undefined, isArray: boolean): JsonObject {
  const isData =
    !isArray && parent !== undefined && (parent.key === 'data' || parent.key === 'stringData');
  if (isData && parent.key === 'stringData') parent.hasStringData = true;
  return {
    isArray,
    owner: isData ? parent : undefined,
    kind: undefined,
    type: undefined,
    hasStringData: false,
    values: [],
    key: '',
  };
}

interface Reading {
  readonly top: JsonObject | undefined;
  readonly edits: Edit[];
}

/**
 * @param range From behind the opening quote.
 * @returns Behind the string.
 */
function readString(line: string, range: Range, { top, edits }: Reading): number {
  const { from, to, run } = range;
  const closing = closingQuote(line, from, { mark: '"', run });
  const isClosed = closing !== undefined && closing.end <= to;
  const end = isClosed ? closing.end : to;
  const after = isClosed ? closing.after : to;
  if (top === undefined) return after;
  if (!top.isArray && top.key === '') {
    // A longer key is none that matters.
    top.key = end - from <= MAX_KEY_LENGTH ? line.slice(from, end) : '?';
    return after;
  }
  learn(line, { start: from, end }, top);
  if (run < MAX_RUN) readInner(line, { from, to: end, run: 2 * run + 1 }, edits);
  return after;
}

function learn(
  line: string,
  { start, end }: { readonly start: number; readonly end: number },
  object: JsonObject,
): void {
  if (object.isArray) return;
  const word = line.slice(start, Math.min(end, start + MAX_KEY_LENGTH));
  if (object.owner !== undefined) object.owner.values.push([start, end]);
  else if (object.key === 'kind') object.kind = word;
  else if (object.key === 'type') object.type = word;
}

const MAX_KEY_LENGTH = 64;

/** JSON that is a string's text. */
function readInner(line: string, range: Range, edits: Edit[]): void {
  const head = line.slice(range.from, Math.min(range.to, range.from + HEAD_LENGTH));
  if (!/^(?:[ \t[]|\\+[nrt])*\{/.test(head)) return;
  const quoteAt = head.indexOf('"');
  if (quoteAt !== -1 && backslashesBefore(head, quoteAt, 0) === range.run) {
    readObjects(line, range, edits);
  }
}

const HEAD_LENGTH = 64;

function secretsOf(line: string, object: JsonObject, isWhole: boolean): readonly Edit[] {
  const { values } = object;
  if (values.length === 0 || !isSecret(line, object, isWhole)) return [];
  return values
    .filter(([start, end]) => !isHiddenAlready(line.slice(start, end)))
    .map(([start, end]) => masked(start, end));
}

function isSecret(line: string, object: JsonObject, isWhole: boolean): boolean {
  const { kind, type, hasStringData, values } = object;
  if (kind !== undefined) return kind === 'Secret';
  if (hasStringData || (type !== undefined && isSecretType(type))) return true;
  return !isWhole && mayBeSecretData(values.map(([start, end]) => line.slice(start, end)));
}

/** Whether the line may hold such a Secret at all. */
export function mayHoldSecret(line: string): boolean {
  return line.includes('{') && (line.includes('Secret') || line.includes('stringData'));
}
