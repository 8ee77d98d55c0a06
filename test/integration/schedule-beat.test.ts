/** The beat with node-cron's real timers. */

import assert from 'node:assert/strict';

import { type Clock, systemClock } from '../../agent/clock.ts';
import { silentLogger } from '../../agent/log.ts';
import { minuteBeat } from '../../agent/schedule/beat.ts';

describe('schedule beat', () => {
  it('comes on the minute and ends with the signal', async function () {
    this.timeout(70_000);

    const { beats } = await count({ clock: systemClock, most: 1 });

    assert.equal(beats.length, 1);
    assert.ok((beats[0] ?? 0) % 60_000 < 1_000, `${(beats[0] ?? 0) % 60_000} ms past the minute`);
  });

  it('comes at once when the clock is moved, and goes on', async () => {
    let movedMs = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + movedMs };
    setTimeout(() => {
      movedMs = -87_600 * 3_600_000;
    }, 1_200);

    const { beats, tookMs } = await count({ clock, expression: '* * * * * *', most: 5 });

    assert.equal(beats.length, 5);
    assert.ok(tookMs < 8_000, `${tookMs} ms`);
  });
});

/** Waits for that many beats. */
async function count(options: {
  readonly clock: Clock;
  /** Else every minute. */
  readonly expression?: string;
  readonly most: number;
}) {
  const beating = new AbortController();
  const beats: number[] = [];
  const beganMs = performance.now();
  const beat = minuteBeat({ clock: options.clock, log: silentLogger }, options.expression);
  await beat(() => {
    beats.push(Date.now());
    if (beats.length === options.most) beating.abort();
  }, beating.signal);
  return { beats, tookMs: performance.now() - beganMs };
}
