import assert from 'node:assert/strict';

import { jitterMs } from '../../agent/schedule/jitter.ts';

const HOUR_MS = 3_600_000;

describe('schedule/jitter', () => {
  it('is the same for the same installation', () => {
    assert.equal(jitterMs('0123456789abcdef', HOUR_MS), jitterMs('0123456789abcdef', HOUR_MS));
  });

  it('is nothing in a window of nothing', () => {
    assert.equal(jitterMs('0123456789abcdef', 0), 0);
  });

  it('spreads installations over the window', () => {
    const tenths = Array.from({ length: 10 }, () => 0);

    for (let index = 0; index < 10_000; index++) {
      const tenth = Math.floor((jitterMs(`installation-${index}`, HOUR_MS) / HOUR_MS) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }

    assert.equal(tenths.length, 10);
    assert.ok(
      tenths.every((count) => count > 850 && count < 1150),
      String(tenths),
    );
  });
});
