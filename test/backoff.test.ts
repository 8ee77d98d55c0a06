/** Tests of upload/backoff. */

import assert from 'node:assert/strict';

import { ceilingMs, nextDelayMs } from '../../agent/upload/backoff.ts';

const POLICY = { initialMs: 5_000, maxMs: 900_000 };

describe('upload/backoff', () => {
  for (const [attempt, ceiling] of [
    [1, 5_000],
    [2, 10_000],
    [3, 20_000],
    [8, 640_000],
    [9, 900_000],
    [5_000, 900_000],
  ] as const) {
    it(`waits less than ${ceiling} ms after attempt ${attempt}`, () => {
      assert.equal(ceilingMs(POLICY, attempt), ceiling);
      assert.equal(
        nextDelayMs(POLICY, attempt, () => 0.999_999_999),
        ceiling - 1,
      );
      assert.equal(
        nextDelayMs(POLICY, attempt, () => 0),
        0,
      );
    });
  }
});
