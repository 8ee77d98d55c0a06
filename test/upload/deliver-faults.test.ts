/** Tests of upload/deliver: kills, losses, and parts that fail. */

import assert from 'node:assert/strict';

import { AgentError } from '../../agent/errors.ts';
import type { Destination, UploadOutcome } from '../../agent/upload/destination.ts';
import { HangingDestination, setUp } from '../support/delivery.ts';
import { MemorySpool, runId, spooledRecord } from '../support/spool.ts';

const [A, B] = [runId(0), runId(1)];
const DELIVERED: UploadOutcome = { kind: 'delivered', statusCode: 200, receipt: '"etag"' };
const BUSY: UploadOutcome = { kind: 'retryable', statusCode: 503, reason: 'answered 503' };

describe('upload/deliver: faults', () => {
  it('tells again of what was delivered before the process was killed', async () => {
    const spool = new MemorySpool();
    const record = spooledRecord(A);
    const delivered = { ...record, delivery: { ...record.delivery, state: 'delivered' as const } };
    spool.put(A, { record: delivered });
    const test = setUp({ spool });

    await test.runUntilEmpty();

    assert.deepEqual(test.changes, [delivered]);
    assert.deepEqual(test.attempted, []);
  });

  it('tells of a delivery before it removes the bundle', async () => {
    const spool = new MemorySpool(A);
    const seen: boolean[] = [];
    const test = setUp({
      spool,
      outcomes: [DELIVERED],
      onChange: async () => void seen.push(spool.bundles.has(A)),
    });

    await test.runUntilEmpty();

    assert.deepEqual(seen, [true]);
  });

  it('keeps a delivered bundle until somebody could be told', async () => {
    const spool = new MemorySpool(A);
    const told: string[] = [];
    let failures = 0;
    const test = setUp({
      spool,
      outcomes: [DELIVERED],
      onChange: async ({ id, outcome }) => {
        if (failures++ < 3) throw new AgentError('STATE_UNWRITABLE', 'not now');
        told.push(`${id} ${outcome} ${spool.bundles.size}`);
      },
    });

    await test.runUntilEmpty();

    assert.deepEqual(told, [`${A} delivered 1`]);
    assert.deepEqual(test.clock.sleptMs, [8_000, 8_000, 8_000]);
  });

  it('does not send a damaged bundle and tells of the loss', async () => {
    const spool = new MemorySpool(A, B);
    spool.damaged.add(A);
    const test = setUp({ spool, outcomes: [DELIVERED] });

    await test.runUntilEmpty();

    assert.deepEqual(test.attempted, [B]);
    assert.equal(test.changes[0]?.outcome, 'lost');
    assert.equal(test.changes[0]?.error?.code, 'SPOOL_DAMAGED');
  });

  it('breaks off when it is told to stop, and that is no failure', async () => {
    const spool = new MemorySpool(A);
    const stop = new AbortController();
    const test = setUp({ spool, destination: new HangingDestination() });
    const running = test.delivery.run(stop.signal);
    await test.until(() => spool.checks.length === 1);

    stop.abort();
    await running;

    assert.deepEqual(test.changes, []);
    assert.deepEqual(spool.get(A)?.record, spooledRecord(A));
  });

  it('breaks off for a bundle that was removed', async () => {
    const spool = new MemorySpool(A);
    const test = setUp({ spool, destination: new HangingDestination() });
    const running = test.runUntil(() => spool.bundles.size === 0);
    await test.until(() => spool.checks.length === 1);

    spool.bundles.delete(A);
    test.delivery.cancel(A);

    await running;
    assert.deepEqual(test.changes, []);
  });

  it('goes on while the disk is too full to save how far it is', async () => {
    const spool = new MemorySpool(A);
    spool.failure = new AgentError('SPOOL_DISK_FULL', 'no space');
    const test = setUp({ spool, outcomes: [BUSY, DELIVERED] });

    await test.runUntilEmpty();

    assert.equal(test.changes.at(-1)?.outcome, 'delivered');
  });

  it('waits and tries again when the spool fails', async () => {
    const spool = new MemorySpool(A);
    const check = spool.check.bind(spool);
    let failures = 0;
    spool.check = async (id) => {
      if (failures++ < 2) throw new AgentError('SPOOL_UNUSABLE', 'i/o error');
      return check(id);
    };
    const test = setUp({ spool, outcomes: [DELIVERED] });

    await test.runUntilEmpty();

    assert.deepEqual(test.clock.sleptMs, [8_000, 8_000]);
    assert.deepEqual(test.attempted, [A]);
  });

  it('ends with an error that nobody expected', async () => {
    const broken: Destination = {
      name: 'https://bundles.example.com/in',
      settingsHash: async () => 'settings',
      attempt: async () => {
        throw new TypeError('a bug');
      },
    };
    const test = setUp({ spool: new MemorySpool(A), destination: broken });

    await assert.rejects(test.delivery.run(new AbortController().signal), TypeError);
  });
});
