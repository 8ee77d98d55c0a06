/** collect/go-base64: what Go decodes, and where it stops; the places were asked of Go itself. */

import assert from 'node:assert/strict';

import { decodeGoBase64 } from '../../agent/collect/go-base64.ts';

describe('collect/go-base64', () => {
  for (const [text, decoded] of [
    ['', ''],
    ['YWJj', 'abc'],
    ['YWI=', 'ab'],
    ['YQ==', 'a'],
    ['YQ\n==\r\n', 'a'],
    ['YW\nJj', 'abc'],
    ['YR==', 'a'],
  ] as const) {
    it(`decodes ${JSON.stringify(text)}`, () => {
      assert.equal(decodeGoBase64(text).toString(), decoded);
    });
  }

  for (const [text, place] of [
    ['Y', 0],
    ['YW', 0],
    ['YWJ', 0],
    ['YWJjY', 4],
    ['=', 0],
    ['Y=', 1],
    ['YQ=', 3],
    ['YQ=\n', 4],
    ['YQ=a', 2],
    ['YQ=\na', 3],
    ['YQ==a', 4],
    ['YWI=a', 4],
    ['YW!j', 2],
    ['YWJj!', 4],
    ['YW-j', 2],
    ['YWJjYWJj ', 8],
    ['YWJ\nj\nY', 6],
    ['user:pass', 4],
    ['YWJjYé==', 5],
  ] as const) {
    it(`stops in ${JSON.stringify(text)} where Go does`, () => {
      const message = `illegal base64 data at input byte ${place}`;
      assert.throws(() => decodeGoBase64(text), { message });
    });
  }
});
