/** A bundle that does not fit on the disk. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { temporaryFolder } from '../support/bundles.ts';

describe('archive on a full disk', () => {
  const folder = temporaryFolder();

  it('says so and leaves nothing behind', async () => {
    const script = join(import.meta.dirname, 'archive-full-disk-process.ts');
    const unshare = ['--map-root-user', '--mount', '--', process.execPath, script, folder()];

    const { stdout } = await promisify(execFile)('unshare', unshare);

    assert.deepEqual(JSON.parse(stdout), {
      error: `SPOOL_DISK_FULL: no space left on the disk of ${folder()}`,
      left: [],
    });
  });
});
