/**
 * Finds all matches of a pattern in a line in time linear in its length, however many there are.
 *
 * Once `line-sets.ts` has noted from where the pattern can be completed, the first way that can be is taken, from the
 * line's start to its end, and none is taken back. That is the match which Go finds: leftmost, then by the order of the
 * alternatives. Source: Frisch and Cardelli, "Greedy regular expression matching" (2004).
 */

import {
  type Bounds,
  CONTINUED,
  type LineSets,
  lineSets,
  type Stretch,
  scratch,
} from './line-sets.ts';
import { ASSERTION, CAPTURE, CHOICE, MATCH, PASS, type Program, RUNE } from './program.ts';

export interface Search {
  /**
   * Whether the line has a match.
   *
   * To be called before `find`, which holds for this line until another one is prepared, of whatever pattern.
   */
  prepare(line: Stretch): boolean;
  /**
   * Whether there is a match from an index on, counted from the line's start; `slots` then tells of it.
   *
   * @param from Not before the end of the match that was found last.
   */
  find(from: number): boolean;
  /** Start and end of the match, then of each group: indexes from the line's start, -1 where a group took no part. */
  readonly slots: Int32Array;
}

export function search(program: Program, bounds?: Bounds): Search {
  const sets = lineSets(program, bounds);
  const walker: Walker = {
    program,
    sets,
    slots: new Int32Array(program.slots),
    seen: new Int32Array(program.size),
    visit: 0,
    stack: [],
  };
  return {
    slots: walker.slots,
    prepare: (line) => sets.mark(line),
    find(from) {
      const at = sets.nextStart(from);
      if (at < 0) return false;
      walk(walker, at);
      return true;
    },
  };
}

interface Walker {
  readonly program: Program;
  readonly sets: LineSets;
  readonly slots: Int32Array;
  /** By instruction: the visit in which it was last come to. */
  readonly seen: Int32Array;
  visit: number;
  /** Ways not taken yet, and values to put back into slots: `instruction, 0` or `-1 - slot, value`. */
  readonly stack: number[];
}

/** Notes in `slots` the match that begins at a place. */
function walk(walker: Walker, from: number): void {
  const { program, slots } = walker;
  const { kinds, out } = program;
  slots.fill(-1);
  let at = from;
  let next = leaf(walker, program.start, at);
  while (kinds[next] === RUNE) {
    at++;
    while (scratch.classes[at] === CONTINUED) at++;
    next = out[next] ?? 0;
    // What a character leads to can be completed: only where there is a choice is there something to find out.
    if (kinds[next] !== RUNE) next = leaf(walker, next, at);
  }
  slots[0] = from;
  slots[1] = at;
}

/** From an instruction at a place to the next one that takes a character, or to the match, by the order of choices. */
// oxlint-disable-next-line complexity -- one loop over the instructions of a machine
function leaf(walker: Walker, from: number, at: number): number {
  const { program, sets, slots, seen, stack } = walker;
  const { kinds, out, argument } = program;
  const visit = ++walker.visit;
  stack.length = 0;
  const row = sets.rowAt(at);
  const { members } = sets;
  let next = from;
  for (;;) {
    const isOpen = members[row + next] === 1 && seen[next] !== visit;
    seen[next] = visit;
    const kind = isOpen ? kinds[next] : undefined;
    if (kind === RUNE || kind === MATCH) return next;
    if (kind === CHOICE) stack.push(argument[next] ?? 0, 0);
    if (kind === CAPTURE) {
      const slot = argument[next] ?? 0;
      stack.push(-1 - slot, slots[slot] ?? -1);
      slots[slot] = at;
    }
    const isOn = kind === CHOICE || kind === CAPTURE || kind === ASSERTION || kind === PASS;
    next = isOn ? (out[next] ?? 0) : wayBack(stack, slots);
  }
}

function wayBack(stack: number[], slots: Int32Array): number {
  for (;;) {
    const value = stack.pop();
    const way = stack.pop();
    if (value === undefined || way === undefined) throw new Error('no way to a match foreseen');
    if (way >= 0) return way;
    slots[-1 - way] = value;
  }
}
