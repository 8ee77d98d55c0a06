/** What the sets of lines take: the matches found with them are in matcher.test.ts. */

import assert from 'node:assert/strict';

import { RE2JS } from 're2js';

import { type LineSets, lineSets } from '../../../agent/redact/custom/line-sets.ts';
import { toProgram } from '../../../agent/redact/custom/program.ts';
import { randomBelow } from '../../support/random.ts';

const BOUND_BYTES = 32_000_000;

describe('redact/custom/line-sets', () => {
  it('takes no more for many patterns than all of them may together', () => {
    const bytes = randomBytes(60_000);
    const patterns = Array.from({ length: 30 }, (_, number) => setsOf(`x${number}|q.{40}c`));

    for (const sets of patterns) sets.mark({ bytes, from: 0, to: bytes.length });

    const held = patterns.map(({ members }) => members.length);
    assert.ok(Math.max(...held) > 1_000_000);
    assert.ok(held.reduce((sum, length) => sum + length, 0) <= BOUND_BYTES);
  });

  it('knows a line again whose sets have made room for others', () => {
    const bytes = randomBytes(60_000);
    const line = { bytes, from: 0, to: bytes.length };
    const first = setsOf('(x|q.{40}c)');
    const others = Array.from({ length: 30 }, () => setsOf('q.{40}c'));
    first.mark(line);
    for (const sets of others) sets.mark(line);
    assert.equal(first.members.length, 0);

    assert.equal(first.mark(line), true);
    assert.equal(first.nextStart(0), bytes.indexOf('x'));
  });
});

function setsOf(pattern: string): LineSets {
  return lineSets(toProgram(RE2JS.compile(pattern)));
}

function randomBytes(length: number): Buffer {
  const random = randomBelow(1);
  return Buffer.from(Array.from({ length }, () => 'xc'.charCodeAt(random(2))));
}
