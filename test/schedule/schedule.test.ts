import assert from 'node:assert/strict';

import { AgentError } from '../../agent/errors.ts';
import { compileSchedule, type Schedule } from '../../agent/schedule/schedule.ts';

describe('schedule/schedule', () => {
  for (const [expression, timeZone, from, ...instants] of [
    // Quarters, month ends, leap days.
    ['0 3 1 1,4,7,10 *', 'UTC', '2026-11-22', '2027-01-01T03:00', '2027-04-01T03:00'],
    ['0 3 31 * *', 'UTC', '2026-11-22', '2026-12-31T03:00', '2027-01-31T03:00', '2027-03-31T03:00'],
    ['0 0 29 2 *', 'UTC', '2096-03-01', '2104-02-29T00:00'],
    ['0 0 29 2 *', 'Europe/Berlin', '2026-11-22', '2028-02-28T23:00', '2032-02-28T23:00'],
    // Friday the 13th is both, any other Friday and any other 13th is one of them.
    ['0 12 13 * FRI', 'UTC', '2026-11-10', '2026-11-13T12:00', '2026-11-20T12:00'],
    ['0 12 13 10 FRI', 'UTC', '2026-10-10', '2026-10-13T12:00', '2026-10-16T12:00'],
    ['0 12 */2 * *', 'UTC', '2026-11-29', '2026-11-29T12:00', '2026-12-01T12:00'],
    ['0 0 30 2 MON', 'UTC', '2026-11-22', '2027-02-01T00:00', '2027-02-08T00:00'],
    // Gap: once, at its end, however many times lie in it.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28',
      '2026-03-28T01:30',
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ],
    ['*/20 2,3 29 3 *', 'Europe/Berlin', '2026-03-28', '2026-03-29T01:00', '2026-03-29T01:20'],
    ['0 0 * * *', 'America/Havana', '2026-03-08', '2026-03-08T05:00', '2026-03-09T04:00'],
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03', '2026-10-03T15:30', '2026-10-04T15:15'],
    // Overlap: once, in the first pass.
    ['30 2 * * *', 'Europe/Berlin', '2026-10-25', '2026-10-25T00:30', '2026-10-26T01:30'],
    [
      '*/30 2 * * *',
      'Europe/Berlin',
      '2026-10-25',
      '2026-10-25T00:00',
      '2026-10-25T00:30',
      '2026-10-26T01:00',
    ],
    // All hours: elapsed time, twice in an overlap.
    [
      '30 * * * *',
      'Europe/Berlin',
      '2026-10-25',
      '2026-10-25T00:30',
      '2026-10-25T01:30',
      '2026-10-25T02:30',
    ],
    ['30 */1 25 10 *', 'Europe/Berlin', '2026-10-25T00:40', '2026-10-25T01:30', '2026-10-25T02:30'],
    ['0 * * * *', 'Antarctica/Troll', '2026-03-29T01:00', '2026-03-29T01:00', '2026-03-29T02:00'],
  ] as const) {
    it(`finds ${expression} in ${timeZone} from ${from}, and back`, () => {
      const schedule = compileSchedule(expression, timeZone);
      const start = utc(from) - 1;

      const forwards = take(instants.length, start, (at) => schedule.after(at));
      const backwards = take(instants.length, (forwards.at(-1) ?? 0) + 1, (at) =>
        schedule.latest(at - 1),
      );

      assert.deepEqual(forwards.map(toText), instants);
      assert.deepEqual(backwards.map(toText), instants.toReversed());
    });
  }

  it('counts an instant as the latest up to the next one', () => {
    const schedule = compileSchedule('0 2 * * *', 'UTC');

    assert.equal(toText(schedule.latest(utc('2026-11-22T02:00') - 1)), '2026-11-21T02:00');
    assert.equal(toText(schedule.latest(utc('2026-11-22T02:00'))), '2026-11-22T02:00');
    assert.equal(toText(schedule.after(utc('2026-11-22T02:00') - 1)), '2026-11-22T02:00');
    assert.equal(toText(schedule.after(utc('2026-11-22T02:00'))), '2026-11-23T02:00');
  });

  it('finds the first pass of an overlap that leads back over midnight', () => {
    // At 00:01 on 7 November 2010 clocks in St. John's went back to 23:01.
    const schedule = compileSchedule('0 0 * * *', 'America/St_Johns');

    assert.equal(toText(schedule.latest(utc('2010-11-07T03:00'))), '2010-11-07T02:30');
    assert.equal(toText(schedule.after(utc('2010-11-07T03:00'))), '2010-11-08T03:30');
  });

  it('says that a due time lies in a gap', () => {
    const schedule = compileSchedule('30 2 * * *', 'Europe/Berlin');

    const oddity = schedule.oddityAt(utc('2026-03-29T01:00'));

    assert.deepEqual(oddity, { kind: 'gap', skippedLocalMs: utc('2026-03-29T02:30') });
  });

  it('says that a due time comes twice, and how often it runs', () => {
    const daily = compileSchedule('30 2 * * *', 'Europe/Berlin');
    const hourly = compileSchedule('30 * * * *', 'Europe/Berlin');
    const [first, second] = [utc('2026-10-25T00:30'), utc('2026-10-25T01:30')];

    assert.deepEqual(daily.oddityAt(first), { kind: 'repeated', passNumber: 1, runs: 'first' });
    assert.deepEqual(hourly.oddityAt(first), { kind: 'repeated', passNumber: 1, runs: 'both' });
    assert.deepEqual(hourly.oddityAt(second), { kind: 'repeated', passNumber: 2, runs: 'both' });
  });

  it('finds nothing odd on other days, nor at the end of a gap that nothing was due in', () => {
    const daily = compileSchedule('30 2 * * *', 'Europe/Berlin');
    const atThree = compileSchedule('0 3 * * *', 'Europe/Berlin');

    assert.equal(daily.oddityAt(utc('2026-03-28T01:30')), undefined);
    assert.equal(atThree.oddityAt(utc('2026-03-29T01:00')), undefined);
  });

  it('names problems of time zone and expression together', () => {
    assert.throws(
      () => compileSchedule('61 2 * * *', 'CET+1'),
      (error) =>
        error instanceof AgentError &&
        error.code === 'SCHEDULE_INVALID' &&
        error.message.includes('"CET+1"') &&
        error.message.includes('61 is not within 0-59'),
    );
  });

  it('takes about a tenth of a millisecond for the hardest expressions', () => {
    const schedules: readonly Schedule[] = [
      compileSchedule('0 0 29 2 *', 'Europe/Berlin'),
      compileSchedule('* 0-22 * * *', 'Europe/Berlin'),
      compileSchedule('59 * * * *', 'Europe/Berlin'),
    ];
    const startedMs = performance.now();

    for (const schedule of schedules) {
      take(200, utc('2026-01-01'), (at) => schedule.after(at + 7e6));
    }

    // Ten times as much, because other processes may be at work here.
    assert.ok((performance.now() - startedMs) / 600 < 1);
  });
});

/** Each step starts where the last one ended. */
function take(count: number, startMs: number, step: (at: number) => number): readonly number[] {
  const found: number[] = [];
  while (found.length < count) found.push(step(found.at(-1) ?? startMs));
  return found;
}

function utc(text: string): number {
  return Date.parse(text.includes('T') ? `${text}Z` : `${text}T00:00Z`);
}

function toText(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 16);
}
