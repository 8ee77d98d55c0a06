/** Tests of state/fallback. */

import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { KubeClient } from '../../agent/kube/client.ts';
import { withFallback } from '../../agent/state/fallback.ts';
import { fileState } from '../../agent/state/file.ts';
import { putRecord } from '../../agent/state/history.ts';
import type { AgentState, StateStore } from '../../agent/state/state.ts';
import type { FakeKube } from '../support/kube.ts';
import { RecordingLog } from '../support/log.ts';
import { never } from '../support/signal.ts';
import { runId } from '../support/spool.ts';
import {
  CONFIG_MAP,
  claimOf,
  configMapWith,
  emptyConfigMap,
  HeldClock,
  idsOf,
  readData,
  stateIn,
  storedRecord,
  temporaryFolder,
} from '../support/state.ts';

const FIRST_RETRY_MS = 30_000;

describe('state/fallback', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let log: RecordingLog;
  let clock: HeldClock;
  let process: AbortController;
  beforeEach(async () => {
    place = await temporaryFolder();
    log = new RecordingLog();
    clock = new HeldClock();
    process = new AbortController();
  });
  afterEach(async () => {
    process.abort();
    await place.remove();
  });

  /** As an agent opens it when it starts: once more = a restart. */
  function open(kube: FakeKube, client: KubeClient = kube): StateStore {
    return withFallback(
      {
        primary: stateIn(kube, { kube: client }),
        file: fileState({ file: place.file, history: 50, log }),
        rights: 'get and patch on configmaps/state',
        history: 50,
        clock,
        log,
        timeoutMs: 200,
      },
      process.signal,
    );
  }

  function fileNow(): Promise<AgentState> {
    return fileState({ file: place.file, history: 50, log }).read(never());
  }

  it('keeps everything in the primary while that answers', async () => {
    const kube = emptyConfigMap();
    const state = open(kube);

    await put(state, 1);

    assert.deepEqual(idsOf(await state.read(never())), [runId(1)]);
    assert.deepEqual(idsOf(await stateIn(kube).read(never())), [runId(1)]);
    assert.deepEqual(await fileNow(), { records: [] });
    assert.deepEqual(log.lines, []);
  });

  it('is named after the primary', () => {
    assert.equal(open(emptyConfigMap()).location, 'configmap/default/state');
  });

  for (const code of [
    'KUBE_FORBIDDEN',
    'KUBE_NOT_FOUND',
    'KUBE_UNREACHABLE',
    'KUBE_TIMEOUT',
    'KUBE_UNAUTHORIZED',
    'KUBE_FAILED',
  ] as const) {
    it(`goes on in the file when the primary fails with ${code}`, async () => {
      const kube = emptyConfigMap();
      kube.fail(CONFIG_MAP, code);
      const state = open(kube);

      await put(state, 1);
      const after = await put(state, 2);

      assert.deepEqual(idsOf(after), [runId(2), runId(1)]);
      assert.deepEqual(await state.read(never()), after);
      assert.deepEqual(await fileNow(), after);
      assert.deepEqual(log.said(), ['warn: state is kept in a file for now']);
      assert.equal(log.lines[0]?.fields['code'], code);
    });
  }

  it('says which right is missing', async () => {
    const kube = emptyConfigMap();
    kube.fail(CONFIG_MAP, 'KUBE_FORBIDDEN');

    await open(kube).read(never());

    assert.equal(log.lines[0]?.fields['missingRights'], 'get and patch on configmaps/state');
  });

  it('knows during an outage what the primary had before', async () => {
    const kube = emptyConfigMap();
    const state = open(kube);
    await put(state, 1);
    kube.fail(CONFIG_MAP, 'KUBE_UNREACHABLE');

    assert.deepEqual(idsOf(await state.read(never())), [runId(1)]);
    assert.deepEqual(idsOf(await put(state, 2)), [runId(2), runId(1)]);
  });

  it('writes what it kept with the next update, and empties the file', async () => {
    const kube = emptyConfigMap();
    const state = open(kube);
    kube.fail(CONFIG_MAP, 'KUBE_UNREACHABLE');
    await put(state, 1);
    kube.heal(CONFIG_MAP);

    await put(state, 2);

    assert.deepEqual(idsOf(await stateIn(kube).read(never())), [runId(2), runId(1)]);
    assert.deepEqual(await fileNow(), { records: [] });
    assert.equal(log.said().at(-1), 'info: state is kept in its place again');
  });

  it('writes what it kept by itself after 30 s, and ever later while that fails', async () => {
    const kube = emptyConfigMap();
    const state = open(kube);
    kube.fail(CONFIG_MAP, 'KUBE_UNREACHABLE');
    await put(state, 1);

    for (let asked = 1; asked < 8; asked++) {
      await until(() => clock.askedMs.length === asked);
      if (asked === 7) kube.heal(CONFIG_MAP);
      clock.wake();
    }
    await until(async () => (await fileNow()).records.length === 0);

    assert.deepEqual(idsOf(await stateIn(kube).read(never())), [runId(1)]);
    assert.deepEqual(
      clock.askedMs,
      [1, 2, 4, 8, 16, 30, 30].map((factor) => factor * FIRST_RETRY_MS),
    );
  });

  it('waits once, however many updates fail', async () => {
    const kube = emptyConfigMap();
    const state = open(kube);
    kube.fail(CONFIG_MAP, 'KUBE_UNREACHABLE');

    await put(state, 1);
    await put(state, 2);
    await put(state, 3);
    await nextTurn();

    assert.deepEqual(clock.askedMs, [FIRST_RETRY_MS]);
  });

  it('finds after a restart what an earlier process could not write', async () => {
    const kube = emptyConfigMap();
    kube.fail(CONFIG_MAP, 'KUBE_UNREACHABLE');
    await put(open(kube), 1);
    kube.heal(CONFIG_MAP);

    const restarted = open(kube);

    assert.deepEqual(idsOf(await restarted.read(never())), [runId(1)]);
    await put(restarted, 2);
    assert.deepEqual(idsOf(await stateIn(kube).read(never())), [runId(2), runId(1)]);
  });

  it('writes after a restart also when nothing more happens', async () => {
    const kube = emptyConfigMap();
    kube.fail(CONFIG_MAP, 'KUBE_UNREACHABLE');
    await put(open(kube), 1);
    kube.heal(CONFIG_MAP);

    await open(kube).read(never());
    await until(() => clock.askedMs.length === 2);
    clock.wake();
    await until(async () => (await fileNow()).records.length === 0);

    assert.deepEqual(idsOf(await stateIn(kube).read(never())), [runId(1)]);
  });

  it('merges what other pods wrote in the meantime', async () => {
    const kube = emptyConfigMap();
    const state = open(kube);
    await put(state, 1);
    kube.fail(CONFIG_MAP, 'KUBE_UNREACHABLE');
    await state.update(
      (before) => putRecord(before, storedRecord(1, { outcome: 'delivered' }), 50),
      never(),
    );
    kube.heal(CONFIG_MAP);
    await stateIn(kube).update(
      (before) => ({
        ...putRecord(before, storedRecord(2, { outcome: 'running' }), 50),
        claim: claimOf(2, { pod: 'pod-b' }),
      }),
      never(),
    );

    const after = await put(state, 3);

    assert.deepEqual(
      after.records.map(({ outcome }) => outcome),
      ['spooled', 'running', 'delivered'],
    );
    assert.equal(after.claim?.pod, 'pod-b');
  });

  it("shows the change another pod's claim before it decides", async () => {
    const kube = emptyConfigMap();
    const state = open(kube);
    kube.fail(CONFIG_MAP, 'KUBE_UNREACHABLE');
    await put(state, 1);
    kube.heal(CONFIG_MAP);
    const claim = claimOf(2, { pod: 'pod-b' });
    await stateIn(kube).update((before) => ({ ...before, claim }), never());

    await state.update((before) => {
      assert.deepEqual(before.claim, claim);
      return before;
    }, never());
  });

  it('keeps a state of a later format, and its own in the file', async () => {
    const kube = configMapWith({ 'state.json': '{"version":2}' });

    await put(open(kube), 1);

    assert.deepEqual(await readData(kube), { 'state.json': '{"version":2}' });
    assert.deepEqual(idsOf(await fileNow()), [runId(1)]);
    assert.equal(log.lines[0]?.fields['code'], 'STATE_UNREADABLE');
  });

  it('does not wait longer than it may for a primary that never answers', async () => {
    const kube = emptyConfigMap();

    const after = await put(open(kube, silent(kube)), 1);

    assert.deepEqual(idsOf(after), [runId(1)]);
    assert.deepEqual(idsOf(await fileNow()), [runId(1)]);
    assert.equal(log.lines[0]?.fields['code'], 'KUBE_TIMEOUT');
  });

  it('keeps an update whose caller has run out of time', async () => {
    const kube = emptyConfigMap();
    const state = open(kube);

    await state.update((before) => putRecord(before, storedRecord(1), 50), AbortSignal.abort());

    assert.deepEqual(idsOf(await fileNow()), [runId(1)]);
  });

  it('writes once what an answer that got lost had already stored', async () => {
    const kube = emptyConfigMap();
    const state = open(kube, losingAnswers(kube));

    await put(state, 1);
    await put(state, 2);

    assert.deepEqual(idsOf(await stateIn(kube).read(never())), [runId(2), runId(1)]);
    assert.deepEqual(await fileNow(), { records: [] });
  });

  it('loses nothing whatever fails in between, over many updates and restarts', async () => {
    const kube = emptyConfigMap();
    let state = open(kube);
    for (let index = 0; index < 40; index++) {
      if (index % 5 === 2) kube.fail(CONFIG_MAP, 'KUBE_UNREACHABLE');
      if (index % 7 === 3) kube.heal(CONFIG_MAP);
      if (index % 11 === 4) state = open(kube);
      await put(state, index);
      const other = stateIn(kube);
      if (index % 3 === 0) await put(other, index + 20).catch(() => undefined);
    }
    kube.heal(CONFIG_MAP);

    await put(state, 40);

    const stored = idsOf(await stateIn(kube).read(never()));
    for (let index = 0; index < 40; index++) assert.ok(stored.includes(runId(index)), `${index}`);
  });

  it('throws what the change throws, and stores nothing', async () => {
    const kube = emptyConfigMap();

    const update = open(kube).update(() => {
      throw new RangeError('wrong');
    }, never());

    await assert.rejects(update, RangeError);
    assert.deepEqual(log.lines, []);
  });

  it('does not read when the signal is aborted', async () => {
    await assert.rejects(open(emptyConfigMap()).read(AbortSignal.abort()), { name: 'AbortError' });
  });

  it('ends its waiting with the process', async () => {
    const kube = emptyConfigMap();
    kube.fail(CONFIG_MAP, 'KUBE_UNREACHABLE');
    await put(open(kube), 1);
    await until(() => clock.askedMs.length === 1);

    process.abort();
    await nextTurn();

    assert.deepEqual(log.said(), ['warn: state is kept in a file for now']);
  });
});

function put(state: StateStore, index: number): Promise<AgentState> {
  return state.update((before) => putRecord(before, storedRecord(index), 50), never());
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await nextTurn();
}

/** Answers nothing until it is told to stop waiting. */
function silent(kube: FakeKube): KubeClient {
  const wait = (_path: string, ...rest: readonly unknown[]): Promise<never> =>
    new Promise((_resolve, reject) => {
      const signal = rest.at(-1);
      if (!(signal instanceof AbortSignal)) throw new Error('a request without a signal');
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
  return { server: kube.server, get: wait, patch: wait };
}

/** The first patch is carried out and looks as if it was not. */
function losingAnswers(kube: FakeKube): KubeClient {
  let isFirst = true;
  return {
    server: kube.server,
    get: (path, signal) => kube.get(path, signal),
    patch: async (path, patch, signal) => {
      const answer = await kube.patch(path, patch, signal);
      if (!isFirst) return answer;
      isFirst = false;
      kube.fail(path, 'KUBE_UNREACHABLE');
      return kube.get(path, signal).finally(() => kube.heal(path));
    },
  };
}
