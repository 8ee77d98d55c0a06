/** What becomes of a due instant: a pure rule over the settings and how late it is. */

import { isTooClose } from './min-interval.ts';

/** Why an instant is passed over. Each is a reason that a run record knows. */
export type PassReason = 'suspended' | 'missed' | 'deadline' | 'min-interval';

export type Verdict =
  | { readonly kind: 'run'; readonly trigger: 'schedule' | 'missed' }
  | { readonly kind: 'pass'; readonly reason: PassReason };

export interface SchedulePolicy {
  /** MISSED_RUN: after downtime, one run for all that was missed, or none. */
  readonly missedRun: 'run' | 'skip';
  /** MISSED_RUN_DEADLINE: misses older than this are passed over; undefined: until the next instant, so the newest never is. */
  readonly missedRunDeadlineMs: number | undefined;
  readonly minIntervalMs: number;
  readonly isSuspended: boolean;
}

/** The beat comes once a minute, so that a start up to this late is on time. */
const ON_TIME_MS = 60_000;

/** @param due `lateMs` counts from the moment at which it should have started, jitter included. */
export function judge(
  due: { readonly scheduledAtMs: number; readonly lateMs: number },
  policy: SchedulePolicy,
  lastRunAtMs: number | undefined,
): Verdict {
  const isOnTime = due.lateMs <= ON_TIME_MS;
  const deadlineMs = policy.missedRunDeadlineMs ?? Number.POSITIVE_INFINITY;
  if (policy.isSuspended) return pass('suspended');
  if (!isOnTime && policy.missedRun === 'skip') return pass('missed');
  if (!isOnTime && due.lateMs > deadlineMs) return pass('deadline');
  if (isTooClose(due.scheduledAtMs, lastRunAtMs, policy.minIntervalMs)) return pass('min-interval');
  return { kind: 'run', trigger: isOnTime ? 'schedule' : 'missed' };
}

function pass(reason: PassReason): Verdict {
  return { kind: 'pass', reason };
}
