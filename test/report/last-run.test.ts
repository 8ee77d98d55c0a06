/** Tests of report/last-run. */

import assert from 'node:assert/strict';

import {
  type LastRunFacts,
  lastRunView,
  withDestination,
  withoutCollectors,
} from '../../agent/report/last-run.ts';
import { runId, spooledRecord } from '../support/spool.ts';

const RECORD = spooledRecord(runId(1));
const EMPTY_SPOOL = { bundles: 0, bytes: 0, oldestAt: null };

describe('report/last-run', () => {
  it('says null for what is not known', () => {
    assert.deepEqual(view({}), {
      lastRun: null,
      lastDelivered: null,
      nextRunAt: null,
      state: 'armed',
      reason: null,
      spool: EMPTY_SPOOL,
    });
  });

  it('says when the next run is due', () => {
    const nextRunAtMs = Date.parse('2026-11-23T02:00:00Z');

    assert.equal(view({ nextRunAtMs }).nextRunAt, '2026-11-23T02:00:00Z');
  });

  for (const [facts, state] of [
    [{ idleReason: 'SCHEDULE is not set' }, 'idle'],
    [{ isSuspended: true, idleReason: 'SCHEDULE is not set' }, 'suspended'],
    [{ isRunning: true, isSuspended: true, idleReason: 'SCHEDULE is not set' }, 'running'],
    [{}, 'armed'],
  ] as const) {
    it(`is ${state} given ${JSON.stringify(facts)}`, () => {
      const { state: said, reason } = view(facts);

      assert.equal(said, state);
      assert.equal(reason, 'idleReason' in facts ? 'SCHEDULE is not set' : null);
    });
  }

  it('fills in the configured destination', () => {
    const { lastRun, lastDelivered } = view({
      lastRun: RECORD,
      lastDelivered: RECORD,
      destination: 'https://bundles.test/in',
    });

    assert.equal(lastRun?.delivery?.destination, 'https://bundles.test/in');
    assert.equal(lastDelivered?.delivery?.destination, 'https://bundles.test/in');
  });

  it('leaves a destination that is known', () => {
    const delivery = { ...RECORD.delivery, destination: 'https://old.test' };

    const record = withDestination({ ...RECORD, delivery }, 'https://new.test');

    assert.equal(record.delivery?.destination, 'https://old.test');
  });

  it('gives no destination to a run without a delivery, and none where none is set', () => {
    const skipped = { ...RECORD, delivery: null };

    assert.equal(withDestination(skipped, 'https://bundles.test/in').delivery, null);
    assert.equal(withDestination(RECORD, undefined).delivery?.destination, null);
  });

  it('takes the collectors out of both records', () => {
    const shown = withoutCollectors(view({ lastRun: RECORD, lastDelivered: RECORD }));

    const { collectors: _withheld, ...rest } = RECORD;
    assert.deepEqual(shown.lastRun, rest);
    assert.deepEqual(shown.lastDelivered, rest);
    assert.deepEqual(withoutCollectors(view({})), view({}));
  });
});

function view(changed: Partial<LastRunFacts>): ReturnType<typeof lastRunView> {
  return lastRunView({
    lastRun: undefined,
    lastDelivered: undefined,
    nextRunAtMs: undefined,
    isRunning: false,
    isSuspended: false,
    idleReason: undefined,
    spool: EMPTY_SPOOL,
    destination: undefined,
    ...changed,
  });
}
