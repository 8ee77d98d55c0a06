/** What a change of the local clock does to a due instant, for people who look at the next runs. */

import type { DueDays } from './days.ts';
import { DAY_MS, type LocalClock, MINUTE_MS, startOfDay } from './local-time.ts';

export type Oddity =
  /** The clock jumps over a local time that is due: it runs when the jump is over. */
  | { readonly kind: 'gap'; readonly skippedLocalMs: number }
  /** The clock shows this local time twice; `runs` says how often it is due. */
  | { readonly kind: 'repeated'; readonly passNumber: 1 | 2; readonly runs: 'first' | 'both' };

export interface OddityParts {
  readonly clock: LocalClock;
  readonly days: DueDays;
  readonly slots: readonly number[];
  /** Every elapsed minute that matches is due. */
  readonly isElapsed: boolean;
}

/** @param instantMs A due instant. */
export function findOddity(instantMs: number, parts: OddityParts): Oddity | undefined {
  const { clock, isElapsed } = parts;
  const localMs = clock.toLocal(instantMs);
  const passes = clock.instantsOf(localMs);
  if (passes.length > 1) {
    const passNumber = passes[0] === instantMs ? 1 : 2;
    return { kind: 'repeated', passNumber, runs: isElapsed ? 'both' : 'first' };
  }
  const skippedLocalMs = isElapsed ? undefined : findSkipped(instantMs, parts);
  return skippedLocalMs === undefined ? undefined : { kind: 'gap', skippedLocalMs };
}

/** The first due local time that the clock jumped over to reach this instant. */
function findSkipped(instantMs: number, { clock, days, slots }: OddityParts): number | undefined {
  const gapStart = clock.toLocal(instantMs - MINUTE_MS) + MINUTE_MS;
  const gapEnd = clock.toLocal(instantMs);
  for (let dayMs = startOfDay(gapStart); dayMs < gapEnd; dayMs += DAY_MS) {
    const slot = slots.find((slotMs) => dayMs + slotMs >= gapStart && dayMs + slotMs < gapEnd);
    if (slot !== undefined && days.isDue(dayMs)) return dayMs + slot;
  }
  return undefined;
}
