/** runDaemonSet: runs a pod of the spec on every node, and keeps each one's log. */

import { apiMessageOf } from '../../kube/api-error.ts';
import { type ApiObject, objectAt, objectsAt, textAt } from '../../kube/object-fields.ts';
import type { CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { entryOf, textOf } from '../fields.ts';
import { filePiece, interleavePieces, problem } from '../pieces.ts';
import { readTimeoutMs, TimeLimit } from '../time-limit.ts';
import { type Made, withMade } from './made.ts';
import { listPodsOf, type MadeDaemonSet, makeDaemonSet } from './made-daemon-set.ts';
import {
  type Bounds,
  hasEndedOnce,
  isSome,
  MOST_PODS,
  POLL_MS,
  podPath,
  readLog,
  waitForEnd,
} from './made-pods.ts';
import { preparePullSecret, pullSecretRules } from './pull-secret-for-pods.ts';
import { withOurImages } from './run-pod.ts';

const DEFAULT_TIMEOUT_MS = 60_000;

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
      ...pullSecretRules(fields, namespace),
    ];
  },

  async *collect(fields, context) {
    const given = readTimeoutMs(fields, 'failed to parse timeout: ') ?? 0;
    const limit = new TimeLimit(context, given > 0 ? given : DEFAULT_TIMEOUT_MS);
    yield* withMade(context, (made) => runEverywhere(fields, made, { context, limit }));
  },
};

async function* runEverywhere(
  fields: Fields,
  made: Made,
  { context, limit }: Bounds,
): AsyncGenerator<Piece> {
  const daemonSet = await create(fields, made, context);
  await waitForPods(daemonSet, { context, limit });
  const pods = await listPodsOf(daemonSet, podOf, context);
  const lanes = pods.map((pod) => collectLog(pod, { fields, context, limit }));
  yield* interleavePieces(lanes, MOST_PODS);
}

async function create(fields: Fields, made: Made, context: CollectContext): Promise<MadeDaemonSet> {
  const namespace = textOf(fields, 'namespace') || 'default';
  const podSpec = {
    // Its containers are started again for ever, and may heed no SIGTERM.
    terminationGracePeriodSeconds: 0,
    ...withOurImages(entryOf(fields, 'podSpec') ?? {}, context),
  };
  const secretName = await preparePullSecret(entryOf(fields, 'imagePullSecret'), {
    namespace,
    made,
    attempted: 'failed to create ImagePullSecret',
  });
  const secrets = objectsAt(podSpec, 'imagePullSecrets');
  const parts = {
    namespace,
    start: `run-daemonset-${textOf(fields, 'name')}-`,
    label: { 'troubleshoot-role': 'run-daemonset-collector' },
    podSpec:
      secretName === undefined
        ? podSpec
        : { ...podSpec, imagePullSecrets: [...secrets, { name: secretName }] },
    attempted: 'failed to create DaemonSet',
  };
  return await makeDaemonSet(parts, made);
}

async function waitForPods({ path }: MadeDaemonSet, { context, limit }: Bounds): Promise<void> {
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
    if (isForNobody || (isSome(desired) && desired === current)) return;
  }
}

interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

function podOf(pod: ApiObject): Pod {
  return {
    namespace: textAt(pod, 'metadata', 'namespace'),
    name: textAt(pod, 'metadata', 'name'),
    container: textAt(objectsAt(pod, 'spec', 'containers')[0], 'name'),
  };
}

async function* collectLog(
  pod: Pod,
  { fields, context, limit }: Bounds & { readonly fields: Fields },
): AsyncGenerator<Piece> {
  const folder = textOf(fields, 'name');
  const path = podPath(pod.namespace, pod.name);
  let node: string;
  try {
    const ended = await waitForEnd(path, { context, limit }, hasEndedOnce);
    node = textAt(ended, 'spec', 'nodeName');
  } catch (error) {
    context.signal.throwIfAborted();
    const message = `Failed to get node name/wait for pod ${pod.name} to complete: ${apiMessageOf(error)}`;
    yield filePiece(`${folder}/unknown-node-${pod.name}.log`, message);
    yield problem('partial', message);
    return;
  }
  try {
    const body = await readLog(path, pod.container, { context, limit });
    yield { kind: 'file', path: `${folder}/${node}.log`, body };
  } catch (error) {
    context.signal.throwIfAborted();
    const message = `Failed to get log from pod ${pod.name}: ${apiMessageOf(error)}`;
    yield filePiece(`${folder}/${node}.log`, message);
    yield problem('partial', message);
  }
}
