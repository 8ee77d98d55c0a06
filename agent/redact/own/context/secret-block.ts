/** The values of a `data` or `stringData` block over several lines, JSON or YAML. */

import { lineEndAt } from '../../lines.ts';
import { MASK } from '../../rules.ts';
import { type Edit, masked } from './edits.ts';
import { indentAt, keyLine } from './object-lines.ts';
import { closingQuote, quoteAt } from './quotes.ts';
import { isHiddenAlready } from './secret-values.ts';

/** Where a block goes on, on the lines behind a place. */
export interface OpenBlock {
  /** Column of the key `data`. */
  readonly indent: number;
  readonly isJson: boolean;
  /** Of the block's own keys, once there is one. */
  readonly keyIndent: number | undefined;
  /** YAML: what the last value needs on lines of its own: its mask, or only to be gone. */
  readonly rest: 'none' | 'mask' | 'drop';
}

export interface Block {
  /** Behind its last line. */
  readonly end: number;
  /** In order; what hides all values. */
  readonly edits: readonly Edit[];
  readonly values: readonly string[];
  /** It has something that is no string: it is not of a Secret. */
  readonly isForeign: boolean;
  /** Undefined: it ends in this text. */
  readonly open: OpenBlock | undefined;
}

/** @param at Start of the block's first line behind its key. */
export function readBlock(text: string, at: number, begun: OpenBlock): Block {
  const reading = new Reading(text, begun);
  let start = at;
  while (start < text.length) {
    const end = lineEndAt(text, start);
    const next = Math.min(end + 1, text.length);
    if (!reading.take(start, end, next)) return reading.block(start, false);
    start = next;
  }
  return reading.block(start, true);
}

class Reading {
  readonly #text: string;
  readonly #edits: Edit[] = [];
  readonly #values: string[] = [];
  #state: OpenBlock;
  #isForeign = false;

  constructor(text: string, begun: OpenBlock) {
    this.#text = text;
    this.#state = begun;
  }

  block(end: number, isOpen: boolean): Block {
    return {
      end,
      edits: this.#edits,
      values: this.#values,
      isForeign: this.#isForeign,
      open: isOpen ? this.#state : undefined,
    };
  }

  /** @returns Whether the line is one of the block's. */
  take(start: number, end: number, next: number): boolean {
    const indent = indentAt(this.#text, start, end);
    const { rest, isJson } = this.#state;
    if (indent === undefined) {
      // A `#` in the text of a value is no comment.
      const isText = rest !== 'none' && this.#text.slice(start, end).trim() !== '';
      if (isText) this.#takeRest(start, end, next);
      return true;
    }
    if (indent <= this.#state.indent) return false;
    const keyIndent = this.#state.keyIndent ?? indent;
    if (keyIndent !== this.#state.keyIndent) this.#state = { ...this.#state, keyIndent };
    if (!isJson && indent > keyIndent) this.#takeRest(start, end, next);
    else this.#takeEntry(start, end);
    return true;
  }

  #takeEntry(start: number, end: number): void {
    const { isJson } = this.#state;
    const entry = isJson
      ? jsonValueAt(this.#text, start, end)
      : yamlValueAt(this.#text, start, end);
    this.#state = { ...this.#state, rest: 'none' };
    if (entry === undefined) this.#isForeign = true;
    else if (isJson) this.#takeJson(entry, end);
    else this.#takeYaml(entry, end);
  }

  #takeJson(at: number, end: number): void {
    const quote = quoteAt(this.#text, at);
    if (quote === undefined || quote.mark !== '"' || quote.end > end) {
      this.#isForeign = true;
      return;
    }
    const line = this.#text.slice(quote.end, end);
    const closing = closingQuote(line, 0, quote)?.end ?? line.length;
    this.#hide(quote.end, quote.end + closing);
  }

  #hide(start: number, end: number): void {
    const value = this.#text.slice(start, end);
    this.#values.push(value);
    if (!isHiddenAlready(value)) this.#edits.push(masked(start, end));
  }

  #takeYaml(at: number, lineEnd: number): void {
    const value = this.#text.slice(at, lineEnd).trimEnd();
    if (value === '' || BLOCK_SCALAR.test(value.slice(0, MAX_HEADER_LENGTH))) {
      this.#state = { ...this.#state, rest: 'mask' };
      return;
    }
    // Lines behind it that are indented deeper are its own.
    this.#state = { ...this.#state, rest: 'drop' };
    if (value === '{}' || value === 'null') return;
    if (/^[[{]/.test(value)) this.#isForeign = true;
    const inner = withoutQuotes(value);
    this.#values.push(inner);
    if (isHiddenAlready(inner)) return;
    this.#edits.push({ start: at, end: at + value.length, text: `'${MASK}'` });
  }

  #takeRest(start: number, end: number, next: number): void {
    const { rest } = this.#state;
    const at = start + (indentAt(this.#text, start, end) ?? 0);
    const value = this.#text.slice(at, end).trimEnd();
    if (rest === 'mask') {
      this.#values.push(value);
      this.#state = { ...this.#state, rest: 'drop' };
      if (!isHiddenAlready(value)) this.#edits.push(masked(at, at + value.length));
    } else {
      this.#edits.push({ start, end: next, text: '' });
    }
  }
}

function withoutQuotes(value: string): string {
  const quote = /^["']/.exec(value)?.[0];
  if (quote === undefined) return value;
  return value.slice(1, value.endsWith(quote) ? -1 : undefined);
}

const BLOCK_SCALAR = /^(?:![\w!]{0,32} +)?[|>][-+0-9]{0,2}[ \t]*(?:#.*)?$/;
const MAX_HEADER_LENGTH = 128;

/** @returns Behind the key's colon and the blanks behind that; undefined: the line has no key. */
function jsonValueAt(text: string, start: number, end: number): number | undefined {
  const line = text.slice(start, end);
  const opening = line.indexOf('"');
  const closing =
    opening === -1 ? undefined : closingQuote(line, opening + 1, { mark: '"', run: 0 });
  if (closing === undefined) return undefined;
  const colon = /[ \t]*:[ \t]*/y;
  colon.lastIndex = closing.after;
  return colon.test(line) ? start + colon.lastIndex : undefined;
}

function yamlValueAt(text: string, start: number, end: number): number | undefined {
  const line = keyLine(text.slice(start, end));
  return line === undefined || line.isElement ? undefined : start + line.valueAt;
}
