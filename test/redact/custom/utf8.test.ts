/** Characters in bytes that may be no UTF-8. */

import assert from 'node:assert/strict';

import { decodeRune } from '../../../agent/redact/custom/utf8.ts';

describe('redact/custom/utf8', () => {
  it('reads every character', () => {
    for (let rune = 0x80; rune <= 0x10ffff; rune += rune < 0x3000 ? 1 : 97) {
      if (rune >= 0xd800 && rune <= 0xdfff) continue;
      const bytes = Buffer.from(String.fromCodePoint(rune));

      assert.deepEqual(decode(bytes), [rune, bytes.length]);
    }
  });

  // Answers of Go's utf8.DecodeRune.
  for (const [name, bytes] of [
    ['a byte that only goes on', [0x80, 0x80]],
    ['a longer form than needed', [0xc0, 0x80]],
    ['a longer form of three bytes', [0xe0, 0x9f, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a longer form of four bytes', [0xf0, 0x8f, 0x80, 0x80]],
    ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a byte that is never used', [0xf5, 0x80, 0x80, 0x80]],
    ['two of three bytes', [0xe2, 0x84]],
    ['three of four bytes and another character', [0xf0, 0x9f, 0x98, 0x41]],
  ] as const) {
    it(`reads one byte of ${name} as U+FFFD`, () => {
      assert.deepEqual(decode(Uint8Array.from(bytes)), [0xfffd, 1]);
    });
  }

  it('does not read on behind the end', () => {
    assert.deepEqual(decode(Buffer.from('é'), 1), [0xfffd, 1]);
  });
});

function decode(bytes: Uint8Array, end = bytes.length): [number, number] {
  const decoded = decodeRune(bytes, 0, end);
  return [decoded >> 3, decoded & 7];
}
