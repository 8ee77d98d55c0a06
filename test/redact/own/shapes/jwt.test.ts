/** JSON Web Tokens. */

import assert from 'node:assert/strict';

import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';

const HEADER = encoded('{"alg":"HS256","typ":"JWT"}');
const PAYLOAD = encoded('{"sub":"system:serviceaccount:default:app"}');
const SIGNATURE = 'dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
const TOKEN = `${HEADER}.${PAYLOAD}.${SIGNATURE}`;
const JWE_HEADER = encoded('{"alg":"RSA-OAEP","enc":"A256GCM"}');

describe('redact/own/shapes/jwt', () => {
  for (const [before, behind] of [
    ['', ''],
    ['Authorization: Bearer ', ''],
    ['{"token":"', '","a":1}'],
    [String.raw`{\"token\":\"`, String.raw`\"}`],
    ['token: ', '\r'],
    ['TOKEN=', ' other=1'],
    ['https://host/?id_token=', '&state=x'],
    ['https://host/#access_token%3D', '%26b'],
    [String.raw`\n`, String.raw`\n`],
    ['ghs_1234_', ''],
    ['(', ').'],
  ] as const) {
    it(`hides a token between ${before} and ${behind.trim()}`, () => {
      const { left, hidden } = redacted(`${before}${TOKEN}${behind}\n`);

      assert.equal(left, `${before}${MASK}${behind}\n`);
      assert.deepEqual(hidden, ['jwt']);
    });
  }

  for (const [name, token] of [
    ['of another order of names', `${encoded('{"typ":"JWT","alg":"RS256"}')}.${PAYLOAD}.x`],
    ['with white space in its header', `${encoded('{"alg" :\n "RS256"}')}.${PAYLOAD}.x`],
    ['without an algorithm', `${encoded('{"typ":"JWT"}')}.${PAYLOAD}.${SIGNATURE}`],
    ['without a signature', `${encoded('{"alg":"none"}')}.${PAYLOAD}.`],
    ['without a payload', `${HEADER}..${SIGNATURE}`],
    [
      'that is encrypted',
      `${JWE_HEADER}.${SIGNATURE}.48V1_ALb6US04U3b.5eym8TW_c8Su.XFBoMYUZodetZdv`,
    ],
    ['that is encrypted directly', `${JWE_HEADER}..48V1_ALb6US04U3b.5eym8TW_c8Su.XFBoMYUZodetZdv`],
  ] as const) {
    it(`hides a token ${name}, whole`, () => {
      assert.equal(redacted(`a ${token} b`).left, `a ${MASK} b`);
    });
  }

  for (const [name, text] of [
    ['two parts', `${HEADER}.${PAYLOAD}`],
    ['a header alone', `${HEADER}...`],
    ['a placeholder', 'eyJhbGciOi... eyJ.eyJ.x eyJhbGciOiJ.x.y'],
    ['what only begins like a header', `${encoded('{"name":"x"}')}.${PAYLOAD}.${SIGNATURE}`],
    ['a header that is no JSON', `${encoded('{"alg":"HS256"')}.${PAYLOAD}.${SIGNATURE}`],
    ['the middle of a word', `x${TOKEN}`],
    ['other parts', `${SIGNATURE}.${PAYLOAD.slice(3)}.${HEADER}`],
  ] as const) {
    it(`leaves ${name}`, () => {
      assert.equal(redacted(`a ${text} b`).left, `a ${text} b`);
    });
  }

  it('hides each of several', () => {
    const { left, hidden } = redacted(`${TOKEN} ${TOKEN},${TOKEN}`);

    assert.equal(left, `${MASK} ${MASK},${MASK}`);
    assert.deepEqual(hidden, ['jwt', 'jwt', 'jwt']);
  });

  it('hides a token of any length', () => {
    assert.equal(redacted(`a ${TOKEN}${'x'.repeat(5e6)} b`).left, `a ${MASK} b`);
  });
});

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function redacted(text: string): { readonly left: string; readonly hidden: readonly string[] } {
  const hidden: string[] = [];
  const redactor = shapeRules(new Set(['jwt'])).open('a.txt', (rule) => hidden.push(rule));
  return { left: redactor?.redact(text) ?? text, hidden };
}
