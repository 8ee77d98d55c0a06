/** Tests of state/history. */

import assert from 'node:assert/strict';

import { findRecord, lastDelivered, lastRun, putRecord } from '../../agent/state/history.ts';
import { runId } from '../support/spool.ts';
import { claimOf, idsOf, stateOf, storedRecord } from '../support/state.ts';

describe('state/history', () => {
  it('puts a run that has just begun first, also when the clock was set back', () => {
    const state = stateOf(storedRecord(5));

    const after = putRecord(state, storedRecord(1, { outcome: 'running' }), 50);

    assert.deepEqual(idsOf(after), [runId(1), runId(5)]);
  });

  it('changes a known run in its place', () => {
    const state = stateOf(storedRecord(3), storedRecord(2), storedRecord(1));

    const after = putRecord(state, storedRecord(2, { outcome: 'delivered' }), 50);

    assert.deepEqual(idsOf(after), [runId(3), runId(2), runId(1)]);
    assert.equal(after.records[1]?.outcome, 'delivered');
  });

  it('puts the end of a run that it does not know by its start', () => {
    const state = stateOf(storedRecord(3), storedRecord(1));

    const after = putRecord(state, storedRecord(2, { outcome: 'delivered' }), 50);

    assert.deepEqual(idsOf(after), [runId(3), runId(2), runId(1)]);
  });

  it('keeps the newest delivered run through a long outage', () => {
    const delivered = storedRecord(1, { outcome: 'delivered' });
    const state = stateOf(storedRecord(3, { outcome: 'failed' }), delivered);

    const after = putRecord(state, storedRecord(4, { outcome: 'failed' }), 2);

    assert.deepEqual(idsOf(after), [runId(4), runId(1)]);
    assert.equal(lastDelivered(after)?.id, runId(1));
  });

  it('keeps runs whose bundle is still to be delivered before those that are over', () => {
    const state = stateOf(storedRecord(3, { outcome: 'failed' }), storedRecord(2));

    const after = putRecord(state, storedRecord(4, { outcome: 'running' }), 2);

    assert.deepEqual(idsOf(after), [runId(4), runId(2)]);
  });

  it('keeps at most as many as it may, and drops the oldest', () => {
    const state = stateOf(storedRecord(2), storedRecord(1));

    const after = putRecord(state, storedRecord(3, { outcome: 'running' }), 2);

    assert.deepEqual(idsOf(after), [runId(3), runId(2)]);
  });

  it('does not bring back a run that has fallen out of a full history', () => {
    const state = stateOf(storedRecord(3), storedRecord(2));

    assert.deepEqual(idsOf(putRecord(state, storedRecord(1), 2)), [runId(3), runId(2)]);
  });

  it('leaves claim and cursor alone', () => {
    const state = { ...stateOf(), claim: claimOf(1) };

    assert.deepEqual(putRecord(state, storedRecord(1), 50).claim, claimOf(1));
  });

  it('finds a record by its id', () => {
    const state = stateOf(storedRecord(2), storedRecord(1));

    assert.equal(findRecord(state, runId(1)), state.records[1]);
    assert.equal(findRecord(state, runId(7)), undefined);
  });

  it('passes over skipped runs for the last one', () => {
    const skipped = storedRecord(2, { outcome: 'skipped', reason: 'overlap' });

    assert.equal(lastRun(stateOf(skipped, storedRecord(1)))?.id, runId(1));
    assert.equal(lastRun(stateOf(skipped)), undefined);
  });

  it('knows the last delivered run behind later ones', () => {
    const state = stateOf(storedRecord(2), storedRecord(1, { outcome: 'delivered' }));

    assert.equal(lastDelivered(state)?.id, runId(1));
    assert.equal(lastDelivered(stateOf()), undefined);
  });
});
