/** collect/pull-secret-for-pods: which secret pods pull with, and what is refused. */

import assert from 'node:assert/strict';

import { Made } from '../../../agent/collect/workload/made.ts';
import {
  preparePullSecret,
  pullSecretRules,
} from '../../../agent/collect/workload/pull-secret-for-pods.ts';
import { collectContext } from '../../support/collect.ts';
import { FakeKube } from '../../support/kube.ts';
import { PULL_SECRET, PULL_SECRET_TEXT } from '../../support/workload-kube.ts';

const KEY = '.dockerconfigjson';

async function prepare(secret: Readonly<Record<string, unknown>> | undefined, kube: FakeKube) {
  const made = new Made(collectContext({ kube }));
  return await preparePullSecret(secret, { namespace: 'shop', made, attempted: 'create secret' });
}

describe('collect/pull-secret-for-pods', () => {
  it('makes a secret of the data, in the namespace', async () => {
    const kube = new FakeKube();

    assert.equal(await prepare(PULL_SECRET, kube), 'pull');

    const [{ path, object } = { path: '', object: {} }] = kube.created;
    assert.equal(path, '/api/v1/namespaces/shop/secrets/pull');
    assert.equal(object['type'], 'kubernetes.io/dockerconfigjson');
    const data = Object(object['data']);
    assert.deepEqual(Object.keys(data), [KEY]);
    assert.equal(Buffer.from(data[KEY], 'base64').toString(), PULL_SECRET_TEXT);
  });

  it('names it where the spec does not', async () => {
    const name = await prepare({ ...PULL_SECRET, name: '' }, new FakeKube());

    assert.match(name ?? '', /^troubleshoot[a-z0-9]{5}$/);
  });

  for (const [what, secret, name] of [
    ['nothing', undefined, undefined],
    ['the name of one that is there', { name: 'there' }, 'there'],
    ['an empty entry', {}, undefined],
  ] as const) {
    it(`makes none for ${what}`, async () => {
      const kube = new FakeKube();

      assert.equal(await prepare(secret, kube), name);
      assert.deepEqual(kube.requests, []);
    });
  }

  for (const [what, changed] of [
    ['another type', { type: 'Opaque' }],
    ['another key', { data: { other: 'aHVzaA==' } }],
    ['a second key', { data: { ...PULL_SECRET.data, other: 'aHVzaA==' } }],
    ['no key', { data: {} }],
  ] as const) {
    it(`refuses ${what}, without what the secret holds`, async () => {
      await assert.rejects(prepare({ ...PULL_SECRET, ...changed }, new FakeKube()), (error) => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, 'SPEC_INVALID');
        return !/aHVz/.test(error.message);
      });
    });
  }

  it('refuses what is no base64, without saying what it is', async () => {
    const data = { [KEY]: 'hush!hush' };

    await assert.rejects(prepare({ ...PULL_SECRET, data }, new FakeKube()), {
      message: 'create secret: Unable to decode data.: illegal base64 data at input byte 4',
    });
  });

  it('leaves a secret that has its name already', async () => {
    const kube = new FakeKube({ '/api/v1/namespaces/shop/secrets/pull': {} });
    const made = new Made(collectContext({ kube }));

    await assert.rejects(
      preparePullSecret(PULL_SECRET, { namespace: 'shop', made, attempted: 'create' }),
      { code: 'KUBE_CONFLICT' },
    );
    await made.remove();
    assert.deepEqual(kube.deleted, []);
  });

  it('takes rights on secrets only where one is made', () => {
    const [rule] = pullSecretRules({ imagePullSecret: PULL_SECRET }, 'shop');

    assert.deepEqual(rule?.resources, ['secrets']);
    assert.equal(rule.namespace, 'shop');
    assert.equal(pullSecretRules({ imagePullSecret: PULL_SECRET }, '')[0]?.namespace, undefined);
    assert.deepEqual(pullSecretRules({ imagePullSecret: { name: 'there' } }, 'shop'), []);
    assert.deepEqual(pullSecretRules({}, 'shop'), []);
  });
});
