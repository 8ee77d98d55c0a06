/** The answer of /last-run. */

import { toRfc3339 } from '../clock.ts';
import type { RunRecord } from '../run/record.ts';

export interface LastRunView {
  /** The last that was not skipped. */
  readonly lastRun: RunRecord | null;
  readonly lastDelivered: RunRecord | null;
  /** RFC 3339. */
  readonly nextRunAt: string | null;
  readonly state: 'idle' | 'armed' | 'running' | 'suspended';
  /** Why it is idle. */
  readonly reason: string | null;
  /** Undelivered bundles. */
  readonly spool: {
    readonly bundles: number;
    readonly bytes: number;
    readonly oldestAt: string | null;
  };
}

export interface LastRunFacts {
  readonly lastRun: RunRecord | undefined;
  readonly lastDelivered: RunRecord | undefined;
  readonly nextRunAtMs: number | undefined;
  readonly isRunning: boolean;
  readonly isSuspended: boolean;
  /** Why nothing is scheduled: unset or refused settings. */
  readonly idleReason: string | undefined;
  readonly spool: LastRunView['spool'];
  /** The configured destination's origin and path. */
  readonly destination: string | undefined;
}

/** A record as any pod may see it: which collectors ran, and their errors, tell much of the cluster. */
type PublicRecord = Omit<RunRecord, 'collectors'>;

export interface PublicLastRunView extends Omit<LastRunView, 'lastRun' | 'lastDelivered'> {
  readonly lastRun: PublicRecord | null;
  readonly lastDelivered: PublicRecord | null;
}

/** What the agent does is told before what it would do: a run under way hides an idle schedule. */
export function lastRunView(facts: LastRunFacts): LastRunView {
  const { lastRun, lastDelivered, nextRunAtMs, idleReason, spool, destination } = facts;
  return {
    lastRun: lastRun === undefined ? null : withDestination(lastRun, destination),
    lastDelivered: lastDelivered === undefined ? null : withDestination(lastDelivered, destination),
    nextRunAt: nextRunAtMs === undefined ? null : toRfc3339(nextRunAtMs),
    state: stateOf(facts),
    reason: idleReason ?? null,
    spool,
  };
}

/** The record with the configured destination, which the stored state does not hold. */
export function withDestination(record: RunRecord, destination: string | undefined): RunRecord {
  const { delivery } = record;
  if (delivery === null || delivery.destination !== null || destination === undefined) {
    return record;
  }
  return { ...record, delivery: { ...delivery, destination } };
}

export function withoutCollectors(view: LastRunView): PublicLastRunView {
  return {
    ...view,
    lastRun: toPublic(view.lastRun),
    lastDelivered: toPublic(view.lastDelivered),
  };
}

function toPublic(record: RunRecord | null): PublicRecord | null {
  if (record === null) return null;
  const { collectors: _withheld, ...shown } = record;
  return shown;
}

function stateOf({ isRunning, isSuspended, idleReason }: LastRunFacts): LastRunView['state'] {
  if (isRunning) return 'running';
  if (isSuspended) return 'suspended';
  return idleReason === undefined ? 'armed' : 'idle';
}
