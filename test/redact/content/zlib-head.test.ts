/** What zlib has compressed, at all levels and with all windows, and words that begin like it. */

import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';

import { isZlibHead } from '../../../agent/redact/content/zlib-head.ts';
import { randomBelow } from '../../support/random.ts';

const LONG = Array.from({ length: 3000 }, (_none, index) => `line ${index * 7919}\n`).join('');

describe('redact/content/zlib-head', () => {
  for (let level = 0; level <= 9; level += 1) {
    for (const text of ['', 'a', 'password=hunter2', LONG]) {
      it(`knows ${text.length} characters of level ${level}`, () => {
        for (let windowBits = 9; windowBits <= 15; windowBits += 1) {
          const bytes = deflateSync(text, { level, windowBits });

          assert.ok(isZlibHead(bytes.subarray(0, 4096)), `with a window of ${windowBits} bits`);
        }
      });
    }
  }

  it('knows what needs a dictionary', () => {
    for (let level = 1; level <= 9; level += 1) {
      const bytes = deflateSync(LONG, { level, dictionary: Buffer.from('line 1234567890') });

      assert.ok(isZlibHead(bytes.subarray(0, 4096)));
    }
  });

  it('knows what is cut off', () => {
    assert.ok(isZlibHead(deflateSync(LONG, { level: 3 }).subarray(0, 200)));
  });

  for (const text of [
    'x^2 + y^2',
    'x ',
    'x?',
    'x} else {',
    'x',
    '',
    'XG',
    'hC',
    '8O',
    '(S',
    'X\t',
  ]) {
    for (const rest of ['', ' = z\n', ' and words of a text\n'.repeat(200)]) {
      it(`takes ${JSON.stringify(text)} for text, with ${rest.length} characters behind it`, () => {
        assert.ok(!isZlibHead(Buffer.from(text + rest)));
      });
    }
  }

  it('takes random bytes behind the header of another window for none', () => {
    const below = randomBelow(7);
    for (let count = 0; count < 1000; count += 1) {
      const bytes = Buffer.from(Array.from({ length: 1 + below(3000) }, () => below(256)));

      assert.ok(!isZlibHead(Buffer.concat([Buffer.from('H\x89', 'latin1'), bytes])));
    }
  });
});
