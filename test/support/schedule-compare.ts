/** Holds a schedule against the walk over UTC minutes. */

import assert from 'node:assert/strict';

import { compileSchedule } from '../../agent/schedule/schedule.ts';
import { type KnownExpression, type OffsetTable, walk } from './schedule-oracle.ts';

export interface WalkedRange {
  readonly timeZone: string;
  readonly table: OffsetTable;
  readonly fromMs: number;
  readonly toMs: number;
  /** How many starts are tried, out of all due instants, the ms before each, and some in between. */
  readonly starts: number;
}

/** Fails at the first start from which `after` or `latest` finds something else than the walk. */
export function compareWithWalk(known: KnownExpression, range: WalkedRange): void {
  const { timeZone, table, fromMs, toMs } = range;
  const schedule = compileSchedule(known.expression, timeZone);
  const due = walk(known, table, range);
  const candidates = [
    ...due.flatMap((at) => [at - 1, at]),
    ...randomInstants({ fromMs, toMs }, Math.ceil(range.starts / 2)),
  ].toSorted((a, b) => a - b);

  let dueIndex = 0;
  for (const start of thin(candidates, range.starts)) {
    while ((due[dueIndex] ?? Infinity) <= start) dueIndex++;
    const where = `${known.expression} in ${timeZone} at ${toText(start)}`;
    const after = schedule.after(start);
    const latest = schedule.latest(start);
    const next = due[dueIndex];
    const previous = due[dueIndex - 1];

    if (next === undefined) assert.ok(after >= toMs, `after ${where}: ${toText(after)}`);
    else assert.equal(toText(after), toText(next), `after ${where}`);
    if (previous === undefined) assert.ok(latest < fromMs, `latest ${where}: ${toText(latest)}`);
    else assert.equal(toText(latest), toText(previous), `latest ${where}`);
  }
}

function thin(instants: readonly number[], most: number): readonly number[] {
  const step = Math.max(1, instants.length / most);
  const count = Math.min(instants.length, most);
  return Array.from({ length: count }, (_, index) => instants[Math.floor(index * step)] ?? 0);
}

/** The same in every run. */
function randomInstants(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  count: number,
): readonly number[] {
  let seed = 20_261_122;
  return Array.from({ length: count }, () => {
    seed = (seed * 1_103_515 + 12_345) % 2 ** 31;
    return fromMs + Math.floor((seed / 2 ** 31) * (toMs - fromMs));
  });
}

function toText(instantMs: number): string {
  return new Date(instantMs).toISOString();
}
