/** The bundle's name. */

import assert from 'node:assert/strict';

import { bundleName } from '../../agent/archive/layout.ts';

describe('archive/layout', () => {
  it('names a bundle after its instant in UTC, as readers of bundles expect it', () => {
    const name = bundleName(Date.parse('2026-11-22T03:00:00+01:00'));

    assert.equal(name, 'support-bundle-2026-11-22T02_00_00');
    // troubleshoot v0.133.0, pkg/supportbundle/parse.go
    assert.match(
      `${name}/`,
      /^\/?support-bundle-(\d{4})-(\d{2})-(\d{2})T(\d{2})_(\d{2})_(\d{2})\/?/,
    );
  });
});
