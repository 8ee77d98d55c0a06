/** Many literals looked for at once. */

import assert from 'node:assert/strict';

import { literalFinder } from '../../../agent/redact/custom/literal-finder.ts';
import { latin1 } from '../../support/latin1.ts';
import { randomBelow } from '../../support/random.ts';

describe('redact/custom/literal-finder', () => {
  it('finds the literal that ends first', () => {
    const finder = literalFinder(['abcdef', 'cd']);

    assert.equal(next(finder, 'xxabcdef'), 'xxabcd'.length);
  });

  it('tells that no literal is there', () => {
    assert.equal(next(literalFinder(['abc']), 'ab ab ab'), -1);
  });

  it('finds nothing where there are no literals', () => {
    assert.equal(next(literalFinder([]), 'abc'), -1);
  });

  it('finds ASCII letters in either case, and other bytes as they are', () => {
    const finder = literalFinder(['pässword'].map(latin1));

    assert.equal(next(finder, latin1('PäSSWord')), 9);
    assert.equal(next(finder, latin1('PÄSSWord')), -1);
  });

  it('keeps to the span', () => {
    const bytes = Buffer.from('abcabc');
    const finder = literalFinder(['abc']);

    assert.equal(finder.next(bytes, { from: 1, to: 6 }), 6);
    assert.equal(finder.next(bytes, { from: 1, to: 5 }), -1);
  });

  it('tells of each literal, also of those within and at the end of others', () => {
    assert.deepEqual(
      each(['he', 'she', 'hers', 'his', 'e'], 'ushers'),
      ['she', 'he', 'e', 'hers'].toSorted(),
    );
  });

  it('tells of one that begins where another was not completed', () => {
    assert.deepEqual(each(['abcd', 'bce'], 'abce'), ['bce']);
  });

  it('finds what a search for each literal finds, in random texts', () => {
    const random = randomBelow(7);
    for (let round = 0; round < 300; round++) {
      const literals = [...new Set(Array.from({ length: 6 }, () => randomText(1 + random(5))))];
      const text = randomText(random(60));

      assert.deepEqual(
        each(literals, text),
        literals.flatMap((literal) => places(literal, text)).toSorted(),
      );
    }

    function randomText(length: number): string {
      return Array.from({ length }, () => 'abc\xe9'.charAt(random(4))).join('');
    }
  });

  it('holds a thousand literals', () => {
    const literals = Array.from({ length: 1000 }, (_, index) => `literal-${index}-`);
    const finder = literalFinder(literals);

    assert.equal(next(finder, `${'literal-'.repeat(1000)}999-`), 8004);
  });
});

function next(finder: ReturnType<typeof literalFinder>, text: string): number {
  const bytes = Buffer.from(text, 'latin1');
  return finder.next(bytes, { from: 0, to: bytes.length });
}

function each(literals: readonly string[], text: string): string[] {
  const found: string[] = [];
  const bytes = Buffer.from(text, 'latin1');
  literalFinder(literals).each(bytes, { from: 0, to: bytes.length }, (index) => {
    found.push(literals[index] ?? '');
  });
  return found.toSorted();
}

function places(literal: string, text: string): string[] {
  const found: string[] = [];
  for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + 1)) {
    found.push(literal);
  }
  return found;
}
