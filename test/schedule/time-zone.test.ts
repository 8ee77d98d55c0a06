import assert from 'node:assert/strict';

import { findTimeZoneProblem } from '../../agent/schedule/time-zone.ts';

describe('schedule/time-zone', () => {
  for (const timeZone of [
    'UTC',
    'Europe/Berlin',
    'europe/berlin',
    'Asia/Kolkata',
    'CET',
    'Etc/GMT-2',
  ]) {
    it(`takes ${timeZone}`, () => {
      assert.equal(findTimeZoneProblem(timeZone), undefined);
    });
  }

  for (const [timeZone, hint] of [
    ['Berlin', 'did you mean Europe/Berlin?'],
    ['Europe/Berln', 'did you mean Europe/Berlin?'],
    ['Germany/Berlin', 'did you mean Europe/Berlin?'],
    ['America/New York', 'did you mean America/New_York?'],
    ['CET+1', 'Etc/GMT-1 for this offset'],
    ['UTC+2', 'Etc/GMT-2 for this offset'],
    ['GMT-5', 'Etc/GMT+5 for this offset'],
    ['+02:00', 'Etc/GMT-2 for this offset'],
    ['+05:30', 'write the name of a place, e.g. Europe/Berlin'],
    ['UTC-25', 'write the name of a place'],
    ['', 'write a name such as UTC, Europe/Berlin'],
    ['Local', 'write a name such as UTC'],
  ] as const) {
    it(`refuses ${JSON.stringify(timeZone)} and says what to write instead`, () => {
      const problem = findTimeZoneProblem(timeZone) ?? '';

      assert.ok(problem.startsWith(`TIME_ZONE ${JSON.stringify(timeZone)} is not an IANA`));
      assert.ok(problem.includes(hint), problem);
    });
  }
});
