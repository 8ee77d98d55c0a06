/** Tests of upload/deliver. */

import assert from 'node:assert/strict';

import { toRfc3339 } from '../../agent/clock.ts';
import { type Logger, silentLogger } from '../../agent/log.ts';
import type { UploadOutcome } from '../../agent/upload/destination.ts';
import { StandingClock, setUp } from '../support/delivery.ts';
import { MemorySpool, runId, spooledRecord } from '../support/spool.ts';

const [A, B, C] = [runId(0), runId(1), runId(2)];
const DELIVERED: UploadOutcome = { kind: 'delivered', statusCode: 200, receipt: '"etag"' };
const BUSY: UploadOutcome = { kind: 'retryable', statusCode: 503, reason: 'answered 503' };
const FORBIDDEN: UploadOutcome = { kind: 'blocked', statusCode: 403, reason: 'answered 403' };
const TOO_LARGE: UploadOutcome = { kind: 'rejected', statusCode: 413, reason: 'answered 413' };

describe('upload/deliver', () => {
  it('delivers oldest first and records how it went', async () => {
    const test = setUp({ spool: new MemorySpool(B, A), outcomes: [DELIVERED, DELIVERED] });

    await test.runUntilEmpty();

    assert.deepEqual(test.attempted, [A, B]);
    assert.deepEqual(test.changes[0], {
      ...spooledRecord(A),
      outcome: 'delivered',
      delivery: {
        state: 'delivered',
        destination: null,
        key: `${A}.tar.gz`,
        attempts: 1,
        statusCode: 200,
        deliveredAt: '2026-11-22T02:00:00Z',
        nextAttemptAt: null,
        receipt: '"etag"',
      },
    });
  });

  it('hands the destination the file, its facts and its key', async () => {
    const test = setUp({ spool: new MemorySpool(A), outcomes: [DELIVERED] });

    await test.runUntilEmpty();

    assert.deepEqual(test.sources, [
      { file: `/spool/${A}`, bytes: 10, sha256: 'ab12', runId: A, key: `${A}.tar.gz` },
    ]);
  });

  it('repeats with the same key after a growing back-off, and counts the attempts', async () => {
    const test = setUp({
      spool: new MemorySpool(A, B),
      outcomes: [BUSY, BUSY, DELIVERED, DELIVERED],
    });

    await test.runUntilEmpty();

    assert.deepEqual(test.attempted, [A, A, A, B]);
    assert.deepEqual(test.clock.sleptMs, [500, 1_000]);
    assert.deepEqual(
      test.changes.map(({ outcome, error, delivery }) => [
        outcome,
        error?.code,
        delivery?.state,
        delivery?.attempts,
        delivery?.nextAttemptAt,
      ]),
      [
        ['spooled', 'UPLOAD_RETRYABLE', 'pending', 1, '2026-11-22T02:00:00Z'],
        ['spooled', 'UPLOAD_RETRYABLE', 'pending', 2, '2026-11-22T02:00:01Z'],
        ['delivered', undefined, 'delivered', 3, null],
        ['delivered', undefined, 'delivered', 1, null],
      ],
    );
  });

  it('waits as long as Retry-After asks', async () => {
    const outcomes = [{ ...BUSY, retryAfterMs: 60_000 }, DELIVERED];
    const test = setUp({ spool: new MemorySpool(A), outcomes });

    await test.runUntilEmpty();

    assert.deepEqual(test.clock.sleptMs, [60_000]);
  });

  it('waits RETRY_MAX with everything when the destination is blocked, and says why', async () => {
    const spool = new MemorySpool(A, B);
    const test = setUp({ spool, outcomes: [FORBIDDEN, DELIVERED, DELIVERED] });

    await test.runUntilEmpty();

    assert.deepEqual(test.clock.sleptMs, [8_000]);
    assert.equal(test.changes[0]?.delivery?.state, 'blocked');
    assert.deepEqual(test.changes[0]?.error, { code: 'UPLOAD_BLOCKED', message: 'answered 403' });
  });

  it('lets others have their turn when one bundle fails for good', async () => {
    const spool = new MemorySpool(A, B, C);
    const test = setUp({
      spool,
      outcome: ({ runId: id }) => (id === A ? FORBIDDEN : DELIVERED),
    });

    await test.runUntil(() => spool.bundles.size === 1);

    assert.deepEqual(test.attempted.slice(0, 4), [A, B, A, C]);
  });

  it('goes on with the next bundle when one is rejected, and keeps that one', async () => {
    const spool = new MemorySpool(A, B);
    const test = setUp({ spool, outcomes: [TOO_LARGE, DELIVERED] });

    await test.runUntil(() => test.attempted.length === 2);

    assert.deepEqual(test.attempted, [A, B]);
    assert.deepEqual([...spool.bundles.keys()], [A]);
    assert.equal(spool.get(A)?.record.delivery.state, 'rejected');
    assert.equal(spool.get(A)?.record.error?.code, 'UPLOAD_REJECTED');
  });

  it('tries a rejected bundle again when the settings of the destination have changed', async () => {
    const spool = new MemorySpool();
    const record = spooledRecord(A);
    const rejected = { ...record, delivery: { ...record.delivery, state: 'rejected' as const } };
    spool.put(A, { record: rejected, destinationHash: 'older settings' });
    spool.put(B, { record: { ...rejected, id: B }, destinationHash: 'settings' });
    const test = setUp({ spool, outcomes: [DELIVERED] });

    await test.runUntil(() => spool.bundles.size === 1);

    assert.deepEqual(test.attempted, [A]);
  });

  it('tries a rejected bundle again by request, once', async () => {
    const spool = new MemorySpool(A);
    const test = setUp({ spool, outcomes: [TOO_LARGE, TOO_LARGE] });
    const running = test.runUntil(() => test.attempted.length === 2);
    await test.until(() => test.attempted.length === 1);

    assert.equal(test.delivery.retry(A), 'queued');

    await running;
    assert.deepEqual(test.attempted, [A, A]);
  });

  it('sends by request before a back-off is over, and the others after it when that works', async () => {
    const spool = new MemorySpool(A, B);
    const clock = new StandingClock();
    const test = setUp({ spool, clock, outcomes: [FORBIDDEN, DELIVERED, DELIVERED] });
    const running = test.runUntilEmpty();
    await test.until(() => test.attempted.length === 1);

    test.delivery.retry(B);

    await running;
    assert.deepEqual(test.attempted, [A, B, A]);
  });

  it('says why it does not take a request', async () => {
    const spool = new MemorySpool(A);
    const record = spooledRecord(B);
    spool.put(B, { record: { ...record, delivery: { ...record.delivery, state: 'delivered' } } });

    assert.equal(setUp({ spool }).delivery.retry(C), 'unknown');
    assert.equal(setUp({ spool }).delivery.retry(B), 'delivered');
    assert.equal(setUp({ spool, isSuspended: true }).delivery.retry(A), 'off');
    assert.equal(setUp({ spool, destination: undefined }).delivery.retry(A), 'off');
  });

  it('is woken by a new bundle, but not out of a back-off', async () => {
    const spool = new MemorySpool();
    const clock = new StandingClock();
    const test = setUp({ spool, clock, outcomes: [DELIVERED, FORBIDDEN] });
    const running = test.runUntil(() => clock.sleeping === 2);
    spool.put(A);
    test.delivery.wake();
    await test.until(() => test.attempted.length === 1);
    spool.put(B);
    test.delivery.wake();
    await test.until(() => clock.sleeping === 1);

    spool.put(C);
    test.delivery.wake();

    await running;
    assert.deepEqual(test.attempted, [A, B]);
  });

  it('goes on after a restart with the attempts and the wait that were saved', async () => {
    const spool = new MemorySpool();
    const record = spooledRecord(A);
    const nextAttemptAt = toRfc3339(Date.parse('2026-11-22T02:00:03Z'));
    const delivery = { ...record.delivery, attempts: 3, nextAttemptAt };
    spool.put(A, { record: { ...record, delivery }, destinationHash: 'settings' });
    const test = setUp({ spool, outcomes: [BUSY, DELIVERED] });

    await test.runUntilEmpty();

    assert.deepEqual(test.clock.sleptMs, [3_000, 4_000]);
    assert.equal(test.changes.at(-1)?.delivery?.attempts, 5);
  });

  it('reads a bundle once, not before each attempt', async () => {
    const spool = new MemorySpool(A);
    const test = setUp({ spool, outcomes: [BUSY, BUSY, DELIVERED] });

    await test.runUntilEmpty();

    assert.deepEqual(spool.checks, [A]);
  });

  it('tells of what has become too old, and does not send it', async () => {
    const spool = new MemorySpool(A);
    spool.old.add(A);
    const test = setUp({ spool });

    await test.runUntilEmpty();

    assert.deepEqual(test.attempted, []);
    assert.equal(test.changes[0]?.error?.code, 'SPOOL_EXPIRED');
  });

  for (const [name, off] of [
    ['it is suspended', { isSuspended: true }],
    ['there is no destination', { destination: undefined }],
  ] as const) {
    it(`sends nothing while ${name}, but lets bundles age`, async () => {
      const spool = new MemorySpool(A);
      const test = setUp({ spool, ...off });
      const running = test.runUntilEmpty();
      await test.until(() => test.clock.sleptMs.length > 3);

      spool.old.add(A);

      await running;
      assert.deepEqual(test.attempted, []);
      assert.equal(test.changes[0]?.outcome, 'lost');
      assert.equal(Math.min(...test.clock.sleptMs), 3_600_000);
    });
  }

  it('logs attempts with their facts, and none that is secret', async () => {
    const lines: string[] = [];
    const log: Logger = {
      ...silentLogger,
      info: (fields, message) => void lines.push(`${message} ${JSON.stringify(fields)}`),
      warn: (fields, message) => void lines.push(`${message} ${JSON.stringify(fields)}`),
    };
    const test = setUp({ spool: new MemorySpool(A), outcomes: [BUSY, DELIVERED], log });

    await test.runUntilEmpty();

    const facts = `"runId":"${A}","destination":"https://bundles.example.com/in"`;
    assert.deepEqual(lines, [
      `upload failed {${facts},"attemptNumber":1,"delayMs":500,"outcome":"retryable","statusCode":503,"reason":"answered 503"}`,
      `bundle delivered {${facts},"attemptNumber":2,"statusCode":200}`,
    ]);
  });

  it('tells of every attempt for the metrics', async () => {
    const kinds: string[] = [];
    const test = setUp({
      spool: new MemorySpool(A),
      outcomes: [BUSY, FORBIDDEN, DELIVERED],
      onAttempt: ({ kind }) => void kinds.push(kind),
    });

    await test.runUntilEmpty();

    assert.deepEqual(kinds, ['retryable', 'blocked', 'delivered']);
  });
});
