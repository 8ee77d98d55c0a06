/** The native engine in trouble: the rest of the bundle is there, the record says what is missing, nothing is left behind. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { connectKube } from '../../agent/kube/connect.ts';
import { CHILD_NODE_FLAGS } from '../../agent/run/child.ts';
import type { CollectorSpec } from '../../agent/spec/types.ts';
import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../bed/fault-proxy.ts';
import { asRecord, type KubeObject } from '../bed/kube.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { smallWorkload } from '../bed/workload.ts';
import { type CollectOptions, collectBundle, type NativeBundle } from '../support/native.ts';
import { collector, mergedSpec } from '../support/spec.ts';

const ORDERS_SERVICES = 'cluster-resources/services/acme-orders.json';
const ORDERS_PODS = 'cluster-resources/pods/acme-orders.json';

describe('the native engine in trouble', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let folder: string;

  before(async () => {
    plane = await startControlPlane();
    await plane.kube.apply([...smallWorkload().filter(isWell), SERVICE_ACCOUNT]);
  });

  after(() => plane.stop());

  beforeEach(async () => {
    folder = temporaryFolder('faults');
    proxy = await startFaultProxy(plane);
  });

  afterEach(async () => {
    await proxy.stop();
    await removeFolder(folder);
  });

  /** clusterInfo, clusterResources and these, through the proxy. */
  async function collectThroughProxy(
    collectors: readonly CollectorSpec[] = [],
    options: CollectOptions = {},
  ): Promise<NativeBundle> {
    const kube = await connectKube({ kubeconfigFile: proxy.kubeconfigFile });
    const spec = mergedSpec({
      collectors: [collector('clusterInfo'), collector('clusterResources'), ...collectors],
    });
    return await collectBundle({ kube, spec, workDir: folder, ...options });
  }

  for (const [what, fault, said] of [
    ['500', { kind: 'answer', statusCode: 500, body: status('it broke') }, /it broke/],
    [
      '403',
      { kind: 'answer', statusCode: 403, body: status('services is forbidden') },
      /forbidden/,
    ],
    ['410 at each try', { kind: 'answer', statusCode: 410, body: status('too old') }, /too old/],
    ['no JSON', { kind: 'answer', statusCode: 200, body: '<html>' }, /JSON/],
    ['half of its JSON', { kind: 'cut', afterBytes: 200 }, /services/],
  ] as const) {
    it(`goes on when one kind answers ${what}`, async () => {
      proxy.fault = (_method, path) => (path.includes('/services') ? fault : undefined);
      const { files, results } = await collectThroughProxy();

      assert.equal(files[ORDERS_SERVICES], undefined);
      assert.match(files['cluster-resources/services-errors.json']?.text ?? '', said);
      assert.ok(files[ORDERS_PODS]);
      assert.equal(results['clusterResources']?.outcome, 'partial');
      assert.match(results['clusterResources']?.errors.join('\n') ?? '', said);
    });
  }

  it('cuts off a kind that never answers, and gives the rest', async () => {
    proxy.fault = (_method, path) => (path.includes('/services') ? { kind: 'silence' } : undefined);
    const { files, results } = await collectThroughProxy([], { collectorTimeoutMs: 4_000 });

    assert.ok(files[ORDERS_PODS]);
    assert.ok(files['cluster-info/cluster_version.json']);
    assert.equal(results['clusterResources']?.outcome, 'timeout');
    assert.equal(results['clusterInfo']?.outcome, 'ok');
  });

  it('lists a kind anew when the server restarts in the middle of it', async () => {
    let restarted: Promise<void> | undefined;
    proxy.fault = (_method, path) => {
      if (restarted !== undefined || !path.startsWith('/api/v1/pods?')) return undefined;
      restarted = restart(plane);
      return { kind: 'cut', afterBytes: 5_000 };
    };
    const { files, results } = await collectThroughProxy();
    await restarted;

    assert.match(files[ORDERS_PODS]?.text ?? '', /orders-api/);
    assert.ok(files[ORDERS_SERVICES]);
    assert.deepEqual(results['clusterResources']?.errors, []);
    assert.equal(results['clusterResources']?.outcome, 'ok');
  });

  it('gives what it has when its token expires in the middle', async () => {
    const unauthorized: Fault = { kind: 'answer', statusCode: 401, body: status('Unauthorized') };
    proxy.fault = (_method, path) =>
      path.includes('/pods') || path.includes('/version') ? undefined : unauthorized;
    const { files, results } = await collectThroughProxy();

    assert.ok(files['cluster-info/cluster_version.json']);
    assert.match(results['clusterResources']?.errors.join('\n') ?? '', /Unauthorized/);
    assert.notEqual(results['clusterResources']?.outcome, 'ok');
  });

  it('reads a namespace that is deleted meanwhile as an empty one', async () => {
    await plane.kube.apply([namespace('short-lived'), configMap('short-lived', 'settings')]);
    let deleted: Promise<void> | undefined;
    proxy.fault = (_method, path) => {
      if (path.startsWith('/api/v1/configmaps')) deleted ??= deleteNamespace(plane, 'short-lived');
      return undefined;
    };
    const { files, results } = await collectThroughProxy();
    await deleted;

    assert.ok(files['cluster-resources/configmaps/short-lived.json']);
    assert.equal(results['clusterResources']?.outcome, 'ok');
  });

  it('keeps what it has of a log without an end', async () => {
    proxy.fault = (_method, path) =>
      path.includes('/orders-api-') && path.includes('/log')
        ? { kind: 'stream', chunks: endlessLines }
        : undefined;
    const logs = collector('logs', { name: 'app', namespace: 'acme-orders' });
    const { files, results } = await collectThroughProxy([logs], { collectorTimeoutMs: 5_000 });

    assert.equal(results['logs']?.outcome, 'timeout');
    assert.ok(files[ORDERS_PODS]);
    assert.deepEqual(await readdir(folder), []);
  });

  it('cuts off a command that hangs', async () => {
    proxy.fault = (_method, path) => (path.includes('/exec?') ? { kind: 'silence' } : undefined);
    const exec = collector('exec', {
      name: 'app',
      namespace: 'acme-orders',
      selector: ['app=orders-api'],
      command: ['sleep'],
      timeout: '1s',
    });
    const { files, results } = await collectThroughProxy([exec]);

    assert.ok(['failed', 'timeout'].includes(results['exec']?.outcome ?? ''));
    assert.ok(files['collector-errors/exec-error.json']);
    assert.ok(files[ORDERS_PODS]);
  });

  it('gives objects with unusual names', async () => {
    const name = 'sys:a b&<c>;"d"\u00e9';
    await plane.kube.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name },
      rules: [],
    });
    const { files } = await collectThroughProxy();
    const list: unknown = JSON.parse(files['cluster-resources/clusterroles.json']?.text ?? '');

    assert.ok(JSON.stringify(list).includes(JSON.stringify(name).slice(1, -1)));
  });

  // Behind all others: the API server is busy with them for a while.
  it('collects 1,000 kinds of custom resources', async () => {
    await plane.kube.apply(Array.from({ length: KINDS }, (_, index) => definition(index)));
    await waitForKinds(plane, KINDS);
    const last = `things${KINDS - 1}`;
    await plane.kube.create({
      ...thing(KINDS - 1),
      metadata: { name: 'one', namespace: 'default' },
    });
    const { files, results } = await collectThroughProxy();

    assert.ok(files[`cluster-resources/custom-resources/${last}.${GROUP}/default.json`]);
    assert.equal(
      files['cluster-resources/custom-resources/custom-resources-errors.json'],
      undefined,
    );
    assert.equal(results['clusterResources']?.outcome, 'ok');
  });

  it('holds little of a list of 200 MB', async () => {
    proxy.fault = (_method, path) =>
      path.startsWith('/api/v1/configmaps') ? { kind: 'stream', chunks: largeList } : undefined;
    const script = join(import.meta.dirname, 'collect-memory-process.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...CHILD_NODE_FLAGS,
      script,
      proxy.kubeconfigFile,
      folder,
    ]);
    const { residentBytes, bytes } = asRecord(JSON.parse(stdout));

    assert.ok(Number(bytes) > 200e6, `${Number(bytes)} bytes`);
    assert.ok(Number(residentBytes) < 200e6, `${Number(residentBytes)} bytes resident`);
  });
});

