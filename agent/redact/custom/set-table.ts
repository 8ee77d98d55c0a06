/** The sets of one pattern: each is made once, has a number, and is looked up by the character before its place. */

import { ASSERTION, assertionsBetween, EDGE, OTHER, type Program } from './program.ts';

export interface Table {
  readonly program: Program;
  /** How many kinds of left neighbours are told apart. */
  readonly neighbourKinds: number;
  readonly width: number;
  /** Numbers of sets stay below it. */
  readonly most: number;
  /** Other ones, without anything, when other patterns need the memory: never amid a line of this one. */
  sets: Sets;
}

/** By numbers; 0 stands for one that is not made yet. */
interface Sets {
  /** `set * size + instruction`: 1 where the set has it. One array: a line looks at many sets, once each. */
  members: Uint8Array;
  /** `set * width + class * neighbourKinds + left neighbour`: the set before the character. */
  rows: Uint16Array;
  /** By set: 1 where a match begins at its place. */
  starts: Uint8Array;
  /** By set; finds one again together with `buckets`, which have each number at its hash or soon behind it. */
  hashes: Int32Array;
  buckets: Uint16Array;
  /** By left neighbour: the set at the line's end. */
  ends: number[];
  /** By class, of those that were asked for: 1 for each instruction that takes the class. */
  readonly takers: Map<number, Uint8Array>;
  count: number;
  isHeld: boolean;
}

/** A place that is followed by a character. */
export interface Step {
  /** Number of the set behind the character. */
  readonly set: number;
  /** Class of the character. */
  readonly index: number;
  /** What stands on the left of the place. */
  readonly left: number;
}

/** For the sets of one pattern, and once more for what takes which class. */
const MAX_TABLE_BYTES = 4_000_000;
/** For all patterns together. */
const MAX_BYTES = 32_000_000;
const MAX_SETS = 60_000;
const FEW_SETS = 16;
/** For one set, beside its members and its row. */
const SET_BYTES = 13;

/** Weak: patterns of a spec that is not used any more are not kept for their tables. */
const held = { tables: new Set<WeakRef<Table>>(), bytes: 0 };

/** @param most Numbers of sets stay below it; at least 2. */
export function setTable(program: Program, most?: number): Table {
  const neighbourKinds = program.hasAssertions ? OTHER + 1 : 1;
  const width = program.classes.count * neighbourKinds;
  const fitting = Math.floor(MAX_TABLE_BYTES / (program.size + width * 2 + SET_BYTES));
  const usual = Math.max(FEW_SETS, Math.min(MAX_SETS, fitting));
  return { program, neighbourKinds, width, most: most ?? usual, sets: noSets() };
}

/** The set at the line's end; 0 where there is no room for another one. */
export function setAtEnd(table: Table, left: number): number {
  const known = table.sets.ends[left];
  if (known !== undefined) return known;
  begin(table);
  addWays(table, assertionsBetween(left, EDGE));
  const set = numberOf(table);
  if (set !== 0) table.sets.ends[left] = set;
  return set;
}

/** The set before a character; 0 where there is no room for another one: `unnumbered` then gives it. */
export function setBefore(table: Table, { set, index, left }: Step): number {
  const { program, sets, width, neighbourKinds } = table;
  begin(table);
  addTakers(table, set, index);
  addWays(table, assertionsBetween(left, program.classes.neighbours[index] ?? OTHER));
  const number = numberOf(table);
  sets.rows[set * width + index * neighbourKinds + left] = number;
  return number;
}

/** A copy of the set for which there was no room. */
export function unnumbered({ program: { size }, sets }: Table): Uint8Array {
  const row = (sets.count + 1) * size;
  return sets.members.slice(row, row + size);
}

/** Forgets all sets but a given one. */
export function restart(table: Table, set?: Uint8Array): number {
  const { program, sets, width } = table;
  sets.rows.fill(0, 0, (sets.count + 1) * width);
  sets.buckets.fill(0);
  sets.ends = [];
  sets.count = 0;
  if (set === undefined) return 0;
  begin(table);
  for (let at = 0; at < program.size; at++) if (set[at] === 1) add(table, at);
  return numberOf(table);
}

/** The set that is being made: it is behind the last one in `members`. */
const making = { added: new Int32Array(0), count: 0, hash: 0, row: 0 };

function begin(table: Table): void {
  const { program, sets } = table;
  const { size, matches } = program;
  // The next set is made in its place, even if there is then no room for it.
  if (sets.count + 2 > sets.starts.length) grow(table);
  if (making.added.length < size) making.added = new Int32Array(size);
  making.count = 0;
  making.hash = 0;
  making.row = (sets.count + 1) * size;
  sets.members.fill(0, making.row, making.row + size);
  for (const at of matches) add(table, at);
}

