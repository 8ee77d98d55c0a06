/** Tests of spool/commit. */

import assert from 'node:assert/strict';
import { readdir, stat, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';

import { spoolPaths } from '../../agent/spool/layout.ts';
import type { SpoolOptions } from '../../agent/spool/spool.ts';
import { runId } from '../support/spool.ts';
import { createSpoolFolder, openTestSpool, writeRun } from '../support/spool-folder.ts';

const [A, B] = [runId(0), runId(1)];

describe('spool/commit', () => {
  let directory: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ directory, remove } = await createSpoolFolder());
  });

  afterEach(() => remove());

  it('takes over what a run left, with its delivery pending under a fixed key', async () => {
    const { spool } = await openTestSpool(directory);
    const record = await writeRun(directory, A);

    const bundle = await spool.commit(record);

    const key = `${record.bundle?.sha256}.tar.gz`;
    assert.equal(bundle.key, key);
    assert.equal(bundle.record.outcome, 'spooled');
    assert.deepEqual(bundle.record.delivery, {
      state: 'pending',
      destination: null,
      key,
      attempts: 0,
      statusCode: null,
      deliveredAt: null,
      nextAttemptAt: null,
      receipt: null,
    });
    assert.deepEqual(spool.list(), [bundle]);
    assert.deepEqual((await readdir(directory)).toSorted(), [
      `${A}.json`,
      `${A}.manifest.json`,
      `${A}.tar.gz`,
      'spool.json',
    ]);
    for (const name of [`${A}.json`, `${A}.tar.gz`, `${A}.manifest.json`, 'spool.json']) {
      assert.equal((await stat(join(directory, name))).mode & 0o777, 0o600);
    }
  });

  it('makes the key from the scheduled instant, else from the start', async () => {
    const keyFor: SpoolOptions['keyFor'] = ({ runId: id, instantAt }) => `${id} ${instantAt}`;
    const { spool } = await openTestSpool(directory, { keyFor });
    const startedAt = '2026-11-22T02:00:30Z';

    const scheduled = await spool.commit({ ...(await writeRun(directory, A)), startedAt });
    const asked = await spool.commit({
      ...(await writeRun(directory, B)),
      scheduledAt: null,
      startedAt,
    });

    assert.equal(scheduled.key, `${A} 2026-11-22T02:00:00Z`);
    assert.equal(asked.key, `${B} ${startedAt}`);
  });

  it('does not take over a bundle of another size', async () => {
    const { spool } = await openTestSpool(directory);
    const record = await writeRun(directory, A);
    await truncate(`${spoolPaths(directory, A).bundle}.partial`, 3);

    await assert.rejects(spool.commit(record), { code: 'SPOOL_DAMAGED' });

    assert.deepEqual(spool.list(), []);
  });

  it('says that the disk is full before anything has its final name', async () => {
    const { spool } = await openTestSpool(directory);
    const record = await writeRun(directory, A);
    await symlink('/dev/full', `${spoolPaths(directory, A).sidecar}.partial`);

    await assert.rejects(spool.commit(record), { code: 'SPOOL_DISK_FULL' });

    await spool.discard(A);
    assert.deepEqual(await readdir(directory), ['spool.json']);
  });
});
