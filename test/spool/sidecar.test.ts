/** Tests of spool/sidecar. */

import assert from 'node:assert/strict';

import { formatSidecar, parseSidecar } from '../../agent/spool/sidecar.ts';
import { runId, spooledRecord } from '../support/spool.ts';

const SIDECAR = {
  key: 'a/b.tar.gz',
  destinationHash: 'ab12',
  record: spooledRecord(runId(0)),
};

describe('spool/sidecar', () => {
  it('reads what it wrote', () => {
    const { destinationHash: _hash, ...fresh } = SIDECAR;

    assert.deepEqual(parseSidecar(formatSidecar(SIDECAR)), SIDECAR);
    assert.deepEqual(parseSidecar(formatSidecar(fresh)), fresh);
  });

  it('takes no text for one that is cut off, wherever', () => {
    const text = formatSidecar(SIDECAR).trimEnd();

    for (let length = 0; length < text.length; length++) {
      assert.equal(parseSidecar(text.slice(0, length)), undefined);
    }
  });

  for (const [name, text] of [
    ['another JSON value', '[1]'],
    ['null', 'null'],
    ['no version', JSON.stringify({ ...SIDECAR })],
    ['no key', JSON.stringify({ version: 1, record: SIDECAR.record })],
    ['no record', JSON.stringify({ version: 1, key: 'k' })],
    ['a record that is none', JSON.stringify({ version: 1, key: 'k', record: { id: 1 } })],
    [
      'a record without a bundle',
      JSON.stringify({ version: 1, key: 'k', record: { ...SIDECAR.record, bundle: null } }),
    ],
    ['a hash that is none', JSON.stringify({ version: 1, ...SIDECAR, destinationHash: 7 })],
  ] as const) {
    it(`takes ${name} for damaged`, () => {
      assert.equal(parseSidecar(text), undefined);
    });
  }

  it('refuses another version and says what to do', () => {
    assert.throws(() => parseSidecar('{"version":2}'), {
      code: 'SPOOL_VERSION',
      message: /format 2 and this agent reads format 1: .*SPOOL_DIR/,
    });
  });
});
