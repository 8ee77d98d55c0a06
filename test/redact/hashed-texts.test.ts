/** Hashes of texts against a plain search for them. */

import assert from 'node:assert/strict';

import { HashedTexts, MAX_TEXT_BYTES } from '../../agent/redact/hashed-texts.ts';
import { seededRandom } from '../support/random.ts';

describe('redact/hashed-texts', () => {
  it('finds what a plain search finds, in texts that are much alike', () => {
    const random = seededRandom(9);
    // Of two letters, so that keys and beginnings come again and again.
    const letters = (length: number): string =>
      Array.from({ length }, () => (random() < 0.5 ? 'a' : 'b')).join('');
    let found = 0;
    for (let round = 0; round < 500; round++) {
      const texts = Array.from({ length: 4 }, () => letters(8 + Math.floor(random() * 8)));
      const window = letters(200);
      const expected = texts.some((text) => window.includes(text));

      assert.equal(
        hashed(texts).isIn(Buffer.from(window)),
        expected,
        `${texts.join()} in ${window}`,
      );
      if (expected) found++;
    }
    assert.ok(found > 50 && found < 450, `${found} of 500 found`);
  });

  it('finds a text at both ends of the bytes, and of the length of all of them', () => {
    const texts = hashed(['0123456789']);

    assert.equal(texts.isIn(Buffer.from('0123456789')), true);
    assert.equal(texts.isIn(Buffer.from('0123456789xxx')), true);
    assert.equal(texts.isIn(Buffer.from('xxx0123456789')), true);
    assert.equal(texts.isIn(Buffer.from('012345678')), false);
    assert.equal(texts.isIn(Buffer.from('')), false);
  });

  it('needs no more than the middle of a longer text, but all of that', () => {
    const random = seededRandom(2);
    const text = Buffer.from(
      Array.from({ length: MAX_TEXT_BYTES * 3 }, () => Math.floor(random() * 256)),
    );
    const texts = new HashedTexts([text]);

    assert.equal(texts.isIn(text.subarray(MAX_TEXT_BYTES, 2 * MAX_TEXT_BYTES)), true);
    assert.equal(texts.isIn(text.subarray(MAX_TEXT_BYTES + 1, 2 * MAX_TEXT_BYTES + 1)), false);
  });

  it('finds nothing without texts', () => {
    assert.equal(hashed([]).isIn(Buffer.from('anything at all')), false);
  });
});

function hashed(texts: readonly string[]): HashedTexts {
  return new HashedTexts(texts.map((text) => Buffer.from(text)));
}
