/** Tests of run/parse-record. */

import assert from 'node:assert/strict';

import { parseRunRecord } from '../../agent/run/parse-record.ts';
import { runId, spooledRecord } from '../support/spool.ts';

const RECORD = spooledRecord(runId(0));

describe('run/parse-record', () => {
  it('takes a record, as JSON brings it', () => {
    assert.deepEqual(parseRunRecord(JSON.parse(JSON.stringify(RECORD))), RECORD);
  });

  it('takes a record of a run without bundle, delivery and end', () => {
    const bare = { ...RECORD, finishedAt: null, engine: null, bundle: null, delivery: null };

    assert.deepEqual(parseRunRecord(bare), bare);
  });

  it('takes a failed run with a code that it does not know', () => {
    const failed = { ...RECORD, outcome: 'failed', error: { code: 'OLD_CODE', message: 'm' } };

    assert.deepEqual(parseRunRecord(failed), failed);
  });

  it('leaves behind what a record does not have', () => {
    const more = { ...RECORD, note: 'n', bundle: { ...RECORD.bundle, owner: 'o' } };

    assert.deepEqual(parseRunRecord(more), RECORD);
  });

  for (const field of Object.keys(RECORD)) {
    it(`refuses a record without ${field}`, () => {
      const { [field]: _left, ...rest } = { ...RECORD } as Record<string, unknown>;

      assert.throws(() => parseRunRecord(rest), new RegExp(`^TypeError: .*record\\.${field} is`));
    });
  }

  for (const [value, message] of [
    [undefined, 'record is no object'],
    [null, 'record is no object'],
    ['text', 'record is no object'],
    [{ ...RECORD, outcome: 'done' }, 'record.outcome is none of running, delivered'],
    [{ ...RECORD, partial: 'no' }, 'record.partial is neither true nor false'],
    [{ ...RECORD, startedAt: 'today' }, 'record.startedAt is no instant'],
    [{ ...RECORD, bundle: { ...RECORD.bundle, bytes: -1 } }, 'record.bundle.bytes is no number'],
    [{ ...RECORD, collectors: {} }, 'record.collectors is no list'],
    [{ ...RECORD, collectors: [null] }, 'record.collectors[0] is no object'],
    [
      { ...RECORD, collectors: [{ ...RECORD.collectors[0], errors: [1] }] },
      'record.collectors[0].errors[0] is no text',
    ],
    [{ ...RECORD, phases: [{ name: 'collect' }] }, 'record.phases[0].durationMs is no number'],
  ] as const) {
    it(`says that ${message}`, () => {
      assert.throws(
        () => parseRunRecord(value),
        (error: Error) => error.message.startsWith(`not a run record: ${message}`),
      );
    });
  }
});
