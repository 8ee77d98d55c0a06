/** Runs inside `serve`: claimed, carried out by a fake child, recorded in a state in memory. */

import assert from 'node:assert/strict';

import { AgentError } from '../../agent/errors.ts';
import { silentLogger } from '../../agent/log.ts';
import type { ChildResult } from '../../agent/run/child.ts';
import { newRecord } from '../../agent/run/claim.ts';
import type { RunRecord } from '../../agent/run/record.ts';
import { Runner, type RunnerParts } from '../../agent/run/runner.ts';
import type { AgentState, StateStore } from '../../agent/state/state.ts';
import { claimOf, cursorAt, HeldClock, storedRecord } from '../support/state.ts';

const CURSOR = cursorAt('2026-11-22T02:00:00Z');
const DUE = {
  trigger: 'schedule',
  scheduledAtMs: Date.parse(CURSOR.scheduledAt),
  cursor: CURSOR,
} as const;

describe('run/runner', () => {
  it('claims an instant, moves the cursor and records what came of it', async () => {
    const bench = benchOf();
    const result = await bench.runner.start(DUE);
    assert.equal(result.kind, 'started');
    assert.equal(bench.state.current.claim?.pod, 'pod-b');
    const record = result.kind === 'started' ? await result.finished : undefined;

    assert.equal(record?.outcome, 'spooled');
    assert.equal(record?.trigger, 'schedule');
    assert.equal(record?.scheduledAt, '2026-11-22T02:00:00Z');
    assert.deepEqual(bench.state.current.cursor, CURSOR);
    assert.equal(bench.state.current.claim, undefined);
    assert.deepEqual(
      bench.told.map(({ outcome }) => outcome),
      ['spooled'],
    );
  });

  it('lets only one pod run an instant', async () => {
    const bench = benchOf({ state: { cursor: CURSOR, records: [] } });

    assert.deepEqual(await bench.runner.start(DUE), { kind: 'claimed-elsewhere' });
    assert.deepEqual(bench.state.current.records, []);
  });

  it('skips an instant that falls due during a run', async () => {
    const bench = benchOf({ collectInChild: untilAborted });
    await bench.runner.start(DUE);
    const later = cursorAt('2026-11-22T03:00:00Z');
    const result = await bench.runner.start({ ...DUE, cursor: later });

    assert.equal(result.kind === 'skipped' && result.record.reason, 'overlap');
    assert.deepEqual(bench.state.current.cursor, later);
    bench.stop();
  });

  it("skips an instant while another pod's run is under way", async () => {
    const claim = claimOf(1, { renewedAt: '2026-11-22T01:59:50Z' });
    const bench = benchOf({ state: { claim, records: [] } });
    const result = await bench.runner.start(DUE);

    assert.equal(result.kind === 'skipped' && result.record.reason, 'overlap');
    assert.equal(bench.state.current.claim, claim);
  });

  it('answers a request with the run that is under way', async () => {
    const bench = benchOf({ collectInChild: untilAborted });
    const first = await bench.runner.start({ trigger: 'request' });
    const second = await bench.runner.start({ trigger: 'request' });

    assert.equal(second.kind, 'under-way');
    assert.equal(
      second.kind === 'under-way' && first.kind === 'started' && second.id === first.id,
      true,
    );
    bench.stop();
  });

  it('starts only one of two requests at once', async () => {
    const bench = benchOf({ collectInChild: untilAborted });
    const results = await Promise.all([
      bench.runner.start({ trigger: 'request' }),
      bench.runner.start({ trigger: 'request' }),
    ]);

    assert.deepEqual(results.map(({ kind }) => kind).toSorted(), ['started', 'under-way']);
    bench.stop();
  });

  it('skips a run for which the spool has no room', async () => {
    const full = new AgentError('SPOOL_FULL', 'no room');
    const bench = benchOf({ spool: { reserve: () => Promise.reject(full) } });
    const record = await finished(bench.runner);

    assert.equal(record.outcome, 'skipped');
    assert.equal(record.reason, 'spool-full');
  });

  it('records a child that gave nothing, and leaves no partial files', async () => {
    const error = { code: 'RUN_OUT_OF_MEMORY', message: 'too much' } as const;
    const bench = benchOf({ collectInChild: () => Promise.resolve({ kind: 'failed', error }) });
    const record = await finished(bench.runner);

    assert.equal(record.outcome, 'failed');
    assert.deepEqual(record.error, error);
    assert.deepEqual(bench.discarded, [record.id]);
  });

  it('records a bundle that could not be spooled as failed', async () => {
    const full = new AgentError('SPOOL_DISK_FULL', 'no space left');
    const bench = benchOf({ spool: { commit: () => Promise.reject(full) } });
    const record = await finished(bench.runner);

    assert.equal(record.error?.code, 'SPOOL_DISK_FULL');
    assert.deepEqual(bench.discarded, [record.id]);
  });

  it('keeps the claim of a run that the shutdown ends, for the next start to repeat', async () => {
    const bench = benchOf({ collectInChild: untilAborted });
    const result = await bench.runner.start(DUE);
    bench.stop();
    const record = result.kind === 'started' ? await result.finished : undefined;

    assert.equal(record?.error?.code, 'RUN_ABORTED');
    assert.equal(bench.state.current.claim?.renewedAt, '1970-01-01T00:00:00Z');
    const next = benchOf({ state: bench.state.current, pod: 'pod-c' });
    assert.deepEqual(await next.runner.settleInterrupted(), {
      trigger: 'schedule',
      startNumber: 2,
      scheduledAtMs: DUE.scheduledAtMs,
    });
  });

  it('does not repeat what has been repeated', async () => {
    const claim = claimOf(1, { pod: 'pod-b', startNumber: 2 });
    const bench = benchOf({ state: { claim, records: [newRecord(claim)] } });

    assert.equal(await bench.runner.settleInterrupted(), undefined);
    assert.equal(bench.state.current.claim, undefined);
    assert.equal(bench.state.current.records[0]?.error?.code, 'RUN_INTERRUPTED');
  });

  it('takes a run as done whose bundle is in the spool already', async () => {
    const claim = claimOf(1, { pod: 'pod-b' });
    const spooled = storedRecord(1);
    const bench = benchOf({
      state: { claim, records: [newRecord(claim)] },
      spool: { find: () => spooled },
    });

    assert.equal(await bench.runner.settleInterrupted(), undefined);
    assert.deepEqual(bench.state.current, { records: [spooled] });
  });

  it('passes over an instant without a record', async () => {
    const bench = benchOf();
    await bench.runner.pass(CURSOR);

    assert.deepEqual(bench.state.current, { cursor: CURSOR, records: [] });
  });
});

