/** The Kubernetes door on a real API server: streams, creation, deletion, exec, rights, a restart in between. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { KubeAnswerError } from '../../agent/kube/api-error.ts';
import type { KubeApi } from '../../agent/kube/client.ts';
import { type ConnectOptions, connectKube } from '../../agent/kube/connect.ts';
import { type ControlPlane, kubeconfigFor, startControlPlane } from '../bed/control-plane.ts';
import { asRecord, type KubeObject } from '../bed/kube.ts';
import { never } from '../support/signal.ts';

const CONFIG_MAPS = '/api/v1/namespaces/shop/configmaps';
const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
/** 20 MB, compressed 15: more than the buffers of a connection hold. */
const OBJECTS = 200;
const TEXT = randomBytes(75_000).toString('base64');

describe('the Kubernetes door on a real API server', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let kube: KubeApi;

  before(async () => {
    plane = await startControlPlane();
    await plane.kube.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
      ...Array.from({ length: OBJECTS }, (_, index) => configMap(`large-${index}`, TEXT)),
      pod('lost', { nodeName: 'node-that-is-gone' }),
      pod('waiting', {}),
    ]);
    kube = await connected();
  });

  after(() => plane.stop());

  it('streams a list', async () => {
    const { statusCode, contentType, body } = await kube.stream(CONFIG_MAPS, {}, never());

    const list = asRecord(JSON.parse(await textOf(body)));
    assert.equal(statusCode, 200);
    assert.equal(contentType, 'application/json');
    assert.ok(Array.isArray(list['items']));
    assert.equal(list['items'].length, OBJECTS);
  });

  it('streams what comes compressed', async () => {
    const { body } = await kube.stream(CONFIG_MAPS, {}, never());
    const plain = await plane.kube.request({ path: CONFIG_MAPS });

    assert.deepEqual(JSON.parse(await textOf(body)), plain.body);
  });

  it('leaves a list in the middle and goes on', async () => {
    const narrow = await connected({ concurrency: 1 });
    const { body } = await narrow.stream(CONFIG_MAPS, {}, never());

    for await (const chunk of body) {
      assert.ok(chunk.length > 0);
      break;
    }

    assert.equal(asRecord(await narrow.get('/api', never()))['kind'], 'APIVersions');
  });

  it('gives text as it is', async () => {
    const { contentType, body } = await kube.stream('/readyz', { accept: '*/*' }, never());

    assert.match(contentType, /^text\/plain/);
    assert.equal(await textOf(body), 'ok');
  });

  it('asks what it may', async () => {
    const answer = asRecord(await kube.post(REVIEWS, { spec: { namespace: 'shop' } }, never()));

    const status = asRecord(answer['status']);
    assert.ok(Array.isArray(status['resourceRules']));
    assert.equal(status['incomplete'], false);
  });

  it('creates and deletes, twice over', async () => {
    const created = asRecord(await kube.post(CONFIG_MAPS, configMap('own', 'text'), never()));
    assert.equal(asRecord(created['metadata'])['name'], 'own');
    await assert.rejects(kube.post(CONFIG_MAPS, configMap('own', 'text'), never()), {
      code: 'KUBE_CONFLICT',
      apiMessage: 'configmaps "own" already exists',
    });

    const options = { gracePeriodSeconds: 0, propagationPolicy: 'Background' } as const;
    await kube.delete(`${CONFIG_MAPS}/own`, options, never());

    await assert.rejects(kube.get(`${CONFIG_MAPS}/own`, never()), { code: 'KUBE_NOT_FOUND' });
    await kube.delete(`${CONFIG_MAPS}/own`, {}, never());
  });

  for (const [name, code, apiMessage] of [
    [
      'lost',
      'KUBE_NOT_FOUND',
      /^unable to upgrade connection: pods "node-that-is-gone" not found$/,
    ],
    [
      'waiting',
      'KUBE_FAILED',
      /^unable to upgrade connection: pod waiting does not have a host assigned$/,
    ],
    ['none', 'KUBE_NOT_FOUND', /^unable to upgrade connection: pods "none" not found$/],
  ] as const) {
    it(`tells why it cannot execute in the pod ${name}`, async () => {
      const target = { namespace: 'shop', pod: name, container: 'web', command: ['true'] };

      await assert.rejects(kube.exec(target, never()), (error) => {
        assert.ok(error instanceof KubeAnswerError, String(error));
        assert.equal(error.code, code, error.apiMessage);
        assert.match(error.apiMessage, apiMessage);
        return true;
      });
    });
  }

  it('needs the right to get pods/exec for a command', async () => {
    await plane.kube.apply(executor(['create']));
    const limited = await connected({}, plane.url, await plane.token('shop', 'executor'));
    const target = { namespace: 'shop', pod: 'waiting', container: 'web', command: ['true'] };
    await assert.rejects(limited.exec(target, never()), {
      code: 'KUBE_FORBIDDEN',
      apiMessage: /cannot get resource "pods\/exec" in API group "" in the namespace "shop"/,
    });

    await plane.kube.apply(executor(['create', 'get']));

    await assert.rejects(limited.exec(target, never()), { apiMessage: /have a host assigned/ });
  });

  it('outlasts a restart of the API server in the middle of a list', async () => {
    const patient = await connected({ outlastsOutages: true });
    const { body } = await patient.stream(CONFIG_MAPS, {}, never());
    let restarted: Promise<void> | undefined;

    await assert.rejects(
      async () => {
        for await (const chunk of body) {
          assert.ok(chunk.length > 0);
          if (restarted !== undefined) continue;
          await plane.stopApiServer();
          restarted = plane.startApiServer();
        }
      },
      { code: 'KUBE_UNREACHABLE' },
    );

    const again = await patient.stream('/api/v1/namespaces/shop/pods', {}, never());
    const list = asRecord(JSON.parse(await textOf(again.body)));
    assert.ok(Array.isArray(list['items']));
    assert.equal(list['items'].length, 2);
    await restarted;
  });

  async function connected(
    options: ConnectOptions = {},
    url = plane.url,
    token = plane.adminToken,
  ): Promise<KubeApi> {
    const kubeconfigFile = join(plane.folder, `kubeconfig-${Math.random()}`);
    const config = kubeconfigFor({ url, caFile: plane.caFile, token });
    // The API server's own certificate names kubernetes.default.
    const named = config.replace('"server":', '"tls-server-name":"kubernetes.default","server":');
    await writeFile(kubeconfigFile, named);
    return await connectKube({ ...options, kubeconfigFile });
  }
});

function configMap(name: string, text: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'shop' },
    data: { text },
  };
}

/** A ServiceAccount that has these rights to pods/exec, and no other. */
function executor(verbs: readonly string[]): readonly KubeObject[] {
  const metadata = { name: 'executor', namespace: 'shop' };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['pods/exec'], verbs }],
    },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'executor' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
  ];
}

function pod(name: string, spec: Readonly<Record<string, unknown>>): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop' },
    spec: { ...spec, containers: [{ name: 'web', image: 'registry.test/web:1' }] },
  };
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
