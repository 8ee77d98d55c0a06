/** Tests of state/config-map. */

import assert from 'node:assert/strict';

import type { KubeClient } from '../../agent/kube/client.ts';
import { putRecord } from '../../agent/state/history.ts';
import type { AgentState } from '../../agent/state/state.ts';
import { FakeClock } from '../support/clock.ts';
import type { FakeKube } from '../support/kube.ts';
import { RecordingLog } from '../support/log.ts';
import { never } from '../support/signal.ts';
import { runId } from '../support/spool.ts';
import {
  CONFIG_MAP,
  claimOf,
  configMapWith,
  cursorAt,
  emptyConfigMap,
  idsOf,
  readData,
  stateIn,
  stateOf,
  storedRecord,
} from '../support/state.ts';

describe('state/config-map', () => {
  it('names its place', () => {
    assert.equal(stateIn(emptyConfigMap()).location, 'configmap/default/state');
  });

  it('takes the ConfigMap without data, as the chart renders it, for an empty state', async () => {
    assert.deepEqual(await stateIn(emptyConfigMap()).read(never()), { records: [] });
  });

  it('gives back what was stored, to another pod too', async () => {
    const kube = emptyConfigMap();
    const state: AgentState = {
      cursor: cursorAt('2026-11-22T02:00:00Z'),
      claim: claimOf(1),
      records: [storedRecord(1)],
    };

    const stored = await stateIn(kube).update(() => state, never());

    assert.deepEqual(stored, state);
    assert.deepEqual(await stateIn(kube).read(never()), state);
  });

  it('reads well for people', async () => {
    const kube = emptyConfigMap();
    const cursor = cursorAt('2026-11-22T02:00:00Z');

    await stateIn(kube).update(() => ({ cursor, records: [storedRecord(1)] }), never());

    const data = await readData(kube);
    assert.deepEqual(Object.keys(data), ['state.json', 'runs.jsonl']);
    assert.match(data['state.json'] ?? '', /^\{\n {2}"version": 1,\n {2}"cursor": \{\n {4}"exp/);
    assert.match(data['runs.jsonl'] ?? '', /^\{"id":"20261122T020100Z-0001".*\}\n$/);
  });

  it('writes nothing when the change gives back what it got', async () => {
    const kube = emptyConfigMap();

    await stateIn(kube).update((state) => state, never());

    assert.deepEqual(kube.requests, [`GET ${CONFIG_MAP}`]);
  });

  it('writes nothing when the change comes to the same', async () => {
    const kube = emptyConfigMap();
    await stateIn(kube).update(() => stateOf(storedRecord(1)), never());

    await stateIn(kube).update(() => stateOf(storedRecord(1)), never());

    assert.equal(kube.requests.filter((request) => request.startsWith('PATCH')).length, 1);
  });

  it('does not send the records again to renew a claim', async () => {
    const kube = new CountingKube(emptyConfigMap());
    const records = Array.from({ length: 50 }, (_, index) => storedRecord(50 - index));
    await stateIn(kube.inner, { kube }).update(() => ({ claim: claimOf(50), records }), never());

    await stateIn(kube.inner, { kube }).update(
      (state) => ({ ...state, claim: claimOf(50, { renewedAt: '2026-11-22T02:01:00Z' }) }),
      never(),
    );

    const [first = 0, second = 0] = kube.patchBytes;
    assert.ok(first > 20_000, `${first}`);
    assert.ok(second < 1_000, `${second}`);
  });

  it('leaves keys that are not its own', async () => {
    const kube = configMapWith({ note: 'by hand' });

    await stateIn(kube).update(() => stateOf(storedRecord(1)), never());

    assert.equal((await readData(kube))['note'], 'by hand');
  });

  it('applies the change again to what another pod wrote in between', async () => {
    const kube = emptyConfigMap();
    const other = stateIn(kube);
    const seen: number[] = [];
    const pause = interruptedBy(kube, async () => {
      await other.update(() => stateOf(storedRecord(1)), never());
    });

    const after = await stateIn(kube, { kube: pause }).update((state) => {
      seen.push(state.records.length);
      return putRecord(state, storedRecord(2), 50);
    }, never());

    assert.deepEqual(seen, [0, 1]);
    assert.deepEqual(idsOf(after), [runId(2), runId(1)]);
  });

  it('loses no record when many pods write at once', async () => {
    const kube = emptyConfigMap();
    const clock = new FakeClock();

    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        stateIn(kube, { clock }).update(
          (state) => putRecord(state, storedRecord(index), 50),
          never(),
        ),
      ),
    );

    const after = await stateIn(kube).read(never());
    assert.deepEqual(
      [...idsOf(after)].toSorted(),
      Array.from({ length: 8 }, (_, i) => runId(i)),
    );
    assert.ok(clock.sleptMs.length > 0);
  });

  it('gives up after ten conflicts, having waited longer each time', async () => {
    const kube = emptyConfigMap();
    const clock = new FakeClock();
    const busy = interruptedBy(kube, () => kube.put(CONFIG_MAP, {}), Infinity);

    const update = stateIn(kube, { kube: busy, clock }).update(
      () => stateOf(storedRecord(1)),
      never(),
    );

    await assert.rejects(update, { code: 'KUBE_CONFLICT' });
    assert.deepEqual(clock.sleptMs, [25, 50, 100, 200, 400, 500, 500, 500, 500]);
  });

  it('warns of damaged values once, counts them as absent, and writes over them', async () => {
    const kube = configMapWith({ 'state.json': '{"version":1,', 'runs.jsonl': 'x\n' });
    const log = new RecordingLog();
    const state = stateIn(kube, { log });

    assert.deepEqual(await state.read(never()), { records: [] });
    await state.read(never());
    await state.update(() => stateOf(storedRecord(1)), never());

    assert.deepEqual(log.lines, [
      {
        level: 'warn',
        message: 'stored state is damaged',
        fields: {
          location: 'configmap/default/state',
          problems: ['state: not JSON', 'record 1: not JSON'],
        },
      },
    ]);
    assert.deepEqual(await state.read(never()), stateOf(storedRecord(1)));
  });

  it('does not write over a state of a later format', async () => {
    const kube = configMapWith({ 'state.json': '{"version":9}' });
    const state = stateIn(kube);

    await assert.rejects(state.read(never()), { code: 'STATE_UNREADABLE' });
    await assert.rejects(
      state.update(() => stateOf(), never()),
      { code: 'STATE_UNREADABLE' },
    );
    assert.deepEqual(await readData(kube), { 'state.json': '{"version":9}' });
  });

  it('stores at most 512 KiB, and answers with what is stored', async () => {
    const kube = emptyConfigMap();
    const collectors = Array.from({ length: 200 }, () => ({
      name: 'logs/api',
      outcome: 'failed' as const,
      durationMs: 5,
      files: 1,
      bytes: 50,
      errors: ['x'.repeat(300)],
    }));
    const records = Array.from({ length: 50 }, (_, index) =>
      storedRecord(50 - index, { collectors }),
    );

    const after = await stateIn(kube).update(() => ({ records }), never());

    const { 'runs.jsonl': stored = '', 'state.json': head = '' } = await readData(kube);
    assert.ok(Buffer.byteLength(stored) + Buffer.byteLength(head) <= 512 * 1024);
    assert.equal(after.records.length, 50);
    assert.equal(after.records[0]?.collectors.length, 200);
    assert.deepEqual(await stateIn(kube).read(never()), after);
  });

  it('refuses an answer that is no object', async () => {
    const state = stateIn(emptyConfigMap(), { kube: answering('text') });

    await assert.rejects(state.read(never()), { code: 'STATE_UNREADABLE' });
  });

  for (const code of ['KUBE_FORBIDDEN', 'KUBE_NOT_FOUND', 'KUBE_UNREACHABLE'] as const) {
    it(`passes on ${code}`, async () => {
      const kube = emptyConfigMap();
      kube.fail(CONFIG_MAP, code);

      await assert.rejects(stateIn(kube).read(never()), { code });
      await assert.rejects(
        stateIn(kube).update(() => stateOf(storedRecord(1)), never()),
        { code },
      );
    });
  }

  it('passes on what the change throws', async () => {
    const update = stateIn(emptyConfigMap()).update(() => {
      throw new RangeError('wrong');
    }, never());

    await assert.rejects(update, RangeError);
  });

  it('ends when the signal aborts', async () => {
    await assert.rejects(stateIn(emptyConfigMap()).read(AbortSignal.abort()), {
      name: 'AbortError',
    });
  });
});

/** Something else happens between each get and the patch after it, so many times. */
function interruptedBy(kube: FakeKube, happens: () => Promise<void> | void, times = 1): KubeClient {
  let left = times;
  return {
    server: kube.server,
    get: (path, signal) => kube.get(path, signal),
    patch: async (path, patch, signal) => {
      if (left-- > 0) await happens();
      return kube.patch(path, patch, signal);
    },
  };
}

function answering(value: unknown): KubeClient {
  return {
    server: new URL('https://kube.test'),
    get: async () => value,
    patch: async () => value,
  };
}

class CountingKube implements KubeClient {
  readonly inner: FakeKube;
  readonly server: URL;
  readonly patchBytes: number[] = [];

  constructor(inner: FakeKube) {
    this.inner = inner;
    this.server = inner.server;
  }

  get(path: string, signal: AbortSignal): Promise<unknown> {
    return this.inner.get(path, signal);
  }

  patch(path: string, patch: unknown, signal: AbortSignal): Promise<unknown> {
    this.patchBytes.push(JSON.stringify(patch).length);
    return this.inner.patch(path, patch, signal);
  }
}
