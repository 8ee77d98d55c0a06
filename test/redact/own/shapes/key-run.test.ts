/** Parts of keys and what stands around them, in any order: over lines, in strings, cut and hidden already. */

import assert from 'node:assert/strict';

import { RULES_ON } from '../../../../agent/redact/names.ts';
import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';
import { seededRandom } from '../../../support/random.ts';
import { redactedPieces } from '../pieces.ts';
import { EC_KEY, pemOf, RSA_KEY, wrapped } from './keys.ts';

const ENCODED = encode(pemOf(EC_KEY));
const LINE = 'aB3dE6gH'.repeat(8);

const PARTS: readonly string[] = [
  wrapped(encode(pemOf(RSA_KEY)).slice(0, 400), 76).split('\n'),
  wrapped(ENCODED, 64).split('\n'),
  wrapped(EC_KEY.toString('base64'), 64).split('\n'),
  [EC_KEY.toString('base64'), EC_KEY.toString('base64url')],
  [ENCODED, LINE, LINE, LINE.slice(4), 'abcd', 'Zm8=', 'MIIE', 'MC4CAQAw'],
  ['-----BEGIN PRIV', 'ATE KEY-----\nMIIE', 'password=hunter2'].map(encode),
  ['\n', '\n', '\n', '\n', '\n    ', '\r\n'],
  [String.raw`\n`, String.raw`\r\n`, String.raw`\/`, '%2F', '"', ' ', '    ', '=', '/', '-', '+'],
  ['2026-01-02T00:00:01Z ', '2026-01-02T00:00:02Z ', '{"log":"', String.raw`\n","stream":"a"}`],
  ['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', '-----END EC PRIVATE KEY-----'],
  ['Private-Lines: 2', 'Private-Lines: 3', '---', 'done', 'a: b', MASK, 'AKIAIOSFODNN7EXAMPLE'],
  ['{', '}', '"kty":"RSA"', '"kty": "oct",', String.raw`\"kty\":\"EC\"`],
  ['"d":"abcd"', '"d": "x-_y",', '"k":"abcd",'],
].flat();

describe('redact/own/shapes/key-run', () => {
  it('gives the same again for what it gave', () => {
    for (let seed = 0; seed < 4000; seed++) {
      const left = redacted(randomText(seed));

      assert.equal(redacted(left), left, randomText(seed));
    }
  });

  it('gives the same wherever a text is cut, where nothing is told by a later line only', () => {
    for (let seed = 0; seed < 4000; seed++) {
      const text = randomText(seed).replaceAll('-----END', '-----DONE').replaceAll('kty', '{"kty');

      assert.equal(redacted(...text.split(/(?<=\n)/)), redacted(text), text);
    }
  });
});

const rules = shapeRules(new Set(RULES_ON));

/** @param pieces Of one file. */
function redacted(...pieces: readonly string[]): string {
  return redactedPieces(rules, pieces);
}

/** Half of the texts are of few parts. */
function randomText(seed: number): string {
  const random = seededRandom(seed);
  const pick = (parts: readonly string[]) => parts[Math.floor(random() * parts.length)] ?? '';
  const few = [...Array.from({ length: 6 }, () => pick(PARTS)), '\n'];
  const parts = random() < 0.5 ? PARTS : few;
  return Array.from({ length: 1 + Math.floor(random() * 25) }, () => pick(parts)).join('');
}

function encode(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}
