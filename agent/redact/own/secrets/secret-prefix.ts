/** Manifests with something before each of their lines: a log's time, the mark of a comment, of a quotation or of a diff. */

import { lineEndAt } from '../../lines.ts';
import { isAt } from '../context/sticky.ts';
import { GONE, SecretEdits } from './secret-edits.ts';

/** Tells how long it is at the start of a line; undefined: it does not stand there. */
export type Prefix = (text: string, lineStart: number) => number | undefined;

/** Blanks behind belong to the manifest, which they only indent. */
const BEFORE_LINE = new RegExp(
  [
    String.raw`\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?(?: std(?:out|err) [FP])?(?=\s|$)`,
    // journald and syslog.
    String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,64} [\w./@-]{1,64}(?:\[\d{1,8}\])?:(?=\s|$)`,
    // klog.
    String.raw`[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} {1,8}\d{1,8} [\w./-]{1,128}:\d{1,6}\]`,
    // `kubectl logs --prefix`.
    String.raw`\[[\w./-]{1,256}\](?=\s|$)`,
    String.raw`[ \t]{0,32}(?:#{1,4}|\/\/|>{1,4}|\||\*)`,
  ].join('|'),
  'y',
);

function logPrefix(text: string, lineStart: number): number | undefined {
  return isAt(BEFORE_LINE, text, lineStart) ? BEFORE_LINE.lastIndex - lineStart : undefined;
}

/** A line of a diff, also one that is the same in both; an editor may have taken the blank of an empty one. */
const DIFF_LINE = /[+ ]|-(?!--)|(?=\r?(?:\n|$))/y;

export function diffPrefix(text: string, lineStart: number): number | undefined {
  return isAt(DIFF_LINE, text, lineStart) ? DIFF_LINE.lastIndex - lineStart : undefined;
}

const LONGEST = 512;
const ENDS: ReadonlySet<string> = new Set('0123456789ZFP]:#/>|*+');

/** Tells most lines apart by the character before a key: whether a prefix may end there. */
export function mayEndPrefix(text: string, lineStart: number, at: number): boolean {
  return at - lineStart < LONGEST && (at < lineStart || ENDS.has(text[at] ?? ''));
}

export function prefixOf(
  line: string,
): { readonly prefix: Prefix; readonly length: number } | undefined {
  const length = logPrefix(line, 0);
  if (length !== undefined) return { prefix: logPrefix, length };
  return line.startsWith('+') || line.startsWith('-')
    ? { prefix: diffPrefix, length: 1 }
    : undefined;
}

/** A list's element has one blank behind its dash. */
const CHANGED_LINE = /\+|-(?:[ \t]{2}|[^ \t\r\n-])/y;

/** Whether a line is one of a diff, and of nothing else. */
export function isChangedLine(text: string, lineStart: number): boolean {
  return isAt(CHANGED_LINE, text, lineStart);
}

/** How much of what stands before a line is looked at to learn what it belongs to. */
const MAX_BEFORE = 64 * 1024;
/** Ends every object. */
const BREAK = '---\n';
/** Of each line: where it is without its prefix, where it is with it, and how long that is. */
const WIDTH = 3;

/** The lines around one that have all such a prefix, without it. */
export class Unprefixed {
  readonly text: string;
  /** Where the line is in that. */
  readonly at: number;
  /** Behind the last line, in the text with the prefixes. */
  readonly end: number;
  readonly #lines: readonly number[];

  constructor(text: string, lineStart: number, prefix: Prefix) {
    const lines: number[] = [];
    const parts: string[] = [];
    let [start, length, at] = [firstLine(text, lineStart, prefix), 0, 0];
    for (let skipped = prefix(text, start); start < text.length && skipped !== undefined; ) {
      if (start === lineStart) at = length;
      const next = Math.min(lineEndAt(text, start) + 1, text.length);
      const part = text.slice(start + skipped, next);
      lines.push(length, start, skipped);
      parts.push(part);
      length += part.length;
      start = next;
      skipped = prefix(text, start);
    }
    lines.push(length, start, 0);
    if (start < text.length) parts.push(BREAK);
    this.text = parts.join('');
    this.at = at;
    this.end = start;
    this.#lines = lines;
  }

  /** @param edits In `text`, each in one line. */
  prefixed(edits: SecretEdits): SecretEdits {
    const all = new SecretEdits();
    let line = 0;
    for (let index = 0; index < edits.length; index++) {
      const start = edits.startAt(index);
      const end = edits.endAt(index);
      while (this.#startOf(line + 1) <= start) line += 1;
      const isWhole = start === this.#startOf(line) && end === this.#startOf(line + 1);
      const text = edits.textAt(index);
      if (isWhole && text === GONE) all.add(this.#prefixAt(line), this.#prefixAt(line + 1), GONE);
      else all.add(start + this.#shiftOf(line), end + this.#shiftOf(line), text);
    }
    return all;
  }

  #startOf(line: number): number {
    return this.#lines[line * WIDTH] ?? Infinity;
  }

  #prefixAt(line: number): number {
    return this.#lines[line * WIDTH + 1] ?? this.end;
  }

  #shiftOf(line: number): number {
    return this.#prefixAt(line) + (this.#lines[line * WIDTH + 2] ?? 0) - this.#startOf(line);
  }
}

function firstLine(text: string, lineStart: number, prefix: Prefix): number {
  let first = lineStart;
  while (first > 0) {
    const start = first === 1 ? 0 : text.lastIndexOf('\n', first - 2) + 1;
    if (lineStart - start > MAX_BEFORE || prefix(text, start) === undefined) break;
    first = start;
  }
  return first;
}
