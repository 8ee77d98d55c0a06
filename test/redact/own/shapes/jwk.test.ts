/** Private and symmetric keys in JSON: in one line and over several, in any order of their members. */

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';

import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';
import { redactedAtRest, redactedPieces } from '../pieces.ts';

const RULE = 'pem-private-key';

type Members = Readonly<Record<string, unknown>>;

const VALUE = 'aB3_-dE6'.repeat(6);
const SECRET_NAMES = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'priv'];

const RSA: Members = {
  ...generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' }),
  kid: 'one',
  use: 'sig',
};
const MORE_PRIMES: Members = { ...RSA, oth: [{ r: VALUE, d: VALUE, t: VALUE }] };
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  format: 'jwk',
}) as Members;
const OKP = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as Members;
const OCT: Members = { kty: 'oct', k: VALUE, kid: 'four', alg: 'HS256', d: 'no-secret' };

const KEYS: readonly (readonly [name: string, key: Members, hidden: Members])[] = [
  ['RSA', RSA, masked(RSA, SECRET_NAMES)],
  [
    'RSA with more primes',
    MORE_PRIMES,
    { ...masked(RSA, SECRET_NAMES), oth: [{ r: MASK, d: MASK, t: MASK }] },
  ],
  ['EC', EC, masked(EC, SECRET_NAMES)],
  ['OKP', OKP, masked(OKP, SECRET_NAMES)],
  [
    'AKP',
    { kty: 'AKP', alg: 'ML-DSA-44', priv: VALUE, pub: VALUE },
    { kty: 'AKP', alg: 'ML-DSA-44', priv: MASK, pub: VALUE },
  ],
  ['a symmetric key', OCT, masked(OCT, ['k'])],
];

const PUBLIC: readonly Members[] = [RSA, EC, OKP].map((key) =>
  Object.fromEntries(Object.entries(key).filter(([name]) => !SECRET_NAMES.includes(name))),
);

/** What does not tell a key from its neighbours. */
const OTHER: Members = { d: VALUE, k: VALUE, p: VALUE, q: VALUE };

