/** Tests of state/merge. */

import assert from 'node:assert/strict';

import type { RunRecord } from '../../agent/run/record.ts';
import { mergeStates } from '../../agent/state/merge.ts';
import type { AgentState } from '../../agent/state/state.ts';
import { runId } from '../support/spool.ts';
import { claimOf, cursorAt, idsOf, stateOf, storedRecord } from '../support/state.ts';

describe('state/merge', () => {
  it('has the records of both, newest first', () => {
    const shared = stateOf(storedRecord(4), storedRecord(1));
    const own = stateOf(storedRecord(3), storedRecord(2));

    assert.deepEqual(idsOf(merge(shared, own)), [runId(4), runId(3), runId(2), runId(1)]);
  });

  it('keeps no more than history says', () => {
    const shared = stateOf(storedRecord(4), storedRecord(1));

    assert.deepEqual(idsOf(mergeStates(shared, stateOf(storedRecord(3)), 2)), [runId(4), runId(3)]);
  });

  for (const [less, more] of [
    ['running', 'failed'],
    ['running', 'spooled'],
    ['failed', 'spooled'],
    ['spooled', 'lost'],
    ['spooled', 'delivered'],
    ['lost', 'delivered'],
  ] as const) {
    it(`takes ${more} for later than ${less}, wherever it is stored`, () => {
      const before = stateOf(storedRecord(1, { outcome: less }));
      const after = stateOf(storedRecord(1, { outcome: more }));

      assert.equal(merge(before, after).records[0]?.outcome, more);
      assert.equal(merge(after, before).records[0]?.outcome, more);
    });
  }

  it('takes the record with more attempts', () => {
    const tried = stateOf(withAttempts(3));
    const untried = stateOf(withAttempts(0));

    assert.equal(merge(tried, untried).records[0]?.delivery?.attempts, 3);
    assert.equal(merge(untried, tried).records[0]?.delivery?.attempts, 3);
  });

  it("lets another pod's claim stand", () => {
    const shared = { ...stateOf(running(5)), claim: claimOf(5, { pod: 'pod-b' }) };
    const own = { ...stateOf(running(4)), claim: claimOf(4) };

    assert.equal(merge(shared, own).claim?.pod, 'pod-b');
  });

  it('drops the shared claim of a run that the pod has finished', () => {
    const shared = { ...stateOf(running(1)), claim: claimOf(1) };
    const own = stateOf(storedRecord(1));

    assert.equal(merge(shared, own).claim, undefined);
  });

  it("puts the pod's claim in the place of one whose run is over", () => {
    const shared = { ...stateOf(running(1)), claim: claimOf(1) };
    const own = { ...stateOf(running(2), storedRecord(1)), claim: claimOf(2) };

    assert.equal(merge(shared, own).claim?.runId, runId(2));
  });

  it('brings back no claim that another pod has released', () => {
    const shared = stateOf(storedRecord(1, { outcome: 'failed' }));
    const own = { ...stateOf(running(1)), claim: claimOf(1, { pod: 'pod-b' }) };

    assert.equal(merge(shared, own).claim, undefined);
  });

  it('takes over how the pod renewed or gave up its claim', () => {
    const shared = { ...stateOf(running(1)), claim: claimOf(1) };
    const abandoned = claimOf(1, { renewedAt: '1970-01-01T00:00:00Z' });
    const own = { ...stateOf(storedRecord(1, { outcome: 'failed' })), claim: abandoned };

    assert.deepEqual(merge(shared, own).claim, abandoned);
  });

  it('keeps the claim of an interrupted run that the others have never seen', () => {
    const own = { ...stateOf(storedRecord(1, { outcome: 'failed' })), claim: claimOf(1) };

    assert.deepEqual(merge(stateOf(), own).claim, claimOf(1));
  });

  it('takes the later cursor', () => {
    const earlier = { ...stateOf(), cursor: cursorAt('2026-11-22T02:00:00Z') };
    const later = { ...stateOf(), cursor: cursorAt('2026-11-23T02:00:00Z', '@daily') };

    assert.deepEqual(merge(earlier, later).cursor, later.cursor);
    assert.deepEqual(merge(later, earlier).cursor, later.cursor);
    assert.deepEqual(merge(stateOf(), earlier).cursor, earlier.cursor);
    assert.deepEqual(merge(earlier, stateOf()).cursor, earlier.cursor);
  });

  it('comes to the same when it is done twice', () => {
    const shared = { ...stateOf(storedRecord(2), running(1)), claim: claimOf(1) };
    const own = { ...stateOf(running(3), storedRecord(1)), claim: claimOf(3) };

    const once = merge(shared, own);

    assert.deepEqual(merge(once, own), once);
  });
});

function merge(shared: AgentState, own: AgentState): AgentState {
  return mergeStates(shared, own, 50);
}

function running(index: number): RunRecord {
  return storedRecord(index, { outcome: 'running' });
}

function withAttempts(attempts: number): RunRecord {
  const record = storedRecord(1);
  return { ...record, delivery: record.delivery && { ...record.delivery, attempts } };
}
