/** Secrets inside of base64. */

import assert from 'node:assert/strict';

import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';

const KEY = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADAN'.repeat(6)}\n-----END PRIVATE KEY-----\n`;
const JWT = `${encode('{"alg":"none"}', 'base64url')}.${encode('{"a":1}', 'base64url')}.c2ln`;

const SECRETS: readonly (readonly [name: string, text: string])[] = [
  ['a private key', KEY],
  ['a JWT', JWT],
  ['a Google account', '{"private_key_id":"a0b1c2d3e4f5"}'],
  ['an AWS key', 'AKIAIOSFODNN7EXAMPLE'],
  ['a GitHub token', `ghs_${'a1B2c3'.repeat(6)}`],
  ['an Azure key', `AccountKey=${'aB3d'.repeat(12)}`],
  ['a Slack token', `xoxb-1234567890-${'aB3d'.repeat(6)}`],
  ['a vendor token', `sk-ant-api03-${'aB3d'.repeat(12)}`],
  ['a Telegram token', `123456789:AA${'aB3'.repeat(11)}`],
  ['a setting', 'password=hunter2'],
  ['a setting in capital letters', 'DB_PASSWORD=hunter2'],
  ['a setting in mixed letters', 'export Db_Passwd=hunter2'],
  ['a JSON field', '{"clientSecret": "hunter2"}'],
  ['a JSON field in JSON', String.raw`{"a":"{\"token\":\"hunter2\"}"}`],
  ['a YAML field', 'api_key: hunter2'],
  ['a YAML field in single quotes', "passphrase: 'hunter2'"],
  ['an AWS setting', 'aws_secret_access_key = abcdefgh'],
  ['a password in a URL', 'postgres://user:hunter2@host:5432/db'],
  ['a password without a user', 'redis://:hunter2@host'],
];

const NO_SECRETS: readonly (readonly [name: string, text: string])[] = [
  ['a certificate', KEY.replaceAll('PRIVATE KEY', 'CERTIFICATE')],
  ['a sentence', 'The quick brown fox jumps over the lazy dog, and back again.'],
  ['a name without a value', '{"password":"","token":null}'],
  ['a reference', 'password=${DB_PASSWORD} token={{ .Values.token }} secret=$(cat x)'],
  ['a longer name', 'secretName: tls, tokenExpirationSeconds: 3600'],
  ['a URL without a password', 'https://host:8443/path?a=user@example.com'],
  ['a URL with a user', 'https://user@host:8443/path'],
  ['masks', `password=${MASK} {"token":"${MASK}"} a://b:${MASK}@host`],
  ['a masked key', `-----BEGIN PRIVATE KEY-----\n${MASK}\n-----END PRIVATE KEY-----`],
  ['a near miss', 'AKIAIOSFODNN7EXAMPL and ghp_1234'],
];

/** Text before and behind, so that what is looked for begins anywhere in a group of three bytes. */
const SHIFTS = ['', ' ', '\n#', 'xy ', 'line: 1\n'];

describe('redact/own/shapes/base64', () => {
  for (const [name, secret] of SECRETS) {
    it(`hides ${name}, wherever in the base64 it stands`, () => {
      for (const encoding of ['base64', 'base64url'] as const) {
        for (const shift of SHIFTS) {
          const once = encode(`${shift}${secret} ${shift}`, encoding);
          const twice = encode(once, encoding);
          const bare = once.replaceAll('=', '');

          assert.equal(redacted(`a: ${once}\n`), `a: ${MASK}\n`);
          assert.equal(redacted(`a: ${twice}\n`), `a: ${MASK}\n`);
          assert.equal(redacted(`a: ${bare}\n`), `a: ${MASK}\n`);
        }
      }
    });
  }

  for (const [name, text] of NO_SECRETS) {
    it(`leaves ${name}`, () => {
      for (const shift of SHIFTS) {
        const once = encode(`${shift}${text}`, 'base64');

        assert.equal(redacted(`a: ${once}\n`), `a: ${once}\n`);
        assert.equal(redacted(encode(once, 'base64')), encode(once, 'base64'));
      }
    });
  }

  for (const [place, before, behind] of [
    ['JSON', '{"data":{"a":"', '"},"b":1}'],
    ['JSON in JSON', String.raw`"{\"data\":\"`, String.raw`\"}"`],
    ['YAML', '  config.json: ', ''],
    ['the environment', 'CONFIG=', ' OTHER=1'],
    ['an escaped line', String.raw`first\n`, String.raw`\nlast`],
    ['an encoded query', '?a%3D', '&b'],
    ['an escaped sign', String.raw`a\u003d`, String.raw`\u0026`],
    ['a data URL', 'data:text/plain;base64,', ')'],
  ] as const) {
    it(`keeps ${place} around it`, () => {
      const text = encode('user=admin\npassword=hunter2\n', 'base64');

      assert.equal(redacted(`${before}${text}${behind}\n`), `${before}${MASK}${behind}\n`);
    });
  }

  it('hides base64 that other characters of it stand before', () => {
    for (const before of ['x', 'xy', 'xyz', '/path/to/', 'name-', 'name_']) {
      const text = `${before}${encode('password=hunter2 ', 'base64url')}`;

      assert.equal(redacted(`[${text}]`), `[${MASK}]`);
    }
  });

  it('hides each of several and counts them', () => {
    const text = encode('password=hunter2', 'base64');
    const hidden: string[] = [];
    const redactor = rules.open('a.txt', (rule) => hidden.push(rule));

    assert.equal(redactor?.redact(`${text} ${text},${text}`), `${MASK} ${MASK},${MASK}`);
    assert.deepEqual(hidden, ['base64-secret', 'base64-secret', 'base64-secret']);
  });

  it('leaves what is too short', () => {
    assert.equal(encode('token=hunte', 'base64url').length, 15);
    assert.equal(redacted('dG9rZW49aHVudGU'), 'dG9rZW49aHVudGU');
    assert.equal(redacted('dG9rZW49aHVudGVy'), MASK);
  });

  it('leaves what is encoded three times', () => {
    const thrice = encode(encode(encode('password=hunter2', 'base64'), 'base64'), 'base64');

    assert.equal(redacted(thrice), thrice);
  });
});

function encode(text: string, encoding: 'base64' | 'base64url'): string {
  return Buffer.from(text, 'latin1').toString(encoding);
}

const rules = shapeRules(new Set(['base64-secret']));

function redacted(text: string): string {
  return rules.open('a.txt', () => undefined)?.redact(text) ?? text;
}
