/** How many members a directory of a zip file may have. */

import assert from 'node:assert/strict';

import { BodyCursor } from '../../../agent/redact/content/body-cursor.ts';
import { readZipDirectory } from '../../../agent/redact/content/zip-directory.ts';
import { chunksOf } from '../../support/bundles.ts';
import { never } from '../../support/signal.ts';
import { zipOfMany } from '../../support/zips.ts';

describe('redact/content/zip-directory', () => {
  it('ends where there are more members than can be held', async () => {
    const bytes = zipOfMany(4);
    const body = { bytes: bytes.length, read: () => chunksOf(bytes), remove: async () => {} };
    const cursor = new BodyCursor(body, never());

    assert.equal((await readZipDirectory(cursor, 4)).length, 4);
    await assert.rejects(readZipDirectory(cursor, 3), {
      message: 'a zip file with more than 3 members',
    });
  });
});
