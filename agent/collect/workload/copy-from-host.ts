/** copyFromHost: a file or a folder of each node, read by a pod on it. */

import { basename, dirname, join } from 'node:path/posix';

import { hasCode } from '../../errors.ts';
import { type ApiObject, objectAt, textAt } from '../../kube/object-fields.ts';
import type { CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { entryOf, flagOf, textOf } from '../fields.ts';
import { filePiece, interleavePieces, problem } from '../pieces.ts';
import { readTimeoutMs, TimeLimit } from '../time-limit.ts';
import { type Made, withMade } from './made.ts';
import { listPodsOf, type MadeDaemonSet, makeDaemonSet } from './made-daemon-set.ts';
import { type Bounds, isSome, POLL_MS, TOLERATIONS } from './made-pods.ts';
import { below, type CopyFailure, readPodFiles, readPodTar } from './pod-files.ts';
import { preparePullSecret, pullSecretRules } from './pull-secret-for-pods.ts';

/** For the pods to start, images to be pulled included; what runs by then is read. */
const READY_MS = 30_000;
const CONTAINER = 'collector';

/** Source: troubleshoot v0.133.0, pkg/collect/copy_from_host.go. */
export const copyFromHost: Collector = {
  rules: (fields) => [
    { apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['create', 'get', 'delete'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
    ...pullSecretRules(fields, ''),
  ],

  async *collect(fields, context) {
    const given = readTimeoutMs(fields, 'parse timeout: ') ?? 0;
    yield* withMade(context, (made) => copyFromAll(fields, given, { made, context }));
  },
};

async function* copyFromAll(
  fields: Fields,
  timeoutMs: number,
  { made, context }: Making,
): AsyncGenerator<Piece> {
  const place = placeOf(textOf(fields, 'hostPath'));
  const daemonSet = await create(place, fields, { made, context });
  const { path, name } = daemonSet;
  const isReady = await waitUntilReady(path, { context, limit: new TimeLimit(context, READY_MS) });
  if (!isReady) yield problem('partial', `not all pods of ${name} ran within ${READY_MS / 1000} s`);
  const limit = new TimeLimit(context, timeoutMs > 0 ? timeoutMs : undefined);
  const pods = await limit.bound((signal) => listPodsOf(daemonSet, podOf, { ...context, signal }));
  const lanes = pods.map((pod) => copyFrom(pod, place, { fields, context, limit }));
  yield* interleavePieces(lanes, context.concurrency);
}

interface Place {
  readonly hostPath: string;
  /** What is mounted: the folder that it lies in, but never the node's root. */
  readonly mounted: string;
  /** What to read of it. */
  readonly name: string;
}

function placeOf(text: string): Place {
  const hostPath = join(text);
  const parent = dirname(hostPath);
  if (parent === dirname(parent)) return { hostPath, mounted: hostPath, name: '.' };
  return { hostPath, mounted: parent, name: basename(hostPath) };
}

interface Making {
  readonly made: Made;
  readonly context: CollectContext;
}

async function create(
  place: Place,
  fields: Fields,
  { made, context }: Making,
): Promise<MadeDaemonSet> {
  const { namespace } = context.kube;
  const secretName = await preparePullSecret(entryOf(fields, 'imagePullSecret'), {
    namespace,
    made,
    attempted: 'create daemonset: create secret',
  });
  const secrets = secretName === undefined ? {} : { imagePullSecrets: [{ name: secretName }] };
  const parts = {
    namespace,
    start: 'troubleshoot-copyfromhost-',
    label: { 'troubleshoot.sh/collector': 'copyfromhost' },
    podSpec: { ...podSpec(place, fields, context), ...secrets },
    attempted: 'create daemonset: create daemonset',
  };
  return await makeDaemonSet(parts, made);
}

function podSpec({ mounted }: Place, fields: Fields, context: CollectContext) {
  return {
    tolerations: TOLERATIONS,
    // `sleep` as the first process heeds no SIGTERM.
    terminationGracePeriodSeconds: 0,
    // What it reads is not to be reached from elsewhere, and it asks the API for nothing.
    automountServiceAccountToken: false,
    containers: [
      {
        name: CONTAINER,
        image: context.image(textOf(fields, 'image')),
        imagePullPolicy: textOf(fields, 'imagePullPolicy') || 'IfNotPresent',
        command: ['sleep'],
        args: ['1000000'],
        volumeMounts: [{ name: 'host', mountPath: '/host', readOnly: true }],
      },
    ],
    volumes: [{ name: 'host', hostPath: { path: mounted, type: 'Directory' } }],
  };
}

/** False at the end of its time: the nodes whose pods run by then are read all the same. */
async function waitUntilReady(path: string, { context, limit }: Bounds): Promise<boolean> {
  try {
    for (;;) {
      await limit.pause(POLL_MS);
      const daemonSet = await limit.bound((signal) => context.kube.get(path, signal));
      const status = objectAt(daemonSet, 'status');
      const desired = status?.['desiredNumberScheduled'];
      if (isSome(desired) && desired === status?.['numberAvailable']) return true;
    }
  } catch (error) {
    context.signal.throwIfAborted();
    if (!limit.isOver) throw error;
    return false;
  }
}

interface NodePod {
  readonly name: string;
  readonly node: string;
}

function podOf(pod: ApiObject): NodePod {
  return { name: textAt(pod, 'metadata', 'name'), node: textAt(pod, 'spec', 'nodeName') };
}

async function* copyFrom(
  { name, node }: NodePod,
  place: Place,
  { fields, context, limit }: Bounds & { readonly fields: Fields },
): AsyncGenerator<Piece> {
  const folder = join(textOf(fields, 'name') || place.hostPath, node);
  const files = {
    namespace: context.kube.namespace,
    pod: name,
    container: CONTAINER,
    containerPath: join('/host', place.name),
  };
  const bounded = { ...context, signal: limit.signal };
  const pieces = flagOf(fields, 'extractArchive')
    ? readPodFiles(files, bounded)
    : readPodTar(files, 'archive.tar', bounded);
  let failure: CopyFailure | undefined;
  try {
    failure = yield* below(folder, pieces);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!limit.isOver) throw error;
    // One slow node must not cost the others.
    failure = { cause: error, message: 'timeout', stderr: '' };
  }
  if (failure === undefined) return;
  yield filePiece(join(folder, 'error.txt'), failure.message);
  if (failure.stderr !== '') yield filePiece(join(folder, 'stderr.txt'), failure.stderr);
  const outcome = hasCode(failure.cause, 'KUBE_FORBIDDEN') ? 'forbidden' : 'partial';
  yield problem(outcome, `${folder}: ${failure.message}`);
}
