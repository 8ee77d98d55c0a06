/** What a run that was killed has left in the cluster: removed when the next process starts. */

import type { Clock } from '../clock.ts';
import { tidyUp } from '../collect/workload/leftovers.ts';
import type { AgentConfig } from '../config/fields.ts';
import type { KubeApi } from '../kube/client.ts';
import type { Logger } from '../log.ts';
import { allowsWorkloads, parseAllowed } from '../spec/allowed.ts';

/** An API server that does not answer must not keep the agent from its schedule. */
const TIMEOUT_MS = 15_000;

export interface ClusterLeftovers {
  readonly config: AgentConfig;
  readonly kube: () => Promise<KubeApi>;
  /** Undefined where it could not be read: then nothing can be told to be of this installation. */
  readonly installationId: string | undefined;
  /** Of another pod, which is still at it. */
  readonly claimedRunId: string | undefined;
  /** Runs of `serve` itself: of these none but the claimed one is under way. */
  readonly knownRunIds: ReadonlySet<string>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Only where runs may make objects at all. What cannot be removed is said, and tried again at the next start. */
export async function removeClusterLeftovers(
  { config, kube, installationId, claimedRunId, knownRunIds, clock, log }: ClusterLeftovers,
  signal: AbortSignal,
): Promise<void> {
  if (installationId === undefined) return;
  if (!allowsWorkloads(parseAllowed(config.collectorsAllowed))) return;
  await tidyUp(
    kube,
    {
      installationId,
      ...(config.namespaces === undefined ? {} : { namespaces: config.namespaces }),
      // Others are of somebody's `collect` by hand, which may be under way.
      isLeftover: ({ runId, createdAtMs }) =>
        runId !== claimedRunId &&
        (knownRunIds.has(runId) || createdAtMs < clock.now() - config.runTimeoutMs),
      log,
    },
    AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  );
  signal.throwIfAborted();
}
