/** Keys that are texts, and those that are not; compared with gopkg.in/yaml.v2 v2.4.0. */

import assert from 'node:assert/strict';

import { isKeyText } from '../../../agent/redact/custom/yaml-scalar.ts';

const NO_TEXTS =
  '~ No on y null 0x1F -0b1 0o7 08 12 1_000 1_000.5 .5 -1.5e3 .inf -.Inf .NaN 18446744073709551615';
const TEXTS = 'Nope 0x 1e999 0b2 12:30 - . .. .x 1.2.3 1__x 0xfffffffffffffffff 2001-01-01 <';

describe('redact/custom/yaml-scalar', () => {
  for (const word of NO_TEXTS.split(' ')) {
    it(`takes the plain key ${word} for no text`, () => {
      assert.equal(isKeyText({ text: word, isPlain: true, tag: undefined }, word), false);
    });

    it(`takes the key ${word} for a text in quotes, and with the tag of one`, () => {
      assert.equal(isKeyText({ text: word, isPlain: false, tag: undefined }, word), true);
      assert.equal(isKeyText({ text: word, isPlain: true, tag: '!!str' }, word), true);
    });
  }

  for (const word of TEXTS.split(' ')) {
    it(`takes the plain key ${word} for a text`, () => {
      assert.equal(isKeyText({ text: word, isPlain: true, tag: undefined }, word), true);
    });

    it(`takes the key ${word} for no text with the tag of a number`, () => {
      assert.equal(isKeyText({ text: word, isPlain: true, tag: '!!int' }, word), false);
    });
  }

  it('tells a text from another', () => {
    assert.equal(isKeyText({ text: 'a', isPlain: true, tag: undefined }, 'b'), false);
  });

  it('reads a key that is base64', () => {
    const key = { text: 'aGk=', isPlain: true, tag: '!!binary' };

    assert.equal(isKeyText(key, 'hi'), true);
    assert.equal(isKeyText(key, 'aGk='), false);
  });
});
