/** collect/pull-secrets: registries and their users, whatever rights there are. */

import assert from 'node:assert/strict';

import { collectPullSecrets } from '../../../agent/collect/read/pull-secrets.ts';
import { KubeAnswerError } from '../../../agent/kube/api-error.ts';
import { collectContext, type Gathered, gatherPieces } from '../../support/collect.ts';
import { FakeKube } from '../../support/kube.ts';

const FOLDER = 'cluster-resources/image-pull-secrets';

function putSecret(kube: FakeKube, path: string, config: unknown): void {
  const [namespace, name] = path.split('/');
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  kube.put(`/api/v1/namespaces/${namespace}/secrets/${name}`, {
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': base64(text) },
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function forbidden(namespace?: string): KubeAnswerError {
  const where =
    namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const apiMessage = `secrets is forbidden: User "agent" cannot list resource "secrets" in API group "" ${where}`;
  return new KubeAnswerError('KUBE_FORBIDDEN', 'no', { statusCode: 403, apiMessage });
}

async function collect(kube: FakeKube, namespaces: readonly string[]): Promise<Gathered> {
  return await gatherPieces(collectPullSecrets(collectContext({ kube }), namespaces));
}

describe('collect/pull-secrets', () => {
  it("writes each secret's registry and user, and no password", async () => {
    const kube = new FakeKube();
    const auth = base64('robot:pass:word');
    putSecret(kube, 'shop/pull', { auths: { 'registry.test': { auth, username: 'other' } } });
    kube.put('/api/v1/namespaces/shop/secrets/other', { type: 'Opaque', data: {} });

    const { files, problems } = await collect(kube, ['shop', 'bank']);

    assert.deepEqual(files, { [`${FOLDER}/shop/pull.json`]: '{"registry.test":"robot"}' });
    assert.deepEqual(problems, []);
  });

  it('takes one list for the whole cluster, and only of the namespaces that are asked for', async () => {
    const kube = new FakeKube();
    for (const namespace of ['shop', 'bank', 'other']) {
      putSecret(kube, `${namespace}/pull`, { auths: { r: { auth: base64('u:p') } } });
    }

    const { files } = await collect(kube, ['shop', 'bank']);

    assert.deepEqual(Object.keys(files).toSorted(), [
      `${FOLDER}/bank/pull.json`,
      `${FOLDER}/shop/pull.json`,
    ]);
    assert.deepEqual(kube.requests, [
      'GET /api/v1/secrets?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson&limit=250',
    ]);
  });

  it('looks into no other namespace where only one is asked for', async () => {
    const kube = new FakeKube();

    await collect(kube, ['shop']);

    assert.match(kube.requests.join(), /^GET \/api\/v1\/namespaces\/shop\/secrets\?/);
  });

  it('takes the first of several registries by name', async () => {
    const kube = new FakeKube();
    const auths = { b: { auth: base64('second:') }, a: { auth: base64('first:') } };
    putSecret(kube, 'shop/pull', { auths });

    const { files } = await collect(kube, ['shop']);

    assert.equal(files[`${FOLDER}/shop/pull.json`], '{"a":"first"}');
  });

  it('writes an empty user where there is none, and nothing without registries', async () => {
    const kube = new FakeKube();
    putSecret(kube, 'shop/a', { auths: { r: { username: 'robot' } } });
    putSecret(kube, 'shop/b', { auths: {} });
    putSecret(kube, 'shop/c', {});
    putSecret(kube, 'shop/d', 'null');

    const { files } = await collect(kube, ['shop']);

    assert.deepEqual(files, { [`${FOLDER}/shop/a.json`]: '{"r":""}' });
  });

  it('names what cannot be read, without its text', async () => {
    const kube = new FakeKube();
    putSecret(kube, 'shop/a', { auths: { r: { auth: 'us:er' }, s: { auth: base64('u:') } } });
    putSecret(kube, 'shop/b', 'password');
    putSecret(kube, 'shop/c', { auths: ['password'] });

    const { files, problems } = await collect(kube, ['shop']);

    assert.deepEqual(JSON.parse(files[`${FOLDER}-errors.json`] ?? ''), {
      'shop/a/r': 'illegal base64 data at input byte 2',
      'shop/b': 'the Docker configuration is not JSON',
      'shop/c': 'the Docker configuration has no list of registries',
    });
    assert.equal(files[`${FOLDER}/shop/a.json`], '{"s":"u"}');
    assert.equal(problems[0]?.outcome, 'partial');
    assert.equal(problems.length, 3);
  });
});

describe('collect/pull-secrets with few rights', () => {
  it('asks in each namespace, and names what is withheld once', async () => {
    const kube = new FakeKube();
    kube.fail('/api/v1/secrets', forbidden());
    for (const namespace of ['bank', 'post']) {
      kube.fail(`/api/v1/namespaces/${namespace}/secrets`, forbidden(namespace));
    }
    putSecret(kube, 'shop/pull', { auths: { r: { auth: base64('u:p') } } });

    const { files, problems } = await collect(kube, ['post', 'shop', 'bank']);

    const message = (namespace: string): string => forbidden(namespace).apiMessage;
    assert.deepEqual(files, {
      [`${FOLDER}/shop/pull.json`]: '{"r":"u"}',
      [`${FOLDER}-errors.json`]: `{\n  "bank": ${JSON.stringify(message('bank'))},\n  "post": ${JSON.stringify(message('post'))}\n}`,
    });
    assert.deepEqual(problems, [
      { outcome: 'named', message: `${FOLDER}-errors.json (and 1 more): ${message('post')}` },
    ]);
  });

  it('does not ask again in each namespace where the API fails otherwise', async () => {
    const kube = new FakeKube();
    kube.fail('/api/v1/secrets', 'KUBE_FAILED');

    const { files, problems } = await collect(kube, ['shop', 'bank']);

    assert.equal(kube.requests.length, 1);
    const message = 'GET /api/v1/secrets: KUBE_FAILED';
    assert.deepEqual(files, {
      [`${FOLDER}-errors.json`]: `{\n  "bank": "${message}",\n  "shop": "${message}"\n}`,
    });
    assert.equal(problems[0]?.outcome, 'partial');
  });
});
