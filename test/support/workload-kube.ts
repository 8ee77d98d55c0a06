/** A Kubernetes API in memory with nodes: pods that are made have a status and a log, DaemonSets have pods. */

import assert from 'node:assert/strict';

import type { Collector, Fields } from '../../agent/collect/collector.ts';
import { AgentError } from '../../agent/errors.ts';
import type { DeleteOptions, KubeStream, StreamOptions } from '../../agent/kube/client.ts';
import { objectAt, objectsAt, textAt } from '../../agent/kube/object-fields.ts';
import { FakeClock } from './clock.ts';
import { collectContext, gather } from './collect.ts';
import { FakeKube, type FakeObject } from './kube.ts';

const PODS = /^\/api\/v1\/namespaces\/[^/]+\/pods$/;
const DAEMON_SETS = /^\/apis\/apps\/v1\/namespaces\/([^/]+)\/daemonsets$/;

/** What becomes of a pod. */
export interface PodFate {
  readonly status: Readonly<Record<string, unknown>>;
  /** Empty by default; an Error is the answer instead. */
  readonly log?: string | Error;
}

export class WorkloadKube extends FakeKube {
  /** Each has a pod of every DaemonSet. */
  nodes: readonly string[] = ['n1', 'n2'];
  /** Asked once for each pod, when it is made. */
  onPod: (pod: FakeObject) => PodFate = () => ended('done\n');
  /** Of a DaemonSet, from when it is made. */
  daemonSetStatus = (): Readonly<Record<string, unknown>> => ({
    desiredNumberScheduled: this.nodes.length,
    currentNumberScheduled: this.nodes.length,
    numberAvailable: this.nodes.length,
  });
  readonly #logs = new Map<string, string | Error>();

  override async post(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const object = await super.post(path, body, signal);
    const place = `${path}/${textAt(object, 'metadata', 'name')}`;
    if (PODS.test(path)) this.#start(place, { ...objectAt(object) });
    if (DAEMON_SETS.test(path)) {
      const daemonSet: FakeObject = { ...objectAt(object) };
      this.put(place, { ...daemonSet, status: this.daemonSetStatus() });
      for (const node of this.nodes) this.#startOn(node, daemonSet);
    }
    return object;
  }

  /** A DaemonSet's pods go with it. */
  override async delete(path: string, options: DeleteOptions, signal: AbortSignal): Promise<void> {
    await super.delete(path, options, signal);
    for (const pod of this.paths.filter((other) => other.includes(`/pods/${nameIn(path)}-n`))) {
      this.remove(pod);
    }
  }

  override async stream(
    path: string,
    options: StreamOptions,
    signal: AbortSignal,
  ): Promise<KubeStream> {
    const [pod = '', query = ''] = path.split('/log?');
    const log = query.includes('previous=true') ? undefined : this.#logs.get(pod);
    if (log instanceof Error) throw log;
    if (log !== undefined) this.putText(path, log);
    return await super.stream(path, options, signal);
  }

  #startOn(node: string, daemonSet: FakeObject): void {
    const template = objectAt(daemonSet, 'spec', 'template');
    const [namespace, name] = ['namespace', 'name'].map((key) =>
      textAt(daemonSet, 'metadata', key),
    );
    this.#start(`/api/v1/namespaces/${namespace}/pods/${name}-${node}`, {
      metadata: { ...objectAt(template, 'metadata') },
      spec: { ...objectAt(template, 'spec'), nodeName: node },
    });
  }

  #start(path: string, pod: FakeObject): void {
    const { status, log = '' } = this.onPod(pod);
    this.#logs.set(path, log);
    this.put(path, { ...pod, status });
  }
}

/** The namespace `shop`: a pod of the app `api` and two of `web`, each with the containers `app` and `sidecar`. */
export function shop(): FakeKube {
  const kube = new FakeKube();
  for (const [name, app] of [
    ['api-1', 'api'],
    ['web-1', 'web'],
    ['web-2', 'web'],
  ] as const) {
    kube.put(`/api/v1/namespaces/shop/pods/${name}`, {
      metadata: { labels: { app } },
      spec: { containers: [{ name: 'app' }, { name: 'sidecar' }] },
    });
  }
  return kube;
}

