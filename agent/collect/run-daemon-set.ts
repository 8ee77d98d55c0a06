/** runDaemonSet: runs a pod of the spec on every node, and keeps each one's log. */

import { apiMessageOf } from '../kube/api-error.ts';
import { BodyWriter } from './body.ts';
import type { CollectContext, Collector, Fields, Piece } from './collector.ts';
import { entryOf, textOf } from './fields.ts';
import { interleave } from './interleave.ts';
import { listObjects } from './list-objects.ts';
import { Made, RUN_LABEL, uniqueName } from './made.ts';
import { type ApiObject, isObject, objectAt, objectsAt, textAt } from './object-fields.ts';
import { filePiece, problem } from './pieces.ts';
import { preparePullSecret } from './pull-secret-for-pods.ts';
import { withOurImages } from './run-pod.ts';
import { readTimeoutMs, TimeLimit } from './time-limit.ts';
import { wrapped } from './wrapped.ts';

const DEFAULT_TIMEOUT_MS = 60_000;
const POLL_MS = 1_000;

/** So long a DaemonSet may want no pod at all: until its controller has seen it, it says so too. */
const NOBODY_MS = 5_000;

/** Source: troubleshoot v0.133.0, pkg/collect/run_daemonset.go. */
export const runDaemonSet: Collector = {
  rules: (fields) => {
    const namespace = textOf(fields, 'namespace') || 'default';
    return [
      { apiGroups: [''], resources: ['pods'], verbs: ['create'], namespace, isRequired: true },
      {
        apiGroups: ['apps'],
        resources: ['daemonsets'],
        verbs: ['create', 'get', 'delete'],
        namespace,
      },
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'get'], namespace },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'], namespace },
      ...(entryOf(fields, 'imagePullSecret') === undefined
        ? []
        : [
            {
              apiGroups: [''],
              resources: ['secrets'],
              verbs: ['create', 'get', 'delete'],
              namespace,
            },
          ]),
    ];
  },

  async *collect(fields, context) {
    const given = readTimeoutMs(fields, 'failed to parse timeout: ') ?? 0;
    const limit = new TimeLimit(context, given > 0 ? given : DEFAULT_TIMEOUT_MS);
    const made = new Made(context);
    try {
      const daemonSet = await create(fields, made, context);
      await waitForPods(daemonSet, { context, limit });
      const pods = await listPods(daemonSet, context);
      const lanes = pods.map((pod) => readLog(pod, { fields, context, limit }));
      yield* interleave(lanes, context.concurrency);
    } finally {
      for (const message of await made.remove()) yield problem('named', message);
    }
  },
};

interface Bounds {
  readonly context: CollectContext;
  readonly limit: TimeLimit;
}

async function create(fields: Fields, made: Made, context: CollectContext): Promise<ApiObject> {
  const namespace = textOf(fields, 'namespace') || 'default';
  const podSpec = withOurImages(entryOf(fields, 'podSpec') ?? {}, context);
  const secretName = await preparePullSecret(entryOf(fields, 'imagePullSecret'), namespace, made);
  const secrets = objectsAt(podSpec, 'imagePullSecrets');
  const spec =
    secretName === undefined
      ? podSpec
      : { ...podSpec, imagePullSecrets: [...secrets, { name: secretName }] };
  const name = uniqueName(`run-daemonset-${textOf(fields, 'name')}-`);
  // Its own name tells its pods from those of another one that runs at the same time.
  const labels = {
    'troubleshoot-role': 'run-daemonset-collector',
    'cron-support-bundle/made': name,
  };
  const daemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels: { ...labels, ...made.labels } }, spec },
    },
  };
  try {
    const collection = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets`;
    return await made.create(collection, daemonSet);
  } catch (error) {
    throw wrapped(error, 'failed to create DaemonSet');
  }
}

async function waitForPods(daemonSet: ApiObject, { context, limit }: Bounds): Promise<void> {
  const [namespace, name] = [
    textAt(daemonSet, 'metadata', 'namespace'),
    textAt(daemonSet, 'metadata', 'name'),
  ];
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets/${name}`;
  const startedAt = context.clock.elapsed();
  for (;;) {
    await limit.pause(POLL_MS);
    const now = await limit.bound((signal) => context.kube.get(path, signal));
    const status = objectAt(now, 'status');
    const [desired, current] = [
      status?.['desiredNumberScheduled'],
      status?.['currentNumberScheduled'],
    ];
    const isForNobody = desired === 0 && context.clock.elapsed() - startedAt > NOBODY_MS;
    if (isForNobody || (desired !== 0 && desired === current)) return;
  }
}

async function listPods(daemonSet: ApiObject, context: CollectContext): Promise<readonly Pod[]> {
  const namespace = textAt(daemonSet, 'metadata', 'namespace');
  const selector = `cron-support-bundle/made=${textAt(daemonSet, 'metadata', 'name')},${RUN_LABEL}`;
  return await listObjects(
    {
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
      query: { labelSelector: selector },
      keep: (pod) => ({
        namespace,
        name: textAt(pod, 'metadata', 'name'),
        container: textAt(objectsAt(pod, 'spec', 'containers')[0], 'name'),
      }),
    },
    context,
  );
}

interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

async function* readLog(
  pod: Pod,
  { fields, context, limit }: Bounds & { readonly fields: Fields },
): AsyncGenerator<Piece> {
  const folder = textOf(fields, 'name');
  const path = `/api/v1/namespaces/${encodeURIComponent(pod.namespace)}/pods/${encodeURIComponent(pod.name)}`;
  let node: string;
  try {
    node = await waitForEnd(path, { context, limit });
  } catch (error) {
    context.signal.throwIfAborted();
    const message = `Failed to get node name/wait for pod ${pod.name} to complete: ${apiMessageOf(error)}`;
    yield filePiece(`${folder}/unknown-node-${pod.name}.log`, message);
    yield problem('partial', message);
    return;
  }
  const writer = new BodyWriter(context.workDir);
  try {
    const query = `container=${encodeURIComponent(pod.container)}&follow=true`;
    const { body } = await context.kube.stream(
      `${path}/log?${query}`,
      { isLongLived: true },
      limit.signal,
    );
    for await (const chunk of body) await writer.write(chunk);
    yield { kind: 'file', path: `${folder}/${node}.log`, body: await writer.finish() };
  } catch (error) {
    await writer.discard();
    context.signal.throwIfAborted();
    const message = `Failed to get log from pod ${pod.name}: ${apiMessageOf(error)}`;
    yield filePiece(`${folder}/${node}.log`, message);
    yield problem('partial', message);
  }
}

/** The pod's node, once its first container has ended. */
async function waitForEnd(path: string, { context, limit }: Bounds): Promise<string> {
  for (;;) {
    const pod = await limit.bound((signal) => context.kube.get(path, signal));
    const [first] = objectsAt(pod, 'status', 'containerStatuses');
    const restarts = isObject(first) ? first['restartCount'] : 0;
    const hasEnded =
      ['Failed', 'Succeeded'].includes(textAt(pod, 'status', 'phase')) ||
      (typeof restarts === 'number' && restarts > 0);
    if (hasEnded) return textAt(pod, 'spec', 'nodeName');
    const isStuck = objectsAt(pod, 'status', 'containerStatuses').some(
      (status) => textAt(status, 'state', 'waiting', 'reason') === 'ImagePullBackOff',
    );
    if (isStuck) {
      throw new Error("wait for pod aborted after getting pod status 'ImagePullBackOff'");
    }
    await limit.pause(POLL_MS);
  }
}
