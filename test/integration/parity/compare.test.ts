/** The comparison itself: it must see what differs. */

import assert from 'node:assert/strict';

import { type Bundle, compareBundles } from './compare.ts';
import type { Allowance, Difference } from './differences.ts';

const FILE = new Map([['a.json', { text: '{"x":[1,2],"y":{"z":1}}' }]]);

describe('the comparison of bundles', () => {
  it('finds no difference between a bundle and itself', () => {
    assert.deepEqual(compareBundles(FILE, FILE, []).differences, []);
  });

  for (const [what, other] of [
    ['another byte', new Map([['a.json', { text: '{"x":[1,2],"y":{"z":2}}' }]])],
    ['other white space', new Map([['a.json', { text: '{"x": [1,2],"y":{"z":1}}' }]])],
    ['a link in the place of a file', new Map([['a.json', { link: 'b' }]])],
    ['a missing file', new Map()],
    ['one file more', new Map([...FILE, ['b', { text: '' }]])],
  ] as const satisfies readonly (readonly [string, Bundle])[]) {
    it(`sees ${what}`, () => {
      assert.equal(compareBundles(FILE, other, []).differences.length, 1);
      assert.equal(
        compareBundles(FILE, other, [row('c.json', { kind: 'any' })]).differences.length,
        1,
      );
    });
  }

  it('lets pass what a row allows, and no more', () => {
    const changed = new Map([['a.json', { text: '{"x":[2,1],"y":{"z":1}}' }]]);
    const order = row('*.json', { kind: 'order' });

    assert.deepEqual(compareBundles(FILE, changed, [order]).differences, []);
    assert.deepEqual([...compareBundles(FILE, changed, [order]).used], [order]);
    assert.equal(
      compareBundles(FILE, changed, [row('*.json', without('y.z'))]).differences.length,
      1,
    );
    assert.deepEqual(compareBundles(FILE, changed, [row('*.json', without('x'))]).differences, []);
  });

  it('sees another order of keys', () => {
    const changed = new Map([['a.json', { text: '{"y":{"z":1},"x":[1,2]}' }]]);

    assert.equal(
      compareBundles(FILE, changed, [row('*.json', { kind: 'order' })]).differences.length,
      1,
    );
  });
});

function without(...fields: readonly string[]): Allowance {
  return { kind: 'without', fields };
}

function row(glob: string, allowance: Allowance): Difference {
  return { glob, allowance, isSometimes: false, row: glob };
}
