/** The beat: makes the scheduler look at the clock every minute, and at once after the clock was moved. */

import { schedule as scheduleTask } from 'node-cron';

import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';

/** Calls `onBeat` again and again until the signal aborts; resolves then. */
export type Beat = (onBeat: () => void, signal: AbortSignal) => Promise<void>;

/** In UTC, because node-cron drops and doubles beats where local clocks change. */
const EVERY_MINUTE = '* * * * *';

const GUARD_INTERVAL_MS = 1_000;

/** Slower corrections than this much in a second are those that NTP spreads out; timers follow them by themselves. */
const STEP_MS = 1_000;

/**
 * node-cron's timer, guarded: it waits for a moment of the wall clock, so that a clock that is set back would
 * silence it for the length of the step. Within a second of a step it is armed anew, and `onBeat` is called.
 *
 * @param expression Tests pass one that does not take a minute.
 */
export function minuteBeat(
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  expression: string = EVERY_MINUTE,
): Beat {
  return async (onBeat, signal) => {
    if (signal.aborted) return;
    const task = scheduleTask(expression, onBeat, {
      timezone: 'UTC',
      // A beat that a busy process delays is still worth having; what is due depends on the clock alone.
      missedExecutionTolerance: 60_000,
      suppressMissedWarning: true,
      logger: toCronLogger(log),
    });
    try {
      await watchClock(
        clock,
        async (stepMs) => {
          log.warn({ stepMs }, 'clock was moved');
          await task.stop();
          await task.start();
          onBeat();
        },
        signal,
      );
    } finally {
      await task.destroy();
    }
  };
}

/** Tells of every step of the wall clock of more than a second, forwards or backwards, until the signal aborts. */
export async function watchClock(
  clock: Clock,
  onStep: (stepMs: number) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let offsetMs = clock.now() - clock.elapsed();
  while (!signal.aborted) {
    await clock.sleep(GUARD_INTERVAL_MS, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    const currentMs = clock.now() - clock.elapsed();
    const stepMs = Math.round(currentMs - offsetMs);
    offsetMs = currentMs;
    if (!signal.aborted && Math.abs(stepMs) > STEP_MS) await onStep(stepMs);
  }
}

/** node-cron would write to the console. */
function toCronLogger(log: Logger) {
  return {
    debug: (message: string | Error) => log.debug({ reason: String(message) }, 'node-cron'),
    info: (message: string) => log.debug({ reason: message }, 'node-cron'),
    warn: (message: string) => log.warn({ reason: message }, 'node-cron'),
    error: (message: string | Error) => log.error({ reason: String(message) }, 'node-cron'),
  };
}
