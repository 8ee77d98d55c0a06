/** Tests of spool/recover: what a start makes of what a killed process left. */

import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { partialPaths, spoolPaths } from '../../agent/spool/layout.ts';
import type { Spool } from '../../agent/spool/spool.ts';
import { runId } from '../support/spool.ts';
import {
  createSpoolFolder,
  openSpoolWith,
  openTestSpool,
  writeRun,
} from '../support/spool-folder.ts';

const [A, B] = [runId(0), runId(1)];
const NOTHING = { removedPartials: [], rebuilt: [], lost: [] };

describe('spool/recover', () => {
  let directory: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ directory, remove } = await createSpoolFolder());
  });

  afterEach(() => remove());

  it('finds everything as it was left', async () => {
    const spool = await spoolWith(B, A);
    const bundle = spool.get(A);
    if (bundle === undefined) throw new Error('not spooled');
    const delivery = { ...bundle.record.delivery, attempts: 3 };
    const record = { ...bundle.record, delivery };
    await spool.saveDelivery(A, { record, destinationHash: 'ab12' });

    const again = await openTestSpool(directory);

    assert.deepEqual(again.recovery, NOTHING);
    assert.deepEqual(again.spool.list(), spool.list());
    assert.deepEqual(
      again.spool.list().map(({ id }) => id),
      [A, B],
    );
    assert.equal(again.spool.get(A)?.record.delivery.attempts, 3);
  });

  it('removes what was half written, names it, and leaves other files alone', async () => {
    await openTestSpool(directory);
    await writeRun(directory, A);
    await writeFile(join(directory, 'spool.json.partial'), '{');
    await writeFile(join(directory, 'state.json'), '{}');
    await writeFile(join(directory, 'state.json.partial'), '{}');

    const { recovery, spool } = await openTestSpool(directory);

    assert.deepEqual(recovery.removedPartials.toSorted(), [
      `${A}.manifest.json.partial`,
      `${A}.tar.gz.partial`,
      'spool.json.partial',
    ]);
    assert.deepEqual(spool.list(), []);
    assert.deepEqual((await readdir(directory)).toSorted(), [
      'spool.json',
      'state.json',
      'state.json.partial',
    ]);
  });

  it('makes a missing sidecar anew from the bundle and its manifest', async () => {
    const spool = await spoolWith(A);
    const before = spool.get(A);
    await rm(spoolPaths(directory, A).sidecar);

    const { recovery, spool: again } = await openTestSpool(directory);

    assert.deepEqual(recovery, { ...NOTHING, rebuilt: [A] });
    assert.deepEqual(again.get(A), {
      ...before,
      record: { ...before?.record, finishedAt: '2026-11-22T02:00:07Z', phases: [] },
    });
    assert.deepEqual((await openTestSpool(directory)).recovery, NOTHING);
  });

  it('makes a sidecar anew without a manifest too', async () => {
    await spoolWith(A);
    await rm(spoolPaths(directory, A).sidecar);
    await writeFile(spoolPaths(directory, A).manifest, '{"totals": 7, "collectors": [{"name": 1}]');

    const { recovery, spool } = await openTestSpool(directory);

    assert.deepEqual(recovery.rebuilt, [A]);
    assert.equal(spool.get(A)?.record.bundle.name, A);
    assert.equal(spool.get(A)?.record.startedAt, '2026-11-22T02:00:00Z');
  });

  for (const share of [0, 0.01, 0.3, 0.7, 0.99]) {
    it(`makes a sidecar anew that was cut off at ${share} of its length`, async () => {
      await spoolWith(A);
      const { sidecar } = spoolPaths(directory, A);
      const { size } = await stat(sidecar);
      await truncate(sidecar, Math.floor(share * size));

      const { recovery, spool } = await openTestSpool(directory);

      assert.deepEqual(recovery, { ...NOTHING, rebuilt: [A] });
      assert.equal(spool.list().length, 1);
    });
  }

  it('finishes a commit that was broken off before the sidecar had its name', async () => {
    const spool = await spoolWith(A);
    const { sidecar } = spoolPaths(directory, A);
    await rename(sidecar, `${sidecar}.partial`);

    const { recovery, spool: again } = await openTestSpool(directory);

    assert.deepEqual(recovery, NOTHING);
    assert.deepEqual(again.get(A), spool.get(A));
  });

  it('prefers the older of two sidecars over a half-written one', async () => {
    const spool = await spoolWith(A);
    await writeFile(`${spoolPaths(directory, A).sidecar}.partial`, '{"version": 1, "key"');

    const { recovery, spool: again } = await openTestSpool(directory);

    assert.deepEqual(recovery, { ...NOTHING, removedPartials: [`${A}.json.partial`] });
    assert.deepEqual(again.get(A), spool.get(A));
  });

  it('reports a bundle that is gone, with its record', async () => {
    await spoolWith(A);
    await rm(spoolPaths(directory, A).bundle);

    const { recovery, spool } = await openTestSpool(directory);

    assert.deepEqual(spool.list(), []);
    const [lost] = recovery.lost;
    assert.equal(lost?.runId, A);
    assert.equal(lost.record?.outcome, 'lost');
    assert.equal(lost.record.error?.code, 'SPOOL_LOST');
    assert.deepEqual((await openTestSpool(directory)).recovery, NOTHING);
  });

  it('reports a bundle that is gone also where its sidecar says nothing', async () => {
    await spoolWith(A);
    await rm(spoolPaths(directory, A).bundle);
    await writeFile(spoolPaths(directory, A).sidecar, '');

    const { recovery } = await openTestSpool(directory);

    assert.deepEqual(recovery.lost, [{ runId: A, reason: 'its file is gone', record: undefined }]);
  });

  it('does not take a delivered bundle for lost whose removal was broken off', async () => {
    const spool = await spoolWith(A);
    const bundle = spool.get(A);
    if (bundle === undefined) throw new Error('not spooled');
    const delivery = { ...bundle.record.delivery, state: 'delivered' as const };
    await spool.saveDelivery(A, { record: { ...bundle.record, delivery } });
    await rm(bundle.file);

    assert.deepEqual((await openTestSpool(directory)).recovery, NOTHING);
    assert.ok(!(await readdir(directory)).includes(`${A}.json`));
  });

  it('sets a bundle aside whose size is not that of its record', async () => {
    await spoolWith(A);
    const { bundle } = spoolPaths(directory, A);
    await truncate(bundle, 10);

    const { recovery, spool } = await openTestSpool(directory);

    assert.deepEqual(spool.list(), []);
    assert.match(recovery.lost[0]?.reason ?? '', /^its file has 10 bytes instead of \d+$/);
    assert.equal(recovery.lost[0]?.record?.error?.code, 'SPOOL_DAMAGED');
    assert.ok((await readdir(directory)).includes(`${A}.tar.gz.damaged`));
    assert.deepEqual((await openTestSpool(directory)).recovery, NOTHING);
  });

  for (const length of [0, 1, 12, -1]) {
    it(`sets a bundle aside that is cut off at ${length} and has no sidecar`, async () => {
      const { bytes } = (await spoolWith(A)).get(A)?.record.bundle ?? { bytes: 0 };
      const { bundle, sidecar } = spoolPaths(directory, A);
      await rm(sidecar);
      await truncate(bundle, length < 0 ? bytes + length : length);

      const { recovery, spool } = await openTestSpool(directory);

      assert.deepEqual(spool.list(), []);
      assert.equal(recovery.lost[0]?.reason, 'its file is cut off');
    });
  }

  it('refuses a folder of another version and leaves it as it is', async () => {
    await writeFile(join(directory, 'spool.json'), '{"version":2}');
    await writeFile(partialPaths(directory, A).bundle, 'x');

    await assert.rejects(openTestSpool(directory), { code: 'SPOOL_VERSION' });

    assert.deepEqual(await readdir(directory), [`${A}.tar.gz.partial`, 'spool.json']);
    assert.equal(await readFile(join(directory, 'spool.json'), 'utf8'), '{"version":2}');
  });

  it('writes a damaged marker anew', async () => {
    await spoolWith(A);
    await writeFile(join(directory, 'spool.json'), '{"vers');

    const { spool } = await openTestSpool(directory);

    assert.equal(spool.list().length, 1);
    assert.equal(await readFile(join(directory, 'spool.json'), 'utf8'), '{"version":1}\n');
  });

  for (const [name, path, message] of [
    ['is missing', '/nowhere/spool', /\/nowhere\/spool does not exist/],
    ['is a file', import.meta.filename, /recover\.test\.ts is not a folder/],
    ['cannot be written to', '/proc/self/fdinfo', /\/proc\/self\/fdinfo (is not writable|fails)/],
  ] as const) {
    it(`refuses a folder that ${name}, with its path and the reason`, async () => {
      await assert.rejects(openTestSpool(path), { code: 'SPOOL_UNUSABLE', message });
    });
  }

  function spoolWith(...ids: readonly string[]): Promise<Spool> {
    return openSpoolWith(directory, ids);
  }
});
