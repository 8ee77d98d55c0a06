/** The spool inside `serve`: opened, compared with the history, and shown to runs. */

import { systemClock } from '../clock.ts';
import { removeRunFolders } from '../commands/work-folder.ts';
import type { AgentConfig } from '../config/fields.ts';
import { AgentError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { RunRecord } from '../run/record.ts';
import type { RunSpool } from '../run/runner.ts';
import { openSpool, type Spool } from '../spool/spool.ts';
import type { RememberedState } from '../state/remembered.ts';
import { fillKey } from '../upload/key.ts';
import type { Plan } from './settings.ts';

export interface SpoolingParts {
  readonly config: AgentConfig;
  readonly plan: Plan;
  readonly installationId: string | undefined;
  readonly state: RememberedState;
  /** In one write: the API server may be slow, and the ports open after it. */
  readonly saveRecords: (records: readonly RunRecord[]) => Promise<void>;
  readonly log: Logger;
}

/** What stands for a fact that the rights do not reach, in keys and in the jitter's hash. */
export const UNKNOWN = 'unknown';

/** The spool as the last process left it, repaired, with everything that was lost on record. */
export async function openOwnSpool(parts: SpoolingParts, signal: AbortSignal): Promise<Spool> {
  const { config, plan, installationId, log, saveRecords } = parts;
  const { spool, recovery } = await openSpool(
    {
      directory: config.spoolDir,
      maxBytes: config.spoolMaxBytes,
      maxAgeMs: config.spoolMaxAgeMs,
      keep: config.spoolKeep,
      isRing: plan.address === undefined,
      history: config.history,
      keyFor: (facts) =>
        fillKey(plan.key, {
          ...facts,
          installation: installationId ?? UNKNOWN,
          namespace: config.podNamespace ?? UNKNOWN,
        }),
      clock: systemClock,
    },
    signal,
  );
  for (const file of recovery.removedPartials) log.warn({ file }, 'half-written file removed');
  for (const runId of recovery.rebuilt) log.warn({ runId }, 'sidecar was damaged and rebuilt');
  for (const { runId, reason } of recovery.lost) {
    log.error({ runId, code: 'SPOOL_LOST', reason }, 'bundle lost');
  }
  await saveRecords([
    ...recovery.lost.flatMap(({ record }) => record ?? []),
    ...spool.list().map(({ record }) => record),
    ...findMissing(parts, spool),
  ]);
  return spool;
}

/** Bundles that the history knows as undelivered and that are nowhere: an emptyDir that went with its pod. */
function findMissing({ state, log }: SpoolingParts, spool: Spool): readonly RunRecord[] {
  const error = {
    code: 'SPOOL_LOST',
    message: 'the bundle was gone from the spool before it was delivered',
  } as const;
  const missing = state.last.records.filter(
    ({ id, outcome, delivery }) =>
      outcome === 'spooled' && delivery !== null && spool.get(id) === undefined,
  );
  for (const { id } of missing) {
    log.error({ runId: id, code: error.code, reason: error.message }, 'bundle lost');
  }
  return missing.map((record) => ({ ...record, outcome: 'lost', error }));
}

/** The spool as runs see it. */
export function runSpool(
  spool: Spool,
  {
    maxBundleBytes,
    onLost,
  }: { readonly maxBundleBytes: number; readonly onLost: (record: RunRecord) => Promise<void> },
): RunSpool {
  return {
    reserve: async () => {
      const { hasRoom, lost } = await spool.reserve(maxBundleBytes);
      for (const record of lost) await onLost(record);
      if (!hasRoom) {
        const { bundles, bytes } = spool.usage();
        throw new AgentError(
          'SPOOL_FULL',
          `the spool holds ${bundles} undelivered bundles of ${bytes} bytes: no room for one more within SPOOL_MAX_SIZE`,
        );
      }
    },
    commit: async (record) => (await spool.commit(record)).record,
    find: (runId) => spool.get(runId)?.record,
    discard: (runId) => spool.discard(runId),
  };
}

/** Clear text of a process that was killed must not lie about. */
export async function removeWorkFolders(workDir: string, log: Logger): Promise<void> {
  for (const name of await removeRunFolders(workDir, Number.POSITIVE_INFINITY)) {
    log.warn({ folder: name }, 'leftover of a killed run removed');
  }
}