describe('redact/own/shapes/jwk', () => {
  for (const [name, key, hidden] of KEYS) {
    for (const [order, ordered, orderedHidden] of [
      ['as it is', key, hidden],
      ['sorted', sorted(key), sorted(hidden)],
      ['with its type last', typeLast(key), typeLast(hidden)],
    ] as const) {
      it(`hides what is private of ${name}, ${order}, in one line and over several`, () => {
        for (const indent of [undefined, 1, 2, '\t']) {
          for (const [value, expected] of [
            [ordered, orderedHidden],
            [
              { before: OTHER, keys: [OTHER, ordered, PUBLIC[0], ordered, OTHER], behind: OTHER },
              {
                before: OTHER,
                keys: [OTHER, orderedHidden, PUBLIC[0], orderedHidden, OTHER],
                behind: OTHER,
              },
            ],
          ]) {
            const text = JSON.stringify(value, undefined, indent);

            assert.equal(redacted(text), JSON.stringify(expected, undefined, indent));
            assert.equal(
              redacted(`a\n${text}\n"d": "${VALUE}"\n`),
              `a\n${JSON.stringify(expected, undefined, indent)}\n"d": "${VALUE}"\n`,
            );
          }
        }
      });
    }

    it(`hides what is private of ${name} in strings`, () => {
      let [text, expected] = [JSON.stringify(key), JSON.stringify(hidden)];
      for (let depth = 0; depth < 3; depth++) {
        text = JSON.stringify({ a: text, n: 1 });
        expected = JSON.stringify({ a: expected, n: 1 });
        assert.equal(redacted(`2026-08-21 ${text}\n`), `2026-08-21 ${expected}\n`);
      }
    });

    it(`hides what is private of ${name} over lines of a log`, () => {
      const [text, expected] = [key, hidden].map((one) =>
        JSON.stringify(sorted(one), undefined, 2)
          .split('\n')
          .map((line, at) => `2026-08-21T10:00:0${at}Z stdout F ${line}`)
          .join('\n'),
      );

      assert.equal(redacted(text ?? ''), expected);
    });
  }

  it('hides it wherever lines behind the type are cut into pieces', () => {
    for (const [, key, hidden] of KEYS) {
      const { kty, ...rest } = key;
      const text = JSON.stringify({ keys: [{ kty, ...rest }, OTHER] }, undefined, 2);
      const expected = JSON.stringify({ keys: [{ ...hidden, kty }, OTHER] }, undefined, 2);

      assert.deepEqual(JSON.parse(once(...text.split(/(?<=\n)/))), JSON.parse(expected));
    }
  });

  it('hides it in objects that are cut, behind talk of keys, and in the other alphabet', () => {
    for (const [text, left] of [
      ['"n": "a",\n"d": "VALUE",\n"kty": "RSA"\n', '"n": "a",\n"d": "MASK",\n"kty": "RSA"\n'],
      ['{"kty":"EC",\n"d": "VALUE",\n"x"', '{"kty":"EC",\n"d": "MASK",\n"x"'],
      ['{"kty":"EC",\n{"kty":"oct",\n"k":"VALUE"}', '{"kty":"EC",\n{"kty":"oct",\n"k":"MASK"}'],
      [
        '-----BEGIN PRIVATE KEY-----\n\n{"kty":"EC",\n "d":"+/+a/B"}',
        '-----BEGIN PRIVATE KEY-----\n\n{"kty":"EC",\n "d":"MASK"}',
      ],
    ] as const) {
      assert.equal(redacted(text.replace('VALUE', VALUE)), left.replace('MASK', MASK));
    }
  });

  it('counts each value', () => {
    const hidden: string[] = [];
    const redactor = shapeRules(new Set([RULE])).open('a.json', (rule) => hidden.push(rule));
    redactor?.redact(JSON.stringify(sorted(RSA), undefined, 2));

    assert.deepEqual(
      hidden,
      Array.from({ length: 6 }, () => RULE),
    );
  });

  it('leaves public keys, and members of what is no key', () => {
    for (const value of [
      { keys: PUBLIC },
      OTHER,
      [OTHER, ...PUBLIC, OTHER],
      { kty: 'other', ...OTHER },
      { kty: 1, ...OTHER },
      { kty: 'RSA', e: 'AQAB', k: VALUE, dd: VALUE, d: '', p: null },
      { kty: 'oct', d: VALUE },
    ]) {
      for (const indent of [undefined, 2]) {
        const text = JSON.stringify(value, undefined, indent);

        assert.equal(redacted(text), text);
      }
    }
  });

  it('does not look for an end for ever', () => {
    const member = `"d": "${VALUE}",\n`;
    const left = redacted(`{"kty":"EC",\n${member.repeat(2000)}`);

    assert.equal(left.split(MASK).length - 1, 1000);
  });

  for (const unit of [
    '"kty":"RSA"',
    '{"kty":"RSA",',
    '"kty":"RSA"}',
    '}',
    '{',
    '"kty',
    '"d":"',
    `"d":"${VALUE}",`,
  ]) {
    for (const end of ['', '\n']) {
      it(`is through with ${JSON.stringify(unit + end)} again and again`, () => {
        const text = (unit + end).repeat(500_000 / unit.length);
        once(`${text}"kty":"EC"\n${text}`);
      });
    }
  }
});

const rules = shapeRules(new Set([RULE]));

function redacted(text: string): string {
  return redactedAtRest(rules, text);
}

/** @param pieces Of one file. */
function once(...pieces: readonly string[]): string {
  return redactedPieces(rules, pieces);
}

function masked(key: Members, names: readonly string[]): Members {
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => [name, names.includes(name) ? MASK : value]),
  );
}

function sorted(key: Members): Members {
  return Object.fromEntries(
    Object.entries(key).toSorted(([first], [second]) => (first < second ? -1 : 1)),
  );
}

function typeLast({ kty, ...rest }: Members): Members {
  return { ...rest, kty };
}
