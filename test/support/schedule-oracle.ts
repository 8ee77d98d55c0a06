/**
 * What a schedule should do, by walking over UTC minutes and reading a clock that Node's Intl sets.
 *
 * Shares nothing with agent/schedule: an expression comes with its meaning as a predicate, and a local time that the
 * clock skips or shows twice is found by watching the clock.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A local minute, its fields as in a cron expression. */
interface LocalMinute {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

export interface KnownExpression {
  readonly expression: string;
  readonly isDue: (local: LocalMinute) => boolean;
  /** The hour field covers all hours: elapsed minutes count, not local times. */
  readonly isElapsed?: true;
}

export const KNOWN_EXPRESSIONS: readonly KnownExpression[] = [
  { expression: '30 2 * * *', isDue: ({ hour, minute }) => hour === 2 && minute === 30 },
  { expression: '@daily', isDue: ({ hour, minute }) => hour === 0 && minute === 0 },
  { expression: '59 23 * * *', isDue: ({ hour, minute }) => hour === 23 && minute === 59 },
  {
    expression: '*/10 0-3 * * *',
    isDue: ({ hour, minute }) => hour <= 3 && minute % 10 === 0,
  },
  {
    expression: '5/20 */2 * * ?',
    isDue: ({ hour, minute }) => hour % 2 === 0 && [5, 25, 45].includes(minute),
  },
  { expression: '@hourly', isDue: ({ minute }) => minute === 0, isElapsed: true },
  {
    expression: '*/15 * * * SUN',
    isDue: ({ minute, weekday }) => minute % 15 === 0 && weekday === 0,
    isElapsed: true,
  },
  {
    expression: '15 2 31 * *',
    isDue: ({ minute, hour, day }) => minute === 15 && hour === 2 && day === 31,
  },
  {
    expression: '0 1 1 JAN,APR,JUL,OCT *',
    isDue: ({ minute, hour, day, month }) =>
      minute === 0 && hour === 1 && day === 1 && month % 3 === 1,
  },
  {
    expression: '15,45 1-2 13,31 * 5-7',
    isDue: ({ minute, hour, day, weekday }) =>
      minute % 30 === 15 &&
      (hour === 1 || hour === 2) &&
      (day === 13 || day === 31 || [5, 6, 0].includes(weekday)),
  },
];

/** Gaps and overlaps of an hour at night, at midnight, of half an hour and of two hours, around Ramadan, and none at all. */
export const TIME_ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'Africa/Cairo',
  'Antarctica/Troll',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Pacific/Chatham',
  'Atlantic/Azores',
  'America/Santiago',
  'Asia/Kathmandu',
  'UTC',
] as const;

/** Offsets from UTC in a time zone, as stretches in which the offset does not change. */
export class OffsetTable {
  /** The first stretch begins with the table. */
  readonly stretches: readonly { readonly fromMs: number; readonly offsetMs: number }[];

  /** Reads the clock every hour, and every minute of an hour in which it was moved. */
  constructor(timeZone: string, fromMs: number, toMs: number) {
    const read = clockReader(timeZone);
    const stretches = [{ fromMs, offsetMs: read(fromMs) }];
    for (let hourMs = fromMs; hourMs < toMs; hourMs += HOUR_MS) {
      if (read(hourMs + HOUR_MS) === stretches.at(-1)?.offsetMs) continue;
      for (let at = hourMs + MINUTE_MS; at <= hourMs + HOUR_MS; at += MINUTE_MS) {
        const offsetMs = read(at);
        if (offsetMs !== stretches.at(-1)?.offsetMs) stretches.push({ fromMs: at, offsetMs });
      }
    }
    this.stretches = stretches;
  }

  /** When the clock was moved. */
  get transitions(): readonly number[] {
    return this.stretches.slice(1).map(({ fromMs }) => fromMs);
  }
}

/** Every due instant in [fromMs, toMs), ascending. */
export function walk(
  { isDue, isElapsed }: KnownExpression,
  table: OffsetTable,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly number[] {
  const found: number[] = [];
  // Two days ahead of the range: by then the clock has shown everything that it may show again.
  const beginMs = fromMs - 2 * DAY_MS;
  const toLocal = localClock(table);
  const isDueAt =
    isElapsed === true
      ? (localMs: number) => isDue(toLocalMinute(localMs))
      : firstShown(isDue, toLocal(beginMs));
  for (let at = beginMs; at < toMs; at += MINUTE_MS) {
    if (isDueAt(toLocal(at)) && at >= fromMs) found.push(at);
  }
  return found;
}

/** What the clock shows at an instant; each call with a later one. */
function localClock({ stretches }: OffsetTable): (instantMs: number) => number {
  let index = 0;
  return (instantMs) => {
    while ((stretches[index + 1]?.fromMs ?? Infinity) <= instantMs) index++;
    return instantMs + (stretches[index]?.offsetMs ?? Number.NaN);
  };
}

/** Whether something is due among what the clock has not shown before: nothing in an overlap, after a gap all that it skipped. */
function firstShown(
  isDue: (local: LocalMinute) => boolean,
  beginLocalMs: number,
): (localMs: number) => boolean {
  let shownMs = beginLocalMs - MINUTE_MS;
  return (localMs) => {
    let isFound = false;
    while (shownMs < localMs) {
      shownMs += MINUTE_MS;
      if (isDue(toLocalMinute(shownMs))) isFound = true;
    }
    return isFound;
  };
}

function toLocalMinute(localMs: number): LocalMinute {
  const date = new Date(localMs);
  return {
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay(),
  };
}

function clockReader(timeZone: string): (instantMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (instantMs) => {
    const [month = 0, day, year = 0, hour, minute] = (
      format.format(instantMs).match(/\d+/g) ?? []
    ).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute) - instantMs;
  };
}
