/** The globs of fileSelector; the expectations were compared with github.com/gobwas/glob v0.2.3. */

import assert from 'node:assert/strict';

import { compileGlob } from '../../../agent/redact/custom/glob.ts';
import { randomBelow } from '../../support/random.ts';

describe('redact/custom/glob', () => {
  for (const [glob, matching, others] of [
    ['a/b.json', ['a/b.json'], ['a/b.jso', 'a/b.jsonx', 'A/b.json', 'x/a/b.json', 'a/bxjson']],
    ['*.json', ['z.json', '.json'], ['x/y.json', 'z.json/']],
    ['**.json', ['z.json', 'x/y.json', 'x/y/z.json'], ['x/y.jso']],
    ['**/*.json', ['x/y.json', '/y.json', 'w/x/y.json'], ['z.json']],
    ['a/*', ['a/', 'a/b'], ['a', 'a/b/c']],
    ['a/**/b', ['a/x/b', 'a//b', 'a/x/y/b'], ['a/b']],
    ['a?c', ['abc', 'aéc', 'a😀c'], ['ac', 'a/c', 'abbc']],
    ['[abc]', ['a', 'b', 'c'], ['d', 'ab', '']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
    ['[!a]', ['b', '/'], ['a', 'bb']],
    ['[!a-c]', ['d', '-'], ['a', 'b', 'c']],
    ['[é-ü]', ['é', 'ô', 'ü'], ['a']],
    ['[.-0]', ['.', '/', '0'], ['1']],
    ['[a!]', ['a', '!'], ['b']],
    ['[-a]', ['a', '-'], ['b']],
    ['[a\\]]', ['a', ']'], ['\\']],
    ['{a,b}c', ['ac', 'bc'], ['c', 'abc', '{a,b}c']],
    ['{a*,b/**}.log', ['a.log', 'axy.log', 'b/x/y.log'], ['a/x.log', 'b.log']],
    ['x{,y}', ['x', 'xy'], ['xx', 'xyy']],
    ['{a,{b,c{d,e}}}f', ['af', 'bf', 'cdf', 'cef'], ['cf', 'abf', 'f']],
    ['\\*\\?\\{\\[\\\\', ['*?{[\\'], ['x?{[\\']],
    ['a,b', ['a,b'], ['a', 'b']],
    ['a}b]c', ['a}b]c'], ['abc']],
    ['', [''], ['a']],
    ['{a,b', ['a', 'b'], ['{a,b']],
    ['a\\', ['a'], ['a\\']],
  ] as const) {
    it(`${JSON.stringify(glob)} names ${matching.join(' ')}, and not ${others.join(' ')}`, () => {
      const isMatch = compileGlob(glob);

      assert.deepEqual(
        matching.filter((path) => !isMatch(path)),
        [],
      );
      assert.deepEqual(
        others.filter((path) => isMatch(path)),
        [],
      );
    });
  }

  for (const [glob, place] of [
    ['[z', 3],
    ['x/[', 4],
    ['[]', 2],
    ['[!]', 3],
    ['[]a]', 2],
    ['[b-a]', 2],
    ['[a-', 4],
    ['[a-z', 5],
    ['[a-z0-9]', 5],
    ['[\\-]', 5],
    ['[abc\\]', 7],
    ['é/a\0', 4],
    ['\uFFFD', 1],
    ['\uD800', 1],
  ] as const) {
    it(`refuses ${JSON.stringify(glob)} and names character ${place}`, () => {
      assert.throws(() => compileGlob(glob), {
        name: 'SyntaxError',
        message: new RegExp(`at character ${place}$`),
      });
    });
  }

  it('does not try every way to share a path among many stars', () => {
    const isMatch = compileGlob('**a**a**a**a**a**a**{a*,*a}**b');

    assert.equal(isMatch('a/'.repeat(50_000)), false);
    assert.equal(isMatch(`${'a/'.repeat(50_000)}b`), true);
  });

  it('takes any number of open groups', () => {
    assert.equal(compileGlob('{a,'.repeat(20_000))('a'), true);
  });

  it('agrees with a matcher that tries every way, on random globs and paths', () => {
    const random = randomBelow(7);
    const pick = (from: readonly string[]) => from[random(from.length)] ?? '';
    const text = (from: readonly string[], most: number) =>
      Array.from({ length: random(most) }, () => pick(from)).join('');

    for (let round = 0; round < 3000; round += 1) {
      const glob = text(['a', 'b', '/', '*', '**', '?', '[ab]', '[!a]', '{a,b/}', '{*,a{b,}}'], 6);
      const isMatch = compileGlob(glob);
      for (const path of Array.from({ length: 8 }, () => text(['a', 'b', '/', 'c'], 7))) {
        assert.equal(isMatch(path), isMatchByTrial(glob, path), `${glob} ${path}`);
      }
    }
  });
});

/** By JavaScript's own backtracking: fine for short ones. */
function isMatchByTrial(glob: string, path: string): boolean {
  const source = glob.replace(/\*\*|[*?{},]|\[!/g, (sign) => TRIAL[sign] ?? sign);
  return new RegExp(`^(?:${source})$`, 's').test(path);
}

const TRIAL: Record<string, string> = {
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
  '{': '(?:',
  '}': ')',
  ',': '|',
  '[!': '[^',
};
