/** Due instants of four years, against a walk over every UTC minute of them. */

import { compareWithWalk } from '../support/schedule-compare.ts';
import { KNOWN_EXPRESSIONS, OffsetTable, TIME_ZONES } from '../support/schedule-oracle.ts';

const DAY_MS = 86_400_000;
const FROM_MS = Date.UTC(2024, 0, 1);
const TO_MS = Date.UTC(2028, 0, 1);

describe('schedule over four years', () => {
  for (const timeZone of TIME_ZONES) {
    it(`finds in ${timeZone} what a walk over the minutes finds`, () => {
      const table = new OffsetTable(timeZone, FROM_MS - 4 * DAY_MS, TO_MS + 4 * DAY_MS);

      for (const known of KNOWN_EXPRESSIONS) {
        const range = { fromMs: FROM_MS, toMs: TO_MS, starts: 2_000 };
        compareWithWalk(known, { timeZone, table, ...range });
      }
    });
  }
});
