/** The installation id at start: known soon or not at all. */

import { releaseOf } from '../commands/identity.ts';
import type { AgentConfig } from '../config/fields.ts';
import type { KubeClient } from '../kube/client.ts';
import { readInstallationId } from '../run/installation.ts';

/** An API server that does not answer must not keep the agent from its start. */
const IDENTITY_TIMEOUT_MS = 3_000;

/** The installation id, if the API server tells it in time; it serves keys and jitter, and neither is worth waiting for. */
export async function identify(
  config: AgentConfig,
  kube: () => Promise<KubeClient>,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await readInstallationId(
      await kube(),
      releaseOf(config),
      AbortSignal.any([signal, AbortSignal.timeout(IDENTITY_TIMEOUT_MS)]),
    );
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
