/** A compiled pattern as tables: re2js parses and compiles it, this makes its program fit for `matcher.ts`. */

import type { RE2JS } from 're2js';

import { patternError } from './re2-cursor.ts';

/** Instructions by number; where one leads is a number too. */
export interface Program {
  readonly size: number;
  readonly start: number;
  readonly kinds: Uint8Array;
  readonly out: Int32Array;
  /** Second way out of a choice, slot of a capture, or what an assertion asks for. */
  readonly argument: Int32Array;
  /** Instructions that lead to one without a character: `before[at]` lists those that lead to `at`. */
  readonly before: readonly (readonly number[])[];
  readonly slots: number;
  readonly classes: RuneClasses;
  /** The instructions that take a character, and those that end a match. */
  readonly runes: Int32Array;
  readonly matches: Int32Array;
  /** Whether an instruction takes characters of a class. For all of them it would be a large table. */
  takes(instruction: number, index: number): boolean;
  /** Whether it matters which characters stand around a place. */
  readonly hasAssertions: boolean;
}

/** Characters that no instruction tells apart share a class. */
export interface RuneClasses {
  readonly count: number;
  /** Of the 128 ASCII characters. */
  readonly ascii: Uint16Array;
  /** First code point of each class but the first, ascending. */
  readonly bounds: Int32Array;
  /** By class: `WORD` or `OTHER`. */
  readonly neighbours: Uint8Array;
}

/** What stands beside a place: the text's edge, a character of `\w`, another one. */
export const EDGE = 0;
const WORD = 1;
export const OTHER = 2;

/** Kinds of instructions. */
export const CHOICE = 1;
export const CAPTURE = 2;
export const ASSERTION = 3;
export const PASS = 4;
export const RUNE = 5;
export const MATCH = 6;
const FAIL = 0;

/** By the numbers of re2js 2.10, class Inst; 8 to 11 take a character. */
const KINDS = [FAIL, CHOICE, CHOICE, CAPTURE, ASSERTION, FAIL, MATCH, PASS, RUNE, RUNE, RUNE, RUNE];
const ANY = 10;
const ANY_BUT_NEWLINE = 11;

/** What an assertion of re2js asks for. */
const BEGINS = 1 | 4;
const ENDS = 2 | 8;
const BOUNDARY = 16;
const NO_BOUNDARY = 32;

interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  /** One character, or pairs of first and last. */
  readonly runes: ArrayLike<number>;
  matchRune(rune: number): boolean;
}

interface Compiled {
  readonly inst: readonly Instruction[];
  readonly start: number;
  readonly numCap: number;
}

/** Numbers of classes stay below it: lines have them in two bytes, and one number means something else. */
const MAX_CLASSES = 0xffff;

/** @throws {PatternError} The pattern tells more characters apart than there are numbers. */
export function checkClasses(expression: RE2JS): void {
  const { inst }: Compiled = expression.re2().prog;
  let most = WORD_RANGES.length * 2 + 3;
  for (const { length } of new Set(inst.map(({ runes }) => runes))) {
    most += length === 1 ? MAX_SPELLINGS * 2 : length;
  }
  // To make the classes takes longer than most patterns deserve, which never see a line.
  if (most < MAX_CLASSES || toClasses(inst, true).count <= MAX_CLASSES) return;
  throw patternError('too many different characters', 0);
}

export function toProgram(expression: RE2JS): Program {
  const { inst, start, numCap }: Compiled = expression.re2().prog;
  const kinds = Uint8Array.from(inst, ({ op }) => KINDS[op] ?? FAIL);
  const hasAssertions = kinds.includes(ASSERTION);
  const classes = toClasses(inst, hasAssertions);
  return {
    size: inst.length,
    start,
    kinds,
    out: Int32Array.from(inst, ({ out }) => out),
    argument: Int32Array.from(inst, ({ arg }) => arg),
    before: toBefore(inst, kinds),
    slots: Math.max(2, numCap),
    classes,
    runes: placesOf(kinds, RUNE),
    matches: placesOf(kinds, MATCH),
    takes: (at, index) => isTaken(inst[at], index === 0 ? 0 : (classes.bounds[index - 1] ?? 0)),
    hasAssertions,
  };
}

