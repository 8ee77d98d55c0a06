/** collect/array-files: lists that begin anew, and bodies that are let go of. */

import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { WorkFolder } from '../../agent/body/body.ts';
import { ArrayFiles } from '../../agent/collect/array-files.ts';
import { Indenter } from '../../agent/collect/indent.ts';
import { gatherPieces } from '../support/collect.ts';

describe('collect/array-files', () => {
  let workDir: string;

  before(async () => {
    workDir = await mkdtemp(join(tmpdir(), 'array-files-'));
  });

  after(async () => {
    await rm(workDir, { recursive: true });
  });

  async function add(files: ArrayFiles, value: string, path: string): Promise<unknown> {
    return (await gatherPieces(files.add(Buffer.from(value), path))).files;
  }

  it('keeps what is closed when the list begins anew, and writes the open file again', async () => {
    const files = new ArrayFiles(new WorkFolder(workDir, 2 ** 30), new Indenter());
    await add(files, '1', 'a');
    const first = await add(files, '2', 'b');
    await files.beginAnew();
    const again = await add(files, '10', 'a');
    await add(files, '20', 'b');
    await add(files, '21', 'b');

    const last = (await gatherPieces(files.close())).files;

    assert.deepEqual(first, { a: '[\n  1\n]' });
    assert.deepEqual(again, {});
    assert.deepEqual(last, { b: '[\n  20,\n  21\n]' });
  });

  it('refuses what would write a file twice', async () => {
    const files = new ArrayFiles(new WorkFolder(workDir, 2 ** 30), new Indenter());
    await add(files, '1', 'a');
    await add(files, '2', 'b');

    await assert.rejects(add(files, '3', 'a'), { code: 'KUBE_FAILED' });
    await files.discard();
  });

  it('leaves no file behind when it is discarded', async () => {
    const files = new ArrayFiles(new WorkFolder(workDir, 2 ** 30), new Indenter());
    await add(files, `"${'x'.repeat(3_000_000)}"`, 'a');
    const before = await readdir(workDir);

    await files.discard();

    assert.equal(before.length, 1);
    assert.deepEqual(await readdir(workDir), []);
    assert.deepEqual((await gatherPieces(files.close())).files, {});
  });
});
