import assert from 'node:assert/strict';

import { interleave } from '../../agent/collect/interleave.ts';

describe('collect/interleave', () => {
  it('hands out what is ready first and keeps each source in order', async () => {
    const slow = Promise.withResolvers<void>();
    const sources = [waitingFor(slow.promise, ['a', 'b']), of('1', '2')];

    const seen = [];
    for await (const value of interleave(sources, 2)) {
      seen.push(value);
      if (value === '2') slow.resolve();
    }

    assert.deepEqual(seen, ['1', '2', 'a', 'b']);
  });

  it('starts no more sources than the limit', async () => {
    let [underWay, most] = [0, 0];
    const sources = Array.from({ length: 5 }, async function* (_, index) {
      most = Math.max(most, ++underWay);
      yield index;
      underWay--;
    });

    const seen = [];
    for await (const value of interleave(sources, 2)) seen.push(value);

    assert.deepEqual(seen, [0, 1, 2, 3, 4]);
    assert.equal(most, 2);
  });

  it('closes every source when one throws', async () => {
    const closed: string[] = [];
    const sources = [closing('first', closed), failing(), closing('never started', closed)];

    await assert.rejects(async () => {
      for await (const _ of interleave(sources, 2)) continue;
    }, /broken/);

    assert.deepEqual(closed, ['first']);
  });

  it('closes every source when the reader leaves', async () => {
    const closed: string[] = [];

    for await (const _ of interleave([closing('a', closed), closing('b', closed)], 2)) break;

    assert.deepEqual(closed.toSorted(), ['a', 'b']);
  });

  it('lets go of what was ready and nobody asked for', async () => {
    const dropped: number[] = [];
    const both = interleave([of(1), of(2)], 2, async (value) => void dropped.push(value));
    await both.next();
    await both.return(undefined);

    assert.deepEqual(dropped, [2]);
  });
});

async function* of<T>(...values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

async function* waitingFor<T>(ready: Promise<void>, values: readonly T[]): AsyncGenerator<T> {
  await ready;
  yield* values;
}

async function* failing(): AsyncGenerator<string> {
  yield 'before';
  throw new Error('broken');
}

async function* closing(name: string, closed: string[]): AsyncGenerator<string> {
  try {
    for (;;) yield name;
  } finally {
    closed.push(name);
  }
}
