/** A schedule: the instants at which an expression is due in a time zone, forwards and backwards. */

import { AgentError } from '../errors.ts';
import { DueDays } from './days.ts';
import { findExpressionProblems, parseExpression, type ScheduleFields } from './expression.ts';
import { LocalClock, MINUTE_MS } from './local-time.ts';
import { findOddity, type Oddity } from './oddity.ts';
import { MinuteSearch, type Search, SlotSearch } from './search.ts';
import { findTimeZoneProblem } from './time-zone.ts';

/**
 * Instants in ms since 1970, always whole minutes:
 *
 * - A local time in a gap (clocks go forward) runs once, at the first valid instant after it.
 * - One that comes twice (clocks go back) runs once, in the first pass.
 * - When the hour field covers all hours, every matching elapsed minute runs, as with a CronJob: a quarter of an hour stays one.
 */
export interface Schedule extends Search {
  readonly expression: string;
  readonly timeZone: string;
  /** What the clock on the wall shows, in the way of `LocalClock`. */
  toLocal(instantMs: number): number;
  /** What a person should know about a due instant: a change of the clock moved or doubled it. */
  oddityAt(instantMs: number): Oddity | undefined;
}

/**
 * The schedule, ready for any number of calls.
 *
 * @throws {AgentError} SCHEDULE_INVALID: with every problem of expression and time zone, and what to write instead.
 * @throws {AgentError} SCHEDULE_NEVER: no day is ever due, e.g. 30 February.
 */
export function compileSchedule(expression: string, timeZone: string): Schedule {
  const timeZoneProblem = findTimeZoneProblem(timeZone);
  if (timeZoneProblem !== undefined) {
    const problems = findExpressionProblems(expression);
    throw new AgentError('SCHEDULE_INVALID', [timeZoneProblem, ...problems].join('; '));
  }
  const fields = parseExpression(expression);
  const clock = new LocalClock(timeZone);
  const days = new DueDays(fields);
  const slots = slotsOf(fields);
  const isElapsed = fields.hours.length === 24;
  const search = isElapsed
    ? new MinuteSearch(clock, days, fields.minutes)
    : new SlotSearch(clock, days, slots);
  return {
    expression,
    timeZone,
    after: (instantMs) => search.after(instantMs),
    latest: (instantMs) => search.latest(instantMs),
    toLocal: (instantMs) => clock.toLocal(instantMs),
    oddityAt: (instantMs) => findOddity(instantMs, { clock, days, slots, isElapsed }),
  };
}

function slotsOf({ hours, minutes }: ScheduleFields): readonly number[] {
  return hours.flatMap((hour) => minutes.map((minute) => (hour * 60 + minute) * MINUTE_MS));
}
