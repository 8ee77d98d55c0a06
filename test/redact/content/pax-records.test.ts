/** What a tar file says of a member beside its header: what is read of it, what is written again, and what is broken. */

import assert from 'node:assert/strict';

import {
  keptPaxRecords,
  parsePaxRecords,
  paxSize,
  withoutNames,
} from '../../../agent/redact/content/pax-records.ts';

const DAMAGED = { name: 'ContentError', message: 'a tar file that is damaged or cut off' };

describe('redact/content/pax-records', () => {
  it('reads records in their order, with whatever a value has', () => {
    const records = parse('6 a=b\n', '14 path=a=b\nc\n', '5 c=\n');

    assert.deepEqual(
      [...records],
      [
        ['a', 'b'],
        ['path', 'a=b\nc'],
        ['c', ''],
      ],
    );
  });

  it('takes the last of two of one key', () => {
    assert.equal(parse('6 a=b\n', '6 a=c\n').get('a'), 'c');
  });

  it('reads none of nothing', () => {
    assert.equal(parse('').size, 0);
  });

  for (const [what, body] of [
    ['has more behind its line feed', '7 a=bc\nx'],
    ['has a length of 0', '0 a=b\n'],
    ['has a length with a 0 in front', '06 a=b\n'],
    ['has a length that ends in the next record', '7 a=b\n6 c=d\n'],
    ['has a length that ends in the record after that', '15 a=b\n6 c=d\n6 e=f\n'],
    ['has a length that ends before its line feed', '5 a=b\n'],
    ['has a length that ends in itself', '1 a=b\n'],
    ['has a length that ends at its blank', '2 a=b\n'],
    ['has no length', ' a=b\n'],
    ['has words for a length', 'six a=b\n'],
    ['has a fraction for a length', '6.0 a=b\n'],
    ['has a length in another base', '0x6 a=b\n'],
    ['has a negative length', '-6 a=b\n'],
    ['has a length with a plus', '+6 a=b\n'],
    ['has a length that is no number any more', '99999999999999999999 a=b\n'],
    ['has a length of all digits that may be', '999999999 a=b\n'],
    ['is larger than the body', '7 a=b\n'],
    ['has no blank', '5a=b\n'],
    ['has a tab for a blank', '6\ta=b\n'],
    ['is a length alone', '6'],
    ['is a length and a blank', '2 '],
    ['has no equals sign', '5 ab\n'],
    ['has an empty key', '5 =b\n'],
    ['has no line feed', '6 a=bc'],
    ['is a line feed', '\n'],
    ['is a NUL', '\0'],
    ['has NULs behind it', '6 a=b\n\0\0'],
  ] as const) {
    it(`is damaged where a record ${what}`, () => {
      for (const before of ['', '6 a=b\n']) {
        assert.throws(() => parse(before, body), DAMAGED);
      }
    });
  }

  it('passes on what is of the file, and only in the form that it must have', () => {
    const records = new Map([
      ['comment', 'a'],
      ['path', 'x'.repeat(93)],
      ['mtime', '-1.5'],
      ['atime', 'hunter2'],
      ['uid', '1000'],
      ['uname', 'app'],
      ['hdrcharset', 'BINARY'],
    ]);

    const kept = keptPaxRecords(records);

    assert.deepEqual(
      [...parsePaxRecords(kept)],
      [...records].filter(([key]) => !['comment', 'atime', 'uname'].includes(key)),
    );
  });

  it('counts the digits of a length in it, also where they make it longer', () => {
    for (let length = 0; length < 2000; length += 1) {
      const records = new Map([['path', 'x'.repeat(length)]]);

      assert.deepEqual(parsePaxRecords(keptPaxRecords(records)), records);
    }
  });

  it('has a size where it is a number', () => {
    assert.equal(paxSize(new Map()), undefined);
    assert.equal(paxSize(new Map([['size', '8589934592']])), 8589934592);
    for (const size of ['', '-1', '1.5', '0x10', '9'.repeat(16)]) {
      assert.throws(() => paxSize(new Map([['size', size]])), DAMAGED);
    }
  });

  it('leaves out the names of what is said of all', () => {
    const records = new Map([
      ['path', 'a'],
      ['linkpath', 'b'],
      ['mtime', '1'],
    ]);

    assert.deepEqual([...withoutNames(records)], [['mtime', '1']]);
  });
});

function parse(...records: readonly string[]): ReadonlyMap<string, string> {
  return parsePaxRecords(Buffer.from(records.join(''), 'latin1'));
}
