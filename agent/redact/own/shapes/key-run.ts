/** The lines of base64 behind the one in which a private key has begun: to one that is shorter, or is something else. */

import { MASK } from '../../rules.ts';
import { PADDED_BASE64, runEnd } from './characters.ts';
import { findEncodedKeys } from './encoded-key.ts';
import { type Frame, framedTo, frameOf, isTail, leadEnd } from './frame.ts';
import type { BlockLine } from './pem-block.ts';

export interface KeyRun {
  /**
   * @param line As it was before any rule changed it.
   * @returns Undefined: it is no part of the key, which has ended before it.
   */
  next(line: string): BlockLine | undefined;
}

/** Without the frame of the first line, a shorter word may be one of a sentence. */
const MIN_BARE_LENGTH = 16;

/** @param line As for `KeyRun.next`. @returns Undefined: no key goes on behind this line. */
export function openRun(line: string): KeyRun | undefined {
  const key = findEncodedKeys(line).at(-1);
  if (key === undefined || key.charactersLeft === 0) return undefined;
  const { start, end, charactersLeft } = key;
  return keyRun([line.slice(0, start), line.slice(end)], { charactersLeft, width: end - start });
}

/** What is known of the lines that follow. */
interface RunLines {
  /** Of all of them, at most. */
  charactersLeft: number;
  /** Of those before; 0: none has been there, and the first one is where the mask goes. */
  width: number;
}

/** @param around What is before the first part in its line, and behind it. */
export function keyRun([before, behind]: readonly [string, string], lines: RunLines): KeyRun {
  const frame = frameOf(before, behind);
  const state = { ...lines, isFirst: true, isOpen: isTail(behind) || behind === '', frame };
  return { next: (line) => nextLine(line, state) };
}

interface RunState extends RunLines {
  /** Until one has followed. */
  isFirst: boolean;
  /** Its lines may stand without the frame. */
  readonly isOpen: boolean;
  readonly frame: Frame | undefined;
}

function nextLine(line: string, state: RunState): BlockLine | undefined {
  const { start, end } = partOf(line, state);
  const length = end - start;
  const isMasked = state.width > 0;
  // A name may stand before the first part, and make it shorter.
  if (state.isFirst) state.width = Math.max(state.width, length);
  state.isFirst = false;
  if (length === 0 || length > state.width) return undefined;
  state.charactersLeft -= length;
  const isLast = length < state.width || line[end - 1] === '=' || state.charactersLeft <= 0;
  const text = isMasked ? undefined : line.slice(0, start) + MASK + line.slice(end);
  return { text, goesOn: !isLast };
}

interface Part {
  readonly start: number;
  readonly end: number;
}

/** Empty where there is none. */
function partOf(line: string, { frame, isOpen }: RunState): Part {
  const framed = frame === undefined ? NO_PART : framedPart(line, frame);
  const part = framed.end === 0 && isOpen ? barePart(line) : framed;
  // Three dashes part YAML documents.
  return /[A-Za-z0-9]/.test(line.slice(part.start, part.end)) ? part : NO_PART;
}

const NO_PART: Part = { start: 0, end: 0 };

function framedPart(line: string, { before, behind }: Frame): Part {
  const start = framedTo(line, 0, before);
  if (start === -1) return NO_PART;
  const end = runEnd(line, start, PADDED_BASE64);
  return framedTo(line, end, behind) === line.length ? { start, end } : NO_PART;
}

function barePart(line: string): Part {
  const start = leadEnd(line);
  const end = runEnd(line, start, PADDED_BASE64);
  if (end - start < MIN_BARE_LENGTH && line[end - 1] !== '=') return NO_PART;
  return isTail(line.slice(end)) ? { start, end } : NO_PART;
}
