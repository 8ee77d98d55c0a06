import assert from 'node:assert/strict';

import { isTooClose } from '../../agent/schedule/min-interval.ts';

describe('schedule/min-interval', () => {
  for (const [lastRunAtMs, minIntervalMs, expected] of [
    [1_000, 500, false],
    [1_000, 501, true],
    [1_500, 1, true],
    [1_500, 0, false],
    [undefined, 500, false],
    [9_000, 500, false],
  ] as const) {
    it(`finds 1500 ${expected ? 'too close to' : 'far enough from'} ${lastRunAtMs ?? 'no run'} for ${minIntervalMs} ms`, () => {
      assert.equal(isTooClose(1_500, lastRunAtMs, minIntervalMs), expected);
    });
  }
});