function placesOf(kinds: Uint8Array, kind: number): Int32Array {
  return Int32Array.from([...kinds.keys()].filter((at) => kinds[at] === kind));
}

/** The assertions that hold between two neighbours. */
export function assertionsBetween(left: number, right: number): number {
  const begins = left === EDGE ? BEGINS : 0;
  const ends = right === EDGE ? ENDS : 0;
  const isBoundary = (left === WORD) !== (right === WORD);
  return begins | ends | (isBoundary ? BOUNDARY : NO_BOUNDARY);
}

export function classOf({ bounds }: RuneClasses, rune: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? 0) <= rune) low = middle + 1;
    else high = middle;
  }
  return low;
}

function toBefore(inst: readonly Instruction[], kinds: Uint8Array): readonly (readonly number[])[] {
  const before: number[][] = inst.map(() => []);
  for (const [at, { out, arg }] of inst.entries()) {
    const kind = kinds[at] ?? FAIL;
    if (kind === FAIL || kind === RUNE || kind === MATCH) continue;
    before[out]?.push(at);
    if (kind === CHOICE && arg !== out) before[arg]?.push(at);
  }
  return before;
}

function toClasses(inst: readonly Instruction[], hasAssertions: boolean): RuneClasses {
  const starts = new Set<number>();
  const seen = new Set<ArrayLike<number>>();
  for (const instruction of inst) {
    const { runes } = instruction;
    // Copies of an instruction share its ranges, which may be a thousand; a letter's case is of each copy.
    if (runes.length !== 1 && seen.has(runes)) continue;
    seen.add(runes);
    addBounds(instruction, starts);
  }
  if (hasAssertions) {
    for (const [first = 0, last = 0] of WORD_RANGES) starts.add(first).add(last + 1);
  }
  starts.delete(0);
  const bounds = Int32Array.from(starts).toSorted();
  const classes = { count: bounds.length + 1, ascii: new Uint16Array(128), bounds };
  const neighbours = Uint8Array.from({ length: classes.count }, (_, index) =>
    isWord(index === 0 ? 0 : (bounds[index - 1] ?? 0)) ? WORD : OTHER,
  );
  const whole = { ...classes, neighbours };
  for (let rune = 0; rune < 128; rune++) classes.ascii[rune] = classOf(whole, rune);
  return whole;
}

const WORD_RANGES = ['09', 'AZ', '__', 'az'].map((pair) => [...Buffer.from(pair)]);

function isWord(rune: number): boolean {
  return WORD_RANGES.some(([first = 0, last = 0]) => first <= rune && rune <= last);
}

function addBounds(instruction: Instruction, starts: Set<number>): void {
  const { op, runes } = instruction;
  if (op === ANY_BUT_NEWLINE) starts.add(0x0a).add(0x0b);
  if (runes.length === 1) {
    for (const rune of spellings(instruction)) starts.add(rune).add(rune + 1);
    return;
  }
  for (let index = 0; index + 1 < runes.length; index += 2) {
    starts.add(runes[index] ?? 0).add((runes[index + 1] ?? 0) + 1);
  }
}

const MAX_SPELLINGS = 4;

/** The characters that an instruction for a single one takes: more than one with `(?i)`. */
function spellings(instruction: Instruction): readonly number[] {
  const rune = instruction.runes[0] ?? 0;
  const isFolded = (instruction.arg & FOLDS_CASE) !== 0;
  if (!isFolded) return [rune];
  const known = foldsByRune.get(rune);
  if (known !== undefined) return known;
  const runes: number[] = [];
  for (let other = 0; other <= LAST_FOLD; other++) {
    if (instruction.matchRune(other)) runes.push(other);
  }
  foldsByRune.set(rune, runes);
  return runes;
}

/** re2js does not export its table of cases; asking for all characters takes some milliseconds a letter. */
const foldsByRune = new Map<number, readonly number[]>();
const FOLDS_CASE = 1;
/** Above it no character has two cases. Source: Go, regexp/syntax, maxFold. */
const LAST_FOLD = 0x1e943;

function isTaken(instruction: Instruction | undefined, rune: number): boolean {
  if (instruction === undefined) return false;
  if (instruction.op === ANY) return true;
  if (instruction.op === ANY_BUT_NEWLINE) return rune !== 0x0a;
  return instruction.matchRune(rune);
}