/** The fate of a pod that runs to its end. */
export function ended(log: string | Error, phase: 'Succeeded' | 'Failed' = 'Succeeded'): PodFate {
  return { status: { phase, containerStatuses: [{ restartCount: 0 }] }, log };
}

/** That of one whose container waits. */
export function waiting(reason: string): PodFate {
  const containerStatuses = [{ restartCount: 0, state: { waiting: { reason } } }];
  return { status: { phase: 'Pending', containerStatuses } };
}

export const PULL_SECRET_TEXT = '{"auths":{"registry.test":{"auth":"aHVzaDpodXNo"}}}';
const PULL_SECRET_BASE64 = Buffer.from(PULL_SECRET_TEXT).toString('base64');

/** The field `imagePullSecret` of a spec that brings its data along. */
export const PULL_SECRET = {
  name: 'pull',
  type: 'kubernetes.io/dockerconfigjson',
  data: { '.dockerconfigjson': PULL_SECRET_BASE64 },
};

/** Nothing of the secret is in what was given. */
export function assertNoSecret(gathered: unknown): void {
  const text = JSON.stringify(gathered);
  for (const part of [PULL_SECRET_BASE64, 'aHVzaDpodXNo']) assert.ok(!text.includes(part), text);
}

/** The object of this kind that was made, as it was sent. */
export function createdOf(kube: FakeKube, kind: string): FakeObject {
  const found = kube.created.find(({ object }) => object['kind'] === kind)?.object;
  assert.ok(found, `no ${kind} was made`);
  return found;
}

/** Images of a pod's containers, the first ones first. */
export function imagesOf(podSpec: unknown): readonly string[] {
  return ['initContainers', 'containers'].flatMap((list) =>
    objectsAt(podSpec, list).map((container) => textAt(container, 'image')),
  );
}

/** Tests that objects are labelled, and deleted however the collector ends. */
export function itRemovesWhatItMakes(collector: Collector, fields: Fields): void {
  function begin(parts: Parameters<typeof collectContext>[0] = {}) {
    const kube = new WorkloadKube(USED);
    const context = collectContext({ kube, clock: new FakeClock(), ...parts });
    return { kube, context, before: kube.paths };
  }

  it('labels what it makes, and deletes it at its end', async () => {
    const { kube, context, before } = begin();

    await gather(collector, fields, context);

    assert.ok(kube.created.length > 0);
    for (const { object } of kube.created) {
      const { labels } = object.metadata ?? {};
      assert.equal(labels?.['app.kubernetes.io/managed-by'], 'cron-support-bundle');
      assert.equal(labels['cron-support-bundle/run'], context.runId);
      assert.equal(labels['cron-support-bundle/installation'], context.installationId);
    }
    assert.deepEqual(kube.paths, before);
  });

  it('deletes it when its signal aborts', async () => {
    const controller = new AbortController();
    const { kube, context, before } = begin({ signal: controller.signal });
    kube.onPod = () => {
      controller.abort(new AgentError('RUN_ABORTED', 'over'));
      return waiting('ContainerCreating');
    };

    await assert.rejects(gather(collector, fields, context), { code: 'RUN_ABORTED' });

    assert.ok(kube.created.length > 0);
    assert.deepEqual(kube.paths, before);
  });

  it('deletes it when its reader stops early', async () => {
    const { kube, context, before } = begin();
    const pieces = collector.collect(fields, context);
    await pieces.next();

    await pieces.return(undefined);

    assert.ok(kube.created.length > 0);
    assert.deepEqual(kube.paths, before);
  });

  it('names what cannot be deleted', async () => {
    const { kube, context } = begin();
    kube.onDelete = () => {
      throw new AgentError('KUBE_FORBIDDEN', 'no');
    };

    const { problems } = await gather(collector, fields, context);

    const made = kube.created.map(({ path }) => path).toSorted();
    assert.deepEqual(
      problems.map(({ outcome, message }) => `${outcome}: ${message}`).toSorted(),
      made.map((path) => `named: ${path} was made here and could not be deleted: no`),
    );
  });
}

/** What collectors look for beside what they make. */
const USED = {
  '/api/v1/nodes/n1': {},
  '/api/v1/namespaces/default/serviceaccounts/default': {},
  '/api/v1/namespaces/default/services/kubernetes': {},
};

function nameIn(path: string): string {
  return path.split('/').at(-1) ?? '';
}
