/** What a bundle that is written anew keeps of its old manifest. */

import assert from 'node:assert/strict';

import { MANIFEST_PATH } from '../../agent/archive/layout.ts';
import { formatManifest } from '../../agent/archive/manifest.ts';
import type { Collected } from '../../agent/bundle.ts';
import { OldManifest } from '../../agent/commands/old-manifest.ts';
import { fileEntry, from, manifestFacts } from '../support/bundles.ts';

const REPORT = {
  name: 'logs/api',
  outcome: 'failed',
  durationMs: 12,
  files: 0,
  bytes: 0,
  errors: ['no pods'],
} as const;

describe('commands/old-manifest', () => {
  it('keeps who made the bundle, how collectors ended, and what was left out', async () => {
    const old = manifestFacts({ runId: '20260101T000000Z-0001', consent: 'license' });
    const text = formatManifest('top', old, {
      files: [],
      links: [],
      leftOut: [{ path: 'b', reason: 'too large' }],
      collectors: [REPORT],
    });
    const manifest = new OldManifest(manifestFacts({ agentVersion: '9' }));

    const kept = await collect(
      manifest.takenOutOf(from(entry('a'), fileEntry(MANIFEST_PATH, text))),
    );

    assert.deepEqual(
      kept.map((one) => (one.kind === 'file' ? one.path : one)),
      ['a', { kind: 'collector', ...REPORT }, { kind: 'left-out', path: 'b', reason: 'too large' }],
    );
    assert.deepEqual(manifest.facts, { ...old, agentVersion: '9' });
    assert.equal(manifest.leftOut, 1);
  });

  it('keeps the facts that it was given where there is no manifest', async () => {
    const facts = manifestFacts();
    const manifest = new OldManifest(facts);

    assert.equal((await collect(manifest.takenOutOf(from(entry('a'))))).length, 1);
    assert.deepEqual(manifest.facts, facts);
    assert.equal(manifest.leftOut, 0);
  });

  for (const [what, text] of [
    ['is no JSON', '{'],
    ['is of another schema', '{"schemaVersion": 99}'],
    ['lacks what a manifest has', '{"schemaVersion": 1, "runId": 5}'],
  ] as const) {
    it(`names a file in its place that ${what}, and does not pass it on`, async () => {
      const manifest = new OldManifest(manifestFacts());

      assert.deepEqual(await collect(manifest.takenOutOf(from(fileEntry(MANIFEST_PATH, text)))), [
        {
          kind: 'left-out',
          path: MANIFEST_PATH,
          reason: 'it is no manifest of this format',
        },
      ]);
    });
  }

  it('does not read one that is far too large', async () => {
    const manifest = new OldManifest(manifestFacts());
    const large = { ...fileEntry(MANIFEST_PATH, '{'), bytes: 2 ** 40 };

    const [named] = await collect(manifest.takenOutOf(from(large)));

    assert.equal(named?.kind, 'left-out');
  });
});

function entry(path: string): Collected {
  return fileEntry(path, 'x');
}

async function collect(collected: AsyncIterable<Collected>): Promise<readonly Collected[]> {
  const all: Collected[] = [];
  for await (const one of collected) all.push(one);
  return all;
}
