/** The lines that a rule could change: found by three characters of each seed, as by the seeds' own patterns. */

import assert from 'node:assert/strict';

import { prefilter } from '../../../../agent/redact/own/context/prefilter.ts';
import { randomBelow } from '../../../support/random.ts';

const SEEDS = [
  '@',
  'key',
  'ken',
  'cre[td]',
  'pw[^a-z]',
  'k[_.-]?url',
  '[ \t]auth[ \t]',
  String.raw`-user["',\\\r\n= \t]`,
  ':[1-9][0-9]?[0-9]?:[a-z_*]',
  String.raw`"[ ]\\"[!#-~]{1,64}\\?"(?:$|[\\\r\n])`,
  '[$](?:apr1|argo)',
  'psk|jwt',
];

describe('redact/own/context/prefilter', () => {
  it('finds a seed at both ends of a text, in any case, at odd and even places', () => {
    for (const text of ['key', 'KEN', 'xcret', ' xKeY', 'a@', '$apr1', 'a jwt', 'x" \\"y"\n']) {
      assert.deepEqual(placesBy(prefilter(SEEDS)(text), text), [...expectedPlaces(text)], text);
    }
  });

  it('finds nothing where no seed stands', () => {
    for (const text of ['', 'k', 'ke', 'k3y', 'pwa', 'apr1']) {
      assert.equal(prefilter(SEEDS)(text)(0), -1, text);
    }
  });

  it("finds the lines that the seeds' patterns find, in random texts", () => {
    const below = randomBelow(11);
    const parts = [
      'key',
      'K',
      'en',
      'cre',
      'd',
      'pw',
      ' ',
      'auth',
      '\t',
      '-user',
      '=',
      '\n',
      ':',
      '1',
    ];
    parts.push('22', 'a', '" \\"', '"', '$ap', 'r1', 'url', '_', 'ps', 'k', '\xe9', '@');
    for (let round = 0; round < 3_000; round++) {
      const text = Array.from({ length: below(30) }, () => parts[below(parts.length)] ?? '').join(
        '',
      );

      assert.deepEqual(placesBy(prefilter(SEEDS)(text), text), [...expectedPlaces(text)], text);
    }
  });
});

/** Starts of the lines with a seed, asked for line by line. */
function placesBy(next: (from: number) => number, text: string): readonly number[] {
  const starts: number[] = [];
  for (let from = 0; from < text.length; ) {
    const at = next(from);
    if (at === -1) break;
    starts.push(at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1);
    const end = text.indexOf('\n', at);
    from = end === -1 ? text.length : end + 1;
  }
  return starts;
}

function* expectedPlaces(text: string): Generator<number> {
  const pattern = new RegExp(SEEDS.join('|'), 'i');
  for (const { 0: line, index } of text.matchAll(/[^\n]*\n|[^\n]+$/g)) {
    if (pattern.test(line)) yield index;
  }
}
