/** Values of Secrets as they are read, and what of them is none. */

import assert from 'node:assert/strict';
import { rootCertificates } from 'node:tls';

import { readSecretValues } from '../../agent/commands/read-secrets.ts';
import { KubeAnswerError } from '../../agent/kube/api-error.ts';
import { drain } from '../support/generators.ts';
import { FakeKube } from '../support/kube.ts';
import { never } from '../support/signal.ts';

const [CERTIFICATE = ''] = rootCertificates;
const KEY = 'the bytes of a key';

describe('commands/read-secrets', () => {
  it('gives the values of all namespaces, page by page, without Helm’s releases', async () => {
    const kube = new FakeKube();
    for (let index = 0; index < 30; index++) {
      put(kube, `n${index % 3}/s${index}`, { a: `value-${index}` });
    }
    put(kube, 'n1/release', { release: 'a whole chart' }, 'helm.sh/release.v1');

    const values = await read(kube);

    assert.deepEqual(
      values.toSorted(),
      Array.from({ length: 30 }, (_, index) => `value-${index}`).toSorted(),
    );
    assert.equal(kube.requests.length, 4);
    assert.ok(
      kube.requests.every((request) => request.includes('fieldSelector=type%21%3Dhelm.sh')),
    );
  });

  it('reads no other namespace than those given', async () => {
    const kube = new FakeKube();
    for (const namespace of ['one', 'two', 'three']) {
      put(kube, `${namespace}/s`, { a: `in ${namespace}` });
    }

    assert.deepEqual(await read(kube, ['one', 'three']), ['in one', 'in three']);
    assert.ok(kube.requests.every((request) => request.includes('/namespaces/')));
  });

  it('leaves out certificates, a token’s namespace and names', async () => {
    const kube = new FakeKube();
    const token = { 'ca.crt': CERTIFICATE, namespace: 'elsewhere', token: 'eyJ…' };
    put(kube, 'shop/token', token, 'kubernetes.io/service-account-token');
    put(kube, 'shop/tls', { 'tls.crt': 'DER', 'tls.key': KEY, 'root.crt': 'DER' });
    put(kube, 'shop/names', {
      a: 'other-shop-names\n',
      'field-of-it': 'shop',
      b: 'field-of-it',
    });
    put(kube, 'warehouse/other-shop-names', { c: 'warehouse' });

    assert.deepEqual((await read(kube)).toSorted(), ['eyJ…', KEY].toSorted());
  });

  it('reads Secrets without data, and values of any bytes', async () => {
    const kube = new FakeKube();
    kube.put('/api/v1/namespaces/a/secrets/none', {});
    kube.put('/api/v1/namespaces/a/secrets/bytes', { data: { a: '/wAB', b: 7 } });
    const values = await drain(readSecretValues(kube, undefined, never()));

    assert.deepEqual(
      values.map((value) => [...value]),
      [[0xff, 0, 1]],
    );
  });

  for (const [namespaces, right] of [
    [undefined, 'list secrets in all namespaces'],
    [['shop'], 'list secrets in namespace shop'],
  ] as const) {
    it(`names the right that is missing: ${right}`, async () => {
      const kube = new FakeKube();
      kube.fail(
        `/api/v1${namespaces === undefined ? '' : '/namespaces/shop'}/secrets`,
        'KUBE_FORBIDDEN',
      );

      await assert.rejects(read(kube, namespaces), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'KUBE_FORBIDDEN');
        assert.ok(error.message.includes(right), error.message);
        return error.cause !== undefined;
      });
    });
  }

  it('begins a list anew that expires, and passes on any other failure', async () => {
    const kube = new FakeKube();
    put(kube, 'a/s', { a: 'value' });
    kube.fail('/api/v1/secrets', 'KUBE_UNREACHABLE');
    await assert.rejects(read(kube), { code: 'KUBE_UNREACHABLE' });
    assert.equal(kube.requests.length, 1);

    let answers = 0;
    const expired = new KubeAnswerError('KUBE_FAILED', 'expired', {
      statusCode: 410,
      apiMessage: '',
    });
    kube.heal('/api/v1/secrets');
    const failing = {
      get: async (path: string, signal: AbortSignal) => {
        if (++answers < 3) throw expired;
        return await kube.get(path, signal);
      },
    };
    assert.deepEqual(await read(failing), ['value']);
    answers = -9;
    await assert.rejects(read(failing), { code: 'KUBE_FAILED' });
  });

  it('does not take something else for a list', async () => {
    await assert.rejects(read({ get: async () => ({ kind: 'Status' }) }), { code: 'KUBE_FAILED' });
  });
});

async function read(
  kube: Pick<FakeKube, 'get'>,
  namespaces?: readonly string[],
): Promise<readonly string[]> {
  const values = await drain(readSecretValues(kube, namespaces, never()));
  return values.map((value) => Buffer.from(value).toString());
}

/** @param place `namespace/name`. */
function put(
  kube: FakeKube,
  place: string,
  ...[data, type = 'Opaque']: readonly [Readonly<Record<string, string>>, string?]
): void {
  const encoded = Object.entries(data).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ]);
  const path = `/api/v1/namespaces/${place.replace('/', '/secrets/')}`;
  kube.put(path, { type, data: Object.fromEntries(encoded) });
}
