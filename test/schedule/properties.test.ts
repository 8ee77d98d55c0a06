/** Due instants around changes of the clock, against a walk over UTC minutes. Years of them: test/integration/schedule-walk.test.ts. */

import { compareWithWalk } from '../support/schedule-compare.ts';
import { KNOWN_EXPRESSIONS, OffsetTable, TIME_ZONES } from '../support/schedule-oracle.ts';

const DAY_MS = 86_400_000;
const FROM_MS = Date.UTC(2026, 0, 1);
const TO_MS = Date.UTC(2028, 0, 1);

describe('schedule/properties', () => {
  for (const timeZone of TIME_ZONES) {
    it(`finds around each change of the clock in ${timeZone} what a walk over the minutes finds`, () => {
      const table = new OffsetTable(timeZone, FROM_MS - 4 * DAY_MS, TO_MS + 4 * DAY_MS);
      const moments = table.transitions.length === 0 ? [FROM_MS] : table.transitions;

      for (const momentMs of moments) {
        const [fromMs, toMs] = [momentMs - 1.5 * DAY_MS, momentMs + 1.5 * DAY_MS];
        for (const known of KNOWN_EXPRESSIONS) {
          compareWithWalk(known, { timeZone, table, fromMs, toMs, starts: 24 });
        }
      }
    });
  }
});
