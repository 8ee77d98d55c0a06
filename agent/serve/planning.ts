/** The schedule inside `serve`: due instants become runs, passed ones become records, the cursor is kept. */

import { type Clock, toRfc3339 } from '../clock.ts';
import type { AgentConfig } from '../config/fields.ts';
import type { Logger } from '../log.ts';
import type { SkipReason } from '../run/record.ts';
import type { Runner } from '../run/runner.ts';
import { jitterMs } from '../schedule/jitter.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { Scheduler } from '../schedule/scheduler.ts';
import type { RememberedState } from '../state/remembered.ts';
import type { Cursor } from '../state/state.ts';

export interface PlanningParts {
  readonly schedule: Schedule;
  readonly config: AgentConfig;
  readonly runner: Runner;
  readonly state: RememberedState;
  /** For the jitter. */
  readonly installationId: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** @returns Once the cursor is stored: from then on no instant is forgotten over a restart. */
export async function planRuns(parts: PlanningParts, signal: AbortSignal): Promise<Scheduler> {
  const { schedule, config, runner, state, clock, log } = parts;
  function cursorOf(instantMs: number): Cursor {
    const { expression, timeZone } = schedule;
    return { expression, timeZone, scheduledAt: toRfc3339(instantMs) };
  }
  async function setCursor(instantMs: number): Promise<void> {
    await state.update((current) => ({ ...current, cursor: cursorOf(instantMs) }), signal);
  }
  if (!isSameSchedule(state.last.cursor, schedule)) await setCursor(clock.now());
  let lastPassed: SkipReason | undefined;
  const startedAtMs = clock.now();
  return new Scheduler({
    schedule,
    policy: {
      missedRun: config.missedRun,
      missedRunDeadlineMs: config.missedRunDeadlineMs,
      minIntervalMs: config.minIntervalMs,
      isSuspended: config.suspend,
    },
    jitterMs: jitterMs(parts.installationId, config.scheduleJitterMs),
    cursorAtMs: () => {
      const { cursor } = state.last;
      // Another pod's schedule may differ during a rollout; ours then counts from this start.
      return isSameSchedule(cursor, schedule) ? Date.parse(cursor.scheduledAt) : startedAtMs;
    },
    lastRunAtMs: () => lastRunAtMs(state),
    onDue: async ({ scheduledAtMs, trigger }) => {
      lastPassed = undefined;
      const cursor = cursorOf(scheduledAtMs);
      const result = await runner.start({ trigger, scheduledAtMs, cursor });
      if (result.kind === 'claimed-elsewhere') {
        log.info({ scheduledAt: cursor.scheduledAt }, 'instant is run by another pod');
      }
    },
    onPassed: async ({ scheduledAtMs, reason }) => {
      const cursor = cursorOf(scheduledAtMs);
      // One record tells of a row of them: a suspended year must not push the last real run out of the history.
      if (reason === lastPassed) await runner.pass(cursor);
      else await runner.skip({ trigger: 'schedule', scheduledAtMs, cursor }, reason);
      lastPassed = reason;
    },
    onCursorAhead: setCursor,
    clock,
    log,
  });
}

function isSameSchedule(cursor: Cursor | undefined, schedule: Schedule): cursor is Cursor {
  return cursor?.expression === schedule.expression && cursor.timeZone === schedule.timeZone;
}

/** The newest run's scheduled instant, else its start. */
function lastRunAtMs({ last }: RememberedState): number | undefined {
  const instants = last.records
    .filter(({ outcome }) => outcome !== 'skipped')
    .map(({ scheduledAt, startedAt }) => Date.parse(scheduledAt ?? startedAt));
  return instants.length === 0 ? undefined : Math.max(...instants);
}
