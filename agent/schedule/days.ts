/** Which days are due. A day is written as its midnight in UTC, in ms, whatever the time zone. */

import type { ScheduleFields } from './expression.ts';
import { DAY_MS } from './local-time.ts';

/** 29 February comes again after 8 years at the latest, around 2100. */
const MAX_STEPS = 9 * 366;

/** Days by the rule of cron and Kubernetes: day of month OR day of week when both are restricted, else both. */
export class DueDays {
  readonly #months: ReadonlySet<number>;
  readonly #daysOfMonth: ReadonlySet<number>;
  readonly #daysOfWeek: ReadonlySet<number>;
  readonly #isEitherDay: boolean;

  /** @param fields Of an expression that is due some day. */
  constructor(fields: ScheduleFields) {
    this.#months = new Set(fields.months);
    this.#daysOfMonth = new Set(fields.daysOfMonth);
    this.#daysOfWeek = new Set(fields.daysOfWeek);
    this.#isEitherDay = fields.isEitherDay;
  }

  isDue(dayMs: number): boolean {
    const date = new Date(dayMs);
    return this.#isInMonth(date) && this.#isDayDue(date);
  }

  /** The first due day from this one on. */
  from(dayMs: number): number {
    return this.#search(dayMs, 1);
  }

  /** The last due day up to this one. */
  upTo(dayMs: number): number {
    return this.#search(dayMs, -1);
  }

  #search(dayMs: number, direction: 1 | -1): number {
    let date = new Date(dayMs);
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      if (!this.#isInMonth(date)) date = leaveMonth(date, direction);
      else if (this.#isDayDue(date)) return date.getTime();
      else date = new Date(date.getTime() + direction * DAY_MS);
    }
    throw new Error(`no due day within nine years of ${new Date(dayMs).toISOString()}`);
  }

  #isInMonth(date: Date): boolean {
    return this.#months.has(date.getUTCMonth() + 1);
  }

  #isDayDue(date: Date): boolean {
    const isDay = this.#daysOfMonth.has(date.getUTCDate());
    const isWeekday = this.#daysOfWeek.has(date.getUTCDay());
    return this.#isEitherDay ? isDay || isWeekday : isDay && isWeekday;
  }
}

/** The first day of the next month, or the last of the previous one. */
function leaveMonth(date: Date, direction: 1 | -1): Date {
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  return new Date(direction === 1 ? Date.UTC(year, month + 1, 1) : Date.UTC(year, month, 0));
}
