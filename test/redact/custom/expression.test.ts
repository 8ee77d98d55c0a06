/** One pattern on one line: the results are those of Go 1.26.8 with troubleshoot's template. */

import assert from 'node:assert/strict';

import { compileExpression } from '../../../agent/redact/custom/expression.ts';
import { PatternError } from '../../../agent/redact/custom/re2-cursor.ts';
import { latin1 } from '../../support/latin1.ts';
import { randomBelow } from '../../support/random.ts';

describe('redact/custom/expression', () => {
  describe('replacement', () => {
    for (const [pattern, text, replaced] of replacedRows()) {
      it(`makes ${JSON.stringify(replaced)} of ${JSON.stringify(text)} by ${pattern}`, () => {
        assert.equal(replace(pattern, text), replaced);
      });
    }

    it('is told once for each match that is changed', () => {
      let hidden = 0;
      const line = stretch('k=1 k=***HIDDEN*** k=2');
      compileExpression('(k=)(?P<mask>\\S+)').replace(line, () => hidden++);

      assert.equal(hidden, 2);
    });

    it('gives nothing where each match is replaced by itself', () => {
      assert.equal(replace('(a)', 'banana'), undefined);
    });
  });

  describe('bytes', () => {
    it('take a byte that is no UTF-8 for one character, U+FFFD', () => {
      assert.equal(bytes('(?P<mask>\\x{fffd}+)', 'a\xff\xc3b'), 'a***HIDDEN***b');
      assert.equal(bytes('^(.)(?P<mask>.)(.)$', '\xe2\x84x'), '\xe2***HIDDEN***x');
      assert.equal(bytes('^(?P<mask>...)$', '\xed\xa0\x80'), '***HIDDEN***');
    });

    it('of one character are not parted', () => {
      assert.equal(bytes('(é)(?P<mask>.)', latin1('éüx')), latin1('é***HIDDEN***x'));
      assert.equal(bytes('(?P<mask>\\xe9)', latin1('é')), '***HIDDEN***');
      assert.equal(bytes('(?P<mask>\\xc3)', latin1('é')), undefined);
    });

    it('outside of the line are not seen', () => {
      const line = { bytes: Buffer.from('xxabxx'), from: 2, to: 4 };

      assert.equal(
        compileExpression('^(?P<mask>ab)$').replace(line, () => undefined),
        '***HIDDEN***',
      );
      assert.equal(
        compileExpression('\\b(?P<mask>a)').replace(line, () => undefined),
        '***HIDDEN***b',
      );
      assert.equal(compileExpression('x').isIn(line), false);
    });

    it('of the Kelvin sign and the long s match k and s where case is ignored', () => {
      assert.equal(bytes('(?i)(?P<mask>token)', latin1('to\u212aen')), '***HIDDEN***');
      assert.equal(bytes('(?i)(?P<mask>pass)', latin1('paſS')), '***HIDDEN***');
      assert.equal(bytes('(?P<mask>token)', latin1('to\u212aen')), undefined);
    });
  });

  describe('on a line of 1 MB', () => {
    const size = 1_000_000;
    for (const [pattern, line] of heavyRows(size)) {
      it(`is done with ${pattern} on ${line.slice(0, 10)}… in time`, () => {
        const expression = compileExpression(pattern);

        assert.equal(expression.isIn(stretch(line)), false);
      }).timeout(30_000);
    }

    it('does not read the rest of the line for each of its matches', () => {
      const line = 'a'.repeat(2_000_000);
      let hidden = 0;
      compileExpression('a(.*b)?').replace(stretch(line), () => hidden++);

      assert.equal(hidden, line.length);
    }).timeout(30_000);
  });

  describe('on a line whose sets are too many for one table, or with a program too large for it', () => {
    for (const [pattern, line] of crowdedRows()) {
      it(`is done with ${pattern} on ${line.length} bytes in time`, () => {
        let hidden = 0;
        compileExpression(pattern).replace(stretch(line), () => hidden++);

        assert.equal(hidden, line.split('x').length - 1);
      }).timeout(30_000);
    }
  });

  it('finds the same by a pattern of thousands of instructions and classes', () => {
    const pattern = '(?P<mask>[ab]+)(?:(?:\\pL\\pN\\pS\\pP){900})?(x)';

    assert.equal(replace(pattern, `ab${'ba'.repeat(300)}x-bx`), '***HIDDEN***x-***HIDDEN***x');
    assert.equal(compileExpression(pattern).isIn(stretch('abab')), false);
  });

  it('takes a letter whose case is ignored only once in the pattern', () => {
    assert.equal(
      bytes('(?P<mask>(?i:k)k)', latin1('\u212ak k\u212a')),
      latin1('***HIDDEN*** k\u212a'),
    );
    assert.equal(
      bytes('(?P<mask>k(?i:k))', latin1('\u212ak k\u212a')),
      latin1('\u212ak ***HIDDEN***'),
    );
  });

  it('refuses a pattern that tells more characters apart than there are numbers for', () => {
    const characters = Array.from({ length: 40_000 }, (_, index) => 0x10000 + index * 2);

    assert.throws(
      () => compileExpression(`[${String.fromCodePoint(...characters)}]`),
      PatternError,
    );
    assert.doesNotThrow(() =>
      compileExpression(`[${String.fromCodePoint(...characters.slice(0, 30_000))}]`),
    );
  });

  it('finds the same on lines for which one table does not suffice', () => {
    const expression = compileExpression('(?P<mask>x[ac]{200}c)');
    const random = randomBelow(3);
    for (let round = 0; round < 10; round++) {
      // Each place is followed by other distances to a `c`: no two sets are the same.
      const text = Array.from({ length: 15_000 }, () => 'ac'.charAt(random(2))).join('');
      const line = `${text.slice(0, 7000)}x${text.slice(7000)}x${text}`;

      assert.equal(
        expression.replace(stretch(line), () => undefined) ?? line,
        line.replaceAll(/x[ac]{200}c/g, '***HIDDEN***'),
      );
    }
  }).timeout(30_000);
});

