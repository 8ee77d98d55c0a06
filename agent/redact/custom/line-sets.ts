/**
 * Notes, for each place of a line, from which instructions of a program the pattern can still be completed.
 *
 * Goes from the line's end to its start. The sets are few, so each is made once, and then looked up by character.
 */

import {
  ASSERTION,
  assertionsBetween,
  classOf,
  EDGE,
  MATCH,
  OTHER,
  type Program,
  RUNE,
} from './program.ts';
import { decodeRune } from './utf8.ts';

/** Bytes from `from` up to, not including, `to`. */
export interface Stretch {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

/** Whether a line has a match; or that its sets are too many, so that this way cannot tell. */
export type Outlook = 'none' | 'some' | 'unknown';

export interface LineSets {
  /** Holds for the rest and for `scratch` until another line is marked, of whatever pattern. */
  mark(line: Stretch): Outlook;
  /** From `rowAt(place)` on, by instruction: 1 where the pattern can be completed from it at the place. */
  readonly members: Uint8Array;
  rowAt(place: number): number;
  /** The first place at `from` or behind it where a match begins, up to `to`, or -1. */
  nextStart(from: number, to: number): number;
}

/** By place, from 0 at the line's start: the class of the character there, and the number of the set. */
export const scratch = { classes: new Uint16Array(0), sets: new Uint16Array(0) };

/** In `scratch.classes`: no place, but a byte within a character. */
export const CONTINUED = 0xffff;

/** Longer lines' marks are not kept for the next line to use. */
const MAX_KEPT = 1024 * 1024;
const MIN_KEPT = 4096;

/** For all sets of one pattern, in bytes. */
const MAX_SET_BYTES = 4_000_000;
const MAX_SETS = 60_000;

/** By numbers; 0 stands for one that is not made yet. */
interface Sets {
  /** `set * size + instruction`: 1 where the set has it. One array: a line looks at many sets, once each. */
  members: Uint8Array;
  count: number;
  readonly numbers: Map<string, number>;
  /** By left neighbour: the set at the line's end. */
  readonly ends: number[];
  /** `set * width + class * neighbourKinds + left neighbour`: the set before the character. */
  rows: Uint16Array;
  /** By set: 1 where a match begins at its place. */
  starts: Uint8Array;
}

interface Table {
  readonly program: Program;
  /** How many kinds of left neighbours are told apart. */
  readonly neighbourKinds: number;
  readonly width: number;
  readonly most: number;
  sets: Sets;
}

export function lineSets(program: Program): LineSets {
  const neighbourKinds = program.hasAssertions ? 3 : 1;
  const width = program.classes.count * neighbourKinds;
  // A set is kept twice, as itself and as its key.
  const most = Math.min(MAX_SETS, Math.floor(MAX_SET_BYTES / (program.size * 2 + width * 2 + 1)));
  const table: Table = { program, neighbourKinds, width, most, sets: noSets(program, width) };
  return {
    mark(line) {
      reserve(line.to - line.from + 1);
      classify(program, line);
      const outlook = mark(table, line.to - line.from);
      if (outlook === 'unknown') table.sets = noSets(program, width);
      return outlook;
    },
    get members() {
      return table.sets.members;
    },
    rowAt: (place) => (scratch.sets[place] ?? 0) * program.size,
    nextStart: (from, to) => nextStart(table.sets.starts, from, to),
  };
}

function nextStart(starts: Uint8Array, from: number, to: number): number {
  const { classes, sets } = scratch;
  for (let at = from; at <= to; at++) {
    if (starts[sets[at] ?? 0] === 1 && classes[at] !== CONTINUED) return at;
  }
  return -1;
}

const FEW_SETS = 16;

function noSets({ size }: Program, width: number): Sets {
  return {
    members: new Uint8Array(size * FEW_SETS),
    count: 0,
    numbers: new Map(),
    ends: [],
    rows: new Uint16Array(width * FEW_SETS),
    starts: new Uint8Array(FEW_SETS),
  };
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

function mark(table: Table, length: number): Outlook {
  let set = setAtEnd(table, length);
  let at = length;
  let isSome = false;
  while (set !== 0) {
    scratch.sets[at] = set;
    isSome ||= table.sets.starts[set] === 1;
    const known = table.program.hasAssertions
      ? markBetween(table, { at, set })
      : markAlone(table, { at, set });
    isSome ||= known.isSome;
    if (known.at === 0) return isSome ? 'some' : 'none';
    at = known.at - 1;
    set = makeSet(table, { at, set: known.set });
  }
  return 'unknown';
}

interface Marked {
  /** The place at which the marks begin, and its set. */
  readonly at: number;
  readonly set: number;
}

interface MarkedSome extends Marked {
  /** Whether a match begins somewhere in between. */
  readonly isSome: boolean;
}

/** Goes on towards the line's start as far as the sets are known. */
function markAlone({ width, sets }: Table, from: Marked): MarkedSome {
  const { rows, starts } = sets;
  const { classes: line, sets: marks } = scratch;
  let { at, set } = from;
  let some = 0;
  for (; at > 0; at--) {
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
function markBetween({ program, width, neighbourKinds, sets }: Table, from: Marked): MarkedSome {
  const { rows, starts } = sets;
  const { classes: line, sets: marks } = scratch;
  let { at, set } = from;
  let some = 0;
  for (; at > 0; at--) {
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

function setAtEnd(table: Table, length: number): number {
  const { program, sets } = table;
  const left = leftOf(program, length);
  const known = sets.ends[left];
  if (known !== undefined) return known;
  const ways = program.kinds.map((kind) => (kind === MATCH ? 1 : 0));
  const set = numberOf(table, withEarlier(program, ways, assertionsBetween(left, EDGE)));
  sets.ends[left] = set;
  return set;
}

/** The set at a place, from the one behind its character; 0 where there is no room for it. */
function makeSet(table: Table, { at, set }: Marked): number {
  const { program, sets, width, neighbourKinds } = table;
  const { kinds, out, takes, classes } = program;
  const index = scratch.classes[at] ?? 0;
  const after = set * program.size;
  const ways = kinds.map((kind, from) => {
    if (kind !== RUNE) return kind === MATCH ? 1 : 0;
    const isTaken = takes[from * classes.count + index] === 1;
    return isTaken ? (sets.members[after + (out[from] ?? 0)] ?? 0) : 0;
  });
  const left = leftOf(program, at);
  const assertions = assertionsBetween(left, classes.neighbours[index] ?? OTHER);
  const number = numberOf(table, withEarlier(program, ways, assertions));
  table.sets.rows[set * width + index * neighbourKinds + left] = number;
  return number;
}

/** Adds the instructions that lead to those of a set without a character. */
function withEarlier(program: Program, set: Uint8Array, assertions: number): Uint8Array {
  const { kinds, argument, before } = program;
  const added = [...set.keys()].filter((at) => set[at] === 1);
  for (const at of added) {
    for (const earlier of before[at] ?? []) {
      const isAssertion = kinds[earlier] === ASSERTION;
      const isHeld = !isAssertion || ((argument[earlier] ?? 0) & ~assertions) === 0;
      if (set[earlier] === 1 || !isHeld) continue;
      set[earlier] = 1;
      added.push(earlier);
    }
  }
  return set;
}

/** The same set has one number; 0 where there is no room for another one. */
function numberOf({ program, sets, most }: Table, set: Uint8Array): number {
  const key = Buffer.from(set.buffer, set.byteOffset, set.byteLength).toString('latin1');
  const known = sets.numbers.get(key);
  if (known !== undefined) return known;
  const number = sets.count + 1;
  if (number >= most) return 0;
  sets.count = number;
  sets.numbers.set(key, number);
  if (number >= sets.starts.length) grow(sets);
  sets.members.set(set, number * program.size);
  sets.starts[number] = set[program.start] ?? 0;
  return number;
}

function grow(sets: Sets): void {
  const { members, rows, starts } = sets;
  sets.members = new Uint8Array(members.length * 2);
  sets.members.set(members);
  sets.rows = new Uint16Array(rows.length * 2);
  sets.rows.set(rows);
  sets.starts = new Uint8Array(starts.length * 2);
  sets.starts.set(starts);
}
