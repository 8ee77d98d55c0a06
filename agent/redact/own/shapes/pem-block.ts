/** A private key over several lines: from its first line to its last, or to a line that cannot be a part of it. */

import { MASK, type OnHidden } from '../../rules.ts';
import { type Frame, framedTo, frameOf, isTail, leadEnd } from './frame.ts';
import { hide } from './line-shape.ts';
import { isClear, keyLikeWords, lineOfKeyEnd, readOpenBody } from './pem-body.ts';
import { pemBegins } from './pem-line.ts';

/** What a line of a begun key comes to: what takes its place, and whether the key may go on behind it. */
export interface BlockLine {
  /** Undefined: nothing, not even its line end. */
  readonly text: string | undefined;
  readonly goesOn: boolean;
}

export interface PemBlock {
  /** @param line All that the rules for one line hide is hidden. */
  next(line: string): BlockLine;
}

/** Lines of others may stand between those of a key: of another thread, for one. Among so many it is looked for. */
const MAX_OTHER_LINES = 100;
const DASHES = '-----';

/** @param line As for `PemBlock.next`. @returns Undefined: no key goes on behind this line. */
export function openBlock(line: string, onHidden: OnHidden): PemBlock | undefined {
  const begin = pemBegins(line).at(-1);
  if (begin === undefined || begin.to < line.length) return undefined;
  const { start, end, body } = begin;
  const isOpen = isTail(line.slice(body.stop));
  const hasBody = body.end > body.start;
  const frame = hasBody ? undefined : frameOf(line.slice(0, start), line.slice(end));
  return block({ linesLeft: MAX_OTHER_LINES, isOpen, isMasked: hasBody, frame, onHidden });
}

interface BlockState {
  /** Of those that are no part of the key; fewer than at first: the key's lines do not follow one another any more. */
  linesLeft: number;
  /** Its lines may stand without the frame. */
  readonly isOpen: boolean;
  isMasked: boolean;
  readonly frame: Frame | undefined;
  readonly onHidden: OnHidden;
}

/** Where a line has a part of the key; empty in a blank one. */
interface Part {
  readonly start: number;
  readonly end: number;
}

function block(state: BlockState): PemBlock {
  return { next: (line) => nextLine(line, state) };
}

function nextLine(line: string, state: BlockState): BlockLine {
  // Words first: what is a part of the key without them is one with them.
  const words = keyLikeWords(line, 0, dashesIn(line));
  const text = hide(line, words, () => undefined);
  const to = dashesIn(text);
  const isEnd = to < text.length;
  const part = state.linesLeft === MAX_OTHER_LINES ? partOf(text, to, state) : undefined;
  if (part !== undefined) {
    if (state.isMasked && !isEnd) return { text: undefined, goesOn: true };
    const isClearYet = words.length > 0 || isClear(text, part);
    if (!state.isMasked && isClearYet) state.onHidden('pem-private-key');
    return { text: hidePart(text, part, state), goesOn: !isEnd };
  }
  state.linesLeft--;
  return { text: hide(line, words, state.onHidden), goesOn: !isEnd && state.linesLeft > 0 };
}

function dashesIn(line: string): number {
  const at = line.indexOf(DASHES);
  return at === -1 ? line.length : at;
}

function partOf(line: string, to: number, { frame, isOpen }: BlockState): Part | undefined {
  const framed = frame === undefined ? undefined : framedPart(line, to, frame);
  return framed ?? (isOpen ? barePart(line, to) : undefined);
}

/** One mask stands for all of the key's lines. */
function hidePart(line: string, part: Part, state: BlockState): string {
  if (part.start === part.end) return line;
  const mask = state.isMasked ? '' : MASK;
  state.isMasked = true;
  return line.slice(0, part.start) + mask + line.slice(part.end);
}

function framedPart(line: string, to: number, { before, behind }: Frame): Part | undefined {
  const start = framedTo(line, 0, before);
  if (start === -1 || start > to) return undefined;
  const end = lineOfKeyEnd(line, start);
  const isWhole = to < line.length ? end === to : framedTo(line, end, behind) === line.length;
  return isWhole ? { start, end } : undefined;
}

function barePart(line: string, to: number): Part | undefined {
  if (line.trim() === '') return { start: 0, end: 0 };
  const from = Math.min(leadEnd(line), to);
  const { start, end, stop } = readOpenBody(line, { from, to, isLine: true });
  const isWhole = to < line.length ? stop === to : end > start && isTail(line.slice(stop));
  return isWhole ? { start, end } : undefined;
}
