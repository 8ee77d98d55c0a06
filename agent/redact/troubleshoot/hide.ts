/** What a rule is, and how the text that it finds is masked. */

import { Parts } from '../parts.ts';
import { MASK, type OnHidden } from '../rules.ts';

/** One rule on one line. */
export interface Rule {
  readonly name: string;
  /** How many places each match masks. */
  readonly masksPerMatch: 1 | 2 | 4;
  /**
   * Start and end of each place to mask, in order, `masksPerMatch` pairs for each match; everything else of a match is kept.
   *
   * @param line Without its `\n`.
   */
  readonly find: (line: string) => readonly number[];
  /** Whether a place needs no mask, when marks are kept. Left out: if it holds nothing but marks. */
  readonly isMarked?: IsDone;
}

type IsDone = (line: string, start: number, end: number) => boolean;

export interface Hiding {
  /** Leaves a match alone of which only earlier marks would be masked. */
  readonly keepsMarks: boolean;
  readonly onHidden: OnHidden;
}

/** No match, for `Rule.find`: most lines have none. */
export const NOTHING: readonly number[] = [];

/** @returns The line with the rule's matches masked: the same string where that changes nothing. */
export function hide(line: string, rule: Rule, { keepsMarks, onHidden }: Hiding): string {
  const places = rule.find(line);
  if (places.length === 0) return line;

  const isDone = keepsMarks ? (rule.isMarked ?? isMarked) : isMask;
  const step = rule.masksPerMatch * 2;
  const parts = new Parts();
  let copiedTo = 0;
  for (let match = 0; match < places.length; match += step) {
    if (isLeft(match)) continue;
    for (let place = match; place < match + step; place += 2) {
      parts.add(line.slice(copiedTo, places[place]), MASK);
      copiedTo = places[place + 1] ?? 0;
    }
    onHidden(rule.name);
  }
  return copiedTo === 0 ? line : parts.with(line.slice(copiedTo));

  function isLeft(match: number): boolean {
    for (let place = match; place < match + step; place += 2) {
      if (!isDone(line, places[place] ?? 0, places[place + 1] ?? 0)) return false;
    }
    return true;
  }
}

function isMask(line: string, start: number, end: number): boolean {
  return end - start === MASK.length && line.startsWith(MASK, start);
}

const FIRST_MARK = /\*+HIDDEN\*+/y;

/** Whether the place holds marks only, of which one may run into the next. */
const isMarked = marksJoinedBy('');

/**
 * Tells whether a place holds marks only. A word boundary parts a mark between its asterisks and its word, so a place may
 * begin or end inside one; and text that was masked again has more asterisks.
 *
 * @param joint Pattern for what else may stand between two marks.
 */
export function marksJoinedBy(joint: string): IsDone {
  const nextMark = new RegExp(joint === '' ? 'HIDDEN\\*+' : `(?:(?:${joint})\\*+)?HIDDEN\\*+`, 'y');
  return (line, start, end) => {
    const first = line[start];
    if (start === end || (first !== '*' && first !== 'H')) return false;

    let from = start;
    while (line[from - 1] === '*') from -= 1;
    let to = end;
    while (line[to] === '*') to += 1;

    let at = matchEnd(FIRST_MARK, line, from);
    while (at !== -1 && at < to) at = matchEnd(nextMark, line, at);
    return at === to;
  };
}

function matchEnd(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(line) ? pattern.lastIndex : -1;
}
