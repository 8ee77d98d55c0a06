import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { untilGraceEnds } from '../../agent/collect/grace.ts';
import { drain } from '../support/generators.ts';
import { never } from '../support/signal.ts';

describe('collect/grace', () => {
  it('gives everything of a source that ends', async () => {
    assert.deepEqual(await drain(untilGraceEnds(of(1, 2), never())), [1, 2]);
  });

  it('waits for a source that reacts to the signal', async () => {
    const stop = new AbortController();
    const ended: string[] = [];
    const reading = drain(
      untilGraceEnds(reacting(stop.signal, ended), stop.signal, { graceMs: 60_000 }),
    );
    stop.abort(new Error('enough'));

    await assert.rejects(reading, /enough/);
    assert.deepEqual(ended, ['cleaned up']);
  });

  it('leaves a source that does not react', async () => {
    const stop = new AbortController();
    const reading = drain(untilGraceEnds(deaf(), stop.signal, { graceMs: 1 }));
    stop.abort(new Error('enough'));

    await assert.rejects(reading, /enough/);
  });

  it('does not count the time that the reader takes', async () => {
    const stop = new AbortController();
    const ended: string[] = [];
    const reading = untilGraceEnds(reacting(stop.signal, ended), stop.signal, { graceMs: 20 });
    await reading.next();
    stop.abort(new Error('enough'));
    await sleep(40);

    await assert.rejects(reading.next(), /enough/);
    assert.deepEqual(ended, ['cleaned up']);
  });

  it('lets go of what comes too late', async () => {
    const stop = new AbortController();
    const dropped: number[] = [];
    const source = late();
    const reading = drain(
      untilGraceEnds(source, stop.signal, {
        graceMs: 1,
        onDropped: async (value) => void dropped.push(value),
      }),
    );
    stop.abort(new Error('enough'));

    await assert.rejects(reading, /enough/);
    await sleep(40);
    assert.deepEqual(dropped, [1]);
  });

  it('closes the source when the reader leaves', async () => {
    const stop = new AbortController();
    const ended: string[] = [];
    for await (const _ of untilGraceEnds(reacting(stop.signal, ended), stop.signal)) break;

    assert.deepEqual(ended, ['cleaned up']);
  });
});

async function* of<T>(...values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

async function* reacting(signal: AbortSignal, ended: string[]): AsyncGenerator<number> {
  try {
    yield 1;
    signal.throwIfAborted();
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  } finally {
    ended.push('cleaned up');
  }
}

async function* deaf(): AsyncGenerator<number> {
  yield 1;
  await new Promise(() => {});
}

async function* late(): AsyncGenerator<number> {
  await sleep(20);
  yield 1;
}
