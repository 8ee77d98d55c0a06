/** Tests of spool/spool; what makes room in it is in room.test.ts. */

import assert from 'node:assert/strict';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

import { spoolPaths } from '../../agent/spool/layout.ts';
import type { Spool } from '../../agent/spool/spool.ts';
import { runId } from '../support/spool.ts';
import {
  createSpoolFolder,
  markDelivered,
  openSpoolWith,
  openTestSpool,
  recordOf,
  writeRun,
} from '../support/spool-folder.ts';

const [A, B, C] = [runId(0), runId(1), runId(2)];
const signal = new AbortController().signal;

describe('spool/spool', () => {
  let directory: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ directory, remove } = await createSpoolFolder());
  });

  afterEach(() => remove());

  it('keeps how far a delivery is also where the disk is full', async () => {
    const spool = await spoolWith(A);
    const record = recordOf(spool, A);
    await symlink('/dev/full', `${spoolPaths(directory, A).sidecar}.partial`);
    const changed = { ...record, delivery: { ...record.delivery, attempts: 7 } };

    await assert.rejects(spool.saveDelivery(A, { record: changed }), { code: 'SPOOL_DISK_FULL' });

    assert.equal(recordOf(spool, A).delivery.attempts, 7);
  });

  it('does not bring back a bundle that was removed in the meantime', async () => {
    const spool = await spoolWith(A);
    const record = recordOf(spool, A);
    await spool.remove(A);

    assert.equal(await spool.saveDelivery(A, { record }), false);
    assert.deepEqual(await readdir(directory), [`${A}.manifest.json`, 'spool.json']);
  });

  it('counts what is not yet delivered', async () => {
    const spool = await spoolWith(A, B, C);
    await markDelivered(spool, A);

    const [second, third] = [recordOf(spool, B), recordOf(spool, C)];
    assert.deepEqual(spool.usage(), {
      bundles: 2,
      bytes: second.bundle.bytes + third.bundle.bytes,
      oldestAt: '2026-11-22T02:01:00Z',
    });
    await spool.remove(B);
    await spool.remove(C);
    assert.deepEqual(spool.usage(), { bundles: 0, bytes: 0, oldestAt: null });
  });

  it('removes a bundle and keeps its manifest', async () => {
    const spool = await spoolWith(A);

    assert.equal(await spool.remove(A), true);
    assert.equal(await spool.remove(A), false);

    assert.equal(spool.get(A), undefined);
    assert.deepEqual(await readdir(directory), [`${A}.manifest.json`, 'spool.json']);
    assert.match((await spool.readManifest(A)) ?? '', new RegExp(`"runId":"${A}"`));
  });

  it('has no manifest for what is no run', async () => {
    const spool = await spoolWith();

    assert.equal(await spool.readManifest(A), undefined);
    assert.equal(await spool.readManifest('../spool'), undefined);
  });

  it('opens a bundle for a download', async () => {
    const spool = await spoolWith(A);

    const opened = await spool.openBundle(A);

    assert.equal(opened?.bytes, recordOf(spool, A).bundle.bytes);
    assert.equal(gunzipSync(await buffer(opened.stream)).toString(), A);
    assert.equal(await spool.openBundle(B), undefined);
  });

  describe('check', () => {
    it('finds a bundle intact', async () => {
      const spool = await spoolWith(A);

      assert.equal(await spool.check(A, signal), undefined);
      assert.equal(spool.list().length, 1);
    });

    it('sets a bundle aside of which one byte is wrong', async () => {
      const spool = await spoolWith(A);
      const { bundle } = spoolPaths(directory, A);
      const bytes = await readFile(bundle);
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      await writeFile(bundle, bytes);

      const lost = await spool.check(A, signal);

      assert.equal(lost?.outcome, 'lost');
      assert.equal(lost.error?.code, 'SPOOL_DAMAGED');
      assert.deepEqual(spool.list(), []);
      assert.deepEqual((await readdir(directory)).toSorted(), [
        `${A}.manifest.json`,
        `${A}.tar.gz.damaged`,
        'spool.json',
      ]);
    });

    it('reports a bundle that is gone', async () => {
      const spool = await spoolWith(A);
      await rm(spoolPaths(directory, A).bundle);

      assert.equal((await spool.check(A, signal))?.error?.code, 'SPOOL_LOST');
      assert.deepEqual(spool.list(), []);
    });

    it('ends with its signal', async () => {
      const spool = await spoolWith(A);

      await assert.rejects(spool.check(A, AbortSignal.abort()));
      assert.equal(spool.list().length, 1);
    });
  });

  it('does what it is asked for one after the other', async () => {
    const { spool } = await openTestSpool(directory);
    const records = await Promise.all([A, B, C].map((id) => writeRun(directory, id)));

    await Promise.all([
      ...records.map((record) => spool.commit(record)),
      spool.prune(),
      spool.remove(B),
      spool.reserve(10),
    ]);

    assert.deepEqual(
      spool.list().map(({ id }) => id),
      [A, C],
    );
    assert.deepEqual((await openTestSpool(directory)).spool.list(), spool.list());
  });

  it('says SPOOL_UNUSABLE when the folder goes away under it', async () => {
    const spool = await spoolWith(A);
    const record = recordOf(spool, A);
    await rm(directory, { recursive: true });

    await assert.rejects(spool.saveDelivery(A, { record }), { code: 'SPOOL_UNUSABLE' });

    ({ directory, remove } = await createSpoolFolder());
  });

  function spoolWith(...ids: readonly string[]): Promise<Spool> {
    return openSpoolWith(directory, ids);
  }
});
