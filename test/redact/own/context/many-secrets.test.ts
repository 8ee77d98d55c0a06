/** Lines with more secrets than anyone would write: all are hidden, in bounded memory. */

import assert from 'node:assert/strict';

import { apart, masked } from '../../../../agent/redact/own/context/edits.ts';
import { MASK } from '../../../../agent/redact/rules.ts';
import { redact } from './redacted.ts';

const MANY = 60_000;

describe('redact/own/context: lines of many secrets', () => {
  for (const [form, kept] of [
    ['pass=§ ', 'x'],
    ['--password § ', 'x'],
    ['a:§@tcp(', 'b'],
    ['["DB_PASSWORD","§"],', 'x'],
    ['Cookie: a=§; ', ''],
    ['curl -u a:§ ', 'x'],
    ['bearer 0123456789abcdef§ ', 'x'],
  ] as const) {
    it(`hides all of ${form}, the last of them as one`, () => {
      const redacted = redact(`${form.repeat(MANY).replaceAll('§', 'hunter2')}${kept}\n`);

      assert.ok(!redacted.includes('hunter2'));
      assert.ok(redacted.endsWith(`${kept}\n`));
      assert.equal(redacted.split(MASK).length - 1, 50_000);
    }).timeout(20_000);
  }

  it('makes one of places that overlap', () => {
    const places = apart([masked(4, 9), masked(0, 2), masked(1, 5), masked(9, 10)]);

    assert.deepEqual(
      places.map(({ start, end }) => [start, end]),
      [
        [0, 9],
        [9, 10],
      ],
    );
  });
});
