/** Archiving at its limits: a bundle that does not fit on the disk, and one that would not fit into memory. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { temporaryFolder } from '../support/bundles.ts';

const run = promisify(execFile);

describe('archive at its limits', () => {
  const folder = temporaryFolder();

  it('says that the disk is full and leaves nothing behind', async () => {
    const script = join(import.meta.dirname, 'archive-full-disk-process.ts');
    const unshare = ['--map-root-user', '--mount', '--', process.execPath, script, folder()];

    const { stdout } = await run('unshare', unshare);

    assert.deepEqual(JSON.parse(stdout), {
      error: `SPOOL_DISK_FULL: no space left on the disk of ${folder()}`,
      left: [],
    });
  });

  it('holds little of a large entry in memory', async () => {
    const script = join(import.meta.dirname, 'archive-memory-process.ts');
    const output = join(folder(), 'large.tar.gz');

    const { stdout } = await run(process.execPath, [script, output, '512']);

    const { residentBytes, uncompressedBytes } = JSON.parse(stdout);
    assert.equal(uncompressedBytes, 512 * 2 ** 20);
    assert.ok(residentBytes < 150 * 2 ** 20, `${Math.round(residentBytes / 2 ** 20)} MiB resident`);
  });
});
