/** Removes what a run that was killed has left in the cluster. */

import { hasCode, messageOf } from '../../errors.ts';
import type { KubeApi } from '../../kube/client.ts';
import { objectAt, objectsAt, textAt } from '../../kube/object-fields.ts';
import type { Logger } from '../../log.ts';
import { redactLine } from '../../redact-line.ts';
import { AT_ONCE, INSTALLATION_LABEL, RUN_LABEL } from './made.ts';

const COLLECTIONS = [
  { root: '/apis/apps/v1', resource: 'daemonsets' },
  { root: '/api/v1', resource: 'pods' },
  { root: '/api/v1', resource: 'secrets' },
] as const;

export interface LeftoverOptions {
  readonly installationId: string;
  /** Whether an object belongs to a run that has ended: others may be under way in another process. */
  readonly isLeftover: (found: Found) => boolean;
  /** Where to look if rights do not reach all namespaces; absent: in the agent's own and in `default`. */
  readonly namespaces?: readonly string[];
}

export interface Found {
  readonly runId: string;
  /** ms since 1970, by the API server's clock. */
  readonly createdAtMs: number;
}

/**
 * Deletes this installation's pods, DaemonSets and Secrets, found by their label.
 *
 * @returns What was deleted: `pods/<namespace>/<name>`.
 * @throws {AgentError} KUBE_…; missing rights to list are no error: what may not be listed stays.
 */
export async function removeLeftovers(
  kube: KubeApi,
  options: LeftoverOptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const removed: string[] = [];
  const errors: unknown[] = [];
  for (const { root, resource } of COLLECTIONS) {
    for (const { namespace, name } of await find(`${root}/`, resource, { kube, options, signal })) {
      const path = `${root}/namespaces/${namespace}/${resource}/${name}`;
      try {
        await kube.delete(path, AT_ONCE, signal);
        removed.push(`${resource}/${namespace}/${name}`);
      } catch (error) {
        // One that stays does not keep the others.
        errors.push(error);
      }
    }
  }
  if (errors.length > 0) throw errors[0];
  return removed;
}

/**
 * As `removeLeftovers`. What was removed is said, and so is what could not be: it keeps nobody from their work.
 *
 * @param kube Connected to only here: where there is no cluster, that is said too.
 */
export async function tidyUp(
  kube: () => Promise<KubeApi>,
  options: LeftoverOptions & { readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  try {
    const removed = await removeLeftovers(await kube(), options, signal);
    if (removed.length > 0) options.log.warn({ removed }, 'objects of a killed run removed');
  } catch (error) {
    const reason = redactLine(messageOf(error));
    options.log.warn({ reason }, 'objects of killed runs not removed');
  }
}

interface Search {
  readonly kube: KubeApi;
  readonly options: LeftoverOptions;
  readonly signal: AbortSignal;
}

interface Place {
  readonly namespace: string;
  readonly name: string;
}

async function find(root: string, resource: string, search: Search): Promise<readonly Place[]> {
  try {
    return await list(`${root}${resource}`, search);
  } catch (error) {
    if (!hasCode(error, 'KUBE_FORBIDDEN')) throw error;
  }
  const found: Place[] = [];
  for (const namespace of new Set(
    search.options.namespaces ?? [search.kube.namespace, 'default'],
  )) {
    try {
      found.push(...(await list(`${root}namespaces/${namespace}/${resource}`, search)));
    } catch (error) {
      if (!hasCode(error, 'KUBE_FORBIDDEN')) throw error;
    }
  }
  return found;
}

async function list(path: string, { kube, options, signal }: Search): Promise<readonly Place[]> {
  const selector = encodeURIComponent(
    `${INSTALLATION_LABEL}=${options.installationId},${RUN_LABEL}`,
  );
  const answer = await kube.get(`${path}?labelSelector=${selector}`, signal);
  return objectsAt(answer, 'items')
    .map((object) => objectAt(object, 'metadata') ?? {})
    .filter((metadata) =>
      options.isLeftover({
        runId: textAt(metadata, 'labels', RUN_LABEL),
        createdAtMs: Date.parse(textAt(metadata, 'creationTimestamp')),
      }),
    )
    .map((metadata) => ({
      namespace: textAt(metadata, 'namespace'),
      name: textAt(metadata, 'name'),
    }));
}
