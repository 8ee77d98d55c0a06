/** runPod: runs a pod of the spec to its end, and keeps its log. */

import { AgentError } from '../../errors.ts';
import { type ApiObject, objectAt, objectsAt, textAt } from '../../kube/object-fields.ts';
import type { ApiRule, CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { entryOf, flagOf, textOf } from '../fields.ts';
import { jsonPiece, problem } from '../pieces.ts';
import { loggedPod, readLogs } from '../pod-logs.ts';
import { readTimeoutMs, TimeLimit } from '../time-limit.ts';
import { wrapped } from '../wrapped.ts';
import { type Made, withMade } from './made.ts';
import { hasEnded, POLL_MS, podPath, waitingReasons } from './made-pods.ts';
import { preparePullSecret, pullSecretRules } from './pull-secret-for-pods.ts';

const LIMITS = { tailLines: 10_000, limitBytes: 5_000_000 };

/** A pod to run, of `runPod` or made from the fields of `run`. */
export interface PodToRun {
  /** The field `name`: the folder. */
  readonly name: string;
  readonly collectorName: string;
  readonly namespace: string;
  readonly podSpec: ApiObject;
  readonly annotations: ApiObject | undefined;
  readonly pullSecret: ApiObject | undefined;
  readonly retriesPulls: boolean;
}

/** Source: troubleshoot v0.133.0, pkg/collect/run_pod.go. */
export const runPod: Collector = {
  rules: (fields) => runRules(textOf(fields, 'namespace') || 'default', fields),

  async *collect(fields, context) {
    const pod = {
      name: textOf(fields, 'name'),
      collectorName: textOf(fields, 'collectorName'),
      namespace: textOf(fields, 'namespace') || 'default',
      podSpec: withOurImages(entryOf(fields, 'podSpec') ?? {}, context),
      annotations: entryOf(fields, 'annotations'),
      pullSecret: entryOf(fields, 'imagePullSecret'),
      retriesPulls: flagOf(fields, 'allowImagePullRetries'),
    };
    yield* runToEnd(pod, readTimeoutMs(fields, 'failed to parse timeout: '), context);
  },
};

/** A pod in this namespace, its log and Events; and a Secret, where the spec brings one. */
export function runRules(namespace: string, fields: Fields): readonly ApiRule[] {
  return [
    { apiGroups: [''], resources: ['pods'], verbs: ['create'], namespace, isRequired: true },
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'delete'], namespace },
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get'], namespace },
    { apiGroups: [''], resources: ['events'], verbs: ['list'], namespace },
    ...pullSecretRules(fields, namespace),
  ];
}

/** The containers' images as COLLECTOR_IMAGES has them. */
export function withOurImages(
  podSpec: ApiObject,
  { image }: Pick<CollectContext, 'image'>,
): ApiObject {
  const replaced = ['initContainers', 'containers'].flatMap((list) =>
    podSpec[list] === undefined
      ? []
      : [
          [
            list,
            objectsAt(podSpec, list).map((container) => ({
              ...container,
              image: image(textAt(container, 'image')),
            })),
          ] as const,
        ],
  );
  return { ...podSpec, ...Object.fromEntries(replaced) };
}

/**
 * Creates the pod, follows the log of its first container, and deletes it.
 *
 * @yields The log with a link `<name>/<pod>.log`, then `<name>/<name>.json` and `<name>/<name>-events.json`.
 * @throws {Error} `timeout`: it did not end in time; the log until then has been given.
 */
export function runToEnd(
  pod: PodToRun,
  timeoutMs: number | undefined,
  context: CollectContext,
): AsyncGenerator<Piece> {
  return withMade(context, async function* work(made) {
    const path = await createPod(pod, made, context);
    const limit = new TimeLimit(context, timeoutMs);
    yield* followPod(path, pod, { ...context, signal: limit.signal, limit });
    // Also where the log was cut off by it.
    await limit.bound(async () => undefined);
    yield* describePod(path, pod, context);
  });
}

