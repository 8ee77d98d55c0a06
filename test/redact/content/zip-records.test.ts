/** Headers of zip files whose numbers need more than 32 bits: no test writes such a file. */

import assert from 'node:assert/strict';

import { parseExtraFields } from 'yauzl';

import type { ZipMember } from '../../../agent/redact/content/zip-directory.ts';
import {
  centralRecord,
  endRecords,
  localHeader,
} from '../../../agent/redact/content/zip-records.ts';

const GIB = 2 ** 30;

const MEMBER: ZipMember = {
  name: 'a',
  rawName: Buffer.from('a'),
  isUtf8: false,
  isEncrypted: false,
  method: 8,
  versionMadeBy: 0x031e,
  dosTime: 1,
  dosDate: 0x21,
  internalAttributes: 0,
  externalAttributes: 0x81a40000,
  modifiedAtSeconds: 1_700_000_000,
  offset: 0,
  compressedBytes: 0,
  bytes: 0,
  crc32: 0,
};

const LARGE = { crc32: 7, bytes: 9 * GIB, compressedBytes: 5 * GIB, offset: 6 * GIB };

describe('redact/content/zip-records', () => {
  it('has large sizes of a member in the zip64 field, and the time beside it', () => {
    const fields = parseExtraFields(localHeader(MEMBER, LARGE).subarray(31));

    assert.deepEqual(
      fields.map(({ id }) => id),
      [0x0001, 0x5455],
    );
    assert.deepEqual(numbers(fields[0]?.data), [9 * GIB, 5 * GIB]);
  });

  it('has all large numbers in the directory in the zip64 field', () => {
    for (const body of [LARGE, { ...LARGE, bytes: 1, compressedBytes: 1 }]) {
      const record = centralRecord(MEMBER, body);

      const [zip64] = parseExtraFields(record.subarray(47));

      assert.deepEqual(numbers(zip64?.data), [body.bytes, body.compressedBytes, body.offset]);
      assert.deepEqual(
        [20, 24, 42].map((at) => record.readUInt32LE(at)),
        [0xffffffff, 0xffffffff, 0xffffffff],
      );
    }
  });

  it('has no such field for small numbers', () => {
    const record = centralRecord(MEMBER, { crc32: 7, bytes: 3, compressedBytes: 2, offset: 1 });

    assert.deepEqual(
      parseExtraFields(record.subarray(47)).map(({ id }) => id),
      [0x5455],
    );
    assert.deepEqual(
      [16, 20, 24, 42].map((at) => record.readUInt32LE(at)),
      [7, 2, 3, 1],
    );
  });

  it('tells where a directory is that begins behind 4 GiB', () => {
    const end = endRecords({ members: 3, offset: 5 * GIB, bytes: 200 });

    assert.deepEqual(numbers(end.subarray(24, 56)), [3, 3, 200, 5 * GIB]);
    assert.deepEqual(numbers(end.subarray(64, 72)), [5 * GIB + 200]);
  });

  it('counts more members than the old format can', () => {
    const end = endRecords({ members: 66_000, offset: 1000, bytes: 200 });

    assert.deepEqual(numbers(end.subarray(24, 56)), [66_000, 66_000, 200, 1000]);
    assert.equal(end.readUInt16LE(76 + 10), 0xffff);
    assert.equal(
      endRecords({ members: 60_000, offset: 1000, bytes: 200 }).readUInt16LE(10),
      60_000,
    );
  });
});

function numbers(bytes: Buffer | undefined): number[] {
  return Array.from({ length: (bytes?.length ?? 0) / 8 }, (_, index) =>
    Number(bytes?.readBigUInt64LE(index * 8)),
  );
}
