/** The second look's shapes one by one: in all their variants, passed over with their rules, and what is close to them. */

import assert from 'node:assert/strict';

import { SecondLook } from '../../agent/redact/second-look.ts';

const BODY = 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIB';
const PEM = `-----BEGIN PRIVATE KEY-----\n${BODY}\n-----END PRIVATE KEY-----`;
const AWS = 'AKIAABCD2345EFGH6789';
const GITHUB = `ghp_${'a1B2'.repeat(9)}`;
const GOOGLE = `AIza${'Sy0-_'.repeat(7)}`;
const NPM = `npm_${'aB3c'.repeat(9)}`;
const STRIPE = `sk_live_${'aB3c'.repeat(6)}`;
const JWT = jwtOf({ alg: 'RS256' });

/** By the shape, the rule that should have hidden it. */
const VARIANTS: readonly (readonly [shape: string, rule: string, texts: readonly string[]])[] = [
  [
    'google-private-key',
    'gcp-key',
    [
      `"private_key":"${PEM}"`,
      `"private_key" \t: \t"${PEM}"`,
      `"private_key":"${PEM.replace('BEGIN', 'BEGIN RSA')}"`,
      `"private_key":"${PEM.replace('BEGIN', 'BEGIN X25519')}"`,
      `\\"private_key\\":\\"${PEM}\\"`,
    ],
  ],
  [
    'pem-private-key',
    'pem-private-key',
    [
      PEM,
      ...['RSA', 'OPENSSH', 'X25519', 'ENCRYPTED A B C'].map((kind) =>
        PEM.replace('BEGIN', `BEGIN ${kind}`),
      ),
      `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${BODY}`,
      `-----BEGIN PRIVATE KEY-----\n${'aB3/'.repeat(10)}`,
      `-----BEGIN PRIVATE KEY-----\n${'aB3+'.repeat(10)}`,
    ],
  ],
  [
    'jwt',
    'jwt',
    [
      JWT,
      jwtOf({ typ: 'JWT' }),
      jwtOf({ alg: 'none' }).replace(/\..*\./, '..'),
      jwtOf({ alg: '~~~?>>' }),
      `${JWT.slice(0, JWT.lastIndexOf('.'))}.-a_b-c-d`,
      JWT.replace('.eyJ', '.e-_yJ'),
    ],
  ],
  ['aws-access-key-id', 'aws-key', [AWS, `ASIA${AWS.slice(4)}`]],
  ['google-api-key', 'gcp-key', [GOOGLE, `AIza-${GOOGLE.slice(5)}`]],
  [
    'azure-account-key',
    'azure-key',
    [
      `AccountKey=${'aB3/'.repeat(21)}aB==`,
      `xAccountKey=${'aB3+'.repeat(10)}=`,
      `AccountKey=${'a0Zz'.repeat(10)}=`,
    ],
  ],
  [
    'github-token',
    'github-token',
    [
      ...Array.from('opusr', (kind) => GITHUB.replace('ghp', `gh${kind}`)),
      `xgithub_pat_${'a1_'.repeat(12)}`,
    ],
  ],
  [
    'gitlab-token',
    'gitlab-token',
    ['A', '_', 'a-A', 'a-_'].map((one) => `xglpat-${one}${'a3-'.repeat(7)}`),
  ],
  [
    'slack-token',
    'slack-token',
    [...Array.from('abprs', (kind) => `xox${kind}`), 'xapp'].flatMap((begin) => [
      `x${begin}-A${'a3-'.repeat(7)}`,
      `${begin}-${'a3-'.repeat(7)}_`,
    ]),
  ],
  ['stripe-key', 'stripe-key', [STRIPE, `r${STRIPE.slice(1)}`]],
  ['npm-token', 'npm-token', [NPM]],
  [
    'password-in-url',
    'url-credentials',
    [
      ...['http', 's3', 'X'].map((scheme) => `${scheme}://a:Wq7tulip@host`),
      String.raw`http:\/\/a:Wq7tulip@host`,
      'http://a:Wq7tulip@[::1]',
      'http://a:Wq7tulip@*',
      'http://:Wq7tulip@9',
    ],
  ],
];

/** Parts of words for which these must stand alone. */
const IN_WORDS: readonly string[] = [AWS, GITHUB, GOOGLE, JWT, NPM, STRIPE];
/** Where what stands before them could be in their own alphabet. */
const IN_BASE64: readonly string[] = [GOOGLE, JWT];
const CUT_BEHIND: readonly string[] = [AWS, NPM];

const ESCAPES = [
  ...Array.from('nrtbf', (letter) => `\\${letter}`),
  ...words(String.raw`%0A %3d %Af \u003d \u00AF \u00af`),
  ...words('\u001b[32m \u001b[1;32m \u001b[0m'),
];

