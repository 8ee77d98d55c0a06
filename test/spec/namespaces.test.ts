/** spec/namespaces: NAMESPACES. */

import assert from 'node:assert/strict';

import { COLLECTOR_TYPES } from '../../agent/spec/collector-fields.ts';
import { narrow } from '../../agent/spec/namespaces.ts';
import { collector } from '../support/spec.ts';

const NARROWING = { namespaces: ['shop', 'web'], ownNamespace: 'web' };

describe('spec/namespaces', () => {
  for (const type of ['logs', 'exec', 'copy', 'helm', 'secret', 'configMap']) {
    it(`makes one ${type} for each namespace where it means all`, () => {
      const kept = keptFields(type, { selector: ['app=api'] });

      assert.deepEqual(
        kept.map(({ namespace }) => namespace),
        ['shop', 'web'],
      );
    });

    it(`keeps ${type} in one of the namespaces and excludes it elsewhere`, () => {
      assert.deepEqual(keptFields(type, { namespace: 'shop' }), [{ namespace: 'shop' }]);
      assert.match(exclusion(type, { namespace: 'other' }), /other is not among NAMESPACES/);
    });
  }

  it('gives clusterResources the namespaces, or those of its own that are among them', () => {
    assert.deepEqual(keptFields('clusterResources', {}), [{ namespaces: ['shop', 'web'] }]);
    assert.deepEqual(keptFields('clusterResources', { namespaces: [''] }), [
      { namespaces: ['shop', 'web'] },
    ]);
    assert.deepEqual(keptFields('clusterResources', { namespaces: ['web', 'other'] }), [
      { namespaces: ['web'] },
    ]);
    assert.match(exclusion('clusterResources', { namespaces: ['other'] }), /other/);
  });

  it('looks for a ConfigMap without a namespace in the own one alone', () => {
    assert.deepEqual(keptFields('configMap', { name: 'a' }), [{ name: 'a', namespace: 'web' }]);
    const elsewhere = { ...NARROWING, ownNamespace: 'agent' };
    assert.equal(narrow(collector('configMap', { name: 'a' }), elsewhere).kind, 'excluded');
  });

  it('excludes a Secret by name without a namespace', () => {
    assert.match(exclusion('secret', { name: 'a' }), /without its namespace/);
  });

  for (const [type, fallback] of [
    ['run', 'default'],
    ['runPod', 'default'],
    ['runDaemonSet', 'default'],
    ['ceph', 'rook-ceph'],
    ['longhorn', 'longhorn-system'],
    ['sonobuoy', 'sonobuoy'],
  ] as const) {
    it(`takes ${type} without a namespace for one in ${fallback}`, () => {
      const narrowing = { namespaces: [fallback], ownNamespace: undefined };

      assert.equal(narrow(collector(type), narrowing).kind, 'kept');
      assert.match(exclusion(type, {}), new RegExp(fallback));
      assert.deepEqual(keptFields(type, { namespace: 'shop' }), [{ namespace: 'shop' }]);
    });
  }

  it('leaves of customMetrics the requests within the namespaces', () => {
    const shop = { namespace: 'shop', resourceMetricName: 'pods/a' };
    const cluster = { resourceMetricName: 'nodes/a' };

    assert.deepEqual(keptFields('customMetrics', { metricRequests: [shop, cluster] }), [
      { metricRequests: [shop] },
    ]);
    assert.match(exclusion('customMetrics', { metricRequests: [cluster] }), /metricRequests/);
  });

  it('leaves of certificates the sources within the namespaces', () => {
    const fields = {
      secrets: [{ name: 'tls', namespaces: ['shop', 'other'] }],
      configMaps: [{ name: 'ca', namespaces: ['other'] }],
    };

    assert.deepEqual(keptFields('certificates', fields), [
      { secrets: [{ name: 'tls', namespaces: ['shop'] }], configMaps: [] },
    ]);
    assert.match(exclusion('certificates', { configMaps: fields.configMaps }), /sources/);
  });

  it('keeps registryImages unless its pull secret is elsewhere', () => {
    assert.equal(keptFields('registryImages', { images: ['a'] }).length, 1);
    assert.equal(keptFields('registryImages', { imagePullSecret: { data: {} } }).length, 1);
    assert.match(exclusion('registryImages', { imagePullSecret: { name: 'pull' } }), /default/);
  });

  it('keeps a database unless its certificates are elsewhere', () => {
    assert.equal(keptFields('postgres', { uri: 'a' }).length, 1);
    const tls = { secret: { name: 'tls', namespace: 'other' } };
    assert.match(exclusion('postgres', { tls }), /other/);
  });

  for (const type of ['clusterInfo', 'http', 's3Status', 'data']) {
    it(`keeps ${type}: it reads no namespace`, () => {
      assert.deepEqual(keptFields(type, { collectorName: 'x' }), [{ collectorName: 'x' }]);
    });
  }

  for (const type of [
    'nodeMetrics',
    'copyFromHost',
    'collectd',
    'sysctl',
    'goldpinger',
    'dns',
    'etcd',
  ]) {
    it(`excludes ${type}: it cannot be narrowed`, () => {
      assert.match(exclusion(type, { namespace: 'shop' }), /cannot be narrowed/);
    });
  }

  it('excludes data that asks about the images of all namespaces', () => {
    assert.match(exclusion('data', { name: 'image-facts-x' }), /cannot be narrowed/);
  });

  it('leaves an excluded collector as it is', () => {
    const excluded = collector('clusterResources', {}, { exclude: true });

    assert.deepEqual(narrow(excluded, NARROWING), { kind: 'kept', collectors: [excluded] });
  });

  it('never keeps what would read all namespaces, or another one', () => {
    for (const [type, { fields }] of Object.entries(COLLECTOR_TYPES)) {
      if (!('namespace' in fields) || type === 'registryImages') continue;
      for (const namespace of ['', 'other']) {
        const names = keptFields(type, { namespace, selector: ['app=api'] }).map(
          (kept) => kept['namespace'],
        );
        assert.ok(
          names.every((name) => name === 'shop' || name === 'web'),
          type,
        );
      }
    }
  });
});

function keptFields(
  type: string,
  fields: Readonly<Record<string, unknown>>,
): readonly Readonly<Record<string, unknown>>[] {
  const narrowed = narrow(collector(type, fields), NARROWING);
  return narrowed.kind === 'kept' ? narrowed.collectors.map((kept) => kept.fields) : [];
}

function exclusion(type: string, fields: Readonly<Record<string, unknown>>): string {
  const narrowed = narrow(collector(type, fields), NARROWING);
  return narrowed.kind === 'excluded' ? narrowed.reason : 'kept';
}
