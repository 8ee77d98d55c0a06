/** sysctl: kernel settings of each node, read by a pod on it. */

import { apiMessageOf } from '../../kube/api-error.ts';
import { objectsAt, textAt } from '../../kube/object-fields.ts';
import type { CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { entryOf, textOf } from '../fields.ts';
import { listObjects } from '../list-objects.ts';
import { interleavePieces, problem } from '../pieces.ts';
import { readTimeoutMs, TimeLimit } from '../time-limit.ts';
import { type Made, uniqueName, withMade } from './made.ts';
import { type Bounds, MOST_PODS, podPath, readLog, TOLERATIONS, waitForEnd } from './made-pods.ts';
import { preparePullSecret, pullSecretRules } from './pull-secret-for-pods.ts';

const DEFAULT_TIMEOUT_MS = 60_000;

/** A node with one of these runs no pod. */
const TAINTS = ['unreachable', 'not-ready', 'unschedulable'].map(
  (what) => `node.kubernetes.io/${what}`,
);

const FOLDERS = ['/proc/sys/net/ipv4', '/proc/sys/net/bridge', '/proc/sys/vm'];

/** A line `<file> = <value>` for each setting; those that may not be read have none. */
const SCRIPT = FOLDERS.map(
  (folder) =>
    `find ${folder} -type f | while read file; do value=$(cat "$file" 2>/dev/null); echo "$file = $value"; done`,
).join('\n');

/** Source: troubleshoot v0.133.0, pkg/collect/sysctl.go, run_pod.go. */
export const sysctl: Collector = {
  rules: (fields) => {
    const namespace = textOf(fields, 'namespace');
    const where = namespace === '' ? {} : { namespace };
    return [
      { apiGroups: [''], resources: ['nodes'], verbs: ['list'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['create', 'get', 'delete'], ...where },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'], ...where },
      ...pullSecretRules(fields, namespace),
    ];
  },

  async *collect(fields, context) {
    const given = readTimeoutMs(fields, 'parse timeout: ');
    const limit = new TimeLimit(context, given === 0 ? DEFAULT_TIMEOUT_MS : given);
    const namespace = textOf(fields, 'namespace') || context.kube.namespace;
    yield* withMade(context, (made) => readNodes({ fields, context, limit, made, namespace }));
  },
};

async function* readNodes(parts: Omit<Reading, 'secretName'>): AsyncGenerator<Piece> {
  const { fields, context, limit, made, namespace } = parts;
  const nodes = await limit.bound((signal) => listReadyNodes({ ...context, signal }));
  if (nodes.length === 0) yield problem('named', 'there is no node that is ready');
  const secretName = await preparePullSecret(entryOf(fields, 'imagePullSecret'), {
    namespace,
    made,
    attempted: 'create image pull secret',
  });
  const lanes = nodes.map((node) => readNode(node, { ...parts, secretName }));
  yield* interleavePieces(lanes, MOST_PODS);
}

async function listReadyNodes(context: CollectContext): Promise<readonly string[]> {
  return await listObjects(
    {
      path: '/api/v1/nodes',
      keep: (node) => {
        const taints = objectsAt(node, 'spec', 'taints').map(({ key }) => key);
        return TAINTS.some((taint) => taints.includes(taint))
          ? undefined
          : textAt(node, 'metadata', 'name');
      },
    },
    context,
  );
}

interface Reading extends Bounds {
  readonly fields: Fields;
  readonly made: Made;
  readonly namespace: string;
  readonly secretName: string | undefined;
}

async function* readNode(node: string, reading: Reading): AsyncGenerator<Piece> {
  const { context, made, namespace } = reading;
  try {
    const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    const pod = await reading.limit.bound(() => made.create(collection, podOn(node, reading)));
    const path = podPath(namespace, textAt(pod, 'metadata', 'name'));
    await waitForEnd(path, reading);
    const body = await readLog(path, 'run', reading);
    yield { kind: 'file', path: `sysctl/${node}`, body };
  } catch (error) {
    context.signal.throwIfAborted();
    yield problem('partial', `sysctl/${node}: ${apiMessageOf(error)}`);
  }
}

function podOn(node: string, { fields, context, secretName }: Reading) {
  const policy = textOf(fields, 'imagePullPolicy');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: uniqueName('run-pod-') },
    spec: {
      nodeSelector: { 'kubernetes.io/hostname': node },
      restartPolicy: 'Never',
      hostNetwork: true,
      containers: [
        {
          name: 'run',
          image: context.image(textOf(fields, 'image')),
          command: ['sh', '-c', SCRIPT],
          ...(policy === '' ? {} : { imagePullPolicy: policy }),
        },
      ],
      tolerations: TOLERATIONS,
      ...(secretName === undefined ? {} : { imagePullSecrets: [{ name: secretName }] }),
    },
  };
}
