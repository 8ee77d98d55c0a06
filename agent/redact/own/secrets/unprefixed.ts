/** Manifests without what stands before each of their lines. */

import { lineEndAt, lineStartBefore } from '../../lines.ts';
import { DOUBLE, GONE, SecretEdits, SINGLE } from './secret-edits.ts';
import { type Prefix, textBehind } from './secret-prefix.ts';
import { ESCAPE } from './secret-record.ts';
import { OuterPlaces } from './shortened.ts';

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
  readonly #outer: string;
  readonly #prefix: Prefix;
  readonly #lines: readonly number[];

  constructor(text: string, lineStart: number, prefix: Prefix) {
    const lines: number[] = [];
    const parts: string[] = [];
    let [start, length, at] = [firstLine(text, lineStart, prefix), 0, 0];
    let skipped = prefix.lengthAt(text, start);
    while (start < text.length && skipped !== undefined) {
      if (start === lineStart) at = length;
      const end = lineEndAt(text, start);
      const next = Math.min(end + 1, text.length);
      const part = textBehind(text.slice(start, end), { prefix, length: skipped });
      lines.push(length, start, skipped);
      parts.push(part, text.slice(end, next));
      length += part.length + next - end;
      start = next;
      skipped = prefix.lengthAt(text, start);
    }
    lines.push(length, start, 0);
    if (start < text.length) parts.push(BREAK);
    this.text = parts.join('');
    this.at = at;
    this.end = start;
    this.#outer = text;
    this.#prefix = prefix;
    this.#lines = lines;
  }

  /** @param edits In `text`, each in one line. */
  prefixed(edits: SecretEdits): SecretEdits {
    const all = new SecretEdits();
    let line = 0;
    let outerAt: OuterAt | undefined;
    for (let index = 0; index < edits.length; index++) {
      const start = edits.startAt(index);
      const end = edits.endAt(index);
      while (this.#startOf(line + 1) <= start) {
        line += 1;
        outerAt = undefined;
      }
      const isWhole = start === this.#startOf(line) && end === this.#startOf(line + 1);
      const text = edits.textAt(index);
      if (isWhole && text === GONE) all.add(this.#prefixAt(line), this.#prefixAt(line + 1), GONE);
      else {
        outerAt ??= this.#outerAtIn(line);
        all.add(outerAt(start), outerAt(end), this.#maskFor(text));
      }
    }
    return all;
  }

  #outerAtIn(line: number): OuterAt {
    const start = this.#startOf(line);
    const outerStart = this.#prefixAt(line) + (this.#lines[line * WIDTH + 2] ?? 0);
    if (this.#prefix.textEnd === undefined) return (at) => at - start + outerStart;
    const outer = this.#outer.slice(outerStart, lineEndAt(this.#outer, outerStart));
    const places = new OuterPlaces(outer, ESCAPE, 1);
    return (at) => outerStart + places.before(at - start);
  }

  /** In a record double quotes would end the text. */
  #maskFor(text: number): number {
    return text === DOUBLE && this.#prefix.textEnd !== undefined ? SINGLE : text;
  }

  #startOf(line: number): number {
    return this.#lines[line * WIDTH] ?? Infinity;
  }

  #prefixAt(line: number): number {
    return this.#lines[line * WIDTH + 1] ?? this.end;
  }
}

/** Where a place of a line is in the text with the prefixes; the line's places are asked for in their order. */
type OuterAt = (at: number) => number;

function firstLine(text: string, lineStart: number, prefix: Prefix): number {
  let first = lineStart;
  while (first > 0) {
    const start = lineStartBefore(text, first);
    if (lineStart - start > MAX_BEFORE || prefix.lengthAt(text, start) === undefined) break;
    first = start;
  }
  return first;
}
