/** Tests of spool/layout. */

import assert from 'node:assert/strict';

import { parseSpoolName, partialPaths, spoolPaths } from '../../agent/spool/layout.ts';

const ID = '20261122T020000Z-1f3a';

describe('spool/layout', () => {
  it('names the files after the run', () => {
    assert.deepEqual(spoolPaths('/spool', ID), {
      bundle: `/spool/${ID}.tar.gz`,
      manifest: `/spool/${ID}.manifest.json`,
      sidecar: `/spool/${ID}.json`,
    });
    assert.deepEqual(partialPaths('/spool', ID), {
      bundle: `/spool/${ID}.tar.gz.partial`,
      manifest: `/spool/${ID}.manifest.json.partial`,
    });
  });

  for (const [name, kind, state] of [
    [`${ID}.tar.gz`, 'bundle', 'final'],
    [`${ID}.manifest.json`, 'manifest', 'final'],
    [`${ID}.json`, 'sidecar', 'final'],
    [`${ID}.tar.gz.partial`, 'bundle', 'partial'],
    [`${ID}.json.partial`, 'sidecar', 'partial'],
    [`${ID}.tar.gz.damaged`, 'bundle', 'damaged'],
  ] as const) {
    it(`knows ${name}`, () => {
      assert.deepEqual(parseSpoolName(name), { runId: ID, kind, state });
    });
  }

  for (const name of [
    'spool.json',
    'state.json',
    'lost+found',
    'notes.tar.gz',
    `${ID}.tar.gz.bak`,
    `${ID}.tar`,
    `.${ID}.json`,
    ID,
    `20261122T020000Z.json`,
  ]) {
    it(`leaves ${name} alone`, () => {
      assert.equal(parseSpoolName(name), undefined);
    });
  }
});
