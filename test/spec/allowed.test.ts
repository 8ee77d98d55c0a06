/** spec/allowed: COLLECTORS_ALLOWED. */

import assert from 'node:assert/strict';

import { denialReason, hostDenialReason, parseAllowed } from '../../agent/spec/allowed.ts';
import { collector } from '../support/spec.ts';

describe('spec/allowed', () => {
  const GROUPS = {
    read: [
      'clusterInfo',
      'clusterResources',
      'customMetrics',
      'secret',
      'configMap',
      'logs',
      'data',
    ],
    network: [
      'http',
      'registryImages',
      'postgres',
      'mssql',
      'mysql',
      'redis',
      'clickhouse',
      's3Status',
    ],
    workload: [
      'exec',
      'copy',
      'run',
      'runPod',
      'runDaemonSet',
      'copyFromHost',
      'sysctl',
      'dns',
      'etcd',
      'collectd',
      'ceph',
      'longhorn',
      'goldpinger',
      'sonobuoy',
    ],
    'secret-values': ['helm', 'certificates', 'supportBundleMetadata'],
  };

  for (const [group, types] of Object.entries(GROUPS)) {
    it(`allows with ${group} what belongs to it, and nothing else`, () => {
      for (const [other, candidates] of Object.entries(GROUPS)) {
        for (const type of candidates) {
          assert.equal(isAllowed(type, [group]), other === group, `${type} with ${group}`);
          assert.ok(isAllowed(type, ['all']));
          assert.ok(isAllowed(type, [type]));
        }
      }
      assert.ok(types.length > 0);
    });
  }

  it('counts a secret with its values among the secret values, even if secret is allowed by name', () => {
    for (const fields of [{ includeValue: true }, { includeAllData: true }]) {
      assert.equal(isAllowed('secret', ['read', 'secret'], fields), false);
      assert.equal(isAllowed('secret', ['secret-values'], fields), true);
    }
  });

  it('counts data that asks registries about images as network', () => {
    for (const fields of [{ name: 'image-facts-x' }, { collectorName: 'image-facts/x' }]) {
      assert.equal(isAllowed('data', ['read', 'data'], fields), false);
      assert.equal(isAllowed('data', ['network'], fields), true);
    }
  });

  it('lets discovered specs read and nothing more', () => {
    const allowed = parseAllowed(['all']);
    const isDiscovered = true;

    assert.equal(denialReason({ ...collector('logs'), isDiscovered }, allowed), undefined);
    assert.match(
      denialReason({ ...collector('exec'), isDiscovered }, allowed) ?? '',
      /discovered specs may only read/,
    );
    assert.match(hostDenialReason({ isDiscovered }, allowed) ?? '', /may only read/);
  });

  it('allows host collectors with workload, all, or by their own name', () => {
    for (const word of ['workload', 'all', 'hostCollectors']) {
      assert.equal(hostDenialReason({ isDiscovered: false }, parseAllowed([word])), undefined);
    }
    assert.match(
      hostDenialReason({ isDiscovered: false }, parseAllowed(['read'])) ?? '',
      /neither hostCollectors nor their group workload/,
    );
  });

  it('says what COLLECTORS_ALLOWED would have to hold', () => {
    const reason = denialReason(
      { ...collector('exec'), isDiscovered: false },
      parseAllowed(['read']),
    );

    assert.equal(reason, 'COLLECTORS_ALLOWED holds neither exec nor its group workload');
  });

  for (const url of [
    'http://127.0.0.1/',
    'http://127.1:8081/runs',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://localhost:8081/',
    'http://LOCALHOST./',
    'http://api.localhost/',
    'http://0.0.0.0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[fe80::1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://user@169.254.169.254/',
    'http://[fd00:ec2::254]/',
    'http://metadata.google.internal/computeMetadata/v1/',
    'http://100.100.100.200/',
    'http://168.63.129.16/',
    'http://',
    '{{ .url }}',
  ]) {
    it(`never allows a request to ${url}`, () => {
      for (const method of ['get', 'post', 'put']) {
        assert.equal(isAllowed('http', ['all'], { [method]: { url } }), false);
      }
    });
  }

  for (const [type, fields] of [
    ['http', { get: { url: 'https://example.com/', proxy: 'http://127.0.0.1:3128' } }],
    ['s3Status', { endpoint: 'http://169.254.169.254' }],
    ['s3Status', { endpoint: 'localhost:9000' }],
    ['postgres', { uri: 'postgres://user:password@127.0.0.1:5432/db' }],
    ['redis', { uri: 'redis://2130706433:6379' }],
    ['mysql', { uri: 'user:password@tcp(localhost:3306)/db' }],
    ['registryImages', { images: ['docker.io/a:1', '127.0.0.1:5000/a:1'] }],
  ] as const) {
    it(`never allows ${type} to reach ${JSON.stringify(fields)}`, () => {
      assert.equal(isAllowed(type, ['all'], fields), false);
    });
  }

  for (const [type, fields] of [
    ['http', { get: { url: 'https://api.example.com:8443/healthz' } }],
    ['http', { get: { url: 'http://10.0.0.1/' } }],
    ['mysql', { uri: 'user:password@tcp(db.shop.svc:3306)/db' }],
    ['mssql', { uri: 'sqlserver://user:password@db.shop.svc:1433' }],
    ['registryImages', { images: ['busybox', 'library/busybox:1', 'ghcr.io/a/b@sha256:00'] }],
    ['s3Status', { bucketName: 'b' }],
  ] as const) {
    it(`allows ${type} to reach ${JSON.stringify(fields)}`, () => {
      assert.equal(isAllowed(type, ['network'], fields), true);
    });
  }

  it('names every word it does not know', () => {
    assert.throws(() => parseAllowed(['read', 'reads', 'execs']), {
      code: 'CONFIG_INVALID',
      message: /reads, execs/,
    });
  });
});

function isAllowed(
  type: string,
  words: readonly string[],
  fields: Readonly<Record<string, unknown>> = {},
): boolean {
  const candidate = { ...collector(type, fields), isDiscovered: false };
  return denialReason(candidate, parseAllowed(words)) === undefined;
}
