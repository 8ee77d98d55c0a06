/** collect/go-duration: what Go takes for a duration. */

import assert from 'node:assert/strict';

import { parseGoDuration } from '../../agent/collect/go-duration.ts';

describe('collect/go-duration', () => {
  for (const [text, ms] of [
    ['0', 0],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['5.s', 5000],
    ['300ms', 300],
    ['2us', 0.002],
    ['2µs', 0.002],
    ['2μs', 0.002],
    ['-5m', -300_000],
    ['+5m', 300_000],
    ['-0', -0],
  ] as const) {
    it(`reads ${text}`, () => {
      assert.ok(Math.abs((parseGoDuration(text) ?? NaN) - ms) < 1e-9);
    });
  }

  for (const text of [
    '',
    '-',
    '5',
    '1d',
    '3 h',
    'h',
    '1h30',
    '.s',
    '1.2.3s',
    'soon',
    '5m\n',
    '2562048h',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parseGoDuration(text), undefined);
    });
  }
});
