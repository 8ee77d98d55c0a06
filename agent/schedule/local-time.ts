/** The local clock of a time zone: what it shows at an instant, and when it first shows a local time. */

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** Offsets reach from -12 h to +14 h: this far from a local time, the clock is certainly before or past it. */
const REACH_MS = 26 * 3_600_000;

/**
 * Local times are written as the ms since 1970 that a clock in UTC would need to show the same,
 * so that `new Date(local).getUTCHours()` is the local hour.
 *
 * Two changes of one clock within two days are not expected: they do not occur in the time zone database from 1970 on.
 */
export class LocalClock {
  readonly #format: Intl.DateTimeFormat;

  /** @param timeZone A name that `findTimeZoneProblem` has no objection to. */
  constructor(timeZone: string) {
    // The shortest text that holds the offset, e.g. "2026, GMT+01:00": formatting is most of the cost of a call.
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      year: 'numeric',
      timeZoneName: 'longOffset',
    });
  }

  /** Local time minus UTC, in ms. */
  offsetAt(instantMs: number): number {
    return parseOffset(this.#format.format(instantMs));
  }

  toLocal(instantMs: number): number {
    return instantMs + this.offsetAt(instantMs);
  }

  /**
   * Every instant, ascending, at which the clock shows this local time: none inside a gap
   * (clocks go forward), two inside an overlap (clocks go back), else one.
   */
  instantsOf(localMs: number): readonly number[] {
    const before = this.offsetAt(localMs - REACH_MS);
    const after = this.offsetAt(localMs + REACH_MS);
    if (before === after) return [localMs - before];
    return [localMs - before, localMs - after]
      .filter((instantMs) => this.toLocal(instantMs) === localMs)
      .toSorted((a, b) => a - b);
  }

  /** The first instant at which the clock has reached the local time: in a gap its end, in an overlap the first pass. */
  resolve(localMs: number): number {
    return this.instantsOf(localMs)[0] ?? this.#gapEnd(localMs);
  }

  /** Bisects to the minute in which the clock jumps over the local time. */
  #gapEnd(localMs: number): number {
    let before = startOfMinute(localMs - REACH_MS);
    let reached = startOfMinute(localMs + REACH_MS);
    while (reached - before > MINUTE_MS) {
      const middle = startOfMinute((before + reached) / 2);
      if (this.toLocal(middle) < localMs) before = middle;
      else reached = middle;
    }
    return reached;
  }
}

/** Seconds occur in offsets of long ago. No offset at all is UTC. */
function parseOffset(text: string): number {
  const [, sign, hours = 0, minutes = 0, seconds = 0] =
    /([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ms : ms;
}

export function startOfMinute(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

export function startOfDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}