const HARMLESS: readonly string[] = [
  `"private_key":"-----BEGIN PUBLIC KEY-----\n${BODY}`,
  ...['aaaa', 'AAAA', '0000', 'aaAA', 'aa00', 'AA00'].map(
    (unit) => `-----BEGIN PRIVATE KEY-----\n${unit.repeat(12)}`,
  ),
  `-----BEGIN PRIVATE KEY-----\n${BODY.slice(0, 39)}`,
  `-----BEGIN PRIVATE KEY----- and -----BEGIN CERTIFICATE-----\n${BODY}`,
  `-----BEGIN private KEY-----\n${BODY}`,
  jwtOf({ kid: 'only this' }),
  jwtOf(['alg']),
  'eyJhbGciOiJS.eyJhbGciOiJS.eyJhbGciOiJS',
  JWT.slice(0, JWT.lastIndexOf('.') + 8),
  `${AWS.slice(0, -1)} ${AWS}0`,
  AWS.toLowerCase(),
  `${GOOGLE.slice(0, -1)} ${GOOGLE}x ${GOOGLE}+ ${GOOGLE}/ ${GOOGLE}- ${GOOGLE}_`,
  `AccountKey=${'aB3/'.repeat(21)}`,
  `AccountKey=${'aB3/'.repeat(9)}aB==`,
  GITHUB.slice(0, -1),
  'github_pat_of_an_old_and_forgotten_robot',
  `glpat-${'a3-'.repeat(7)}`,
  `glpat-A${'a3-'.repeat(6)}`,
  `xoxb-${'a3-'.repeat(9)}`,
  `xapp-A${'a3-'.repeat(6)}`,
  `pk_live_${'aB3c'.repeat(6)} k_live_${'aB3c'.repeat(6)}`,
  STRIPE.slice(0, 23),
  `${NPM.slice(0, -1)} ${NPM}0 ${NPM}z ${NPM}Z`,
  ...Array.from(`?#"'<>[]()|^ \t`, (one) => `http://a${one}b:Wq7tulip@host`),
  ...Array.from(`?#"'<> \t`, (one) => `http://a:Wq7${one}tulip@host`),
  ...words('http://a:Wq7tulip@ http://a:Wq7tulip@-x http://a:Wq7tulip@$HOST a:Wq7tulip@host'),
  ...words('://a:Wq7tulip@host -://a:Wq7tulip@host http:/a:Wq7tulip@host'),
  ...['256', '512'].map((bits) => `docker-pullable://nginx:1.27@sha${bits}:0123`),
];

const PLACEHOLDERS = [
  ...words('pass passwd password pwd pw secret token xxx xxxxxxxx ... redacted Hidden %s %v %q'),
  ...words(
    '$A $DB_PASSWORD_2 $_A0 ${a} $(a) {a} [a] (a) {{a.b}} $[a] *** ***HIDDEN******HIDDEN***',
  ),
  ...Array.from(',;)|&', (one) => `8080${one}other`),
  '{{ a.b }}',
];

const NO_PLACEHOLDERS = words(
  'passw password1 mysecret xx .. %d $9 $a-b 8080- 123456,x {a a} Hidden1 HIDDEN***x',
);

describe('redact/second-look, shape by shape', () => {
  for (const [shape, rule, texts] of VARIANTS) {
    for (const text of texts) {
      it(`finds ${shape} in ${text.slice(0, 40)}`, () => {
        for (const behind of ['', ' ', '\n', '"', '\\n']) {
          assert.equal(lookAt(text + behind), shape, behind);
        }
      });
    }

    it(`passes over ${shape} where ${rule} is off, and over nothing else`, () => {
      const others = VARIANTS.map(([, other]) => other).filter((other) => other !== rule);
      const isKey = shape === 'google-private-key';

      for (const text of texts) {
        assert.equal(lookAt(text, [rule]), isKey ? 'pem-private-key' : undefined);
        assert.equal(lookAt(text, isKey ? [rule, 'pem-private-key'] : [rule]), undefined);
        assert.equal(lookAt(text, others), shape);
      }
    });
  }

  for (const token of IN_WORDS) {
    it(`finds ${token.slice(0, 8)}… only where a word begins`, () => {
      for (const before of ['', ' ', '=', '"', ...ESCAPES]) {
        assert.notEqual(lookAt(before + token), undefined, before);
      }
      for (const before of ['x', 'X', '0', '5n', '%3', 'u003d', '32m']) {
        assert.equal(lookAt(before + token), undefined, before);
      }
    });
  }

  for (const token of IN_BASE64) {
    it(`does not find ${token.slice(0, 8)}… inside of base64`, () => {
      for (const before of ['-', '_', 'a-']) assert.equal(lookAt(before + token), undefined);
    });
  }

  for (const token of CUT_BEHIND) {
    it(`does not find ${token.slice(0, 8)}… where the word goes on`, () => {
      for (const behind of ['0', 'a', 'A']) assert.equal(lookAt(token + behind), undefined);
    });
  }

  it('finds a secret in UTF-16 wherever it is in a long entry, and only where a word begins', () => {
    const entry = Buffer.alloc(600 * 1024, 'a', 'utf16le');
    const at = (bytes: number, text: string): Buffer => {
      const copy = Buffer.from(entry);
      copy.write(text, bytes, 'utf16le');
      return copy;
    };

    for (const bytes of [1_000, 240_000, 500_000]) {
      assert.equal(lookAt(at(bytes, ` ${GITHUB} `)), 'github-token', `${bytes}`);
    }
    // Where the second window begins.
    assert.equal(lookAt(at(220 * 1024 - 2, `x${GITHUB} `)), undefined);
  });

  for (const text of HARMLESS) {
    it(`passes over ${JSON.stringify(text.slice(0, 60))}`, () => {
      assert.equal(lookAt(text), undefined);
      assert.equal(lookAt(`x ${text} `), undefined);
    });
  }

  for (const word of PLACEHOLDERS) {
    it(`takes ${word} for no password`, () => {
      assert.equal(lookAt(`https://user:${word}@host`), undefined);
    });
  }

  for (const word of NO_PLACEHOLDERS) {
    it(`takes ${word} for a password`, () => {
      assert.equal(lookAt(`https://user:${word}@host`), 'password-in-url');
    });
  }
});

function lookAt(text: string | Buffer, passedOver: readonly string[] = []): string | undefined {
  const look = new SecondLook(passedOver);
  look.push(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  look.finish();
  return look.finding;
}

function jwtOf(header: unknown): string {
  const payload = base64url({ iss: 'https://issuer', sub: 'a' });
  return `${base64url(header)}.${payload}.c2lnbmF0dXJlLW9mLWl0`;
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function words(text: string): readonly string[] {
  return text.split(' ');
}
