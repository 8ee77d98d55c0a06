/** Whose a file of the bundle is. */

import assert from 'node:assert/strict';

import { placesOf } from '../../agent/support-bundle-cli/places.ts';
import { collector, specOf } from '../support/cli.ts';

const SPEC = specOf([
  collector('clusterInfo', 'cluster-info'),
  collector('clusterResources', 'cluster-resources'),
  collector('logs', 'logs/app=api', { name: 'api/logs', selector: ['app=api'] }),
  collector('secret', 'secret/license', { name: 'license', namespace: 'app' }),
  collector('secret', 'secret/app=x', { selector: ['app=x'], namespace: 'app' }),
  collector('configMap', 'configmap/settings', { name: 'settings', namespace: 'app', key: 'a' }),
  collector('data', 'data/note', { name: 'notes', collectorName: 'note' }),
  collector('data', 'data', { name: '/facts/a.txt' }),
  collector('http', 'http/health', { name: 'health', collectorName: 'api' }),
  collector('http', 'http', { name: 'plain' }),
  collector('postgres', 'postgres/main', { collectorName: 'main' }),
  collector('registryImages', 'registry-images'),
  collector('exec', 'exec/df', { name: 'df', collectorName: 'df' }),
  collector('copyFromHost', 'copy-from-host', { hostPath: '/var/log/app' }),
  collector('ceph', 'ceph', { namespace: 'storage' }),
  collector('longhorn', 'longhorn'),
  collector('supportBundleMetadata', 'support-bundle-metadata', { namespace: 'app' }),
]);

describe('support-bundle-cli/places', () => {
  for (const [path, title] of [
    ['cluster-info/cluster_version.json', 'cluster-info'],
    ['cluster-resources/pods/default.json', 'cluster-resources'],
    ['cluster-resources/pods/logs/app/api-0/api.log', 'cluster-resources'],
    ['api/logs/api-0/api.log', 'logs/app=api'],
    ['secrets/app/license.json', 'secret/license'],
    ['secrets/app/license/key.json', 'secret/license'],
    ['secrets-errors/app/license.json', 'secret/license'],
    ['secrets/app/other.json', 'secret/app=x'],
    ['configmaps/app/settings/a.json', 'configmap/settings'],
    ['configmaps/app/settings-2.json', undefined],
    ['notes/note', 'data/note'],
    ['facts/a.txt', 'data'],
    ['health/api.json', 'http/health'],
    ['plain/result.json', 'http'],
    ['postgres/main.json', 'postgres/main'],
    ['postgres/other.json', undefined],
    ['registry/images.json', 'registry-images'],
    ['df/app/pod/df-stdout.txt', 'exec/df'],
    ['df-errors.json', 'exec/df'],
    ['var/log/app/node-1/archive.tar', 'copy-from-host'],
    ['storage/ceph/status.json', 'ceph'],
    ['longhorn/longhorn-system/settings.yaml', 'longhorn'],
    ['metadata/cluster.json', 'support-bundle-metadata'],
    ['host-collectors/system/cpu.json', 'host-collectors'],
    ['version.yaml', undefined],
    ['analysis.json', undefined],
    ['execution-data/summary.txt', undefined],
    ['skipped-collectors.json', undefined],
    ['collector-errors/helm-error.json', undefined],
    ['metadata/user.json', undefined],
  ] as const) {
    it(`gives ${path} to ${title ?? 'nobody'}`, () => {
      assert.equal(placesOf(SPEC)(path), title);
    });
  }

  it('gives what lies anywhere else to the collector that names no folder', () => {
    const titleOf = placesOf(specOf([...SPEC.collectors, collector('logs', 'logs')]));

    assert.equal(titleOf('api-0/api.log'), 'logs');
    assert.equal(titleOf('errors.json'), 'logs');
    assert.equal(titleOf('plain/result.json'), 'http');
    assert.equal(titleOf('version.yaml'), undefined);
  });
});