/** Each place has another set, or each `x` is looked for a `y`: quadratic where the line is read for each match. */
function crowdedRows(): [string, string][] {
  const random = randomBelow(7);
  const mixed = Array.from({ length: 400_000 }, () => 'xc'.charAt(random(2))).join('');
  return [
    ['(?P<mask>x.*y|x|q.{18}c)', mixed],
    ['(?P<mask>x.*y|x|\\bq.{18}c)', mixed],
    ['(?P<mask>x|q(?:\\pL\\pN\\pS\\pP){900}|x.*y)', 'x'.repeat(400_000)],
    ['(?P<mask>x|q(?:\\pL\\pN\\pS\\pP){900}|x.*y)', mixed.slice(0, 40_000)],
    ['(?P<mask>x|q[xc]{900}[xc]{900}c|x.*y)', mixed.slice(0, 20_000)],
  ];
}

function replacedRows(): [string, string, string | undefined][] {
  return [
    ['(pwd=)(?P<mask>[^;]*)(;)', 'a pwd=x; pwd=;', 'a pwd=***HIDDEN***; pwd=***HIDDEN***;'],
    ['abc', '1abc2', '12'],
    ['(a(b)c)', 'xabcx', 'xabcbx'],
    ['(?P<mask>(a)(?P<drop>b))', 'xabx', 'x***HIDDEN***ax'],
    ['(?P<drop>a+)b', 'xaabx', 'xx'],
    ['(a)?(?P<mask>b)', 'b ab', '***HIDDEN*** a***HIDDEN***'],
    ['(?P<host>a)(?P<host>b)', 'ab', 'aa'],
    ['(?:(?P<host>a)|(?P<host>b))-', 'a-b-', 'aabb'],
    ['(?P<2>a)(b)', 'ab', 'bb'],
    ['(?P<0>a)b', 'ab', undefined],
    ['(?P<9>a)b', 'ab', ''],
    ['(?P<01>a)b', 'ab', 'a'],
    ['(a|b)*c', 'abc', 'b'],
    ['(?P<mask>x*)', 'axb', '***HIDDEN***a***HIDDEN***b***HIDDEN***'],
    ['(?P<mask>)', latin1('é'), latin1('***HIDDEN***é***HIDDEN***')],
    ['(?P<mask>a*?)', 'aa', '***HIDDEN***a***HIDDEN***a***HIDDEN***'],
    ['(?P<mask>a|ab)(c|bcd)', 'abcd', '***HIDDEN***bcd'],
    ['(?U)(?P<mask>a+)', 'aa', '***HIDDEN******HIDDEN***'],
    ['(?P<mask>$)', 'a', 'a***HIDDEN***'],
    ['^(?P<mask>a)', 'aa', '***HIDDEN***a'],
    ['(?m)(?P<mask>a)$', 'a\ra', 'a\r***HIDDEN***'],
    ['(=)(?P<mask>.*)', 'k=v\r', 'k=***HIDDEN***'],
    ['(k=)(?P<mask>\\S+)', 'k=\v k=\xa0', 'k=***HIDDEN*** k=***HIDDEN***'],
    ['(?P<mask>(|a)+)b', 'aab', '***HIDDEN***a'],
    ['b', 'aaa', undefined],
  ];
}

function heavyRows(size: number): [string, string][] {
  const many = 'a'.repeat(size);
  return [
    ['(a+)+$', `${many}!`],
    ['((a|aa)*)b', many],
    ['(.*)*x', many],
    ['.*.*.*=(?P<mask>.*)', many],
    ['(a{1,30}){1,30}b', many],
    ['((x+)(x+)+)+y', 'x'.repeat(size)],
    [
      '\\b(\\w*:\\/\\/)([^:\\"\\/]*)(:)([^@\\"\\/]*)(@)([^:\\"\\/]*)(;)',
      'x://u:@@@'.repeat(size / 9),
    ],
    ['(?i)(password *= *)(?P<mask>[^;]+)(;)', 'password='.repeat(size / 9)],
    ['(?P<mask>[é-ü]+)x', 'Ã©'.repeat(size / 2)],
  ];
}

function replace(pattern: string, text: string): string | undefined {
  return compileExpression(pattern).replace(stretch(text), () => undefined);
}

function bytes(pattern: string, text: string): string | undefined {
  return replace(pattern, text);
}

function stretch(text: string): { bytes: Buffer; from: number; to: number } {
  return { bytes: Buffer.from(text, 'latin1'), from: 0, to: text.length };
}
