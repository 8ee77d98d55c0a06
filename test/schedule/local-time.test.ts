import assert from 'node:assert/strict';

import { LocalClock } from '../../agent/schedule/local-time.ts';

const MINUTE_MS = 60_000;

describe('schedule/local-time', () => {
  for (const [timeZone, instant, minutes] of [
    ['UTC', '2026-07-01T00:00:00Z', 0],
    ['Europe/Berlin', '2026-07-01T00:00:00Z', 120],
    ['Asia/Kathmandu', '2026-07-01T00:00:00Z', 345],
    ['America/St_Johns', '2026-01-01T00:00:00Z', -210],
    ['Africa/Monrovia', '1971-01-01T00:00:00Z', -44.5],
  ] as const) {
    it(`knows the offset of ${timeZone}`, () => {
      assert.equal(new LocalClock(timeZone).offsetAt(Date.parse(instant)), minutes * MINUTE_MS);
    });
  }

  for (const [what, local, instants, resolved] of [
    ['an ordinary time', '2026-11-22T02:30', ['2026-11-22T01:30'], '2026-11-22T01:30'],
    ['the last minute before a gap', '2026-03-29T01:59', ['2026-03-29T00:59'], '2026-03-29T00:59'],
    ['the first minute of a gap', '2026-03-29T02:00', [], '2026-03-29T01:00'],
    ['the last minute of a gap', '2026-03-29T02:59', [], '2026-03-29T01:00'],
    ['the first minute after a gap', '2026-03-29T03:00', ['2026-03-29T01:00'], '2026-03-29T01:00'],
    [
      'the first minute of an overlap',
      '2026-10-25T02:00',
      ['2026-10-25T00:00', '2026-10-25T01:00'],
      '2026-10-25T00:00',
    ],
    [
      'the last minute of an overlap',
      '2026-10-25T02:59',
      ['2026-10-25T00:59', '2026-10-25T01:59'],
      '2026-10-25T00:59',
    ],
    [
      'the first minute after an overlap',
      '2026-10-25T03:00',
      ['2026-10-25T02:00'],
      '2026-10-25T02:00',
    ],
  ] as const) {
    it(`finds ${what} in Berlin`, () => {
      const clock = new LocalClock('Europe/Berlin');

      assert.deepEqual(clock.instantsOf(utc(local)).map(toText), instants);
      assert.equal(toText(clock.resolve(utc(local))), resolved);
    });
  }

  it('resolves a day that an island left out to its end', () => {
    const clock = new LocalClock('Pacific/Apia');

    assert.equal(toText(clock.resolve(utc('2011-12-30T12:00'))), '2011-12-30T10:00');
  });
});

function utc(text: string): number {
  return Date.parse(`${text}Z`);
}

function toText(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 16);
}
