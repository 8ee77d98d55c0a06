/** Opens the state where STATE says, or in the file. */

import type { Clock } from '../clock.ts';
import { AgentError, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Logger } from '../log.ts';
import { configMapState } from './config-map.ts';
import { withFallback } from './fallback.ts';
import { fileState } from './file.ts';
import { type RememberedState, remembered } from './remembered.ts';

export interface OpenStateOptions {
  /** The ConfigMap; absent: the file alone. */
  readonly ref?: { readonly namespace: string; readonly name: string };
  /** Called only with a `ref`. */
  readonly kube: () => Promise<KubeClient>;
  readonly file: string;
  /** How many records are stored. */
  readonly history: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The state, read once: what stands in the way is warned about now and not at the first run. Never
 * rejects for it, also later: the file takes over.
 *
 * @param signal The process's own.
 */
export async function openState(
  options: OpenStateOptions,
  signal: AbortSignal,
): Promise<RememberedState> {
  const { ref, kube, history, clock, log } = options;
  const file = fileState({ file: options.file, history, log });
  const client = ref === undefined ? undefined : await connect(kube, log);
  let state = file;
  if (ref !== undefined && client !== undefined) {
    const primary = configMapState({ ...ref, kube: client, history, clock, log });
    const rights = `get and patch on configmaps/${ref.name} in the namespace ${ref.namespace}`;
    state = withFallback({ primary, file, rights, history, clock, log }, signal);
  }
  const known = remembered(state);
  await known.read(signal);
  return known;
}

async function connect(
  kube: () => Promise<KubeClient>,
  log: Logger,
): Promise<KubeClient | undefined> {
  try {
    return await kube();
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    const { code } = error;
    log.warn({ code, reason: messageOf(error) }, 'state is kept in a file: there is no cluster');
    return undefined;
  }
}
