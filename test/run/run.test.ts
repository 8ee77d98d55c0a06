/** One run over fake phases: what the record says of each way it can end. */

import assert from 'node:assert/strict';

import type { Collected, CollectorOutcome } from '../../agent/bundle.ts';
import { AgentError } from '../../agent/errors.ts';
import type { Collect, CollectSignals } from '../../agent/run/engine.ts';
import { type Archived, isPartial, type RunParts, run } from '../../agent/run/run.ts';
import type { BundleSpec } from '../../agent/spec/types.ts';
import { FakeClock } from '../support/clock.ts';
import { never } from '../support/signal.ts';
import { mergedSpec } from '../support/spec.ts';

const REQUEST = { id: '20261122T020000Z-0001', trigger: 'command' } as const;

describe('run/run', () => {
  it('gives the record of a bundle', async () => {
    const record = await run(parts(), REQUEST, never());

    assert.equal(record.outcome, 'spooled');
    assert.equal(record.partial, false);
    assert.equal(record.engine, 'cli');
    assert.equal(record.bundle?.files, 1);
    assert.equal(record.error, null);
  });

  it('counts the time of each phase where it is spent', async () => {
    const clock = new FakeClock();
    const record = await run(parts({ clock }), REQUEST, never());

    assert.deepEqual(record.phases, [
      { name: 'spec', durationMs: 10 },
      { name: 'collect', durationMs: 200 },
      { name: 'redact', durationMs: 0 },
      { name: 'archive', durationMs: 3000 },
    ]);
  });

  it('turns what goes wrong into the error of the record', async () => {
    const loadSpec = () => Promise.reject(new AgentError('SPEC_MISSING', 'no such Secret'));
    const record = await run(parts({ loadSpec }), REQUEST, never());

    assert.equal(record.outcome, 'failed');
    assert.deepEqual(record.error, { code: 'SPEC_MISSING', message: 'no such Secret' });
    assert.equal(record.bundle, null);
  });

  it('records what nobody expected too', async () => {
    const loadSpec = () => Promise.reject(new TypeError('x is not a function'));
    const record = await run(parts({ loadSpec }), REQUEST, never());

    assert.equal(record.error?.code, 'RUN_CRASHED');
  });

  it('names the deadline when it ends the run', async () => {
    const record = await run(parts({ runTimeoutMs: 20, collect: hang }), REQUEST, never());

    assert.equal(record.error?.code, 'RUN_TIMEOUT');
  });

  it('archives what an engine gives at the deadline', async () => {
    const collect: Collect = async function* (_spec, { deadline }) {
      await new Promise((resolve) => deadline.addEventListener('abort', resolve));
      yield { kind: 'left-out', path: 'late', reason: 'cut off' };
    };
    const record = await run(parts({ runTimeoutMs: 20, collect }), REQUEST, never());

    assert.equal(record.outcome, 'spooled');
  });

  it('names the shutdown when it ends the run', async () => {
    const shutdown = new AbortController();
    const ending = run(parts({ collect: hang }), REQUEST, shutdown.signal);
    shutdown.abort(new Error('SIGTERM'));

    assert.deepEqual((await ending).error, {
      code: 'RUN_ABORTED',
      message: 'the run was stopped: SIGTERM',
    });
  });

  for (const outcome of ['failed', 'partial', 'forbidden', 'timeout', 'unsupported'] as const) {
    it(`is partial when a collector ended ${outcome}`, () => {
      assert.equal(isPartial(archived({ outcome })), true);
    });
  }

  for (const outcome of ['ok', 'denied', 'excluded'] as const) {
    it(`is complete when a collector ended ${outcome}`, () => {
      assert.equal(isPartial(archived({ outcome })), false);
    });
  }

  it('is partial when something was left out', () => {
    assert.equal(isPartial(archived({ leftOut: 1 })), true);
  });
});

function parts(
  overrides: Partial<RunParts> & {
    readonly collect?: Collect;
  } = {},
): RunParts {
  const { collect = collectNothing, ...rest } = overrides;
  const clock = overrides.clock ?? new FakeClock();
  async function* collectNothing(): AsyncGenerator<Collected> {
    await clock.sleep(100, never());
    yield { kind: 'left-out', path: 'a', reason: 'b' };
    await clock.sleep(100, never());
  }
  return {
    loadSpec: async (signal) => {
      await clock.sleep(10, signal);
      return mergedSpec();
    },
    makeRedaction: async () => (collected) => passOn(collected),
    chooseEngine: async () => ({ name: 'cli', collect }),
    archive: async (collected, _context, signal) => {
      for await (const one of collected) {
        assert.equal(one.kind, 'left-out');
        await clock.sleep(3000, signal);
      }
      return archived();
    },
    clock,
    runTimeoutMs: 60_000,
    ...rest,
  };
}

async function* passOn(collected: AsyncIterable<Collected>): AsyncGenerator<Collected> {
  yield* collected;
}

async function* hang(_spec: BundleSpec, signals: CollectSignals): AsyncGenerator<Collected> {
  const signal = AbortSignal.any([signals.signal, signals.deadline]);
  signal.throwIfAborted();
  await new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  yield { kind: 'left-out', path: '', reason: '' };
}

function archived(
  facts: { readonly leftOut?: number; readonly outcome?: CollectorOutcome } = {},
): Archived {
  return {
    bundle: {
      name: 'support-bundle-2026-11-22T02_00_00',
      sha256: 'ab',
      bytes: 10,
      files: 1,
      uncompressedBytes: 20,
      redactions: 0,
      leftOut: facts.leftOut ?? 0,
      findings: [],
    },
    collectors: [
      {
        name: 'cluster-info',
        outcome: facts.outcome ?? 'ok',
        durationMs: 1,
        files: 1,
        bytes: 20,
        errors: [],
      },
    ],
  };
}
