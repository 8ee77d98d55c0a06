/**
 * Notes, for each place of a line, from which instructions of a program the pattern can still be completed.
 *
 * Goes from the line's end to its start. The sets are few, so each is made once, and then looked up by character. Where
 * they are too many, the line is in segments: each is marked with a table of its own, and once more when it is read.
 */

import { classOf, EDGE, OTHER, type Program } from './program.ts';
import { restart, setAtEnd, setBefore, setTable, type Table, unnumbered } from './set-table.ts';
import { decodeRune } from './utf8.ts';

/** Bytes from `from` up to, not including, `to`. */
export interface Stretch {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

export interface LineSets {
  /**
   * Whether a match begins somewhere in the line.
   *
   * Holds for the rest and for `scratch` until another line is marked, of whatever pattern.
   */
  mark(line: Stretch): boolean;
  /** From `rowAt(place)` on, by instruction: 1 where the pattern can be completed from it at the place. */
  readonly members: Uint8Array;
  /** To be called before `members` is read, and never again for a place before the last one. */
  rowAt(place: number): number;
  /** The first place at `from` or behind it where a match begins, or -1; as `rowAt`, it only goes forward. */
  nextStart(from: number): number;
}

/** By place, from 0 at the line's start: the class of the character there, and the number of the set. */
export const scratch = { classes: new Uint16Array(0), sets: new Uint16Array(0) };

/** In `scratch.classes`: no place, but a byte within a character. */
export const CONTINUED = 0xffff;

/** Longer lines' marks are not kept for the next line to use. */
const MAX_KEPT = 1024 * 1024;
const MIN_KEPT = 4096;

/** How much is kept; tests have less. */
export interface Bounds {
  /** Numbers of a table's sets stay below it; at least 2. */
  readonly sets?: number;
  /** Of a line; at least 4. */
  readonly segments: number;
}

/** A part of the line with as many sets as there is room for; the place before it is in the next one. */
interface Segment {
  /** Its last place. */
  readonly at: number;
  /** The set there; undefined at the line's end. */
  readonly set: Uint8Array | undefined;
  /** Whether a match begins somewhere in it. */
  hasStart: boolean;
}

/** In bytes, for the sets of a line's segments. */
const MAX_SEGMENTS_BYTES = 8_000_000;
const FEW_SEGMENTS = 16;

/** The line at hand. The last segment, which is the leftmost, is marked from where one reads up to `to`, its end. */
const marked: { segments: Segment[]; to: number } = { segments: [], to: 0 };

export function lineSets(program: Program, bounds = usualBounds(program)): LineSets {
  const table = setTable(program, bounds.sets);
  const marks = { table, bounds };
  return {
    mark(line) {
      const length = line.to - line.from;
      reserve(length + 1);
      classify(program, line);
      const whole = { at: length, set: undefined, hasStart: false };
      marked.segments = [whole];
      mark(marks, 0);
      return whole.hasStart || marked.segments.some(({ hasStart }) => hasStart);
    },
    get members() {
      return table.sets.members;
    },
    rowAt(place) {
      if (place > marked.to) markAgain(marks, place);
      return (scratch.sets[place] ?? 0) * program.size;
    },
    nextStart: (from) => startIn(marks, from),
  };
}

function usualBounds({ size }: Program): Bounds {
  return { segments: Math.max(FEW_SEGMENTS, Math.floor(MAX_SEGMENTS_BYTES / size)) };
}

interface Marks {
  readonly table: Table;
  readonly bounds: Bounds;
}

function startIn(marks: Marks, from: number): number {
  for (let at = fromSegment(from); at >= 0; at = fromSegment(marked.to + 1)) {
    if (at > marked.to) markAgain(marks, at);
    const start = nextStart(marks.table.sets.starts, at, marked.to);
    if (start >= 0) return start;
  }
  return -1;
}

/** The place itself, or the first one behind it that is in a segment with a start; -1 if there is none. */
function fromSegment(from: number): number {
  const { segments } = marked;
  let at = from;
  for (let last = segments.at(-1); last !== undefined; last = segments.at(-1)) {
    if (at <= last.at && last.hasStart) return at;
    at = Math.max(at, last.at + 1);
    segments.pop();
  }
  return -1;
}

/** Marks the segment of a place from there on: what is before it has been read. */
function markAgain(marks: Marks, place: number): void {
  const { segments } = marked;
  while ((segments.at(-1)?.at ?? place) < place) segments.pop();
  restart(marks.table);
  mark(marks, place);
}

function nextStart(starts: Uint8Array, from: number, to: number): number {
  const { classes, sets } = scratch;
  for (let at = from; at <= to; at++) {
    if (starts[sets[at] ?? 0] === 1 && classes[at] !== CONTINUED) return at;
  }
  return -1;
}

function reserve(length: number): void {
  const { classes } = scratch;
  const isMuch = classes.length > MAX_KEPT && length <= MAX_KEPT;
  if (classes.length >= length && !isMuch) return;
  const doubled = Math.max(MIN_KEPT, 2 ** Math.ceil(Math.log2(length)));
  const room = length <= MAX_KEPT ? doubled : length;
  scratch.classes = new Uint16Array(room);
  scratch.sets = new Uint16Array(room);
}

function classify({ classes }: Program, { bytes, from, to }: Stretch): void {
  const { ascii } = classes;
  const target = scratch.classes;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) {
      target[at - from] = ascii[byte] ?? 0;
      continue;
    }
    const decoded = decodeRune(bytes, at, to);
    target[at - from] = classOf(classes, decoded >> 3);
    for (let rest = (decoded & 7) - 1; rest > 0; rest--) {
      at++;
      target[at - from] = CONTINUED;
    }
  }
  // The end is a place too.
  target[to - from] = 0;
}

