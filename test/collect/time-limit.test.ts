/** collect/time-limit: reading `timeout`, and what ends when it is over. */

import assert from 'node:assert/strict';

import { systemClock } from '../../agent/clock.ts';
import { readTimeoutMs, TimeLimit } from '../../agent/collect/time-limit.ts';
import { FakeClock } from '../support/clock.ts';
import { never } from '../support/signal.ts';

const REASON = new Error('the run is over');

/** Ends as most work does: with the signal's reason. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

describe('collect/time-limit', () => {
  it('reads a duration as Go does', () => {
    assert.equal(readTimeoutMs({ timeout: '1m30s' }), 90_000);
    assert.equal(readTimeoutMs({}), undefined);
    assert.equal(readTimeoutMs({ timeout: '' }), undefined);
    assert.equal(readTimeoutMs({ timeout: '0s' }), 0);
  });

  it("refuses what Go refuses, in its words and the collector's", () => {
    assert.throws(() => readTimeoutMs({ timeout: '5' }, 'parse timeout: '), {
      message: 'parse timeout: time: missing unit in duration "5"',
    });
  });

  it('says timeout once its time is over', async () => {
    const clock = new FakeClock();
    const limit = new TimeLimit({ clock, signal: never() }, 2000);
    await limit.pause(1500);
    assert.equal(limit.isOver, false);

    await assert.rejects(limit.pause(1500), { message: 'timeout' });
    assert.deepEqual(clock.sleptMs, [1500, 500]);
    assert.equal(limit.isOver, true);
    await assert.rejects(
      limit.bound(async () => 'work'),
      { message: 'timeout' },
    );
  });

  it('ends work that goes on for too long', async () => {
    const limit = new TimeLimit({ clock: systemClock, signal: never() }, 5);

    await assert.rejects(limit.bound(untilAborted), { message: 'timeout' });
  });

  it('ends a pause that goes on for too long', async () => {
    const limit = new TimeLimit({ clock: systemClock, signal: never() }, 5);

    await assert.rejects(
      async () => {
        // A timer may be early by a fraction of a millisecond.
        for (;;) await limit.pause(60_000);
      },
      { message: 'timeout' },
    );
  });

  for (const timeoutMs of [undefined, 60_000]) {
    it(`ends with the reason of the collector's signal, at a limit of ${timeoutMs} ms`, async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const limit = new TimeLimit({ clock: systemClock, signal }, timeoutMs);
      const ends = [limit.bound(untilAborted), limit.pause(60_000)];
      controller.abort(REASON);

      for (const end of ends) await assert.rejects(end, (error) => error === REASON);
      assert.equal(limit.isOver, false);
      assert.equal(limit.signal.aborted, true);
    });
  }

  it('leaves results and errors of work as they are', async () => {
    const limit = new TimeLimit({ clock: new FakeClock(), signal: never() }, 2000);

    assert.equal(await limit.bound(async () => 7), 7);
    const work = limit.bound(async () => {
      throw REASON;
    });
    await assert.rejects(work, (error) => error === REASON);
  });

  it('is over at once where it is nothing, or less', async () => {
    for (const timeoutMs of [0, -5]) {
      const limit = new TimeLimit({ clock: new FakeClock(), signal: never() }, timeoutMs);

      assert.equal(limit.isOver, true);
    }
  });

  it('never ends by itself without a time', async () => {
    const clock = new FakeClock();
    const limit = new TimeLimit({ clock, signal: never() }, undefined);

    await limit.pause(1e12);

    assert.equal(limit.isOver, false);
  });
});
