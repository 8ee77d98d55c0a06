/** sysctl: kernel settings of each node, read by a pod on it. */

import { apiMessageOf } from '../kube/api-error.ts';
import { BodyWriter } from './body.ts';
import type { CollectContext, Collector, Fields, Piece } from './collector.ts';
import { entryOf, textOf } from './fields.ts';
import { interleave } from './interleave.ts';
import { listObjects } from './list-objects.ts';
import { Made, uniqueName } from './made.ts';
import { objectsAt, textAt } from './object-fields.ts';
import { problem } from './pieces.ts';
import { preparePullSecret } from './pull-secret-for-pods.ts';
import { readTimeoutMs, TimeLimit } from './time-limit.ts';

const POLL_MS = 1_000;
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
      ...(entryOf(fields, 'imagePullSecret') === undefined
        ? []
        : [
            {
              apiGroups: [''],
              resources: ['secrets'],
              verbs: ['create', 'get', 'delete'],
              ...where,
            },
          ]),
    ];
  },

  async *collect(fields, context) {
    const given = readTimeoutMs(fields, 'parse timeout: ');
    const limit = new TimeLimit(context, given === 0 ? DEFAULT_TIMEOUT_MS : given);
    const namespace = textOf(fields, 'namespace') || context.kube.namespace;
    const made = new Made(context);
    try {
      const nodes = await limit.bound((signal) => listReadyNodes({ ...context, signal }));
      const secretName = await preparePullSecret(
        entryOf(fields, 'imagePullSecret'),
        namespace,
        made,
      );
      const lanes = nodes.map((node) =>
        readNode(node, { fields, context, limit, made, namespace, secretName }),
      );
      yield* interleave(lanes, context.concurrency);
    } finally {
      for (const message of await made.remove()) yield problem('named', message);
    }
  },
};

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

interface Reading {
  readonly fields: Fields;
  readonly context: CollectContext;
  readonly limit: TimeLimit;
  readonly made: Made;
  readonly namespace: string;
  readonly secretName: string | undefined;
}

async function* readNode(node: string, reading: Reading): AsyncGenerator<Piece> {
  const { context, limit, made, namespace } = reading;
  const writer = new BodyWriter(context.workDir);
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  try {
    const pod = await made.create(collection, podOn(node, reading));
    const path = `${collection}/${textAt(pod, 'metadata', 'name')}`;
    await waitForEnd(path, reading);
    const query = 'container=run&follow=true';
    const { body } = await context.kube.stream(
      `${path}/log?${query}`,
      { isLongLived: true },
      limit.signal,
    );
    for await (const chunk of body) await writer.write(chunk);
    yield { kind: 'file', path: `sysctl/${node}`, body: await writer.finish() };
  } catch (error) {
    await writer.discard();
    context.signal.throwIfAborted();
    yield problem('partial', `sysctl/${node}: ${apiMessageOf(error)}`);
  }
}

function podOn(node: string, { fields, context, secretName }: Reading) {
  const policy = textOf(fields, 'imagePullPolicy');
  const tolerations = ['master', 'control-plane'].map((role) => ({
    key: `node-role.kubernetes.io/${role}`,
    operator: 'Exists',
    effect: 'NoSchedule',
  }));
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
      tolerations,
      ...(secretName === undefined ? {} : { imagePullSecrets: [{ name: secretName }] }),
    },
  };
}

async function waitForEnd(path: string, { context, limit }: Reading): Promise<void> {
  for (;;) {
    const pod = await limit.bound((signal) => context.kube.get(path, signal));
    if (['Failed', 'Succeeded'].includes(textAt(pod, 'status', 'phase'))) return;
    const isStuck = objectsAt(pod, 'status', 'containerStatuses').some(
      (status) => textAt(status, 'state', 'waiting', 'reason') === 'ImagePullBackOff',
    );
    if (isStuck) {
      throw new Error("wait for pod aborted after getting pod status 'ImagePullBackOff'");
    }
    await limit.pause(POLL_MS);
  }
}