async function createPod(pod: PodToRun, made: Made, { signal }: CollectContext): Promise<string> {
  const { namespace, podSpec, annotations, pullSecret } = pod;
  signal.throwIfAborted();
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const name = pod.collectorName || pod.name || 'run-pod';
  const secretName = await preparePullSecret(pullSecret, {
    namespace,
    made,
    attempted: 'failed to run pod: failed to create secret',
  });
  try {
    // One that is only named is the affair of `podSpec`, as with troubleshoot.
    const isMade = secretName !== undefined && objectAt(pullSecret, 'data') !== undefined;
    const secrets = isMade
      ? { imagePullSecrets: [...objectsAt(podSpec, 'imagePullSecrets'), { name: secretName }] }
      : {};
    await made.create(collection, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        labels: { 'troubleshoot-role': 'run-collector' },
        ...(annotations === undefined ? {} : { annotations }),
      },
      spec: { ...podSpec, ...secrets },
    });
  } catch (error) {
    throw wrapped(error, 'failed to run pod: failed to create pod');
  }
  return podPath(namespace, name);
}

async function* followPod(
  path: string,
  pod: PodToRun,
  context: CollectContext & { readonly limit: TimeLimit },
): AsyncGenerator<Piece> {
  const started = await waitUntilStarted(path, pod, context);
  const described = loggedPod(started);
  const link = `${pod.name}/${described.name}`;
  const log = {
    pod: described,
    container: '',
    limits: LIMITS,
    hasTimestamps: false,
    follows: true as const,
    link,
    *errorPieces(message: string) {
      yield problem('partial', `${link}.log: ${message}`);
    },
  };
  yield* readLogs([log], context);
}

/** Running, or already at its end. */
async function waitUntilStarted(
  path: string,
  pod: PodToRun,
  { kube, limit }: CollectContext & { readonly limit: TimeLimit },
): Promise<unknown> {
  for (;;) {
    const now = await limit.bound((signal) => kube.get(path, signal));
    if (textAt(now, 'status', 'phase') === 'Running' || hasEnded(now)) return now;
    const reasons = waitingReasons(now);
    if (reasons.includes('ImagePullBackOff') && !pod.retriesPulls) {
      throw aborted('ImagePullBackOff');
    }
    if (reasons.includes('ContainerCreating')) {
      const events = await limit.bound((signal) => kube.get(eventsPath(path), signal));
      const hasFailed = objectsAt(events, 'items').some(
        ({ reason }) => reason === 'FailedCreatePodSandBox',
      );
      if (hasFailed) throw aborted('FailedCreatePodSandBox');
    }
    await limit.pause(POLL_MS);
  }
}

function aborted(status: string): AgentError {
  return new AgentError('KUBE_FAILED', `run pod aborted after getting pod status '${status}'`);
}

function eventsPath(path: string): string {
  const [, namespace = '', name = ''] = /namespaces\/([^/]+)\/pods\/([^/]+)$/.exec(path) ?? [];
  const selector = encodeURIComponent(`involvedObject.name=${decodeURIComponent(name)}`);
  return `/api/v1/namespaces/${namespace}/events?fieldSelector=${selector}`;
}

// How the pod ended, without what its spec may hold of secrets, and what Events say of it.
async function* describePod(
  path: string,
  { name }: PodToRun,
  { kube, signal }: CollectContext,
): AsyncGenerator<Piece> {
  const pod = await kube.get(path, signal);
  const events = await kube.get(eventsPath(path), signal);
  const items = objectsAt(events, 'items');
  yield jsonPiece(`${name}/${name}.json`, {
    metadata: objectAt(pod, 'metadata'),
    spec: { containers: null },
    status: objectAt(pod, 'status'),
  });
  yield jsonPiece(`${name}/${name}-events.json`, {
    metadata: { resourceVersion: textAt(events, 'metadata', 'resourceVersion') },
    items: items.length === 0 ? null : items,
  });
}