function add({ sets }: Table, at: number): void {
  const { members } = sets;
  if (members[making.row + at] === 1) return;
  members[making.row + at] = 1;
  making.added[making.count++] = at;
  // In whatever order the instructions come, the sum is the same.
  making.hash = (making.hash + spread(at)) | 0;
}

/** Numbers in a row give ones that are far apart. Source: MurmurHash3, fmix32. */
function spread(number: number): number {
  let mixed = Math.imul(number + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Adds the instructions that lead to those of a set by a character of a class. */
function addTakers(table: Table, set: number, index: number): void {
  const { runes, out, size } = table.program;
  const { members } = table.sets;
  const takers = takersOf(table, index);
  const row = set * size;
  for (let at = 0; at < runes.length; at++) {
    const from = runes[at] ?? 0;
    if (takers[from] === 1 && members[row + (out[from] ?? 0)] === 1) add(table, from);
  }
}

/** Adds the instructions that lead without a character to those that are added already. */
function addWays(table: Table, assertions: number): void {
  const { kinds, argument, before } = table.program;
  for (let next = 0; next < making.count; next++) {
    for (const earlier of before[making.added[next] ?? 0] ?? []) {
      const isAssertion = kinds[earlier] === ASSERTION;
      const isHeld = !isAssertion || ((argument[earlier] ?? 0) & ~assertions) === 0;
      if (isHeld) add(table, earlier);
    }
  }
}

function takersOf(table: Table, index: number): Uint8Array {
  const { program, sets } = table;
  const { takers } = sets;
  const known = takers.get(index);
  if (known !== undefined) return known;
  if ((takers.size + 1) * program.size > MAX_TABLE_BYTES) {
    hold(table, -takers.size * program.size);
    takers.clear();
  }
  const made = new Uint8Array(program.size);
  for (const from of program.runes) if (program.takes(from, index)) made[from] = 1;
  takers.set(index, made);
  hold(table, program.size);
  return made;
}

/** The same set has one number; 0 where there is no room for another one. */
function numberOf({ program, sets, most }: Table): number {
  const { buckets, hashes, starts, members } = sets;
  const { hash, row } = making;
  const mask = buckets.length - 1;
  let bucket = hash & mask;
  for (;;) {
    const known = buckets[bucket] ?? 0;
    if (known === 0) break;
    if (hashes[known] === hash && isSame(members, known * program.size, program.size)) return known;
    bucket = (bucket + 1) & mask;
  }
  const number = sets.count + 1;
  if (number >= most) return 0;
  sets.count = number;
  buckets[bucket] = number;
  hashes[number] = hash;
  starts[number] = members[row + program.start] ?? 0;
  return number;
}

function isSame(members: Uint8Array, row: number, size: number): boolean {
  for (let at = 0; at < size; at++) {
    if (members[row + at] !== members[making.row + at]) return false;
  }
  return true;
}

function noSets(): Sets {
  return {
    members: new Uint8Array(0),
    rows: new Uint16Array(0),
    starts: new Uint8Array(0),
    hashes: new Int32Array(0),
    buckets: new Uint16Array(0),
    ends: [],
    takers: new Map(),
    count: 0,
    isHeld: false,
  };
}

function grow(table: Table): void {
  const { program, sets, width, most } = table;
  const { members, rows, starts, hashes } = sets;
  const bytes = bytesOf(sets);
  const room = Math.min(Math.max(FEW_SETS, starts.length * 2), most + 1);
  sets.members = new Uint8Array(room * program.size);
  sets.members.set(members);
  sets.rows = new Uint16Array(room * width);
  sets.rows.set(rows);
  sets.starts = new Uint8Array(room);
  sets.starts.set(starts);
  sets.hashes = new Int32Array(room);
  sets.hashes.set(hashes);
  sets.buckets = new Uint16Array(2 ** Math.ceil(Math.log2(room * 2)));
  for (let set = 1; set <= sets.count; set++) putBack(sets, set);
  hold(table, bytesOf(sets) - bytes);
}

function putBack({ buckets, hashes }: Sets, set: number): void {
  const mask = buckets.length - 1;
  let bucket = (hashes[set] ?? 0) & mask;
  while (buckets[bucket] !== 0) bucket = (bucket + 1) & mask;
  buckets[bucket] = set;
}

function bytesOf({ members, rows, starts, hashes, buckets }: Sets): number {
  const arrays = [members, rows, starts, hashes, buckets];
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** Counts more bytes; where they are too many for all, the tables of all other patterns go. */
function hold(table: Table, bytes: number): void {
  held.bytes += bytes;
  if (!table.sets.isHeld) held.tables.add(new WeakRef(table));
  table.sets.isHeld = true;
  if (held.bytes <= MAX_BYTES) return;
  for (const reference of held.tables) {
    const other = reference.deref();
    if (other === table) continue;
    if (other !== undefined) other.sets = noSets();
    held.tables.delete(reference);
  }
  held.bytes = bytesOf(table.sets) + table.sets.takers.size * table.program.size;
}
