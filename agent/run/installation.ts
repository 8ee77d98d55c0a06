/** The installation id: tells the vendor which installation a bundle is from, and nothing else. */

import { createHash } from 'node:crypto';

import { AgentError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';

/**
 * The first 16 hex digits of SHA-256 over the cluster's identity and the release's namespace and name.
 *
 * The cluster's identity is the UID of kube-system; where rights do not reach it, of the own namespace.
 * Undefined when neither can be read.
 */
export async function readInstallationId(
  kube: KubeClient,
  release: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const uid =
    (await readUid(kube, 'kube-system', signal)) ??
    (await readUid(kube, release.namespace, signal));
  if (uid === undefined) return undefined;
  return createHash('sha256')
    .update([uid, release.namespace, release.name].join('\n'))
    .digest('hex')
    .slice(0, 16);
}

async function readUid(
  kube: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return uidOf(await kube.get(`/api/v1/namespaces/${namespace}`, signal));
  } catch (error) {
    if (error instanceof AgentError && !signal.aborted) return undefined;
    throw error;
  }
}

function uidOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('metadata' in answer)) return undefined;
  const { metadata } = answer;
  if (typeof metadata !== 'object' || metadata === null || !('uid' in metadata)) return undefined;
  return typeof metadata.uid === 'string' ? metadata.uid : undefined;
}
