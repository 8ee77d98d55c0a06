/** What the HTTP routes and the metrics see of the agent. */

import { toRfc3339 } from '../clock.ts';
import type { AgentConfig } from '../config/fields.ts';
import { AgentError } from '../errors.ts';
import { type LastRunView, lastRunView, withDestination } from '../report/last-run.ts';
import type { GaugeFacts } from '../report/metrics.ts';
import type { ReportSource, Verdict } from '../report/source.ts';
import type { RunRecord } from '../run/record.ts';
import type { Runner } from '../run/runner.ts';
import type { Scheduler } from '../schedule/scheduler.ts';
import type { Spool } from '../spool/spool.ts';
import { findRecord, lastDelivered, lastRun } from '../state/history.ts';
import type { RememberedState } from '../state/remembered.ts';
import type { Delivery } from '../upload/deliver.ts';
import type { Plan } from './settings.ts';

export interface ReportingParts {
  readonly config: AgentConfig;
  readonly plan: Plan;
  readonly state: RememberedState;
  readonly spool: Spool;
  readonly runner: Runner;
  readonly delivery: Delivery;
  /** Absent while the agent idles. */
  readonly scheduler: Scheduler | undefined;
  readonly saveRecord: (record: RunRecord) => Promise<void>;
}

/** A due instant that waits for longer than this means that the scheduling hangs. */
const OVERDUE_MS = 120_000;

export function reportSource(parts: ReportingParts): ReportSource {
  const { plan, state, spool, runner, delivery } = parts;
  function shown(record: RunRecord): RunRecord {
    return withDestination(record, plan.address?.name);
  }
  return {
    health: () => health(parts.scheduler),
    ready: () => ({ ok: true }),
    lastRun: () => Promise.resolve(lastRunOf(parts)),
    runs: () => Promise.resolve(state.last.records.map(shown)),
    run: (id) => {
      const record = findRecord(state.last, id) ?? spool.get(id)?.record;
      return Promise.resolve(record === undefined ? undefined : shown(record));
    },
    manifest: (id) => spool.readManifest(id),
    requestRun: () => requestRun(runner),
    openBundle: async (id) => {
      const opened = await spool.openBundle(id);
      const name = spool.get(id)?.record.bundle.name ?? id;
      return opened === undefined ? undefined : { ...opened, name: `${name}.tar.gz` };
    },
    dropBundle: (id) => dropBundle(parts, id),
    retryBundle: (id) => Promise.resolve(delivery.retry(id)),
  };
}

function health(scheduler: Scheduler | undefined): Verdict {
  const overdueMs = scheduler?.overdueMs() ?? 0;
  if (overdueMs <= OVERDUE_MS) return { ok: true };
  const seconds = Math.round(overdueMs / 1000);
  return { ok: false, reason: `a due run was neither started nor skipped for ${seconds} s` };
}

function lastRunOf({ config, plan, state, spool, runner, scheduler }: ReportingParts): LastRunView {
  return lastRunView({
    lastRun: lastRun(state.last),
    lastDelivered: lastDelivered(state.last),
    nextRunAtMs: scheduler?.nextRunAt(),
    isRunning: runner.currentRunId !== undefined,
    isSuspended: config.suspend,
    idleReason: plan.idleReasons.length === 0 ? undefined : plan.idleReasons.join('; '),
    spool: spool.usage(),
    destination: plan.address?.name,
  });
}

async function requestRun(
  runner: Runner,
): Promise<{ readonly kind: 'accepted' | 'under-way'; readonly id: string }> {
  const result = await runner.start({ trigger: 'request' });
  if (result.kind === 'started') return { kind: 'accepted', id: result.id };
  if (result.kind === 'under-way') return result;
  throw new AgentError('RUN_ABORTED', 'the run was not started: another pod has claimed it');
}

/** The owner's decision: removed first, so that it cannot be sent any more, then recorded. */
async function dropBundle(
  { spool, delivery, saveRecord }: ReportingParts,
  id: string,
): Promise<boolean> {
  const record = spool.get(id)?.record;
  if (!(await spool.remove(id))) return false;
  delivery.cancel(id);
  if (record !== undefined && record.outcome !== 'delivered') {
    const error = { code: 'SPOOL_LOST', message: 'dropped by request' } as const;
    await saveRecord({ ...record, outcome: 'lost', error });
  }
  return true;
}

/** The figures that are true at the moment of a scrape. */
export function gaugeFacts({
  plan,
  state,
  spool,
  scheduler,
}: Pick<ReportingParts, 'plan' | 'state' | 'spool' | 'scheduler'>): GaugeFacts {
  const nextRunAtMs = scheduler?.nextRunAt();
  return {
    spool: spool.usage(),
    lastRunAt: lastRun(state.last)?.startedAt ?? null,
    lastSuccessAt: lastDelivered(state.last)?.delivery?.deliveredAt ?? null,
    nextRunAt: nextRunAtMs === undefined ? null : toRfc3339(nextRunAtMs),
    isDestinationBlocked: spool.list().some(({ record }) => record.delivery.state === 'blocked'),
    isMisconfigured: plan.isMisconfigured,
  };
}
