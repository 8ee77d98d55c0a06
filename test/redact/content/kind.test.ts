/** What a file is taken for: by its first bytes, then by its name. */

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';

import { HEAD_BYTES, type Kind, kindOf } from '../../../agent/redact/content/kind.ts';
import { tarOf } from '../../support/bundles.ts';

const TEXT = Buffer.from('password is hunter2\n');
const ZEROS = Buffer.alloc(HEAD_BYTES);

describe('redact/content/kind', () => {
  for (const magic of ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08', 'PK00PK']) {
    it(`takes for a zip file what begins with ${JSON.stringify(magic)}`, () => {
      assert.deepEqual(kindOf(Buffer.from(`${magic}rest`), 'a.tar'), { kind: 'zip' });
      assert.deepEqual(kindOf(Buffer.from(` ${magic}rest`), 'a'), { kind: 'text' });
    });
  }

  it('takes gzip and tar for that, whatever their names', async () => {
    const tar = await tarOf([{ name: 'a', body: 'b' }]);

    assert.deepEqual(kindOf(gzipSync(TEXT), 'a.zip'), { kind: 'gzip' });
    assert.deepEqual(kindOf(tar, 'a.p12'), { kind: 'tar' });
  });

  it('takes a file of another format for that before it looks at the name', () => {
    assert.deepEqual(kindOf(Buffer.from('%PDF-1.7'), 'a.tar'), { kind: 'opaque', what: 'a PDF' });
  });

  for (const [name, kind] of [
    ['in/a.zip', { kind: 'zip' }],
    ['a.jar', { kind: 'zip' }],
    ['a.war', { kind: 'zip' }],
    ['a.ear', { kind: 'zip' }],
    ['a.Zip', { kind: 'zip' }],
    ['in/a.tar', { kind: 'misnamed', what: 'a tar file' }],
    ['a.tgz', { kind: 'misnamed', what: 'a tar file' }],
    ['a.tar.gz', { kind: 'misnamed', what: 'a tar file' }],
    ['a.TAR.gz', { kind: 'misnamed', what: 'a tar file' }],
    ['a.log.gz', { kind: 'misnamed', what: 'a gzip file' }],
    ['a.log.GZ', { kind: 'misnamed', what: 'a gzip file' }],
    ['a.br', { kind: 'opaque', what: 'a brotli file' }],
    ['zip', { kind: 'text' }],
    ['a.zip.log', { kind: 'text' }],
    ['atar', { kind: 'text' }],
    ['agz', { kind: 'text' }],
    ['a.tar.gz.txt', { kind: 'text' }],
  ] as readonly (readonly [string, Kind])[]) {
    it(`takes text with the name ${name} for ${kind.kind}`, () => {
      assert.deepEqual(kindOf(TEXT, name), kind);
      assert.deepEqual(kindOf(Buffer.alloc(0), name), { kind: 'text' });
    });
  }

  it('takes zeros for an empty tar file only if they are called one', () => {
    assert.deepEqual(kindOf(ZEROS, 'a.tar'), { kind: 'tar' });
    assert.deepEqual(kindOf(ZEROS, 'a.Tar'), { kind: 'tar' });
    assert.deepEqual(kindOf(ZEROS, 'a.tgz'), { kind: 'misnamed', what: 'a tar file' });
    assert.equal(kindOf(ZEROS, 'a.bin').kind, 'text');
  });

  it('takes text in UTF-16 for that', () => {
    assert.equal(kindOf(Buffer.from('\ufeffabc', 'utf16le'), 'a.log').kind, 'wide-text');
  });
});
