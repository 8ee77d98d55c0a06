/** Files of the bundle that tell of its collectors. */

import assert from 'node:assert/strict';

import { isReport, readReport } from '../../agent/support-bundle-cli/reports.ts';

/** As troubleshoot v0.133.0 wrote it against a control plane without nodes. */
const SUMMARY = `============ Collectors summary =============
Succeeded (S), eXcluded (X), Failed (F)
=============================================
cluster-resources (S)       : 1,234,302ms
logs/app=a (b) (S)          : 1ms
support-bundle-metadata (F) : 2ms
configmap/cm (X)            : 0ms

============ Redactors summary =============
In-cluster collectors : 341ms

============= Analyzers summary =============
Succeeded (S), eXcluded (X), Failed (F)
=============================================
Version (S) : 3ms

Duration: 667ms
`;

describe('support-bundle-cli/reports', () => {
  for (const path of [
    'skipped-collectors.json',
    'execution-data/summary.txt',
    'collector-errors/logs/api-error.json',
    'host-collectors/errors/CPU Info-error.json',
    'errors.json',
    'cluster-info/errors.json',
    'cluster-resources/pods-errors.json',
    'cluster-resources/custom-resources/custom-resources-errors.json',
    'cluster-resources/pods/logs/app/api-0/api-logs-errors.log',
    'secrets-errors/app/license.json',
    'configmaps-errors/app/app-api.json',
    'df-errors.json',
    'goldpinger/error.txt',
    'ceph/status.json-error',
  ]) {
    it(`takes ${path} for a report`, () => {
      assert.equal(isReport(path), true);
    });
  }

  for (const path of [
    'version.yaml',
    'cluster-resources/pods/default.json',
    'cluster-resources/pods/logs/app/errors/api.log',
    'configmaps/app/terrors.json',
    'app/errors/data.json',
  ]) {
    it(`takes ${path} for none`, () => {
      assert.equal(isReport(path), false);
    });
  }

  it('reads how long each collector took and how it ended', () => {
    assert.deepEqual(readReport('execution-data/summary.txt', SUMMARY), [
      { kind: 'ran', title: 'cluster-resources', ended: 'succeeded', durationMs: 1_234_302 },
      { kind: 'ran', title: 'logs/app=a (b)', ended: 'succeeded', durationMs: 1 },
      { kind: 'ran', title: 'support-bundle-metadata', ended: 'failed', durationMs: 2 },
      { kind: 'ran', title: 'configmap/cm', ended: 'excluded', durationMs: 0 },
    ]);
  });

  it('reads what was skipped and why', () => {
    const text = JSON.stringify([
      { collector: 'configmap/cm', reason: 'excluded', errors: null, timestamp: 'x' },
      {
        collector: 'logs/api',
        reason: 'insufficient RBAC permissions',
        errors: ['cannot collect logs/api'],
        timestamp: 'x',
      },
    ]);

    assert.deepEqual(readReport('skipped-collectors.json', text), [
      { kind: 'skipped', title: 'configmap/cm', reason: 'excluded', errors: [] },
      {
        kind: 'skipped',
        title: 'logs/api',
        reason: 'insufficient RBAC permissions',
        errors: ['cannot collect logs/api'],
      },
    ]);
  });

  it('reads the error of a collector', () => {
    const text = '{"collector":"logs/api","error":"a\\nb","timestamp":"x"}';

    assert.deepEqual(readReport('collector-errors/logs/api-error.json', text), [
      { kind: 'failed', title: 'logs/api', error: 'a b' },
    ]);
  });

  for (const [what, path, text, errors] of [
    ['a list', 'a/errors.json', '["one","two"]', ['one', 'two']],
    ['a map', 'a-errors.json', '{"default":"one","app":"two"}', ['default: one', 'app: two']],
    [
      'a list in a map',
      'a-errors.json',
      '{"default":["one","two"]}',
      ['default: one', 'default: two'],
    ],
    ['text', 'goldpinger/error.txt', 'one\n two\n', ['one two']],
    ['text where JSON was expected', 'a/errors.json', '{"cut of', ['{"cut of']],
  ] as const) {
    it(`reads errors that are ${what}`, () => {
      assert.deepEqual(readReport(path, text), [{ kind: 'errors', path, errors }]);
    });
  }

  for (const text of ['', 'null', '[]', '{}', '{"a":null}', '[1]']) {
    it(`finds no error in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(readReport('a/errors.json', text), []);
    });
  }

  for (const text of ['', 'null', '{}', '"x"', '[1]', 'not JSON']) {
    it(`finds nothing skipped in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(readReport('skipped-collectors.json', text), []);
    });
  }

  it('cuts long errors', () => {
    const [finding] = readReport('a/error.txt', 'x'.repeat(10_000));

    assert.equal(finding?.kind === 'errors' && finding.errors[0]?.length, 298);
  });
});
