/** What a run that was killed has left in the cluster: removed when the next process starts. */

import { removeLeftovers } from '../collect/workload/leftovers.ts';
import type { AgentConfig } from '../config/fields.ts';
import { messageOf } from '../errors.ts';
import type { KubeApi } from '../kube/client.ts';
import type { Logger } from '../log.ts';
import { allowsWorkloads, parseAllowed } from '../spec/allowed.ts';

/** An API server that does not answer must not keep the agent from its schedule. */
const TIMEOUT_MS = 15_000;

export interface MadeObjectsParts {
  readonly config: AgentConfig;
  readonly kube: () => Promise<KubeApi>;
  /** Undefined where it could not be read: then nothing can be told to be of this installation. */
  readonly installationId: string | undefined;
  /** Of another pod, which is still at it. */
  readonly claimedRunId: string | undefined;
  readonly log: Logger;
}

/** Only where runs may make objects at all. What cannot be removed is said, and tried again at the next start. */
export async function removeMadeObjects(
  { config, kube, installationId, claimedRunId, log }: MadeObjectsParts,
  signal: AbortSignal,
): Promise<void> {
  if (installationId === undefined) return;
  if (!allowsWorkloads(parseAllowed(config.collectorsAllowed))) return;
  try {
    const api = await kube();
    const removed = await removeLeftovers(
      api,
      {
        installationId,
        namespaces: config.namespaces ?? [api.namespace, 'default'],
        isLeftover: ({ runId }) => runId !== claimedRunId,
      },
      AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    );
    if (removed.length > 0) log.warn({ removed }, 'objects of a killed run removed');
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ reason: messageOf(error) }, 'objects of killed runs not removed');
  }
}
