/** A `data` or `stringData` in braces over any number of lines: JSON, or what YAML calls flow style. */

import { closingQuote } from '../context/quotes.ts';
import { DOUBLE, GONE, PLAIN, type SecretEdits, SINGLE } from './secret-edits.ts';
import { readFlow } from './secret-flow.ts';
import type { FlowReader } from './secret-tree.ts';
import { isHiddenAlready, type SeenValues } from './secret-values.ts';

/** How far it has been read at the end of a line. */
export interface OpenBraces {
  readonly depth: number;
  readonly hasKey: boolean;
  readonly hasValue: boolean;
  /** The key has double quotes: a mask needs such, too. */
  readonly isJson: boolean;
  /** Of a string that goes on; empty: there is none. */
  readonly quote: string;
}

const UNREAD: OpenBraces = { depth: 0, hasKey: false, hasValue: false, isJson: false, quote: '' };

interface Sinks {
  readonly edits: SecretEdits;
  readonly values: SeenValues;
}

export class BraceReading implements FlowReader {
  readonly #text: string;
  /** Column of the key `data`. */
  readonly #indent: number;
  readonly #sinks: Sinks;
  #depth: number;
  #hasKey: boolean;
  #hasValue: boolean;
  #isJson: boolean;
  #quote: string;
  #lineStart = 0;
  /** It has something that is no string. */
  isForeign = false;

  constructor(
    { text, indent }: { readonly text: string; readonly indent: number },
    sinks: Sinks,
    begun = UNREAD,
  ) {
    this.#text = text;
    this.#indent = indent;
    this.#sinks = sinks;
    this.#depth = begun.depth;
    this.#hasKey = begun.hasKey;
    this.#hasValue = begun.hasValue;
    this.#isJson = begun.isJson;
    this.#quote = begun.quote;
  }

  get state(): OpenBraces {
    return {
      depth: this.#depth,
      hasKey: this.#hasKey,
      hasValue: this.#hasValue,
      isJson: this.#isJson,
      quote: this.#quote,
    };
  }

  /** @returns Where it ends, in the line or before it; undefined: it goes on. */
  take(start: number, end: number, next: number): number | undefined {
    const line = this.#text.slice(start, end);
    const column = indentOf(line);
    if (column === line.length) return undefined;
    if (!this.#isOwn(line, column)) return start;
    this.#lineStart = start;
    const from = this.#goOn(line, column, next);
    if (from === undefined) return undefined;
    const { at, isOpen, quote } = readFlow(line, from, this);
    this.#quote = quote;
    return isOpen ? undefined : start + at;
  }

  #isOwn(line: string, column: number): boolean {
    return column > this.#indent || this.#depth === 0 || CLOSES.has(line[column] ?? '');
  }

  /** @returns Behind the string that a line before has begun, if it has; undefined: it goes on. */
  #goOn(line: string, column: number, next: number): number | undefined {
    // A string may have lost its end, and a diff has no comma between old and new.
    if (this.#hasValue && this.#quote !== "'" && JSON_KEY.test(line)) {
      this.comma();
      return column;
    }
    if (this.#quote === '') return column;
    const closing = closingQuote(line, column, { mark: this.#quote, run: 0 });
    if (closing !== undefined) {
      if (this.#hasValue) this.#drop(column, closing.end);
      return closing.after;
    }
    if (this.#hasValue) this.#sinks.edits.add(this.#lineStart, next, GONE);
    return undefined;
  }

  #drop(start: number, end: number): void {
    if (end > start) this.#sinks.edits.add(this.#lineStart + start, this.#lineStart + end, GONE);
  }

  open(): void {
    if (this.#depth > 0) this.isForeign = true;
    this.#depth += 1;
    this.comma();
  }

  close(): boolean {
    this.#depth -= 1;
    this.#hasKey = true;
    this.#hasValue = true;
    return this.#depth > 0;
  }

  comma(): void {
    this.#hasKey = false;
    this.#hasValue = false;
  }

  scalar(start: number, end: number): void {
    const isOuter = this.#depth === 1;
    if (isOuter && !this.#hasKey) {
      this.#hasKey = true;
      this.#isJson = this.#text[this.#lineStart + start - 1] === '"';
      return;
    }
    // What YAML puts on lines that follow is one with it.
    if (isOuter && this.#hasValue) this.#drop(start, end);
    else this.#hide(this.#lineStart + start, this.#lineStart + end);
    this.#hasValue = true;
  }

  #hide(start: number, end: number): void {
    const value = this.#text.slice(start, end);
    const before = this.#text[start - 1];
    const isQuoted = before === '"' || before === "'";
    if (!isQuoted && (value === 'null' || value === '~')) return;
    if (!isQuoted && LITERAL.test(value)) this.isForeign = true;
    this.#sinks.values.add(value);
    if (!isHiddenAlready(value)) this.#sinks.edits.add(start, end, this.#maskFor(isQuoted));
  }

  #maskFor(isQuoted: boolean): number {
    if (isQuoted) return PLAIN;
    return this.#isJson ? DOUBLE : SINGLE;
  }
}

function indentOf(line: string): number {
  let column = 0;
  while (line[column] === ' ' || line[column] === '\t' || line[column] === '\r') column += 1;
  return column;
}

const CLOSES: ReadonlySet<string> = new Set('}]');
const LITERAL = /^(?:true|false|-?[0-9][0-9.eE+-]{0,32})$/;
const JSON_KEY = /^[ \t]*"[^"\\]{1,256}"[ \t]*:/;
