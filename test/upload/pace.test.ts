/** Tests of upload/pace. */

import assert from 'node:assert/strict';

import type { UploadOutcome } from '../../agent/upload/destination.ts';
import { Pace } from '../../agent/upload/pace.ts';
import { FakeClock } from '../support/clock.ts';

const POLICY = { initialMs: 1_000, maxMs: 8_000 };
const BUSY: UploadOutcome = { kind: 'retryable', reason: 'busy' };
const FORBIDDEN: UploadOutcome = { kind: 'blocked', reason: 'forbidden' };
const DELIVERED: UploadOutcome = { kind: 'delivered', statusCode: 200, receipt: undefined };

describe('upload/pace', () => {
  it('does not wait at first', () => {
    assert.ok(pace().waitMs <= 0);
  });

  it('doubles the wait up to the longest', () => {
    const paced = pace();

    const delays = [1, 2, 3, 4, 5].map((attemptNumber) => paced.settle(BUSY, attemptNumber));

    assert.deepEqual(delays, [500, 1_000, 2_000, 4_000, 4_000]);
  });

  it('goes on where the attempts of an earlier process ended', () => {
    assert.equal(pace().settle(BUSY, 4), 4_000);
  });

  it('counts the failures of the destination, whatever bundle they were for', () => {
    const paced = pace();
    paced.settle(BUSY, 1);
    paced.settle(BUSY, 1);

    assert.equal(paced.settle(BUSY, 1), 2_000);
  });

  it('waits at least as long as the destination asks', () => {
    const paced = pace();

    assert.equal(paced.settle({ ...BUSY, retryAfterMs: 60_000 }, 1), 60_000);
    assert.equal(paced.settle({ ...BUSY, retryAfterMs: 10 }, 2), 1_000);
  });

  it('waits the longest when it is blocked', () => {
    assert.equal(pace().settle(FORBIDDEN, 1), 8_000);
  });

  for (const outcome of [DELIVERED, { kind: 'rejected', reason: 'too large' } as const]) {
    it(`starts anew after a bundle that was ${outcome.kind}`, () => {
      const paced = pace();
      paced.settle(BUSY, 1);
      paced.settle(BUSY, 2);

      assert.equal(paced.settle(outcome, 3), undefined);
      assert.ok(paced.waitMs <= 0);
      assert.equal(paced.settle(BUSY, 1), 500);
    });
  }

  it('measures by the clock that never jumps', () => {
    const clock = new FakeClock();
    const paced = pace(clock);
    paced.settle(FORBIDDEN, 1);

    clock.advance(5_000);

    assert.equal(paced.waitMs, 3_000);
  });

  it('lets the next bundle have its turn only when the wait is at its longest', () => {
    const paced = pace();
    const chosen = [1, 2, 3, 4, 5, 6].map((attemptNumber) => {
      const choice = paced.choose(['a', 'b']);
      paced.settle(BUSY, attemptNumber);
      return choice;
    });

    assert.deepEqual(chosen, ['a', 'a', 'a', 'a', 'b', 'a']);
    paced.settle(DELIVERED, 1);
    assert.equal(paced.choose(['a', 'b']), 'a');
    assert.equal(paced.choose([]), undefined);
  });

  it('goes on with the latest wait of an earlier process', () => {
    const paced = pace(new FakeClock('2026-11-22T02:00:00Z'));

    paced.resume(['2026-11-22T01:00:00Z', '2026-11-22T02:00:05Z', '2026-11-22T02:00:02Z']);

    assert.equal(paced.waitMs, 5_000);
  });

  it('does not wait for ever after the clock was set back', () => {
    const paced = pace(new FakeClock('2026-11-22T02:00:00Z'));

    paced.resume(['2036-11-22T02:00:00Z']);

    assert.equal(paced.waitMs, 24 * 60 * 60 * 1000);
  });
});

function pace(clock = new FakeClock()): Pace {
  return new Pace({ policy: POLICY, clock, random: () => 0.5 });
}
