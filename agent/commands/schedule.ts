/** `schedule`: the next runs, in UTC and on the local clock, with what is odd about them. */

import { toRfc3339 } from '../clock.ts';
import { AgentError } from '../errors.ts';
import type { Oddity } from '../schedule/oddity.ts';
import { compileSchedule, type Schedule } from '../schedule/schedule.ts';
import type { CommandContext } from './context.ts';
import { readSettings } from './settings.ts';

const EXIT_NONE = 1;
const EXIT_USAGE = 2;

const MAX_COUNT = 10_000;

/** The command. Exit code 1 when nothing is scheduled, 2 when an option is wrong. */
export function schedule(
  context: CommandContext,
  options: { readonly count: string; readonly from?: string },
): number {
  const { stderr } = context;
  const count = /^\d{1,9}$/.test(options.count) ? Number(options.count) : 0;
  const fromMs = options.from === undefined ? Date.now() : parseInstant(options.from);
  const isCount = count >= 1 && count <= MAX_COUNT;
  if (!isCount) {
    stderr.write(`--count must be a whole number from 1 to ${MAX_COUNT}, not ${options.count}\n`);
  }
  if (fromMs === undefined) {
    stderr.write(`--from must be an instant such as 2026-11-22T02:00:00Z, not ${options.from}\n`);
  }
  if (!isCount || fromMs === undefined) return EXIT_USAGE;
  const { schedule: expression, timeZone, minIntervalMs, suspend } = readSettings(context);
  if (suspend) stderr.write('SUSPEND is set: no run starts until it is taken back\n');
  return printSchedule({ expression, timeZone, minIntervalMs, count, fromMs }, context);
}

export interface PrintOptions {
  readonly expression: string | undefined;
  readonly timeZone: string;
  readonly minIntervalMs: number;
  readonly count: number;
  /** The first run is at this instant or later. */
  readonly fromMs: number;
}

/** Prints one run a line; when there is none the reason, on stderr. Gives back the exit code. */
export function printSchedule(
  { expression, timeZone, minIntervalMs, count, fromMs }: PrintOptions,
  { stdout, stderr }: Pick<CommandContext, 'stdout' | 'stderr'>,
): number {
  if (expression === undefined) {
    stderr.write('SCHEDULE is not set: no run is scheduled\n');
    return EXIT_NONE;
  }
  try {
    const compiled = compileSchedule(expression, timeZone);
    let instantMs = compiled.after(fromMs - 1);
    let remark: string | undefined;
    for (let printed = 0; printed < count; printed++) {
      const oddity = compiled.oddityAt(instantMs);
      const remarks = [oddity === undefined ? undefined : oddityInWords(oddity), remark];
      stdout.write(`${toLine(compiled, instantMs)}${inBrackets(remarks)}\n`);
      const soonestMs = compiled.after(instantMs);
      instantMs = compiled.after(instantMs + Math.max(0, minIntervalMs - 1));
      remark = instantMs > soonestMs ? 'MIN_INTERVAL passes over what is due before' : undefined;
    }
    return 0;
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    stderr.write(`${error.code}: ${error.message}\n`);
    return EXIT_NONE;
  }
}

function toLine(compiled: Schedule, instantMs: number): string {
  const localMs = compiled.toLocal(instantMs);
  const local = `${new Date(localMs).toISOString().slice(0, 19)}${toOffset(localMs - instantMs)}`;
  return `${toRfc3339(instantMs)}  ${local} ${compiled.timeZone}`;
}

function inBrackets(remarks: readonly (string | undefined)[]): string {
  return remarks.map((remark) => (remark === undefined ? '' : `  (${remark})`)).join('');
}

/** `+01:00`. */
function toOffset(offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / 60_000;
  const [hour, minute] = [Math.floor(minutes / 60), Math.floor(minutes % 60)];
  const sign = offsetMs < 0 ? '-' : '+';
  return `${sign}${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

function oddityInWords(oddity: Oddity): string {
  if (oddity.kind === 'gap') {
    const skipped = new Date(oddity.skippedLocalMs).toISOString().slice(11, 16);
    return `clocks go forward over ${skipped}: runs right after`;
  }
  const pass = oddity.passNumber === 1 ? 'first' : 'second';
  const runs = oddity.runs === 'first' ? 'runs the first time only' : `here the ${pass} time`;
  return `clocks go back: this time comes twice, ${runs}`;
}

/** RFC 3339, whose offset may not be left out: `2026-11-22T02:00:00Z`. */
function parseInstant(text: string): number | undefined {
  const isInstant = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i.test(
    text,
  );
  const instantMs = isInstant ? Date.parse(text.replace(' ', 'T').toUpperCase()) : Number.NaN;
  return Number.isNaN(instantMs) ? undefined : instantMs;
}
