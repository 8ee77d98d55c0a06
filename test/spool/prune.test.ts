/** Tests of spool/prune. */

import assert from 'node:assert/strict';

import { findExpired, findOldManifests, findSurplus, lostRecord } from '../../agent/spool/prune.ts';
import type { SpooledBundle } from '../../agent/spool/sidecar.ts';
import { runId, spooledRecord } from '../support/spool.ts';

const MINUTE_MS = 60_000;

describe('spool/prune', () => {
  it('finds undelivered bundles past their age', () => {
    const bundles = [delivered(0), waiting(1), waiting(2), waiting(3)];
    const nowMs = Date.parse('2026-11-22T02:12:00Z');

    assert.deepEqual(findExpired(bundles, { nowMs, maxAgeMs: 10 * MINUTE_MS }), [bundles[1]]);
  });

  it('finds none before their time when the clock was set back', () => {
    const nowMs = Date.parse('2020-01-01T00:00:00Z');

    assert.deepEqual(findExpired([waiting(0)], { nowMs, maxAgeMs: MINUTE_MS }), []);
  });

  for (const [keep, surplus] of [
    [0, [0, 2, 3]],
    [1, [0, 2]],
    [3, []],
    [9, []],
  ] as const) {
    it(`finds ${surplus.length} delivered bundles beyond ${keep}, and no other`, () => {
      const bundles = [delivered(0), waiting(1), delivered(2), delivered(3)];

      const found = findSurplus(bundles, { keep, isRing: false });

      assert.deepEqual(
        found,
        surplus.map((index) => bundles[index]),
      );
    });
  }

  for (const [keep, surplus] of [
    [0, 0],
    [1, 2],
    [3, 0],
  ] as const) {
    it(`finds the ${surplus} oldest of a ring of ${keep}`, () => {
      const bundles = [waiting(0), waiting(1), waiting(2)];

      assert.deepEqual(findSurplus(bundles, { keep, isRing: true }), bundles.slice(0, surplus));
    });
  }

  it('finds the oldest manifests without a bundle', () => {
    const old = findOldManifests([4, 2, 0, 1, 3].map(runId), {
      history: 2,
      isSpooled: (id) => id === runId(0),
    });

    assert.deepEqual(old, [runId(1), runId(2)]);
  });

  it('says in the record that a bundle was lost, and ends its delivery', () => {
    const { record } = waiting(0);
    const waitingRecord = {
      ...record,
      delivery: { ...record.delivery, nextAttemptAt: '2026-11-22T03:00:00Z' },
    };

    assert.deepEqual(lostRecord(waitingRecord, 'SPOOL_EXPIRED', 'too old'), {
      ...record,
      outcome: 'lost',
      error: { code: 'SPOOL_EXPIRED', message: 'too old' },
      delivery: { ...record.delivery, state: 'expired' },
    });
    assert.equal(lostRecord(record, 'SPOOL_LOST', 'gone').delivery.state, 'pending');
  });
});

function waiting(index: number): SpooledBundle {
  const record = spooledRecord(runId(index));
  return { id: record.id, file: '', key: '', record };
}

function delivered(index: number): SpooledBundle {
  const bundle = waiting(index);
  const { record } = bundle;
  return { ...bundle, record: { ...record, delivery: { ...record.delivery, state: 'delivered' } } };
}
