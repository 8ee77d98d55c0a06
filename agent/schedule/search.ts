/** The two ways to find due instants: by the slots of local days, and by elapsed minutes. */

import type { DueDays } from './days.ts';
import { DAY_MS, type LocalClock, MINUTE_MS, startOfDay, startOfMinute } from './local-time.ts';

export interface Search {
  /** The first due instant after this one. */
  after(instantMs: number): number;
  /** The last due instant up to and including this one. */
  latest(instantMs: number): number;
}

/** Each slot of a due day runs when the local clock first reaches it: never twice, and in a gap at its end. */
export class SlotSearch implements Search {
  readonly #clock: LocalClock;
  readonly #days: DueDays;
  readonly #slots: readonly number[];

  /** @param slots The due times of a day, ascending, in ms since its midnight. */
  constructor(clock: LocalClock, days: DueDays, slots: readonly number[]) {
    this.#clock = clock;
    this.#days = days;
    this.#slots = slots;
  }

  after(instantMs: number): number {
    // No earlier day: the clock has reached all its slots already.
    let dayMs = this.#days.from(this.#dayOf(instantMs));
    while (this.#resolve(dayMs, this.#slots.length - 1) <= instantMs) {
      dayMs = this.#days.from(dayMs + DAY_MS);
    }
    return this.#resolve(dayMs, this.#slotsUpTo(dayMs, instantMs));
  }

  latest(instantMs: number): number {
    // An overlap may have led back over midnight: the day after has begun already, in the first pass.
    let dayMs = this.#days.upTo(this.#dayOf(instantMs) + DAY_MS);
    while (this.#resolve(dayMs, 0) > instantMs) dayMs = this.#days.upTo(dayMs - DAY_MS);
    return this.#resolve(dayMs, this.#slotsUpTo(dayMs, instantMs) - 1);
  }

  /** How many slots of the day are not after the instant. Later slots never resolve earlier, so it can be bisected. */
  #slotsUpTo(dayMs: number, instantMs: number): number {
    let low = 0;
    let high = this.#slots.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#resolve(dayMs, middle) > instantMs) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #resolve(dayMs: number, index: number): number {
    return this.#clock.resolve(dayMs + (this.#slots[index] ?? 0));
  }

  #dayOf(instantMs: number): number {
    return startOfDay(this.#clock.toLocal(instantMs));
  }
}

/** Every elapsed minute whose local day and minute match: a gap drops the labels it skips, an overlap repeats its own. */
export class MinuteSearch implements Search {
  readonly #clock: LocalClock;
  readonly #days: DueDays;
  readonly #minutes: ReadonlySet<number>;

  constructor(clock: LocalClock, days: DueDays, minutes: readonly number[]) {
    this.#clock = clock;
    this.#days = days;
    this.#minutes = new Set(minutes);
  }

  after(instantMs: number): number {
    let candidate = startOfMinute(instantMs) + MINUTE_MS;
    for (;;) {
      const localMs = this.#clock.toLocal(candidate);
      const dayMs = startOfDay(localMs);
      if (!this.#days.isDue(dayMs)) {
        const begin = this.#clock.resolve(this.#days.from(dayMs + DAY_MS));
        candidate = Math.max(begin, candidate + MINUTE_MS);
      } else if (this.#isDueMinute(localMs)) {
        return candidate;
      } else {
        candidate += MINUTE_MS;
      }
    }
  }

  latest(instantMs: number): number {
    let candidate = startOfMinute(instantMs);
    for (;;) {
      const localMs = this.#clock.toLocal(candidate);
      const dayMs = startOfDay(localMs);
      if (!this.#days.isDue(dayMs)) {
        const end = this.#clock.resolve(this.#days.upTo(dayMs - DAY_MS) + DAY_MS);
        candidate = Math.min(end, candidate) - MINUTE_MS;
      } else if (this.#isDueMinute(localMs)) {
        return candidate;
      } else {
        candidate -= MINUTE_MS;
      }
    }
  }

  #isDueMinute(localMs: number): boolean {
    return this.#minutes.has(new Date(localMs).getUTCMinutes());
  }
}
