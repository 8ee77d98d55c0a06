/** Tests of what leaves a spool to make room: spool/spool with spool/prune and spool/damaged. */

import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Spool, SpoolOptions } from '../../agent/spool/spool.ts';
import { FakeClock } from '../support/clock.ts';
import { runId } from '../support/spool.ts';
import {
  createSpoolFolder,
  markDelivered,
  openSpoolWith,
  recordOf,
} from '../support/spool-folder.ts';

const [A, B, C] = [runId(0), runId(1), runId(2)];

describe('spool/spool: room', () => {
  let directory: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ directory, remove } = await createSpoolFolder());
  });

  afterEach(() => remove());

  describe('reserve', () => {
    it('has room in an empty spool, however large bundles may be', async () => {
      const spool = await openWith({});

      assert.deepEqual(await spool.reserve(2 ** 50), { hasRoom: true, lost: [] });
    });

    it('has room as long as the largest bundle fits', async () => {
      const spool = await openWith({ maxBytes: 1_000 }, A);
      const { bytes } = recordOf(spool, A).bundle;

      assert.equal((await spool.reserve(1_000 - bytes)).hasRoom, true);
      assert.equal((await spool.reserve(1_000 - bytes + 1)).hasRoom, false);
      assert.equal(spool.list().length, 1);
    });

    it('lets damaged bundles go first, then delivered ones, no more than it must', async () => {
      const spool = await openWith({ maxBytes: 1_000, keep: 9 }, A, B, C);
      const { bytes } = recordOf(spool, A).bundle;
      await markDelivered(spool, A);
      await markDelivered(spool, B);
      await writeFile(join(directory, `${runId(3)}.tar.gz.damaged`), 'x'.repeat(100));

      assert.deepEqual(await spool.reserve(1_000 - 3 * bytes), { hasRoom: true, lost: [] });
      assert.equal(spool.list().length, 3);
      assert.ok(!(await readdir(directory)).includes(`${runId(3)}.tar.gz.damaged`));

      assert.equal((await spool.reserve(1_000 - 2 * bytes)).hasRoom, true);
      assert.deepEqual(
        spool.list().map(({ id }) => id),
        [B, C],
      );
    });

    it('lets expired bundles go at last, and tells of them', async () => {
      const clock = new FakeClock('2026-11-22T02:11:00Z');
      const spool = await openWith({ maxBytes: 1_000, maxAgeMs: 600_000, clock }, A, B);

      const { hasRoom, lost } = await spool.reserve(1_000 - recordOf(spool, A).bundle.bytes);

      assert.equal(hasRoom, true);
      assert.deepEqual(
        lost.map(({ id, outcome, error }) => [id, outcome, error?.code]),
        [[A, 'lost', 'SPOOL_EXPIRED']],
      );
    });

    it('never lets an undelivered bundle go', async () => {
      const spool = await openWith({ maxBytes: 100 }, A, B);

      assert.deepEqual(await spool.reserve(100), { hasRoom: false, lost: [] });
      assert.equal(spool.list().length, 2);
    });
  });

  describe('prune', () => {
    it('removes delivered bundles, but for those that are kept', async () => {
      const spool = await openWith({ keep: 1 }, A, B, C);
      for (const id of [A, B]) await markDelivered(spool, id);

      assert.deepEqual(await spool.prune(), []);

      assert.deepEqual(
        spool.list().map(({ id }) => id),
        [B, C],
      );
    });

    it('keeps the newest of a ring and tells of what it dropped', async () => {
      const spool = await openWith({ keep: 2, isRing: true }, A, B, C);

      const lost = await spool.prune();

      assert.deepEqual(
        spool.list().map(({ id }) => id),
        [B, C],
      );
      assert.deepEqual(
        lost.map(({ id, outcome, error }) => [id, outcome, error]),
        [
          [
            A,
            'lost',
            {
              code: 'SPOOL_EXPIRED',
              message: 'the bundle made way for newer ones: SPOOL_KEEP is 2',
            },
          ],
        ],
      );
    });

    it('keeps everything where there is neither a destination nor a ring', async () => {
      const spool = await openWith({ keep: 0, isRing: true }, A, B, C);

      assert.deepEqual(await spool.prune(), []);
      assert.equal(spool.list().length, 3);
    });

    it('keeps manifests of bundles in the spool and of the newest runs without', async () => {
      const spool = await openWith({ history: 1 }, A, B, C);
      await spool.remove(A);
      await spool.remove(B);

      await spool.prune();

      assert.equal(await spool.readManifest(A), undefined);
      assert.notEqual(await spool.readManifest(B), undefined);
      assert.notEqual(await spool.readManifest(C), undefined);
    });
  });

  it('lets bundles expire by the time since they were finished', async () => {
    const clock = new FakeClock('2026-11-22T02:09:00Z');
    const spool = await openWith({ maxAgeMs: 600_000, clock }, A, B);
    await writeFile(join(directory, `${C}.tar.gz.damaged`), 'x');

    assert.deepEqual(await spool.expire(), []);
    clock.advance(120_000);
    const lost = await spool.expire();

    assert.deepEqual(
      lost.map(({ id, delivery }) => [id, delivery?.state]),
      [[A, 'expired']],
    );
    assert.deepEqual(
      spool.list().map(({ id }) => id),
      [B],
    );
  });

  function openWith(changed: Partial<SpoolOptions>, ...ids: readonly string[]): Promise<Spool> {
    return openSpoolWith(directory, ids, changed);
  }
});
