/** copyFromHost: a file or a folder of each node, read by a pod on it. */

import { basename, dirname, join } from 'node:path/posix';

import { hasCode } from '../../errors.ts';
import type { CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { entryOf, flagOf, textOf } from '../fields.ts';
import { interleave } from '../interleave.ts';
import { listObjects } from '../list-objects.ts';
import { objectAt, textAt } from '../object-fields.ts';
import { filePiece, problem } from '../pieces.ts';
import { readTimeoutMs, TimeLimit } from '../time-limit.ts';
import { wrapped } from '../wrapped.ts';
import { MADE_LABEL, Made, RUN_LABEL, uniqueName } from './made.ts';
import { type Bounds, POLL_MS, TOLERATIONS } from './made-pods.ts';
import { readPodFiles, readPodTar } from './pod-files.ts';
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
    const { namespace } = context.kube;
    const place = placeOf(textOf(fields, 'hostPath'));
    const made = new Made(context);
    try {
      const name = await create(place, fields, { made, context });
      const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets/${name}`;
      const ready = new TimeLimit(context, READY_MS);
      await waitUntilReady(path, { context, limit: ready });
      const given = readTimeoutMs(fields, 'parse timeout: ') ?? 0;
      const limit = new TimeLimit(context, given > 0 ? given : undefined);
      const pods = await limit.bound((signal) => listPods(name, { ...context, signal }));
      const lanes = pods.map((pod) => copyFrom(pod, place, { fields, context, limit }));
      yield* interleave(lanes, context.concurrency);
    } finally {
      for (const message of await made.remove()) yield problem('named', message);
    }
  },
};

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

async function create(place: Place, fields: Fields, { made, context }: Making): Promise<string> {
  const { namespace } = context.kube;
  const name = uniqueName('troubleshoot-copyfromhost-');
  const labels = { 'troubleshoot.sh/collector': 'copyfromhost', [MADE_LABEL]: name };
  try {
    const secretName = await preparePullSecret(entryOf(fields, 'imagePullSecret'), namespace, made);
    const secrets = secretName === undefined ? {} : { imagePullSecrets: [{ name: secretName }] };
    await made.create(`/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets`, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: { ...labels, ...made.labels } },
          spec: { ...podSpec(place, fields, context), ...secrets },
        },
      },
    });
  } catch (error) {
    throw wrapped(error, 'create daemonset: create daemonset');
  }
  return name;
}

function podSpec({ mounted }: Place, fields: Fields, context: CollectContext) {
  return {
    tolerations: TOLERATIONS,
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

/** At the end of its time it returns all the same: the nodes whose pods run by then are read. */
async function waitUntilReady(path: string, { context, limit }: Bounds): Promise<void> {
  try {
    for (;;) {
      await limit.pause(POLL_MS);
      const daemonSet = await limit.bound((signal) => context.kube.get(path, signal));
      const status = objectAt(daemonSet, 'status');
      const desired = status?.['desiredNumberScheduled'];
      if (desired !== 0 && desired === status?.['numberAvailable']) return;
    }
  } catch (error) {
    context.signal.throwIfAborted();
    if (!limit.isOver) throw error;
  }
}

interface NodePod {
  readonly name: string;
  readonly node: string;
}

async function listPods(name: string, context: CollectContext): Promise<readonly NodePod[]> {
  return await listObjects(
    {
      path: `/api/v1/namespaces/${encodeURIComponent(context.kube.namespace)}/pods`,
      query: { labelSelector: `${MADE_LABEL}=${name},${RUN_LABEL}` },
      keep: (pod) => ({
        name: textAt(pod, 'metadata', 'name'),
        node: textAt(pod, 'spec', 'nodeName'),
      }),
    },
    context,
  );
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
  let next = await limit.bound(() => pieces.next());
  for (; next.done !== true; next = await limit.bound(() => pieces.next())) {
    // Not joined: a path that leads upwards is left out by name, and must not become another one.
    yield { ...next.value, path: `${folder}/${next.value.path}` };
  }
  const failure = next.value;
  if (failure === undefined) return;
  yield filePiece(join(folder, 'error.txt'), failure.message);
  if (failure.stderr !== '') yield filePiece(join(folder, 'stderr.txt'), failure.stderr);
  const outcome = hasCode(failure.cause, 'KUBE_FORBIDDEN') ? 'forbidden' : 'partial';
  yield problem(outcome, `${folder}: ${failure.message}`);
}