/** Marks the last segment down to a place; as often as there is no room for a set, another segment begins with it. */
function mark({ table, bounds }: Marks, low: number): void {
  let segment = marked.segments.at(-1);
  while (segment !== undefined) {
    marked.to = segment.at;
    const at = markSegment(table, segment, low);
    if (at < low) return;
    segment = { at, set: unnumbered(table), hasStart: false };
    marked.segments.push(segment);
    if (marked.segments.length > bounds.segments) joinSegments();
  }
}

/** The place for whose set there was no room; less than `low` where there was enough. */
function markSegment(table: Table, segment: Segment, low: number): number {
  let { at } = segment;
  let set = firstSet(table, segment);
  while (set !== 0) {
    scratch.sets[at] = set;
    segment.hasStart ||= table.sets.starts[set] === 1;
    const from = { at, set, low };
    const known = table.program.hasAssertions ? markBetween(table, from) : markAlone(table, from);
    segment.hasStart ||= known.isSome;
    at = known.at - 1;
    if (at < low) break;
    const index = scratch.classes[at] ?? 0;
    set = setBefore(table, { set: known.set, index, left: leftOf(table.program, at) });
  }
  return at;
}

function firstSet(table: Table, { at, set }: Segment): number {
  if (set !== undefined) return restart(table, set);
  const left = leftOf(table.program, at);
  const number = setAtEnd(table, left);
  if (number !== 0) return number;
  restart(table);
  return setAtEnd(table, left);
}

/** Each second segment becomes part of the one on its right, which is parted anew when it is marked again. */
function joinSegments(): void {
  const { segments } = marked;
  const kept: Segment[] = [];
  for (const [index, segment] of segments.entries()) {
    const right = kept.at(-1);
    if (index % 2 === 0 || index === segments.length - 1 || right === undefined) kept.push(segment);
    else right.hasStart ||= segment.hasStart;
  }
  marked.segments = kept;
}

interface Marked {
  /** The place at which the marks begin, and its set. */
  readonly at: number;
  readonly set: number;
}

interface Unmarked extends Marked {
  /** The last place to mark. */
  readonly low: number;
}

interface MarkedSome extends Marked {
  /** Whether a match begins somewhere in between. */
  readonly isSome: boolean;
}

/** Goes on towards the line's start as far as the sets are known. */
function markAlone({ width, sets }: Table, from: Unmarked): MarkedSome {
  const { rows, starts } = sets;
  const { classes: line, sets: marks } = scratch;
  const { low } = from;
  let { at, set } = from;
  let some = 0;
  for (; at > low; at--) {
    const index = line[at - 1] ?? 0;
    if (index === CONTINUED) continue;
    const next = rows[set * width + index] ?? 0;
    if (next === 0) break;
    set = next;
    some |= starts[set] ?? 0;
    marks[at - 1] = set;
  }
  return { at, set, isSome: some !== 0 };
}

/** The same where the character on the left matters. */
function markBetween({ program, width, neighbourKinds, sets }: Table, from: Unmarked): MarkedSome {
  const { rows, starts } = sets;
  const { classes: line, sets: marks } = scratch;
  const { low } = from;
  let { at, set } = from;
  let some = 0;
  for (; at > low; at--) {
    const index = line[at - 1] ?? 0;
    if (index === CONTINUED) continue;
    const left = leftOf(program, at - 1);
    const next = rows[set * width + index * neighbourKinds + left] ?? 0;
    if (next === 0) break;
    set = next;
    some |= starts[set] ?? 0;
    marks[at - 1] = set;
  }
  return { at, set, isSome: some !== 0 };
}

function leftOf({ classes, hasAssertions }: Program, at: number): number {
  if (at === 0 || !hasAssertions) return EDGE;
  const index = scratch.classes[at - 1] ?? 0;
  return index === CONTINUED ? OTHER : (classes.neighbours[index] ?? OTHER);
}
