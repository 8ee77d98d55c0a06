import assert from 'node:assert/strict';

import { judge, type SchedulePolicy } from '../../agent/schedule/judge.ts';

const SCHEDULED_AT_MS = Date.parse('2026-11-22T02:00:00Z');
const HOUR_MS = 3_600_000;

describe('schedule/judge', () => {
  for (const lateMs of [0, 900, 60_000]) {
    it(`runs as scheduled what is ${lateMs} ms late, whatever is said about misses`, () => {
      const strict = policy({ missedRun: 'skip', missedRunDeadlineMs: 1 });

      const verdict = judge({ scheduledAtMs: SCHEDULED_AT_MS, lateMs }, strict, undefined);

      assert.deepEqual(verdict, { kind: 'run', trigger: 'schedule' });
    });
  }

  it('runs as missed what is more than a minute late', () => {
    assert.deepEqual(judgeLate(60_001, {}), { kind: 'run', trigger: 'missed' });
    assert.deepEqual(judgeLate(26_280 * HOUR_MS, {}), { kind: 'run', trigger: 'missed' });
  });

  it('passes over what was missed when misses are to be skipped', () => {
    assert.deepEqual(judgeLate(60_001, { missedRun: 'skip' }), { kind: 'pass', reason: 'missed' });
  });

  it('passes over a miss that is older than the deadline', () => {
    const deadline = { missedRunDeadlineMs: HOUR_MS };

    assert.deepEqual(judgeLate(HOUR_MS, deadline), { kind: 'run', trigger: 'missed' });
    assert.deepEqual(judgeLate(HOUR_MS + 1, deadline), { kind: 'pass', reason: 'deadline' });
  });

  it('passes over everything while suspended', () => {
    assert.deepEqual(judgeLate(0, { isSuspended: true }), { kind: 'pass', reason: 'suspended' });
  });

  it('passes over what is closer to the last run than the interval', () => {
    const due = { scheduledAtMs: SCHEDULED_AT_MS, lateMs: 0 };

    const verdict = judge(due, policy({ minIntervalMs: HOUR_MS }), SCHEDULED_AT_MS - HOUR_MS + 1);

    assert.deepEqual(verdict, { kind: 'pass', reason: 'min-interval' });
  });
});

function judgeLate(lateMs: number, overrides: Partial<SchedulePolicy>) {
  return judge({ scheduledAtMs: SCHEDULED_AT_MS, lateMs }, policy(overrides), undefined);
}

function policy(overrides: Partial<SchedulePolicy>): SchedulePolicy {
  return {
    missedRun: 'run',
    missedRunDeadlineMs: undefined,
    minIntervalMs: 0,
    isSuspended: false,
    ...overrides,
  };
}
