import assert from 'node:assert/strict';

import { untilDeaf } from '../../agent/collect/reaction.ts';
import { drain } from '../support/generators.ts';
import { never } from '../support/signal.ts';

describe('collect/reaction', () => {
  it('gives everything of a source that ends', async () => {
    assert.deepEqual(await drain(untilDeaf(of(1, 2), never())), [1, 2]);
  });

  it('waits for a source that reacts to the signal', async () => {
    const stop = new AbortController();
    const ended: string[] = [];
    const reading = drain(untilDeaf(reacting(stop.signal, ended), stop.signal, 60_000));
    stop.abort(new Error('enough'));

    await assert.rejects(reading, /enough/);
    assert.deepEqual(ended, ['cleaned up']);
  });

  it('leaves a source that does not react', async () => {
    const stop = new AbortController();
    const reading = drain(untilDeaf(deaf(), stop.signal, 1));
    stop.abort(new Error('enough'));

    await assert.rejects(reading, /enough/);
  });

  it('closes the source when the reader leaves', async () => {
    const stop = new AbortController();
    const ended: string[] = [];
    for await (const _ of untilDeaf(reacting(stop.signal, ended), stop.signal)) break;

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
