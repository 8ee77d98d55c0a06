/**
 * The end of a private key whose first line is missing: a log was cut before it. Only the key's last line tells that those
 * before it are of one, so they are looked for from there, backwards. What went out with an earlier piece of the file
 * than that line is lost: nothing is held back for a line that hardly ever comes.
 */

import { lineEndAt, lineStartBefore } from '../../lines.ts';
import { MASK, type OnHidden } from '../../rules.ts';
import { characterClass, escapeLength, runEnd, runStart } from './characters.ts';
import { type Frame, framedTo, frameOf, isTail } from './frame.ts';
import type { Found } from './line-shape.ts';
import { PEM_END_SOURCE } from './pem-body.ts';

const PEM_BASE64 = characterClass('A-Za-z0-9+/=');

/** A shorter line is the key's last one, or what a cut has left of its first one. */
const MIN_LENGTH = 40;
/** A shorter word may be one of a sentence. */
const MIN_WORD_LENGTH = 16;

/** Where a part of a key stands. */
interface Part {
  readonly start: number;
  readonly end: number;
}

/** As `FindSecrets`, for a line with escaped line ends in which keys with a first line are hidden. */
export function findPemTails(text: string): readonly Found[] {
  const found: Found[] = [];
  let from = 0;
  for (const { index, 0: lastLine } of text.matchAll(PEM_ENDS)) {
    const part = escapedPart(text.slice(from, index));
    if (part !== undefined) {
      found.push({ rule: 'pem-private-key', start: from + part.start, end: from + part.end });
    }
    from = index + lastLine.length;
  }
  return found;
}

const PEM_END = new RegExp(PEM_END_SOURCE);
const PEM_ENDS = new RegExp(PEM_END_SOURCE, 'g');
const LINE_END = /(?:\\{1,8}[nr]|%0[AaDd]){1,2}$/;
const LONGEST_LINE_END = 18;

/** @param text Ends where the key's last line begins. */
function escapedPart(text: string): Part | undefined {
  let part: Part | undefined;
  for (let next = text.length; ; next = part.start) {
    const to = next - lineEndLength(text, next);
    const start = to === next ? to : wordStart(text, to);
    const isLine = part === undefined && lineEndLength(text, start) > 0;
    if (to - start < (isLine ? 1 : MIN_WORD_LENGTH)) return part;
    part = { start, end: part?.end ?? to };
  }
}

/** @returns How long the escaped line end is that ends there; 0: none does. */
function lineEndLength(text: string, to: number): number {
  return LINE_END.exec(text.slice(Math.max(0, to - LONGEST_LINE_END), to))?.[0].length ?? 0;
}

function wordStart(text: string, to: number): number {
  const start = runStart(text, { from: 0, to }, PEM_BASE64);
  return Math.min(to, start + escapeLength(text, start));
}

export function hasPemEnd(line: string): boolean {
  return PEM_END.test(line);
}

/**
 * @param before Lines with their ends, redacted.
 * @param line The one that follows, redacted; perhaps a key's last one.
 * @returns The lines, with a mask for all that are of the key.
 */
export function hideTail(before: string, line: string, onHidden: OnHidden): string {
  const tail = tailBefore(before, line);
  if (tail === undefined) return before;
  onHidden('pem-private-key');
  const { start, end } = tail;
  return before.slice(0, start) + MASK + before.slice(end, lineEndAt(before, end) + 1);
}

/** @returns The part of the key in the first of its lines. Undefined: none is there. */
function tailBefore(before: string, line: string): Part | undefined {
  const last = PEM_END.exec(line);
  if (last === null) return undefined;
  const frame = frameOf(line.slice(0, last.index), line.slice(last.index + last[0].length));
  if (frame === undefined) return undefined;
  let tail: Part | undefined;
  for (let to = before.length; to > 0; ) {
    const lineStart = lineStartBefore(before, to);
    const { start, end } = partOf(before.slice(lineStart, to - 1), frame);
    const mayBeShort = tail === undefined || lineStart === 0;
    if (end - start < (mayBeShort ? 1 : MIN_LENGTH)) break;
    tail = { start: lineStart + start, end: lineStart + end };
    to = lineStart;
  }
  return tail;
}

/** Empty where there is none. What stands behind the key's last line may be missing behind the others. */
function partOf(line: string, { before, behind }: Frame): Part {
  const start = framedTo(line, 0, before);
  if (start === -1) return NO_PART;
  const end = runEnd(line, start, PEM_BASE64);
  const isWhole = framedTo(line, end, behind) === line.length || isTail(line.slice(end));
  return isWhole ? { start, end } : NO_PART;
}

const NO_PART: Part = { start: 0, end: 0 };
