/** Patterns that are accepted and refused; both were asked of Go 1.26.8, regexp.Compile. */

import assert from 'node:assert/strict';

import { PatternError } from '../../../agent/redact/custom/re2-cursor.ts';
import { parsePattern } from '../../../agent/redact/custom/re2-syntax.ts';

describe('redact/custom/re2-syntax', () => {
  for (const pattern of acceptedPatterns()) {
    it(`accepts ${pattern}`, () => {
      assert.doesNotThrow(() => parsePattern(pattern));
    });
  }

  for (const [pattern, position, message] of refusedPatterns()) {
    it(`refuses ${pattern === '' ? 'nothing' : pattern} at ${position}`, () => {
      assert.throws(
        () => parsePattern(pattern),
        (error) => {
          assert.ok(error instanceof PatternError);
          assert.deepEqual([error.position, error.message], [position, message]);
          return true;
        },
      );
    });
  }

  it('counts a position in characters', () => {
    assert.throws(() => parsePattern('😀é('), { position: 3 });
  });

  it('names the groups in the order of their numbers, a name more than once', () => {
    const { groupNames } = parsePattern('(?P<mask>a(b)(?:c))|(?<host>d)(?P<mask>e)');

    assert.deepEqual(groupNames, ['mask', '', 'host', 'mask']);
  });

  it('takes for no group what is quoted, escaped or in a class', () => {
    assert.deepEqual(parsePattern('\\((a)[(]\\Q(b)\\E').groupNames, ['']);
  });

  it('gives the library the pattern without names', () => {
    assert.equal(parsePattern('(?P<mask>a)(?<mask>b)(?i:c)').forRe2js, '(a)(b)(?i:c)');
  });

  it('gives the library classes by the names that it knows', () => {
    assert.equal(
      parsePattern('\\p{greek}\\P{letter}\\p{^lu}').forRe2js,
      '\\p{Greek}\\P{L}\\p{^Lu}',
    );
    assert.equal(parsePattern('[[:]').forRe2js, '[\\[:]');
  });

  it('ends flags where their group ends', () => {
    const { root } = parsePattern('a(b(?i)c)d');

    assert.deepEqual(literalsIgnoringCase(root), [false, false, true, false]);
  });

  it('refuses a thousand nested groups, and more', () => {
    const nested = `${'('.repeat(5000)}a${')'.repeat(5000)}`;

    assert.throws(() => parsePattern(nested), { message: 'expression nests too deeply' });
  });

  it('refuses what would take some hundred thousand instructions', () => {
    assert.throws(() => parsePattern(`(?:${'abcdefghij'.repeat(20)}){1000}`), {
      message: 'expression too large',
      position: 1,
    });
  });
});

function acceptedPatterns(): string[] {
  return [
    '',
    'a\\;b',
    '(?P<n>a)(?P<n>b)',
    '(?<n>a)',
    '(?P<1>a)',
    '\\pL\\PN\\p{Greek}\\p{^Han}',
    '\\p{greek}\\p{letter}\\p{uppercase_letter}\\p{any}\\p{ascii}\\p{lc}',
    '\\Qa.b\\E+',
    '\\Qab',
    '(?U)a+',
    'a{1000}',
    '((a{10}){10}){10}',
    '(a{0}){1000}',
    'a{,5}',
    'a{2}?',
    'a{',
    'a{01}',
    'a{0}',
    '[\\w\\d\\S-_]',
    '[[:]',
    '[[:alpha:][:^digit:]]',
    '[\\d-a]',
    '[]a]',
    '[^]a]',
    '[a-]',
    '[--a]',
    '[[.a.]]',
    '\\01\\123\\x41\\x{1F600}',
    '(?i-s:a)(?-i)b',
    '(?)',
    '^*',
    '$+',
    '\\b{2}',
    '(|a)*',
    'a*(?i)*',
    '\\_\\-\\"',
    'a||b',
    '(?:)',
    'a*\\Q\\E*',
    '(?m:^)',
    '\\A\\z\\B',
  ];
}

function refusedPatterns(): [string, number, string][] {
  return [
    ['(a', 1, 'missing closing )'],
    ['a(b(c)', 2, 'missing closing )'],
    ['a)', 2, 'unexpected )'],
    ['ab[a', 3, 'missing closing ]'],
    ['[]', 1, 'missing closing ]'],
    ['*', 1, 'missing argument to repetition operator *'],
    ['a|+?', 3, 'missing argument to repetition operator +?'],
    ['(?i)*', 5, 'missing argument to repetition operator *'],
    ['ba**', 3, 'invalid nested repetition operator **'],
    ['a{2}{3}', 2, 'invalid nested repetition operator {2}{3}'],
    ['a{1001}', 2, 'invalid repeat count {1001}'],
    ['a{2,1}', 2, 'invalid repeat count {2,1}'],
    ['(a{100}){11}', 9, 'invalid repeat count {11}'],
    ['a{99999999999}', 2, 'invalid repeat count {99999999999}'],
    ['a\\q', 2, 'invalid escape sequence \\q'],
    ['\\C', 1, 'invalid escape sequence \\C'],
    ['\\Z', 1, 'invalid escape sequence \\Z'],
    ['\\xg1', 1, 'invalid escape sequence \\x'],
    ['\\x{110000}', 1, 'invalid escape sequence \\x'],
    ['[\\b]', 2, 'invalid escape sequence \\b'],
    ['\\é', 1, 'invalid escape sequence \\é'],
    ['(a)\\1', 4, 'back-references such as \\1 are not supported'],
    ['a\\', 2, 'trailing backslash'],
    ['a(?=b)', 2, 'look-ahead is not supported'],
    ['a(?!b)', 2, 'look-ahead is not supported'],
    ['(?<=b)', 1, 'look-behind is not supported'],
    ['(?<!b)', 1, 'look-behind is not supported'],
    ['(?P=n)', 1, 'invalid or unsupported syntax (?P'],
    ['(?-)', 1, 'invalid or unsupported syntax (?-)'],
    ['(?i', 1, 'invalid or unsupported syntax (?i'],
    ['(?x)', 1, 'invalid or unsupported syntax (?x'],
    ['(?P<a-b>c)', 1, 'invalid group name (?P<a-b>'],
    ['(?P<a', 1, 'invalid group name (?P<a'],
    ['[z-a]', 2, 'invalid range z-a'],
    ['[a-\\d]', 4, 'invalid escape sequence \\d'],
    ['[[:foo:]]', 2, 'invalid character class [:foo:]'],
    ['\\p{Klingon}', 1, 'invalid character class \\p{Klingon}'],
    ['\\p{Alphabetic}', 1, 'invalid character class \\p{Alphabetic}'],
    ['\\p', 1, 'invalid character class \\p'],
    ['\\p{Greek', 1, 'invalid character class \\p{Greek'],
  ];
}

function literalsIgnoringCase(node: ReturnType<typeof parsePattern>['root']): boolean[] {
  if (node.kind === 'literal') return [node.ignoresCase];
  return 'nodes' in node ? node.nodes.flatMap((part) => literalsIgnoringCase(part)) : [];
}