interface BenchOptions {
  readonly state?: AgentState;
  readonly pod?: string;
  readonly collectInChild?: RunnerParts['collectInChild'];
  readonly spool?: Partial<RunnerParts['spool']>;
}

function benchOf(options: BenchOptions = {}) {
  const state = new MemoryState(options.state ?? { records: [] });
  const stopping = new AbortController();
  const told: RunRecord[] = [];
  const discarded: string[] = [];
  const runner = new Runner(
    {
      state,
      spool: {
        reserve: () => Promise.resolve(),
        commit: (record) => Promise.resolve(record),
        find: () => undefined,
        discard: (runId) => Promise.resolve(void discarded.push(runId)),
        ...options.spool,
      },
      collectInChild: options.collectInChild ?? bundleOf,
      onRecord: (record) => void told.push(record),
      clock: new HeldClock(),
      log: silentLogger,
      pod: options.pod ?? 'pod-b',
      history: 50,
    },
    stopping.signal,
  );
  return { runner, state, told, discarded, stop: () => stopping.abort(new Error('SIGTERM')) };
}

class MemoryState implements StateStore {
  readonly location = 'memory';
  current: AgentState;

  constructor(state: AgentState) {
    this.current = state;
  }

  read(): Promise<AgentState> {
    return Promise.resolve(this.current);
  }

  update(change: (state: AgentState) => AgentState): Promise<AgentState> {
    this.current = change(this.current);
    return Promise.resolve(this.current);
  }
}

function bundleOf(runId: string): Promise<ChildResult> {
  return Promise.resolve({ kind: 'record', record: { ...storedRecord(1), id: runId } });
}

function untilAborted(_runId: string, signal: AbortSignal): Promise<ChildResult> {
  const error = { code: 'RUN_ABORTED', message: 'stopped' } as const;
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'failed', error }));
  });
}

async function finished(runner: Runner): Promise<RunRecord> {
  const result = await runner.start(DUE);
  if (result.kind !== 'started') throw new Error(`the run was ${result.kind}`);
  return result.finished;
}
