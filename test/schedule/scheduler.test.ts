import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { toRfc3339 } from '../../agent/clock.ts';
import { Pod, type PodOptions } from '../support/schedule-pod.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

describe('schedule/scheduler', () => {
  const started: Pod[] = [];

  afterEach(async () => {
    for (const pod of started.splice(0)) await pod.stop();
  });

  async function start(options: PodOptions): Promise<Pod> {
    const pod = new Pod(options);
    started.push(pod);
    await pod.start();
    return pod;
  }

  describe('on time', () => {
    it('hands over each instant once, on its minute', async () => {
      const pod = await start({ expression: '*/2 * * * *', at: '2026-11-22T01:59:00Z' });

      await pod.beatUntil('2026-11-22T02:05:00Z');

      assert.deepEqual(pod.events, [
        'schedule 2026-11-22T02:00:00Z',
        'schedule 2026-11-22T02:02:00Z',
        'schedule 2026-11-22T02:04:00Z',
      ]);
    });

    it('takes a start within a minute of the instant for an ordinary one', async () => {
      const pod = await start({
        at: '2026-11-22T02:00:45Z',
        cursorAt: '2026-11-21T02:00:00Z',
        policy: { missedRun: 'skip' },
      });

      assert.deepEqual(pod.events, ['schedule 2026-11-22T02:00:00Z']);
    });

    it('starts counting when the schedule is first seen', async () => {
      const pod = await start({ at: '2026-11-22T02:00:30Z', cursorAt: '2026-11-22T02:00:30Z' });

      await pod.beatUntil('2026-11-22T09:00:00Z');

      assert.deepEqual(pod.events, []);
      assert.equal(pod.nextRunAt(), '2026-11-23T02:00:00Z');
    });

    it('runs a quarterly schedule at each quarter and at nothing else', async () => {
      const pod = await start({ expression: '0 3 1 1,4,7,10 *', at: '2026-11-22T00:00:00Z' });

      for (let days = 0; days < 365; days++) {
        pod.clock.advance(3 * HOUR_MS);
        await pod.beat();
        pod.clock.advance(21 * HOUR_MS);
        await pod.beat();
      }

      assert.deepEqual(pod.events, [
        'schedule 2027-01-01T03:00:00Z',
        'schedule 2027-04-01T03:00:00Z',
        'schedule 2027-07-01T03:00:00Z',
        'schedule 2027-10-01T03:00:00Z',
      ]);
    });

    it('runs once in an overlap, also after a restart in its second pass', async () => {
      const berlin = { expression: '30 2 * * *', timeZone: 'Europe/Berlin' };
      const pod = await start({ ...berlin, at: '2026-10-25T00:29:00Z' });
      await pod.beatUntil('2026-10-25T00:40:00Z');

      const next = await start({
        ...berlin,
        at: '2026-10-25T01:40:00Z',
        cursorAt: toRfc3339(pod.cursorAtMs),
      });
      await next.beatUntil('2026-10-25T03:00:00Z');

      assert.deepEqual(pod.events, ['schedule 2026-10-25T00:30:00Z']);
      assert.deepEqual(next.events, []);
      assert.equal(next.nextRunAt(), '2026-10-26T01:30:00Z');
    });
  });

  describe('late', () => {
    it('makes up at 02:40 in the first pass of an overlap for 02:30', async () => {
      const pod = await start({
        expression: '30 2 * * *',
        timeZone: 'Europe/Berlin',
        at: '2026-10-25T00:40:00Z',
        cursorAt: '2026-10-24T00:30:00Z',
      });

      await pod.beatUntil('2026-10-25T03:00:00Z');

      assert.deepEqual(pod.events, ['missed 2026-10-25T00:30:00Z']);
    });

    it('hands over the newest instant once after a stall of 150 s', async () => {
      const pod = await start({ expression: '* * * * *', at: '2026-11-22T02:00:00Z' });

      pod.clock.advance(150_000);
      await pod.beat();
      await pod.beat();

      assert.deepEqual(pod.events, ['schedule 2026-11-22T02:02:00Z']);
    });

    for (const [what, policy, event] of [
      ['one run', {}, 'missed 2026-11-22T02:00:00Z'],
      [
        'one miss past the deadline',
        { missedRunDeadlineMs: HOUR_MS },
        'deadline 2026-11-22T02:00:00Z',
      ],
      [
        'one miss when misses are skipped',
        { missedRun: 'skip' },
        'missed-skipped 2026-11-22T02:00:00Z',
      ],
    ] as const) {
      it(`makes ${what} out of three years of downtime`, async () => {
        const pod = await start({
          at: '2026-11-22T11:00:00Z',
          cursorAt: '2023-11-22T02:00:00Z',
          policy,
        });

        await pod.beatUntil('2026-11-22T13:00:00Z');

        assert.deepEqual(pod.events, [event]);
      });
    }

    it('counts anew from where a changed expression was first seen', async () => {
      const pod = await start({
        expression: '0 1 * * *',
        at: '2026-11-22T11:00:00Z',
        cursorAt: '2026-11-22T11:00:00Z',
      });

      await pod.beatUntil('2026-11-23T01:00:00Z');

      assert.deepEqual(pod.events, ['schedule 2026-11-23T01:00:00Z']);
    });
  });

  describe('with a clock that is moved', () => {
    it('makes up once after a step of 60 days', async () => {
      const pod = await start({ at: '2026-11-22T02:30:00Z' });

      pod.clock.advance(60 * DAY_MS);
      await pod.beat();
      await pod.beatUntil('2027-01-21T03:00:00Z');

      assert.deepEqual(pod.events, ['missed 2027-01-21T02:00:00Z']);
    });

    it('repeats nothing after a step of ten minutes back', async () => {
      const pod = await start({ expression: '*/5 * * * *', at: '2026-11-22T01:59:00Z' });
      await pod.beatUntil('2026-11-22T02:00:00Z');

      pod.clock.advance(-10 * MINUTE_MS);
      await pod.beatUntil('2026-11-22T02:05:00Z');

      assert.deepEqual(pod.events, [
        'schedule 2026-11-22T02:00:00Z',
        'schedule 2026-11-22T02:05:00Z',
      ]);
    });

    it('counts at the corrected time after a clock that was ten years ahead', async () => {
      const pod = await start({ expression: '*/5 * * * *', at: '2036-11-22T01:59:00Z' });
      await pod.beatUntil('2036-11-22T02:00:00Z');

      pod.clock.advance(Date.parse('2026-11-22T02:00:30Z') - pod.clock.now());
      await pod.beat();
      await pod.beatUntil('2026-11-22T02:10:00Z');

      assert.deepEqual(pod.events, [
        'schedule 2036-11-22T02:00:00Z',
        'cursor set to 2026-11-22T02:00:30Z',
        'schedule 2026-11-22T02:05:00Z',
        'schedule 2026-11-22T02:10:00Z',
      ]);
    });

    it('holds nothing back because of a run under a clock that was ahead', async () => {
      const pod = await start({
        at: '2026-11-22T01:59:00Z',
        lastRunAt: '2036-11-22T02:00:00Z',
        policy: { minIntervalMs: HOUR_MS },
      });

      assert.equal(pod.nextRunAt(), '2026-11-22T02:00:00Z');
      await pod.beatUntil('2026-11-22T02:00:00Z');
      assert.deepEqual(pod.events, ['schedule 2026-11-22T02:00:00Z']);
    });
  });

  describe('held back', () => {
    it('passes over instants while suspended, and does not make up for them afterwards', async () => {
      const pod = await start({
        expression: '@hourly',
        at: '2026-11-22T01:59:00Z',
        policy: { isSuspended: true },
      });
      await pod.beatUntil('2026-11-22T03:30:00Z');

      const resumed = await start({
        expression: '@hourly',
        at: '2026-11-22T03:31:00Z',
        cursorAt: toRfc3339(pod.cursorAtMs),
      });
      await resumed.beatUntil('2026-11-22T04:00:00Z');

      assert.deepEqual(pod.events, [
        'suspended 2026-11-22T02:00:00Z',
        'suspended 2026-11-22T03:00:00Z',
      ]);
      assert.equal(pod.nextRunAt(), undefined);
      assert.deepEqual(resumed.events, ['schedule 2026-11-22T04:00:00Z']);
    });

    it('passes over instants that are closer to the last run than the interval', async () => {
      const pod = await start({
        expression: '*/2 * * * *',
        at: '2026-11-22T01:59:00Z',
        policy: { minIntervalMs: 5 * MINUTE_MS },
      });

      await pod.beatUntil('2026-11-22T02:06:00Z');

      assert.deepEqual(pod.events, [
        'schedule 2026-11-22T02:00:00Z',
        'min-interval 2026-11-22T02:02:00Z',
        'min-interval 2026-11-22T02:04:00Z',
        'schedule 2026-11-22T02:06:00Z',
      ]);
      assert.equal(pod.nextRunAt(), '2026-11-22T02:12:00Z');
    });
  });

  describe('with jitter', () => {
    for (const [jitterMs, startsAt] of [
      [20 * MINUTE_MS, '2026-11-22T02:20:00Z'],
      [25_000, '2026-11-22T02:00:25Z'],
      [HOUR_MS + 5_000, '2026-11-22T03:00:05Z'],
    ] as const) {
      it(`starts ${jitterMs} ms after the instant, to the second`, async () => {
        const pod = await start({ at: '2026-11-22T01:59:00Z', jitterMs });
        assert.equal(pod.nextRunAt(), startsAt);

        await pod.beatUntil('2026-11-22T04:00:00Z');

        assert.deepEqual(pod.events, ['schedule 2026-11-22T02:00:00Z']);
        assert.deepEqual(pod.startedAt, [startsAt]);
      });
    }
  });

  describe('when handing over fails', () => {
    it('tries again with the next beat', async () => {
      const pod = await start({ at: '2026-11-22T01:59:00Z' });
      pod.failsToClaim = true;
      await pod.beatUntil('2026-11-22T02:01:00Z');
      pod.failsToClaim = false;

      await pod.beatUntil('2026-11-22T02:03:00Z');

      assert.deepEqual(pod.events, [
        'failed 2026-11-22T02:00:00Z',
        'failed 2026-11-22T02:00:00Z',
        'missed 2026-11-22T02:00:00Z',
      ]);
    });

    it('leaves an instant that another pod has claimed', async () => {
      const pod = await start({ at: '2026-11-22T01:59:00Z' });
      pod.movesCursor = false;

      await pod.beatUntil('2026-11-22T02:10:00Z');

      assert.deepEqual(pod.events, ['schedule 2026-11-22T02:00:00Z']);
    });

    it('hands over one instant at a time', async () => {
      const pod = await start({ expression: '* * * * *', at: '2026-11-22T01:59:00Z' });
      const claiming = Promise.withResolvers<void>();
      pod.claiming = claiming.promise;
      await pod.beatUntil('2026-11-22T02:05:00Z');
      assert.equal(pod.events.length, 1);

      claiming.resolve();
      await pod.beat();
      await pod.beat();

      assert.deepEqual(pod.events, [
        'schedule 2026-11-22T02:00:00Z',
        'schedule 2026-11-22T02:05:00Z',
      ]);
    });

    it('says for how long something due has been waiting, from when it was noticed', async () => {
      const pod = await start({ at: '2026-11-22T01:59:00Z' });
      assert.equal(pod.scheduler.overdueMs(), 0);

      pod.failsToClaim = true;
      pod.clock.advance(60 * DAY_MS);
      assert.equal(pod.scheduler.overdueMs(), 0);
      pod.clock.advance(3 * MINUTE_MS);
      await pod.beat();
      assert.equal(pod.scheduler.overdueMs(), 3 * MINUTE_MS);

      pod.failsToClaim = false;
      await pod.beat();
      assert.equal(pod.scheduler.overdueMs(), 0);
    });
  });

  it('ends with the signal, after what is being handed over', async () => {
    const pod = await start({ at: '2026-11-22T01:59:00Z' });
    const claiming = Promise.withResolvers<void>();
    pod.claiming = claiming.promise;
    await pod.beatUntil('2026-11-22T02:00:00Z');
    const end = pod.stop();
    const first = await Promise.race([end, nextTurn('still handing over')]);

    claiming.resolve();
    await end;

    assert.equal(first, 'still handing over');
  });
});
