/** Secrets as Go prints them: `Data:map[string][]uint8{"a":[]uint8{0x53}}`, `Data:map[a:[83 51]] StringData:map[b:c]`. */

import { lineEndAt } from '../../lines.ts';
import { backslashesBefore, closingQuote, textEndAt } from '../context/quotes.ts';
import { isAt } from '../context/sticky.ts';
import { PLAIN, SecretEdits } from './secret-edits.ts';
import { isHiddenAlready } from './secret-values.ts';

/** With its types (`%#v`, and what a Secret says of itself), or without (`%v`, `%+v`). */
const START =
  /(?:(?<![A-Za-z])|(?<=\\[nrt]))(String)?Data:map\[(?:string\](\[\](?:uint8|byte)|string)\{)?/g;

/** Whether a text may have any. */
export function mayHaveGo(text: string): boolean {
  return text.includes('Data:map[');
}

export function findGoSecrets(text: string): SecretEdits {
  const edits = new SecretEdits();
  let line = new GoLine('', edits, 0);
  let lineEnd = 0;
  START.lastIndex = 0;
  for (let hit = START.exec(text); hit !== null; hit = START.exec(text)) {
    if (hit.index >= lineEnd) {
      const start = text.lastIndexOf('\n', hit.index) + 1;
      lineEnd = lineEndAt(text, hit.index);
      line = new GoLine(text.slice(start, lineEnd), edits, start);
    }
    const [opening, isTexts, type] = hit;
    const map = { at: hit.index + opening.length - line.start, type };
    START.lastIndex =
      line.start + (isTexts === undefined ? line.readBytes(map) : line.readTexts(map));
  }
  return edits;
}

interface GoMap {
  /** In the line, behind the brace or bracket. */
  readonly at: number;
  /** Of its values; undefined: it is not told. */
  readonly type: string | undefined;
}

/** Up to a value, and behind the mark that opens it: what is no list is none, or hidden by a rule before. */
const BYTES =
  /[, ]{0,4}(?:\\{0,15}")?[\w.-]{1,253}(?:\\{0,15}")?: ?(?:\[\](?:uint8|byte))?(?:[[{]|(?=\(nil\)|\*{3}))/y;
const LISTS: ReadonlySet<string> = new Set('[{');
/** Also where the text ends that it is in: it may have been cut. */
const LIST_END = /[\]}"\\]|$/g;
const VALUE_END = /[\], }]|$/g;
const QUOTED = /[, ]{0,4}(\\{0,15})"[\w.-]{0,253}\1":\1"/y;
const BARE = /[\w.-]{1,253}: ?/y;
/** Behind texts without quotes: by the field that follows in a Secret or, where none does, by what closes the map. */
const BARE_ENDS = [/\] Type:/g, /\](?=[\s})",\\]|$)/g];
const TYPED_ENDS = [/,\},Immutable:/g, /,\}/g];

/** A line, read from its start to its end. */
class GoLine {
  readonly start: number;
  readonly #line: string;
  readonly #edits: SecretEdits;
  /** Undefined: nobody has asked. */
  #saysSecret: boolean | undefined;
  /** Where the next match of a pattern is, so that the line is not searched for it again and again. */
  readonly #next = new Map<RegExp, number>();

  constructor(line: string, edits: SecretEdits, start: number) {
    this.#line = line;
    this.#edits = edits;
    this.start = start;
  }

  /** @returns Where its last value ends. */
  readBytes({ at, type }: GoMap): number {
    // A ConfigMap has texts there.
    if (type === 'string' || (type === undefined && !this.#isOfSecret)) return at;
    let end = at;
    while (isAt(BYTES, this.#line, end)) {
      const from = BYTES.lastIndex;
      if (LISTS.has(this.#line[from - 1] ?? '')) {
        end = indexOf(LIST_END, this.#line, from);
        if (type !== undefined || /[\d*]/.test(this.#line[from] ?? '')) this.#hide(from, end);
        end += 1;
      } else end = indexOf(VALUE_END, this.#line, from);
    }
    return Math.min(end, this.#line.length);
  }

  /** Whether the line says that it has a Secret. */
  get #isOfSecret(): boolean {
    this.#saysSecret ??= /\bSecret|StringData|Type:Opaque/.test(this.#line);
    return this.#saysSecret;
  }

  /** @returns Where its last value ends. */
  readTexts({ at, type }: GoMap): number {
    if (type !== undefined && isAt(QUOTED, this.#line, at)) return this.#readQuoted(at);
    if (!isAt(BARE, this.#line, at)) return at;
    // A text may have in it what looks like the next key: all are hidden as one.
    const from = BARE.lastIndex;
    const end = this.#bareEnd(from, type === undefined ? BARE_ENDS : TYPED_ENDS);
    this.#hide(from, end);
    return end;
  }

  #readQuoted(at: number): number {
    let end = at;
    while (isAt(QUOTED, this.#line, end)) {
      const from = QUOTED.lastIndex;
      const run = backslashesBefore(this.#line, from - 1, end);
      const closing = closingQuote(this.#line, from, { mark: '"', run });
      this.#hide(from, closing?.end ?? this.#line.length);
      end = closing?.after ?? this.#line.length;
    }
    return end;
  }

  #bareEnd(from: number, ends: readonly RegExp[]): number {
    for (const end of ends) {
      const at = this.#nextAt(end, from);
      if (at !== Infinity) return at;
    }
    return textEndAt(this.#line, from) ?? this.#line.length;
  }

  #nextAt(pattern: RegExp, from: number): number {
    const known = this.#next.get(pattern);
    if (known !== undefined && known >= from) return known;
    pattern.lastIndex = from;
    const at = pattern.exec(this.#line)?.index ?? Infinity;
    this.#next.set(pattern, at);
    return at;
  }

  #hide(from: number, to: number): void {
    const isHidden = isHiddenAlready(this.#line.slice(from, to));
    if (!isHidden) this.#edits.add(this.start + from, this.start + to, PLAIN);
  }
}

function indexOf(pattern: RegExp, line: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(line)?.index ?? line.length;
}
