/** Seeds, and the search for many of them in one pass. */

import assert from 'node:assert/strict';

import { base64Seeds, type Seed, seedOf } from '../../../../agent/redact/own/shapes/seed.ts';
import { NOWHERE, seedFinder } from '../../../../agent/redact/own/shapes/seed-finder.ts';
import { seededRandom } from '../../../support/random.ts';

describe('redact/own/shapes/seed', () => {
  it('reads characters, escapes and classes', () => {
    assert.deepEqual(texts(seedOf(String.raw`a\.[b-d_][\-x]`)), ['a', '.', 'bcd_', '-x']);
    assert.deepEqual(texts(seedOf('p1', { ignoresCase: true })), ['pP', '1']);
    assert.equal(seedOf(String.raw`\w`)[0]?.length, 63);
    assert.equal(seedOf(String.raw`[\w-]`)[0]?.length, 64);
  });

  for (const source of ['a+', 'a|b', '(a)', 'a.b$', 'a{2}', '[a', '^a', 'a?']) {
    it(`does not take ${source}, which is more than one text of one length`, () => {
      assert.throws(() => seedOf(source));
    });
  }

  it('knows a text inside of base64, wherever it begins there', () => {
    const random = seededRandom(1);
    for (const word of ['AKIA', 'passw', '://a', 'eyJh', '~~~>>>???', 'private_key']) {
      const finder = seedFinder(base64Seeds(seedOf(word.replaceAll('?', String.raw`\?`))));
      const twice = seedFinder(
        base64Seeds(seedOf(word.replaceAll('?', String.raw`\?`))).flatMap(base64Seeds),
      );
      for (let length = 0; length < 30; length++) {
        const around = () => Array.from({ length }, () => Math.floor(random() * 256));
        const bytes = Buffer.from([...around(), ...Buffer.from(word), ...around(), 1, 2]);
        for (const encoding of ['base64', 'base64url'] as const) {
          const once = bytes.toString(encoding);

          finder.load(once);
          assert.notEqual(finder.next(0), NOWHERE, once);
          twice.load(Buffer.from(once).toString(encoding));
          assert.notEqual(twice.next(0), NOWHERE, once);
        }
      }
    }
  });
});

describe('redact/own/shapes/seed-finder', () => {
  const SEEDS = ['AKIA', 'gh[op]_', 'private_key', 'sk-[a-z]', 'ABAB'].map((source) =>
    seedOf(source),
  );

  it('finds what a search at every place finds', () => {
    const finder = seedFinder(SEEDS);
    const pattern = /(?=AKIA|gh[op]_|private_key|sk-[a-z]|ABAB)/g;
    const random = seededRandom(2);
    const parts = [
      'AKIA',
      'AKI',
      'gho_',
      'gh',
      '_',
      'private_key',
      'private',
      'sk-',
      'a',
      'AB',
      'A',
      '\n',
      '\xff',
    ];
    for (let turn = 0; turn < 3000; turn++) {
      const picked = Array.from({ length: 8 }, () => parts[Math.floor(random() * parts.length)]);
      const text = picked.join('');
      const expected = Array.from(text.matchAll(pattern), (match) => match.index);

      finder.load(text);
      const starts = new Set<number>();
      for (let at = finder.next(0); at !== NOWHERE; at = finder.next(at + 1)) {
        for (const { start } of finder.placesAt(at)) starts.add(start);
      }

      assert.deepEqual(
        [...starts].toSorted((a, b) => a - b),
        expected,
        text,
      );
    }
  });

  it('tells which seed it is, and where it begins', () => {
    const finder = seedFinder(SEEDS);
    finder.load('x private_key');

    const places = finder.placesAt(finder.next(0));

    assert.deepEqual(places, [{ seed: 2, start: 2 }]);
  });

  it('finds nothing before the place it is asked from', () => {
    const finder = seedFinder(SEEDS);
    finder.load('AKIA  AKIA');

    assert.equal(finder.next(0), 0);
    assert.equal(finder.next(1), 6);
    assert.equal(finder.next(6), 6);
    assert.equal(finder.next(7), NOWHERE);
  });

  it('forgets the text before', () => {
    const finder = seedFinder(SEEDS);
    finder.load(`${'x'.repeat(100)}AKIA`);
    finder.load('AKI');

    assert.equal(finder.next(0), NOWHERE);
  });

  it('takes no seed that is too short, or stands for too much', () => {
    assert.throws(() => seedFinder([seedOf('AKI')]));
    assert.throws(() => seedFinder([seedOf(String.raw`\w\w\w\w`)]));
  });
});

function texts(seed: Seed): readonly string[] {
  return seed.map((bytes) => Buffer.from(bytes).toString('latin1'));
}
