/** What one rule hides may show another something: lines are redacted until nothing changes. */

import { MASK } from './rules.ts';

/**
 * The line after as many turns as change it. One that still changes after the last of them is hidden whole.
 *
 * @param mostTurns Bounds the time too.
 */
export function atRest(line: string, mostTurns: number, turn: (line: string) => string): string {
  let text = line;
  for (let turns = 0; turns < mostTurns; turns += 1) {
    const next = turn(text);
    if (next === text) return text;
    text = next;
  }
  return MASK;
}
