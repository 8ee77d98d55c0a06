/** Tests of backoff. */

import assert from 'node:assert/strict';

import { ceilingMs, MAX_RETRY_AFTER_MS, nextDelayMs, parseRetryAfter } from '../agent/backoff.ts';

const NOW_MS = Date.parse('2026-11-22T02:00:00Z');
const POLICY = { initialMs: 5_000, maxMs: 900_000 };

describe('backoff', () => {
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

  for (const [text, expectedMs] of [
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Sun, 22 Nov 2026 02:01:00 GMT', 60_000],
    ['Sunday, 22-Nov-26 02:01:00 GMT', 60_000],
    ['Sun Nov 22 02:01:00 2026', 60_000],
    ['Sun, 22 Nov 2026 01:00:00 GMT', 0],
    ['Wed, 01 Jan 3000 00:00:00 GMT', MAX_RETRY_AFTER_MS],
    ['99999999999999999999', MAX_RETRY_AFTER_MS],
    ['1'.repeat(400), MAX_RETRY_AFTER_MS],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['Someday, never', undefined],
    ['', undefined],
    [undefined, undefined],
  ] as const) {
    it(`reads Retry-After ${JSON.stringify(text?.slice(0, 40))} as ${expectedMs} ms`, () => {
      assert.equal(parseRetryAfter(text, NOW_MS), expectedMs);
    });
  }
});
