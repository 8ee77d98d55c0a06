/** spec/discover: specs found by label. */

import assert from 'node:assert/strict';

import { type Discovery, discoverSpecs } from '../../agent/spec/discover.ts';
import { FakeKube, type FakeObject } from '../support/kube.ts';
import { never } from '../support/signal.ts';
import { configMap, secret } from '../support/spec.ts';

const LABELS = { 'troubleshoot.sh/kind': 'support-bundle' };

describe('spec/discover', () => {
  it('reads labelled Secrets, then ConfigMaps, and marks what it found', async () => {
    const kube = new FakeKube({
      '/api/v1/namespaces/b/configmaps/x': labelled(configMap({ 'redactor-spec': 'c' })),
      '/api/v1/namespaces/b/secrets/x': labelled(secret({ 'support-bundle-spec': 'b' })),
      '/api/v1/namespaces/a/secrets/x': labelled(secret({ 'support-bundle-spec': 'a' })),
      '/api/v1/namespaces/a/secrets/y': secret({ 'support-bundle-spec': 'unlabelled' }),
    });

    const { sources, notices } = await discover(kube, { namespaces: ['*'] });

    assert.deepEqual(
      sources.map(({ source, text, isDiscovered }) => [source, text, isDiscovered]),
      [
        ['secret/a/x/support-bundle-spec', 'a', true],
        ['secret/b/x/support-bundle-spec', 'b', true],
        ['configmap/b/x/redactor-spec', 'c', true],
      ],
    );
    assert.deepEqual(notices, []);
  });

  it('looks only into the given namespaces', async () => {
    const kube = new FakeKube({
      '/api/v1/namespaces/a/secrets/x': labelled(secret({ 'support-bundle-spec': 'a' })),
      '/api/v1/namespaces/b/secrets/x': labelled(secret({ 'support-bundle-spec': 'b' })),
    });

    const { sources } = await discover(kube, { namespaces: ['b'] });

    assert.deepEqual(
      sources.map(({ text }) => text),
      ['b'],
    );
    assert.ok(kube.requests.every((request) => request.includes('/namespaces/b/')));
  });

  it('reads page by page', async () => {
    const kube = new FakeKube();
    for (let number = 10; number < 35; number++) {
      const object = labelled(secret({ 'support-bundle-spec': String(number) }));
      kube.put(`/api/v1/namespaces/a/secrets/s${number}`, object);
    }

    const { sources } = await discover(kube, {});

    assert.equal(sources.length, 25);
    assert.equal(kube.requests.filter((request) => request.includes('/secrets')).length, 3);
  });

  it('passes over what a REF names already', async () => {
    const kube = new FakeKube({
      '/api/v1/namespaces/a/secrets/x': labelled(secret({ 'support-bundle-spec': 'a' })),
    });

    const { sources } = await discover(kube, { known: new Set(['secret/a/x']) });

    assert.deepEqual(sources, []);
  });

  it('says which right is missing, and goes on', async () => {
    const kube = new FakeKube({
      '/api/v1/namespaces/a/configmaps/x': labelled(configMap({ 'support-bundle-spec': 'a' })),
    });
    kube.fail('/api/v1/secrets', 'KUBE_FORBIDDEN');

    const { sources, notices } = await discover(kube, { namespaces: ['*'] });

    assert.equal(sources.length, 1);
    assert.equal(
      notices[0]?.message,
      "the agent's ServiceAccount lacks the right to list secrets in all namespaces",
    );
  });

  it('reports apart where a Redactor may be that cannot be read', async () => {
    const kube = new FakeKube({
      '/api/v1/namespaces/a/secrets/x': labelled(
        secret({ 'redactor-spec': 'x'.repeat(2_000_000) }),
      ),
    });
    kube.fail('/api/v1/namespaces/a/configmaps', 'KUBE_TIMEOUT');

    const { notices, brokenRedactors } = await discover(kube, {});

    assert.deepEqual(notices, []);
    assert.deepEqual(
      brokenRedactors.map(({ source }) => source),
      ['secret/a/x', 'SPEC_SELECTOR troubleshoot.sh/kind=support-bundle'],
    );
  });

  it('notes what cannot be read: a key that is missing, a text that is too large', async () => {
    const kube = new FakeKube({
      '/api/v1/namespaces/a/secrets/x': labelled(secret({ other: 'a' })),
      '/api/v1/namespaces/a/secrets/y': labelled(
        secret({ 'support-bundle-spec': 'y'.repeat(2_000_000) }),
      ),
    });

    const { sources, notices } = await discover(kube, {});

    assert.deepEqual(sources, []);
    assert.deepEqual(
      notices.map(({ source }) => source),
      ['secret/a/x', 'secret/a/y'],
    );
  });
});

async function discover(
  kube: FakeKube,
  overrides: Partial<Discovery>,
): ReturnType<typeof discoverSpecs> {
  const discovery = {
    selector: 'troubleshoot.sh/kind=support-bundle',
    namespaces: ['a'],
    known: new Set<string>(),
    ...overrides,
  };
  return await discoverSpecs(discovery, kube, never());
}

function labelled(object: FakeObject): FakeObject {
  return { ...object, metadata: { labels: LABELS } };
}
