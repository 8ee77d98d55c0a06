/** What goes into a bundle: sizes, names that are taken, and what is counted. */

import assert from 'node:assert/strict';
import { join } from 'node:path';

import { type ArchiveOptions, writeArchive } from '../../agent/archive/archive.ts';
import { fileEntry, from, linkEntry, manifestFacts, temporaryFolder } from '../support/bundles.ts';
import { never } from '../support/signal.ts';

describe('archive/contents', () => {
  const folder = temporaryFolder();

  it('counts what is hidden, by file and in all', async () => {
    const { bundle, manifest } = await writeArchive(
      from(
        fileEntry('a', 'password=***HIDDEN*** token=***HIDDEN***', { chunkBytes: 5 }),
        fileEntry('b', '***HIDDEN***'),
        fileEntry('c', '**HIDDEN**'),
      ),
      optionsIn(folder()),
      never(),
    );

    assert.deepEqual(
      JSON.parse(manifest).files.map((file: { redactions: number }) => file.redactions),
      [2, 1, 0],
    );
    assert.equal(bundle.redactions, 3);
  });

  it('leaves out what would pass the size, names it, and goes on with what fits', async () => {
    const { bundle, leftOut } = await writeArchive(
      from(
        fileEntry('a', 'x'.repeat(600), { collector: 'data' }),
        fileEntry('b', 'x'.repeat(600), { collector: 'data' }),
        fileEntry('c', 'x'.repeat(300), { collector: 'data' }),
      ),
      { ...optionsIn(folder()), maxUncompressedBytes: 1000 },
      never(),
    );

    assert.deepEqual(
      leftOut.map(({ path }) => path),
      ['b'],
    );
    assert.match(String(leftOut[0]?.reason), /600 bytes .* 1000 bytes/);
    assert.equal(bundle.files, 2);
    assert.equal(bundle.uncompressedBytes, 900);
    assert.equal(bundle.leftOut, 1);
  });

  it('keeps room for what the engine adds itself', async () => {
    const { leftOut } = await writeArchive(
      from(
        fileEntry('a', 'x'.repeat(991), { collector: 'data' }),
        fileEntry('b', 'x'.repeat(990), { collector: 'data' }),
        fileEntry('version.yaml', 'x'.repeat(10)),
      ),
      { ...optionsIn(folder()), maxUncompressedBytes: 1000 },
      never(),
    );

    assert.deepEqual(
      leftOut.map(({ path }) => path),
      ['a'],
    );
  });

  for (const [what, entry] of [
    ["an entry with the manifest's name", fileEntry('collection-manifest.json', '{}')],
    ['a second entry of the same path', fileEntry('a', 'second')],
    ['a link with the path of a file', linkEntry('a', 'b')],
    ['a path with a backslash', fileEntry('b\\c', 'x')],
    ['a link with a backslash', linkEntry('b', 'c\\d')],
  ] as const) {
    it(`leaves out ${what}`, async () => {
      const { leftOut } = await writeArchive(
        from(fileEntry('a', 'first'), entry),
        optionsIn(folder()),
        never(),
      );

      assert.deepEqual(
        leftOut.map(({ path }) => path),
        [entry.path],
      );
    });
  }
});

function optionsIn(folder: string): ArchiveOptions {
  return {
    topFolder: 'support-bundle-2026-11-22T02_00_00',
    file: join(folder, 'bundle.tar.gz'),
    maxUncompressedBytes: 10_000,
    facts: manifestFacts(),
  };
}
