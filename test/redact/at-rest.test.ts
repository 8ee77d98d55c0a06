/** Turns of a line until it is at rest, and a line that never is. */

import assert from 'node:assert/strict';

import { atRest } from '../../agent/redact/at-rest.ts';
import { MASK } from '../../agent/redact/rules.ts';

describe('redact/at-rest', () => {
  it('turns a line until nothing changes', () => {
    assert.equal(
      atRest('aaab', 5, (line) => line.replace('a', '')),
      'b',
    );
  });

  it('hides a line that still changes in the last turn', () => {
    assert.equal(
      atRest('x', 3, (line) => `${line}x`),
      MASK,
    );
  });

  it('asks for no more turns than it may', () => {
    let turns = 0;
    atRest('', 3, () => String((turns += 1)));

    assert.equal(turns, 3);
  });
});
