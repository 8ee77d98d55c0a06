/** Tests of state/format. */

import assert from 'node:assert/strict';

import type { RunRecord } from '../../agent/run/record.ts';
import { fitState, formatHead, formatRecords, parseState } from '../../agent/state/format.ts';
import type { AgentState } from '../../agent/state/state.ts';
import { runId } from '../support/spool.ts';
import { claimOf, cursorAt, idsOf, stateOf, storedRecord } from '../support/state.ts';

const STATE: AgentState = {
  cursor: cursorAt('2026-11-22T02:00:00Z'),
  claim: claimOf(2),
  records: [storedRecord(2), storedRecord(1)],
};

describe('state/format', () => {
  it('reads what it writes', () => {
    const parsed = parseState(formatHead(STATE), formatRecords(STATE));

    assert.deepEqual(parsed, { state: STATE, problems: [] });
  });

  it('takes absent texts for an empty state', () => {
    assert.deepEqual(parseState(undefined, undefined), { state: { records: [] }, problems: [] });
  });

  it('writes one record a line', () => {
    const lines = formatRecords(STATE).split('\n');

    assert.deepEqual(
      lines.map((line) => line.slice(0, 12)),
      ['{"id":"20261', '{"id":"20261', ''],
    );
  });

  it('stores no destination', () => {
    const delivery = { ...deliveryOf(storedRecord(1)), destination: 'https://bundles.test/in' };

    const fitted = fit(stateOf(storedRecord(1, { delivery })));

    assert.equal(fitted.records[0]?.delivery?.destination, null);
  });

  it('cuts texts', () => {
    const long = 'x'.repeat(5_000);
    const record = storedRecord(1, {
      error: { code: 'UPLOAD_BLOCKED', message: long },
      delivery: { ...deliveryOf(storedRecord(1)), receipt: long, key: long },
      collectors: [{ ...collector(), errors: [long] }],
    });

    const [cut] = fit(stateOf(record)).records;

    assert.ok(cut);
    const { error, delivery, collectors } = cut;
    const texts = [error?.message, delivery?.receipt, delivery?.key, collectors[0]?.errors[0]];
    assert.deepEqual(
      texts.map((text) => Buffer.byteLength(text ?? '')),
      [300, 300, 1024, 300],
    );
  });

  it('cuts nothing from a state that fits', () => {
    assert.deepEqual(fit(STATE), STATE);
  });

  it('drops the collectors of the oldest records first', () => {
    const collectors = Array.from({ length: 40 }, collector);
    const state = stateOf(...[4, 3, 2, 1].map((index) => storedRecord(index, { collectors })));

    const fitted = fit(state, 12 * 1024);

    assert.deepEqual(
      fitted.records.map((record) => record.collectors.length),
      [40, 40, 0, 0],
    );
  });

  it('drops the oldest records when that is not enough', () => {
    const state = stateOf(...[4, 3, 2, 1].map((index) => storedRecord(index)));

    const fitted = fit(state, 1_500);

    assert.deepEqual(idsOf(fitted), [runId(4), runId(3)]);
  });

  it('keeps within the limit whatever is in it', () => {
    for (let collectors = 0; collectors < 60; collectors += 7) {
      const errors = ['ü'.repeat(collectors * 10), '"\\\n'.repeat(collectors)];
      const records = Array.from({ length: 60 }, (_, index) =>
        storedRecord(59 - index, {
          collectors: Array.from({ length: collectors }, () => ({ ...collector(), errors })),
        }),
      );

      const fitted = fitState({ ...STATE, records }, { history: 50, maxBytes: 64 * 1024 });

      const bytes = Buffer.byteLength(formatHead(fitted) + formatRecords(fitted));
      assert.ok(bytes <= 64 * 1024, `${bytes} bytes with ${collectors} collectors`);
      assert.ok(fitted.records.length > 0);
    }
  });

  it('keeps no more records than history says', () => {
    const fitted = fitState(STATE, { history: 1, maxBytes: 1024 * 1024 });

    assert.deepEqual(idsOf(fitted), [runId(2)]);
  });

  for (const [text, problem] of [
    ['', 'state: not JSON'],
    ['{"version":1', 'state: not JSON'],
    ['[]', 'state: no object'],
    ['null', 'state: no object'],
    ['{"version":"1"}', 'state: version is not 1'],
    ['{"version":0}', 'state: version is not 1'],
    ['{"version":1,"claim":{}}', 'state: claim.runId is no text'],
    ['{"version":1,"claim":null}', 'state: claim is no object'],
    ['{"version":1,"cursor":7}', 'state: cursor is no object'],
  ] as const) {
    it(`says "${problem}" of ${text === '' ? 'an empty text' : text} and keeps the records`, () => {
      const { state, problems } = parseState(text, formatRecords(STATE));

      assert.deepEqual(state, { records: STATE.records });
      assert.deepEqual(problems, [problem]);
    });
  }

  it('keeps the cursor of a state whose claim is damaged', () => {
    const head = formatHead(STATE).replace('"pod-a"', '7');

    const { state, problems } = parseState(head, undefined);

    assert.deepEqual(state, { cursor: STATE.cursor, records: [] });
    assert.deepEqual(problems, ['state: claim.pod is no text']);
  });

  it('loses only the record whose line is damaged, and never shows the line', () => {
    const [first, second] = formatRecords(STATE).split('\n');

    const { state, problems } = parseState(undefined, `${first}\n${second?.slice(0, 80)}\n`);

    assert.deepEqual(idsOf(state), [runId(2)]);
    assert.deepEqual(problems, ['record 2: not JSON']);
  });

  it('leaves out a record whose id could be anything', () => {
    const line = JSON.stringify({ ...storedRecord(1), id: '../../etc/passwd' });

    assert.deepEqual(parseState(undefined, line), {
      state: { records: [] },
      problems: ['record 1: its id is no run id'],
    });
  });

  it('takes the first of two records of a run', () => {
    const twice = formatRecords(stateOf(storedRecord(1, { outcome: 'lost' }), storedRecord(1)));

    assert.deepEqual(
      parseState(undefined, twice).state.records.map(({ outcome }) => outcome),
      ['lost'],
    );
  });

  it('keeps fields out that it does not know', () => {
    const head = JSON.stringify({ version: 1, claim: { ...claimOf(1), note: 'n' }, more: 1 });
    const records = JSON.stringify({ ...storedRecord(1), note: 'n' });

    const { state } = parseState(head, records);

    assert.deepEqual(state, { claim: claimOf(1), records: [storedRecord(1)] });
  });

  it('names only the first problems of a text that is damaged throughout', () => {
    assert.equal(parseState(undefined, 'x\n'.repeat(1_000)).problems.length, 5);
  });

  it('does not touch a state of a later format', () => {
    assert.throws(() => parseState('{"version":2,"claims":[]}', undefined), {
      code: 'STATE_UNREADABLE',
    });
  });
});

function fit(state: AgentState, maxBytes = 512 * 1024): AgentState {
  return fitState(state, { history: 50, maxBytes });
}

function collector(): RunRecord['collectors'][number] {
  return { name: 'logs/api', outcome: 'ok', durationMs: 5, files: 1, bytes: 50, errors: [] };
}

function deliveryOf({ delivery }: RunRecord): NonNullable<RunRecord['delivery']> {
  if (delivery === null) throw new Error('a record without delivery');
  return delivery;
}
