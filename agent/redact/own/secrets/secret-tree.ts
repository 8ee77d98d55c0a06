/** The objects of a line, as they open and close, and which of their values are a Secret's. */

import { PLAIN, Rows, SecretEdits, SINGLE } from './secret-edits.ts';
import { isHiddenAlready, isSecretType, SeenValues } from './secret-values.ts';

/** In the place of the one before: it is to be hidden. */
const HIDDEN = 0x7f_ff_ff_ff;

/** The values of all `data` and `stringData` of a line, in their order. */
export class FoundValues {
  readonly #line: string;
  /** Start, end, and the one before it in its object: its number plus one. */
  readonly #rows = new Rows();

  constructor(line: string) {
    this.#line = line;
  }

  /** @returns Its number plus one. */
  add(start: number, end: number, last: number): number {
    this.#rows.push(start, end, last);
    return this.#rows.length;
  }

  /** That value and those before it in its object. */
  hide(last: number): void {
    for (let one = last; one > 0; ) {
      const row = one - 1;
      one = this.#rows.at(row, 2);
      this.#rows.set(row, 2, HIDDEN);
    }
  }

  /** Of that value and those before it in its object. */
  mayBeSecretData(last: number): boolean {
    const seen = new SeenValues();
    for (let one = last; one > 0; one = this.#rows.at(one - 1, 2)) seen.add(this.#text(one - 1));
    return seen.mayBeSecretData;
  }

  edits(): SecretEdits {
    const edits = new SecretEdits();
    for (let row = 0; row < this.#rows.length; row++) {
      if (this.#rows.at(row, 2) !== HIDDEN || isHiddenAlready(this.#text(row))) continue;
      const start = this.#rows.at(row, 0);
      const isQuoted = QUOTE.test(this.#line[start - 1] ?? '');
      edits.add(start, this.#rows.at(row, 1), isQuoted ? PLAIN : SINGLE);
    }
    return edits;
  }

  #text(row: number): string {
    return this.#line.slice(this.#rows.at(row, 0), this.#rows.at(row, 1));
  }
}

const QUOTE = /["']/;

/** Takes objects and lists, their keys and values, in their order. */
export interface FlowReader {
  open(isArray: boolean): void;
  /** @returns Whether one is still open. */
  close(): boolean;
  comma(): void;
  /** A key or a value, without its quotes. */
  scalar(start: number, end: number): unknown;
}

/** @returns Whether an object or a list is still open. */
export function readStructure(
  mark: string,
  reader: Pick<FlowReader, 'open' | 'close' | 'comma'>,
): boolean {
  if (mark === '{' || mark === '[') reader.open(mark === '[');
  else if (mark === ',') reader.comma();
  else return reader.close();
  return true;
}

interface OpenObject {
  readonly isArray: boolean;
  /** The object whose `data` or `stringData` this is. */
  readonly owner: OpenObject | undefined;
  /** What its `kind` says; undefined: it has none. */
  isSecret: boolean | undefined;
  /** It has a type or a field that only a Secret has. */
  isLikeSecret: boolean;
  /** The last value of its `data` and `stringData`, see `FoundValues`. */
  last: number;
  key: Key | undefined;
}

type Key = 'kind' | 'type' | 'data' | 'stringData' | 'other';

/** No Secret is as deep as that: what encloses so much is taken for cut off, so that little is held in memory. */
const MAX_DEPTH = 256;
const LONGEST_TYPE = 64;

/** One object and all inside it. */
export class ObjectTree implements FlowReader {
  readonly #line: string;
  readonly #found: FoundValues;
  #stack: OpenObject[] = [];

  constructor(line: string, found: FoundValues) {
    this.#line = line;
    this.#found = found;
  }

  open(isArray: boolean): void {
    if (this.#stack.length === MAX_DEPTH) this.cut();
    const parent = this.#stack.at(-1);
    const isData = !isArray && (parent?.key === 'data' || parent?.key === 'stringData');
    if (isData && parent.key === 'stringData') parent.isLikeSecret = true;
    this.#stack.push({
      isArray,
      owner: isData ? parent : undefined,
      isSecret: undefined,
      isLikeSecret: false,
      last: 0,
      key: undefined,
    });
  }

  /** @returns Whether one is still open. */
  close(): boolean {
    const top = this.#stack.pop();
    if (top !== undefined) this.#settle(top, true);
    return this.#stack.length > 0;
  }

  comma(): void {
    const top = this.#stack.at(-1);
    if (top?.isArray === false) top.key = undefined;
  }

  /** @returns Whether it is a value: it is a key else. */
  scalar(start: number, end: number): boolean {
    const top = this.#stack.at(-1);
    if (top === undefined || top.isArray) return top !== undefined;
    if (top.key === undefined) {
      top.key = keyAt(this.#line, start, end);
      return false;
    }
    if (top.owner !== undefined) top.owner.last = this.#found.add(start, end, top.owner.last);
    else if (top.key === 'kind') top.isSecret = isWord(this.#line, { start, end }, 'Secret');
    else if (top.key === 'type') this.#learnType(top, start, end);
    return true;
  }

  #learnType(top: OpenObject, start: number, end: number): void {
    if (end - start <= LONGEST_TYPE && isSecretType(this.#line.slice(start, end))) {
      top.isLikeSecret = true;
    }
  }

  /** Ends in the middle: what is not known to be no Secret is one. */
  cut(): void {
    for (const one of this.#stack) this.#settle(one, false);
    this.#stack = [];
  }

  #settle({ isSecret, isLikeSecret, last }: OpenObject, isWhole: boolean): void {
    if (last === 0) return;
    const mayBe = isLikeSecret || (!isWhole && this.#found.mayBeSecretData(last));
    if (isSecret ?? mayBe) this.#found.hide(last);
  }
}

function keyAt(line: string, start: number, end: number): Key {
  const range = { start, end };
  switch (end - start) {
    case 4:
      if (isWord(line, range, 'data')) return 'data';
      if (isWord(line, range, 'kind')) return 'kind';
      return isWord(line, range, 'type') ? 'type' : 'other';
    case 10:
      return isWord(line, range, 'stringData') ? 'stringData' : 'other';
    default:
      return 'other';
  }
}

function isWord(
  line: string,
  { start, end }: { readonly start: number; readonly end: number },
  word: string,
): boolean {
  return end - start === word.length && line.startsWith(word, start);
}
