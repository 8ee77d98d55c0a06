/** A DaemonSet that a collector makes, to have a pod on every node. */

import type { ApiObject } from '../../kube/object-fields.ts';
import type { CollectContext } from '../collector.ts';
import { listObjects } from '../list-objects.ts';
import { wrapped } from '../wrapped.ts';
import { MADE_LABEL, type Made, RUN_LABEL, uniqueName } from './made.ts';

export interface DaemonSetParts {
  readonly namespace: string;
  /** What its name begins with. */
  readonly start: string;
  /** Troubleshoot's own, beside those of everything that is made. */
  readonly label: Readonly<Record<string, string>>;
  readonly podSpec: ApiObject;
  /** What Go says before an error. */
  readonly attempted: string;
}

/** Name and path of one that is there. */
export interface MadeDaemonSet {
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
}

/** @throws {AgentError} KUBE_… */
export async function makeDaemonSet(
  { namespace, start, label, podSpec, attempted }: DaemonSetParts,
  made: Made,
): Promise<MadeDaemonSet> {
  const name = uniqueName(start);
  // Its own name tells its pods from those of another one that runs at the same time.
  const labels = { ...label, [MADE_LABEL]: name };
  const collection = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets`;
  try {
    await made.create(collection, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels: { ...labels, ...made.labels } }, spec: podSpec },
      },
    });
  } catch (error) {
    throw wrapped(error, attempted);
  }
  return { namespace, name, path: `${collection}/${name}` };
}

/** @throws {AgentError} KUBE_… */
export async function listPodsOf<T>(
  { namespace, name }: MadeDaemonSet,
  keep: (pod: ApiObject) => T,
  context: CollectContext,
): Promise<readonly T[]> {
  return await listObjects(
    {
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
      query: { labelSelector: `${MADE_LABEL}=${name},${RUN_LABEL}` },
      keep,
    },
    context,
  );
}
