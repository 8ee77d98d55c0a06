/** The matches of a line, where its sets fit into one table and where they do not. */

import assert from 'node:assert/strict';

import { RE2JS } from 're2js';

import type { Bounds, Stretch } from '../../../agent/redact/custom/line-sets.ts';
import { type Search, search } from '../../../agent/redact/custom/matcher.ts';
import { toProgram } from '../../../agent/redact/custom/program.ts';
import { decodeRune } from '../../../agent/redact/custom/utf8.ts';
import { randomBelow } from '../../support/random.ts';

/** A segment for each place, and a few for the whole line; others in between. */
const BOUNDS: readonly (Bounds | undefined)[] = [
  undefined,
  { sets: 2, segments: 1000 },
  { sets: 2, segments: 4 },
  { sets: 3, segments: 5 },
  { sets: 5, segments: 1000 },
];

describe('redact/custom/matcher', () => {
  for (const [pattern, text] of borderRows()) {
    it(`finds the same in any segments: ${pattern} in ${JSON.stringify(text)}`, () => {
      assertSame(pattern, Buffer.from(text));
    });
  }

  for (const seed of [1, 2, 3, 4]) {
    it(`finds what re2js finds, whatever the pattern and the line (${seed})`, () => {
      const random = randomBelow(seed);
      for (let round = 0; round < 250; round++) {
        const pattern = randomPattern(random, 3);
        for (let line = 0; line < 4; line++) assertSame(pattern, randomLine(random));
      }
    }).timeout(30_000);
  }

  it('finds the same on one line after another, of other patterns too', () => {
    const random = randomBelow(5);
    const found = ['a|b.{3}a', '\\b.{3}(a|é)\\b', '(a|b.*é)'].map((pattern) => {
      const expression = RE2JS.compile(pattern);
      return {
        expression,
        searches: BOUNDS.map((bounds) => search(toProgram(expression), bounds)),
      };
    });
    for (let round = 0; round < 100; round++) {
      const line = whole(randomLine(random));
      for (const { expression, searches } of found) {
        const expected = matchesByRe2js(expression, line);
        for (const one of searches) assert.deepEqual(matches(one, line), expected);
      }
    }
  });
});

function borderRows(): [string, string][] {
  return [
    ['x.*y|x|q.{4}c', 'xcxxccxcccxxcxyxcxxcxccxqxcxcxccxcx'],
    ['(a+)(b.{3})?', 'aaabaaaaabababaaaab'],
    ['\\ba.{2}\\b|\\B.', 'ab ab abba a bab  ab ba'],
    ['^a|b$|^$', 'aabb'],
    ['^$', ''],
    ['(a*?)(?:b.{2})?', 'aababaabbabab'],
    ['é.{2}|(ü)\\b', 'éüéüüéééüéü-ü é'],
    ['(|a.{3}b)', 'aababbaabab'],
    ['[^é]+€.{3}', 'aé€é€€a€éaa€ab€ééa'],
  ];
}

function assertSame(pattern: string, line: Buffer): void {
  const expression = RE2JS.compile(pattern);
  const expected = matchesByRe2js(expression, whole(line));
  for (const bounds of BOUNDS) {
    const found = matches(search(toProgram(expression), bounds), whole(line));

    assert.deepEqual(found, expected, `${pattern} in ${line.toString('latin1')}, ${bounds?.sets}`);
  }
}

type Finder = Pick<Search, 'find' | 'slots'>;

function matches(engine: Search, line: Stretch): number[][] {
  return engine.prepare(line) ? allBy(engine, line) : [];
}

function matchesByRe2js(expression: RE2JS, line: Stretch): number[][] {
  const groups = expression.groupCount() + 1;
  const slots = new Int32Array(2 * groups);
  const find = (from: number): boolean => {
    const [isFound, ends] = expression.re2().matchWithGroup(line.bytes, from, line.to, 0, groups);
    slots.fill(-1);
    slots.set(ends ?? []);
    return isFound === true;
  };
  return allBy({ find, slots }, line);
}

function allBy({ find, slots }: Finder, { bytes, to }: Stretch): number[][] {
  const found: number[][] = [];
  let from = 0;
  while (from <= to && find(from)) {
    found.push([...slots]);
    const byte = bytes[from] ?? 0;
    const width = from >= to || byte < 0x80 ? 1 : decodeRune(bytes, from, to) & 7;
    from = Math.max(slots[1] ?? 0, from + width);
  }
  return found;
}

function whole(bytes: Buffer): Stretch {
  return { bytes, from: 0, to: bytes.length };
}

const ATOMS = ['a', 'b', 'é', '.', '[ab]', '[^a]', '\\w', '\\b', '\\B', '^', '$', '€', ''];
const REPEATS = ['*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{3}'];

function randomPattern(random: (below: number) => number, depth: number): string {
  const part = (): string => randomPattern(random, depth - 1);
  const one = (texts: readonly string[]): string => texts[random(texts.length)] ?? '';
  switch (depth === 0 ? 0 : random(5)) {
    case 0:
      return one(ATOMS);
    case 1:
      return `${part()}${part()}`;
    case 2:
      return `(${part()}|${part()})`;
    case 3:
      return `(?:${part()})${one(REPEATS)}`;
    default:
      return `(${part()})${part()}`;
  }
}

/** With characters of one to three bytes, and bytes that are none. */
function randomLine(random: (below: number) => number): Buffer {
  const pieces = ['a', 'b', ' ', 'é', '€'].map((text) => Buffer.from(text));
  pieces.push(Buffer.from([0xff]), Buffer.from('a'), Buffer.from('b'));
  return Buffer.concat(
    Array.from({ length: random(40) }, () => pieces[random(pieces.length)] ?? Buffer.of()),
  );
}
