/** Tests of state/file. */

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type FileStateOptions, fileState } from '../../agent/state/file.ts';
import { putRecord } from '../../agent/state/history.ts';
import type { AgentState, StateStore } from '../../agent/state/state.ts';
import { RecordingLog } from '../support/log.ts';
import { never } from '../support/signal.ts';
import { runId } from '../support/spool.ts';
import {
  claimOf,
  cursorAt,
  idsOf,
  stateOf,
  storedRecord,
  temporaryFolder,
} from '../support/state.ts';

const STATE: AgentState = {
  cursor: cursorAt('2026-11-22T02:00:00Z'),
  claim: claimOf(1),
  records: [storedRecord(2), storedRecord(1)],
};

describe('state/file', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let log: RecordingLog;
  beforeEach(async () => {
    place = await temporaryFolder();
    log = new RecordingLog();
  });
  afterEach(() => place.remove());

  function open(changed: Partial<FileStateOptions> = {}): StateStore {
    return fileState({ file: place.file, history: 50, log, ...changed });
  }

  it('begins empty without a file', async () => {
    assert.deepEqual(await open().read(never()), { records: [] });
    assert.deepEqual(log.lines, []);
  });

  for (const state of [STATE, stateOf(), stateOf(storedRecord(1)), { ...STATE, records: [] }]) {
    it(`gives back ${Object.keys(state).join(', ')} with ${state.records.length} records after a restart`, async () => {
      await open().update(() => state, never());

      assert.deepEqual(await open().read(never()), state);
      assert.deepEqual(log.lines, []);
    });
  }

  it('leaves nothing else in the folder, and lets nobody else read the file', async () => {
    await open().update(() => STATE, never());

    assert.deepEqual(await readdir(place.folder), ['state.json']);
    assert.equal((await stat(place.file)).mode & 0o777, 0o600);
  });

  it('applies changes in their order, one after the other', async () => {
    const state = open();

    await Promise.all(
      [1, 2, 3, 4, 5].map((index) =>
        state.update((before) => putRecord(before, storedRecord(index), 50), never()),
      ),
    );

    assert.deepEqual(idsOf(await open().read(never())), [5, 4, 3, 2, 1].map(runId));
  });

  it('does not write when the change gives back what it got', async () => {
    await open().update((state) => state, never());

    assert.deepEqual(await readdir(place.folder), []);
  });

  it('stores no more than it may', async () => {
    const records = Array.from({ length: 50 }, (_, index) => storedRecord(50 - index));

    await open({ maxBytes: 8 * 1024 }).update(() => ({ records }), never());

    assert.ok((await stat(place.file)).size <= 8 * 1024);
  });

  it('goes on after a change that throws', async () => {
    const state = open();

    await assert.rejects(
      state.update(() => {
        throw new RangeError('wrong');
      }, never()),
      RangeError,
    );
    assert.deepEqual(await state.update(() => STATE, never()), STATE);
  });

  for (const damaged of ['', 'x', '{"version":1', '\u0000'.repeat(100)]) {
    it(`warns of ${JSON.stringify(damaged.slice(0, 12))} in the file and begins anew`, async () => {
      await writeFile(place.file, damaged);

      const state = open();

      assert.deepEqual(await state.read(never()), { records: [] });
      assert.deepEqual(log.said(), ['warn: stored state is damaged']);
      await state.update(() => STATE, never());
      assert.deepEqual(await open().read(never()), STATE);
    });
  }

  it('keeps what comes before the place where the file is cut off', async () => {
    await open().update(() => STATE, never());
    await writeFile(place.file, (await readFile(place.file, 'utf8')).slice(0, -50));

    const { records, ...head } = await open().read(never());

    assert.deepEqual(head, { cursor: STATE.cursor, claim: STATE.claim });
    assert.deepEqual(
      records.map(({ id }) => id),
      [runId(2)],
    );
  });

  it('leaves a file of a later format as it is and remembers in memory', async () => {
    const later = '{\n  "version": 2\n}\n';
    await writeFile(place.file, later);
    const state = open();

    await state.update(() => STATE, never());

    assert.deepEqual(await state.read(never()), STATE);
    assert.equal(await readFile(place.file, 'utf8'), later);
    assert.equal(log.lines[0]?.fields['code'], 'STATE_UNREADABLE');
  });

  it('leaves alone what cannot be read', async () => {
    await mkdir(place.file);
    const state = open();

    assert.deepEqual(await state.update(() => STATE, never()), STATE);

    assert.deepEqual(log.said(), ['warn: state is kept in memory only']);
    assert.ok((await stat(place.file)).isDirectory());
  });

  it('holds what the disk refuses, says so, and writes it with the next update', async () => {
    const folder = join(place.folder, 'gone');
    const state = open({ file: join(folder, 'state.json') });

    assert.deepEqual(await state.update(() => STATE, never()), STATE);
    assert.deepEqual(await state.read(never()), STATE);
    assert.equal(log.lines[0]?.level, 'error');
    assert.equal(log.lines[0]?.fields['code'], 'STATE_UNWRITABLE');

    await mkdir(folder);
    await state.update((before) => before, never());

    const again = open({ file: join(folder, 'state.json') });
    assert.deepEqual(await again.read(never()), STATE);
  });

  it('writes also when the caller has no more time', async () => {
    await open().update(() => STATE, AbortSignal.abort());

    assert.deepEqual(await open().read(never()), STATE);
  });
});
