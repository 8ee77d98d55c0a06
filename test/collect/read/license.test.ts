/** collect/license: which secret counts, and what is read from it. */

import assert from 'node:assert/strict';

import { collectLicense } from '../../../agent/collect/read/license.ts';
import { KubeAnswerError } from '../../../agent/kube/api-error.ts';
import { collectContext, type Gathered, gatherPieces } from '../../support/collect.ts';
import { FakeKube } from '../../support/kube.ts';

const PATH = 'cluster-resources/license.json';

const CONFIG = `isAirgap: true
license: |
  apiVersion: kots.io/v1beta1
  kind: License
  spec:
    appSlug: shop
    licenseID: 2abc
`;

function putSecret(kube: FakeKube, namespace: string, config?: string): void {
  const data =
    config === undefined ? {} : { 'config.yaml': Buffer.from(config).toString('base64') };
  kube.put(`/api/v1/namespaces/${namespace}/secrets/replicated`, { data });
}

function forbidden(): KubeAnswerError {
  const apiMessage = 'secrets "replicated" is forbidden';
  return new KubeAnswerError('KUBE_FORBIDDEN', 'no', { statusCode: 403, apiMessage });
}

async function collect(kube: FakeKube, namespaces = ['a', 'b', 'c']): Promise<Gathered> {
  return await gatherPieces(collectLicense(collectContext({ kube }), namespaces));
}

/** What is written for a secret of this configuration. */
async function licenseOf(config: string): Promise<string | undefined> {
  const kube = new FakeKube();
  putSecret(kube, 'a', config);
  return (await collect(kube)).files[PATH];
}

describe('collect/license', () => {
  it('writes application and id from the secret, in one list', async () => {
    const kube = new FakeKube();
    putSecret(kube, 'b', CONFIG);
    kube.put('/api/v1/namespaces/a/secrets/other', { data: { 'config.yaml': 'YQ==' } });

    const { files, problems } = await collect(kube);

    assert.deepEqual(files, { [PATH]: '{"appSlug":"shop","licenseID":"2abc"}' });
    assert.deepEqual(problems, []);
    assert.deepEqual(kube.requests, [
      'GET /api/v1/secrets?fieldSelector=metadata.name%3Dreplicated&limit=250',
    ]);
  });

  it('takes the first namespace in the order given that has one', async () => {
    const kube = new FakeKube();
    putSecret(kube, 'a', CONFIG);
    putSecret(kube, 'b', CONFIG.replace('2abc', 'of b'));

    const { files } = await collect(kube, ['c', 'b', 'a']);

    assert.equal(files[PATH], '{"appSlug":"shop","licenseID":"of b"}');
  });

  it('writes nothing where there is none, also in namespaces that are not asked for', async () => {
    const kube = new FakeKube();
    putSecret(kube, 'other', CONFIG);

    assert.deepEqual(await collect(kube), { files: {}, links: {}, problems: [] });
  });

  it('passes over secrets without a configuration that can be read', async () => {
    const kube = new FakeKube();
    putSecret(kube, 'a');
    putSecret(kube, 'b', 'license: [');
    putSecret(kube, 'c', CONFIG);

    assert.equal((await collect(kube)).files[PATH], '{"appSlug":"shop","licenseID":"2abc"}');
  });

  for (const [what, config, license] of [
    ['an empty configuration', '', '{"appSlug":"","licenseID":""}'],
    ['a configuration without a license', 'a: b', '{"appSlug":"","licenseID":""}'],
    ['a license that is null', 'license: null', '{"appSlug":"","licenseID":""}'],
    ['a license without a spec', 'license: "kind: License"', '{"appSlug":"","licenseID":""}'],
    [
      'a number for an id',
      'license: "spec: {licenseID: 0x1F}"',
      '{"appSlug":"","licenseID":"0x1F"}',
    ],
    [
      'a key given twice',
      'license: "spec: {appSlug: a}"\na: 1\na: 2',
      '{"appSlug":"a","licenseID":""}',
    ],
    [
      'several documents',
      '---\nlicense: "spec: {appSlug: a}"\n---\n[',
      '{"appSlug":"a","licenseID":""}',
    ],
    ['a configuration that is a list', '[]', undefined],
    ['a license that is an object', 'license: {spec: {}}', undefined],
    ['a license that is a word', 'license: word', undefined],
    ['a spec that is a word', 'license: "spec: word"', undefined],
    ['an id that is an object', 'license: "spec: {licenseID: {}}"', undefined],
  ] as const) {
    it(`reads ${what} as Go does`, async () => {
      assert.equal(await licenseOf(config), license);
    });
  }

  it('asks in each namespace where rights do not reach further, and names what they withhold', async () => {
    const kube = new FakeKube();
    kube.fail('/api/v1/secrets', forbidden());
    kube.fail('/api/v1/namespaces/a/secrets/replicated', forbidden());
    kube.fail('/api/v1/namespaces/b/secrets/replicated', forbidden());

    const none = await collect(kube);
    putSecret(kube, 'c', CONFIG);
    const some = await collect(kube);

    assert.deepEqual(none.files, {});
    assert.deepEqual(none.problems, [
      {
        outcome: 'named',
        message: `${PATH} (and 1 more): secrets "replicated" is forbidden`,
      },
    ]);
    assert.equal(some.files[PATH], '{"appSlug":"shop","licenseID":"2abc"}');
    assert.deepEqual(some.problems, []);
  });

  it('names that it is not known where the API fails', async () => {
    const kube = new FakeKube();
    kube.fail('/api/v1/secrets', 'KUBE_FAILED');

    const { problems } = await collect(kube);

    assert.deepEqual(problems, [
      { outcome: 'partial', message: `${PATH}: GET /api/v1/secrets: KUBE_FAILED` },
    ]);
    assert.equal(kube.requests.length, 1);
  });
});
