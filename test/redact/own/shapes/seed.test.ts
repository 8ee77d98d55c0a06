/** Seeds: what their small language stands for, and what is none of it. */

import assert from 'node:assert/strict';

import { base64Seeds, seedOf } from '../../../../agent/redact/own/shapes/seed.ts';

const WORD = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

/** The characters that may stand at each place. */
const SEEDS: readonly (readonly [source: string, characters: readonly string[]])[] = [
  ['ab1-_', ['a', 'b', '1', '-', '_']],
  [String.raw`a\.\(\[\\`, ['a', '.', '(', '[', '\\']],
  [String.raw`\w=`, [WORD, '=']],
  [String.raw`[\w]`, [WORD]],
  [String.raw`[\w\-]`, [`-${WORD}`]],
  ['[a-d]', ['abcd']],
  ['[xa-c9]', ['9abcx']],
  ['[a-c0-2]', ['012abc']],
  ['[+/=]', ['+/=']],
  [String.raw`[\]\\^]`, [String.raw`\]^`]],
  [String.raw`[\+-\-]`, ['+-']],
  [String.raw`[\+-.]`, ['+,-.']],
  ['[.~-]', ['-.~']],
];

const NO_SEEDS = [
  ...Array.from('()|*+?{}^$[]', (one) => `a${one}b`),
  ...String.raw`[] [ab a.* a\ \d \b (?:a)`.split(' '),
];

describe('redact/own/shapes/seed', () => {
  for (const [source, characters] of SEEDS) {
    it(`reads ${source}`, () => {
      assert.deepEqual(textsOf(source), characters);
    });
  }

  for (const source of NO_SEEDS) {
    it(`does not take ${source} for a seed`, () => {
      assert.throws(() => seedOf(source), {
        message: `${source} is no seed: only characters and classes`,
      });
    });
  }

  it('has letters of both cases where that is asked for', () => {
    assert.deepEqual(textsOf('aB1', { ignoresCase: true }), ['Aa', 'Bb', '1']);
  });

  it('is found in base64 wherever the text begins in it', () => {
    const seeds = base64Seeds(seedOf('[ab]cdef'));

    for (const before of ['', 'x', '~~', 'xyz']) {
      for (const text of ['acdef', 'bcdef']) {
        const base64 = Buffer.from(`${before}${text}?>`).toString('base64');
        const url = Buffer.from(`${before}${text}?>`).toString('base64url');
        const seed = seeds[before.length % 3] ?? [];
        assert.ok(isIn(base64, seed) && isIn(url, seed), base64);
      }
      assert.ok(
        !seeds.some((seed) => isIn(Buffer.from(`${before}ccdef`).toString('base64'), seed)),
      );
    }
  });
});

function textsOf(source: string, options = {}): readonly string[] {
  return seedOf(source, options).map((bytes) => String.fromCharCode(...bytes.toSorted(ascending)));
}

function ascending(one: number, other: number): number {
  return one - other;
}

function isIn(text: string, seed: readonly (readonly number[])[]): boolean {
  return Array.from(text).some((_, at) =>
    seed.every((bytes, index) => bytes.includes(text.charCodeAt(at + index))),
  );
}
