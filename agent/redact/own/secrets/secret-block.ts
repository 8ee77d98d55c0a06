/** The values of a `data` or `stringData` block over several lines. */

import { lineEndAt } from '../../lines.ts';
import { isAt } from '../context/sticky.ts';
import { commentedKeyLine, indentAt, keyLine } from './object-lines.ts';
import { BraceReading, type OpenBraces } from './secret-braces.ts';
import { GONE, PLAIN, type SecretEdits, SINGLE } from './secret-edits.ts';
import { isHiddenAlready, SeenValues } from './secret-values.ts';

/** Where a block goes on, on the lines behind a place. */
export interface OpenBlock {
  /** Column of the key `data`. */
  readonly indent: number;
  /** Of the block's own keys, once there is one. */
  readonly keyIndent: number | undefined;
  /** What the last value needs on lines of its own: its mask, or only to be gone. */
  readonly rest: 'none' | 'mask' | 'drop';
  /** Undefined: it is in no braces, or not yet. */
  readonly braces: OpenBraces | undefined;
}

export interface Block {
  /** Behind its last line, or behind its last brace. */
  readonly end: number;
  readonly values: SeenValues;
  /** It has something that is no string: it is not of a Secret, unless that says so itself. */
  readonly isForeign: boolean;
  /** How it stands at its end. */
  readonly state: OpenBlock;
  /** It ends where the text does, and may go on. */
  readonly isOpen: boolean;
}

/** Where one is read. */
export interface BlockPlace {
  readonly text: string;
  /** Start of the block's first line behind its key, or its brace on the key's own. */
  readonly at: number;
}

/** @param edits What hides all values is added to them. */
export function readBlock({ text, at }: BlockPlace, begun: OpenBlock, edits: SecretEdits): Block {
  const reading = new Reading(text, begun, edits);
  reading.read(at);
  return reading;
}

class Reading implements Block {
  end = 0;
  isOpen = true;
  readonly values = new SeenValues();
  readonly #text: string;
  readonly #edits: SecretEdits;
  readonly #indent: number;
  #keyIndent: number | undefined;
  #rest: OpenBlock['rest'];
  #braces: BraceReading | undefined;
  #isForeign = false;

  constructor(text: string, { indent, keyIndent, rest, braces }: OpenBlock, edits: SecretEdits) {
    this.#text = text;
    this.#edits = edits;
    this.#indent = indent;
    this.#keyIndent = keyIndent;
    this.#rest = rest;
    if (braces !== undefined) this.#openBraces(braces);
  }

  #openBraces(begun?: OpenBraces): BraceReading {
    const sinks = { edits: this.#edits, values: this.values };
    this.#braces = new BraceReading({ text: this.#text, indent: this.#indent }, sinks, begun);
    return this.#braces;
  }

  get isForeign(): boolean {
    return this.#isForeign || this.#braces?.isForeign === true;
  }

  get state(): OpenBlock {
    return {
      indent: this.#indent,
      keyIndent: this.#keyIndent,
      rest: this.#rest,
      braces: this.#braces?.state,
    };
  }

  read(at: number): void {
    this.end = at;
    while (this.end < this.#text.length) {
      const lineEnd = lineEndAt(this.#text, this.end);
      const next = Math.min(lineEnd + 1, this.#text.length);
      const end = this.#take(this.end, lineEnd, next);
      this.end = end ?? next;
      if (end !== undefined) {
        this.isOpen = false;
        return;
      }
    }
  }

  /** @returns Where the block ends, in the line or before it; undefined: it goes on. */
  #take(start: number, end: number, next: number): number | undefined {
    if (this.#braces !== undefined) return this.#braces.take(start, end, next);
    const indent = indentAt(this.#text, start);
    if (indent === undefined) {
      this.#takeBlank(start, end, next);
      return undefined;
    }
    if (this.#isBrace(start, indent)) return this.#openBraces().take(start, end, next);
    if (indent <= this.#indent) return start;
    this.#keyIndent ??= indent;
    if (indent > this.#keyIndent) this.#takeRest(start, end, next);
    else this.#takeEntry(start, end);
    return undefined;
  }

  /** The block's own: on its key's line, or not left of that on the next one. */
  #isBrace(start: number, indent: number): boolean {
    const isFirst = this.#keyIndent === undefined && isAt(BRACE, this.#text, start + indent);
    return isFirst && (indent >= this.#indent || this.#text[start - 1] !== '\n');
  }

  #takeBlank(start: number, end: number, next: number): void {
    const line = this.#text.slice(start, end);
    // A `#` in the text of a value is no comment.
    if (this.#rest !== 'none' && line.trim() !== '') {
      this.#takeRest(start, end, next);
      return;
    }
    const valueAt = commentedKeyLine(line)?.valueAt;
    if (valueAt !== undefined) this.#hideRest(start + valueAt, end, PLAIN);
  }

  #takeEntry(start: number, end: number): void {
    const line = this.#text.slice(start, end);
    const key = keyLine(line);
    this.#rest = 'none';
    if (key !== undefined && !key.isElement) this.#takeValue(start + key.valueAt, end);
    else if (!/^[ \t]*\?[ \t]/.test(line)) this.#takeUnknown(start, end);
  }

  #takeUnknown(start: number, end: number): void {
    this.#isForeign = true;
    const at = start + (indentAt(this.#text, start) ?? 0);
    if (!this.#text.startsWith('{{', at)) this.#hideRest(at, end, PLAIN);
  }

  #hideRest(at: number, lineEnd: number, mask: number): void {
    const value = this.#text.slice(at, lineEnd).trimEnd();
    if (!isHiddenAlready(value)) this.#edits.add(at, at + value.length, mask);
  }

  #takeValue(at: number, lineEnd: number): void {
    const value = this.#text.slice(at, lineEnd).trimEnd();
    if (value === '' || BLOCK_SCALAR.test(value.slice(0, MAX_HEADER_LENGTH))) {
      this.#rest = 'mask';
      return;
    }
    // Lines behind it that are indented deeper are its own.
    this.#rest = 'drop';
    if (value === '{}' || value === 'null') return;
    if (/^[[{]/.test(value)) this.#isForeign = true;
    const inner = withoutQuotes(value);
    this.values.add(inner);
    if (!isHiddenAlready(inner)) this.#edits.add(at, at + value.length, SINGLE);
  }

  #takeRest(start: number, end: number, next: number): void {
    if (this.#rest !== 'mask') {
      this.#edits.add(start, next, GONE);
      return;
    }
    const line = this.#text.slice(start, end);
    const value = line.trim();
    this.values.add(value);
    this.#rest = 'drop';
    this.#hideRest(start + line.search(/\S/), end, PLAIN);
  }
}

/** Two begin a template's expression. */
const BRACE = /\{(?!\{)/y;

function withoutQuotes(value: string): string {
  const quote = /^["']/.exec(value)?.[0];
  if (quote === undefined) return value;
  return value.slice(1, value.endsWith(quote) ? -1 : undefined);
}

const BLOCK_SCALAR = /^(?:[\w!]{0,32} +)?[|>][-+0-9]{0,2}[ \t]*(?:#.*)?$/;
const MAX_HEADER_LENGTH = 128;
