/** Counting hidden texts, however the chunks fall. */

import assert from 'node:assert/strict';

import { HiddenCounter, Measure } from '../../agent/archive/measure.ts';
import { MASK } from '../../agent/mask.ts';

describe('archive/measure', () => {
  it('takes size and SHA-256 of all chunks together', () => {
    const measure = new Measure();
    measure.add(Buffer.from('ab'));
    measure.add(Buffer.from('c'));

    assert.equal(measure.bytes, 3);
    assert.equal(
      measure.sha256(),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  for (const [text, count] of [
    ['', 0],
    ['***HIDDEN***', 1],
    ['***HIDDEN******HIDDEN***', 2],
    ['***HIDDEN***HIDDEN***', 1],
    ['**HIDDEN*** ***HIDDEN** ***hidden***', 0],
    ['****HIDDEN****', 1],
  ] as const) {
    it(`counts ${count} in ${JSON.stringify(text)}`, () => {
      assert.equal(countIn([text]), count);
    });
  }

  it('counts the same for every text and every chunking', () => {
    const random = numbers(7);
    const pieces = [MASK, '***', '**', 'HIDDEN', MASK.slice(0, 7), 'x', '\n', 'é'];
    for (let round = 0; round < 2000; round += 1) {
      const text = Array.from(
        { length: Math.floor(random() * 12) },
        () => pieces[Math.floor(random() * pieces.length)],
      ).join('');
      const chunks: string[] = [];
      for (let at = 0; at < text.length; ) {
        const length = 1 + Math.floor(random() * 14);
        chunks.push(text.slice(at, at + length));
        at += length;
      }

      assert.equal(countIn(chunks), text.split(MASK).length - 1, JSON.stringify(chunks));
    }
  });
});

function countIn(chunks: readonly string[]): number {
  const counter = new HiddenCounter();
  for (const chunk of chunks) counter.add(Buffer.from(chunk));
  return counter.count;
}

/** The same numbers in [0, 1) at every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
