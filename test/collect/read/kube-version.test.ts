/** collect/kube-version: which of several API versions is the highest. */

import assert from 'node:assert/strict';

import { highestVersion } from '../../../agent/collect/read/kube-version.ts';

const DESCENDING = [
  'v10',
  'v2',
  'v1',
  'v11beta2',
  'v10beta3',
  'v3beta1',
  'v12alpha1',
  'v11alpha2',
  '2024-01-01',
  'foo1',
  'foo10',
  'v1gamma1',
];

describe('collect/kube-version', () => {
  it('orders versions as Kubernetes does', () => {
    for (const [index, version] of DESCENDING.entries()) {
      assert.equal(highestVersion(DESCENDING.slice(index).toReversed()), version);
      assert.equal(highestVersion(DESCENDING.slice(index)), version);
    }
  });

  it('takes the only one, and gives nothing of none', () => {
    assert.equal(highestVersion(['any']), 'any');
    assert.equal(highestVersion([]), '');
  });
});