/** Its controller does not run here. */
const SERVICE_ACCOUNT: KubeObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'default', namespace: 'acme-orders' },
};

const KINDS = 1_000;
const GROUP = 'many.example.com';

function definition(index: number): KubeObject {
  const { kind } = thing(index);
  const plural = kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural, singular: plural, kind },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      ],
    },
  };
}

function thing(index: number) {
  return { apiVersion: `${GROUP}/v1`, kind: `Things${index}` };
}

/** Definitions are there before the API server serves what they define. */
async function waitForKinds(plane: ControlPlane, count: number): Promise<void> {
  for (let tries = 0; tries < 90; tries++) {
    const { body } = await plane.kube.request({ path: `/apis/${GROUP}/v1` });
    const { resources } = asRecord(body);
    if (Array.isArray(resources) && resources.length >= count) return;
    await sleep(1_000);
  }
  throw new Error(`the API server never served ${count} kinds`);
}

/** A pod that crashes would have its logs read, from a node that is not there. */
function isWell({ kind, metadata }: KubeObject): boolean {
  return kind !== 'Pod' || !metadata.name.startsWith('orders-worker-');
}

function status(message: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message });
}

function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function configMap(inNamespace: string, name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: inNamespace } };
}

async function restart(plane: ControlPlane): Promise<void> {
  await plane.stopApiServer();
  await plane.startApiServer();
}

/** As the namespace controller would: what is in it, then the namespace itself. */
async function deleteNamespace(plane: ControlPlane, name: string): Promise<void> {
  await plane.kubectl('delete', 'configmaps', '--all', '-n', name);
  await plane.kubectl('delete', 'namespace', name, '--wait=false');
  const finalized = { ...namespace(name), spec: { finalizers: [] } };
  await plane.kube.request({
    method: 'PUT',
    path: `/api/v1/namespaces/${name}/finalize`,
    body: finalized,
  });
}

// Some megabytes a second: no more than memory holds as one text until it is cut off.
async function* endlessLines(): AsyncGenerator<string> {
  for (;;) {
    yield 'a line of a log that does not end\n'.repeat(100);
    await sleep(1);
  }
}

// One page of 200 ConfigMaps with 1 MB each.
function* largeList(): Generator<string> {
  yield '{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[';
  const line = 'a line of a ConfigMap\\n';
  for (let index = 0; index < 200; index++) {
    yield `${index === 0 ? '' : ','}{"metadata":{"name":"c${index}","namespace":"acme-orders"},"data":{"text":"`;
    for (let part = 0; part < 100; part++) yield line.repeat(Math.ceil(10_500 / line.length));
    yield '"}}';
  }
  yield ']}';
}
