/** The texts without which a pattern cannot match. */

import assert from 'node:assert/strict';

import { parsePattern } from '../../../agent/redact/custom/re2-syntax.ts';
import { requiredLiterals } from '../../../agent/redact/custom/required-literal.ts';

describe('redact/custom/required-literal', () => {
  for (const [pattern, literals] of literalRows()) {
    it(`finds ${literals?.join(', ') ?? 'none'} in ${pattern}`, () => {
      assert.deepEqual(
        requiredLiterals(parsePattern(pattern).root)?.toSorted(),
        literals?.toSorted(),
      );
    });
  }

  it('cuts a long literal', () => {
    const [literal] = requiredLiterals(parsePattern('a'.repeat(1000)).root) ?? [];

    assert.equal(literal, 'a'.repeat(32));
  });

  it('gives up an alternation of very many words', () => {
    const words = Array.from({ length: 300 }, (_, index) => `word${index}`).join('|');

    assert.equal(requiredLiterals(parsePattern(words).root), undefined);
  });
});

function literalRows(): [string, string[] | undefined][] {
  const kelvin = '\xe2\x84\xaa';
  const longS = '\xc5\xbf';
  return [
    ['(api_key=)(?P<mask>[^;]+)(;)', ['api_key=']],
    ['(A *= *)(?P<mask>\\w+)(END)', ['end']],
    ['\\bfoo\\b\\s+barbar', ['barbar']],
    ['https?://', ['http://', 'https://']],
    ['(?:foo|barbaz)x', ['foox', 'barbazx']],
    ['foo|bar', ['foo', 'bar']],
    ['foo|\\d+', undefined],
    ['(?:foo|\\d+)barbar', ['barbar']],
    ['(foo)*bar', ['bar']],
    ['(foo)?', undefined],
    ['(foo){0}bar', ['bar']],
    ['(foo){2}', ['foofoo']],
    ['(foo){2,}x', ['foofoo']],
    ['(foo)+x', ['foo']],
    ['[Ff]oo', ['foo']],
    ['[abc]oo', ['aoo', 'boo', 'coo']],
    ['[a-z]oo', ['oo']],
    ['[^a]oo', ['oo']],
    ['foo.bar1', ['bar1']],
    ['(?i)TOKEN', ['token', `to${kelvin}en`]],
    ['(?i)ssh', ['ssh', `${longS}sh`, `s${longS}h`, `${longS}${longS}h`]],
    ['(?i)paé1', ['pa']],
    ['über', ['Ã¼ber']],
    ['ab\\x{fffd}c', ['ab']],
    ['^$', undefined],
    ['.*', undefined],
    ['', undefined],
    ['a|b', ['a', 'b']],
  ];
}
