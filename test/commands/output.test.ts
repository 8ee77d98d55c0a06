/** Where a command may write a bundle to. */

import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { assertWritable } from '../../agent/commands/output.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';

describe('commands/output', () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder('output');
  });

  afterEach(() => removeFolder(folder));

  it('is a new file, or one that is replaced', async () => {
    const file = join(folder, 'there');
    writeFileSync(file, '');

    await assertWritable(file);
    await assertWritable(join(folder, 'new'));
  });

  it('is no folder, and lies in one', async () => {
    await assert.rejects(assertWritable(folder), { code: 'ARCHIVE_WRITE', message: /is a folder/ });
    await assert.rejects(assertWritable(join(folder, 'none', 'new')), {
      code: 'ARCHIVE_WRITE',
      message: /there is no folder .*none/,
    });
  });

  it('is no device and no link: they would be lost', async () => {
    const link = join(folder, 'link');
    symlinkSync(join(folder, 'target'), link);

    for (const path of ['/dev/null', link]) {
      await assert.rejects(assertWritable(path), {
        code: 'ARCHIVE_WRITE',
        message: /a link, a device or a pipe/,
      });
    }
  });
});
