/** Texts with secrets in all their shapes, and those that only look like one. */

import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';

import { SecondLook } from '../../agent/redact/second-look.ts';
import { seededRandom } from '../support/random.ts';

const PRIVATE_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const ED25519 = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const JWT = [
  base64url({ alg: 'RS256', kid: 'k1' }),
  base64url({ iss: 'https://issuer', sub: 'a' }),
  'c2lnbmF0dXJlLW9mLWl0',
].join('.');
const AWS = 'AKIAABCD2345EFGH6789';
const GITHUB = `ghp_${'a1B2'.repeat(9)}`;

const SECRETS: readonly (readonly [shape: string, what: string, text: string])[] = [
  ['pem-private-key', 'a key', `tls.key: |\n${PRIVATE_KEY}`],
  ['pem-private-key', 'a key of one line', ED25519],
  ['pem-private-key', 'a key in JSON', JSON.stringify({ key: PRIVATE_KEY })],
  ['pem-private-key', 'a key in JSON in JSON', JSON.stringify(JSON.stringify({ a: PRIVATE_KEY }))],
  ['pem-private-key', 'an indented key', PRIVATE_KEY.replaceAll('\n', '\n      ')],
  ['pem-private-key', 'a key with lines of Windows', PRIVATE_KEY.replaceAll('\n', '\r\n')],
  [
    'pem-private-key',
    'an encrypted key',
    PRIVATE_KEY.replace('BEGIN ', 'BEGIN RSA ').replace(
      '-----\n',
      '-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n',
    ),
  ],
  [
    'google-private-key',
    'a service account',
    JSON.stringify({ private_key: PRIVATE_KEY }, null, 2),
  ],
  [
    'google-private-key',
    'a service account in JSON',
    JSON.stringify({ data: JSON.stringify({ private_key: PRIVATE_KEY }) }),
  ],
  ['jwt', 'a JWT', `token=${JWT}`],
  ['jwt', 'a JWT behind an escaped line break', String.raw`a\n${JWT}`],
  ['jwt', 'a JWT in a query', `access_token%3D${JWT}&x=1`],
  ['jwt', 'a coloured JWT', `\u001b[32m${JWT}\u001b[0m`],
  ['aws-access-key-id', 'an AWS key', `AWS_ACCESS_KEY_ID=${AWS}\n`],
  ['aws-access-key-id', 'a temporary AWS key', `"ASIA${AWS.slice(4)}"`],
  ['aws-access-key-id', 'an AWS key behind an escape', String.raw`"a\n${AWS}\n"`],
  ['aws-access-key-id', 'an AWS key behind an escaped sign', `a\\u003d${AWS}`],
  ['google-api-key', 'an API key', `key=AIza${'Sy0-_'.repeat(7)} `],
  ['azure-account-key', 'an account key', `AccountKey=${'aB3/'.repeat(21)}aB==;Endpoint=x`],
  ...['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map(
    (kind) => ['github-token', `a ${kind} token`, `${kind}_${'a1B2'.repeat(9)}`] as const,
  ),
  ['github-token', 'a fine-grained token', `github_pat_${'a1B2c3_'.repeat(11)}`],
  ['github-token', 'a token as a user of a URL', `https://${GITHUB}@github.com/acme/orders`],
  ['gitlab-token', 'a GitLab token', `glpat-${'aB3_-x'.repeat(4)}`],
  ...['xoxa', 'xoxb', 'xoxp', 'xoxr', 'xoxs'].map(
    (kind) =>
      ['slack-token', `a ${kind} token`, `${kind}-123456789012-${'aB3c'.repeat(6)}`] as const,
  ),
  ['slack-token', 'an app token', `xapp-1-A012345-6789-${'0af3'.repeat(8)}`],
  ['stripe-key', 'a secret key', `"sk_live_${'aB3c'.repeat(6)}"`],
  ['stripe-key', 'a restricted key', `STRIPE_rk_live_${'aB3c'.repeat(6)}`],
  ['npm-token', 'an npm token', `_authToken=npm_${'aB3c'.repeat(9)}\n`],
  ['password-in-url', 'a database’s URL', 'postgres://orders:Wq7-tulip@orders-db:5432/orders'],
  ['password-in-url', 'a URL without a user', 'redis://:Wq7-tulip@redis'],
  ['password-in-url', 'a URL with escaped slashes', String.raw`"https:\/\/a:Wq7tulip@host\/"`],
  ['password-in-url', 'a URL whose host is hidden', 'amqp://a:Wq7tulip@***HIDDEN***:***HIDDEN***'],
  ['password-in-url', 'half a hidden password', 'http://a:Wq7***HIDDEN***@host'],
  ['password-in-url', 'a password with @', 'http://a:Wq7@tulip@host'],
  ['password-in-url', 'a URL behind others', 'me@a.b, http://c/d@e, http://a:Wq7tulip@host'],
];

const HARMLESS: readonly (readonly [what: string, text: string])[] = [
  ['a hidden key', '-----BEGIN PRIVATE KEY-----\n***HIDDEN***\n-----END PRIVATE KEY-----\n'],
  [
    'a hidden key before base64',
    `-----BEGIN RSA PRIVATE KEY-----***HIDDEN***\ndata: ${PRIVATE_KEY.split('\n')[1]}`,
  ],
  [
    'a hidden service account',
    String.raw`"private_key": "-----BEGIN PRIVATE KEY-----***HIDDEN***-----END PRIVATE KEY-----\n"`,
  ],
  [
    'talk of a key',
    'no -----BEGIN RSA PRIVATE KEY----- in /var/lib/kubernetes/pki/serviceaccountkeys/main',
  ],
  ['a certificate', rootCertificates.slice(0, 20).join('\n')],
  [
    'base64 that begins like a JWT',
    `${base64url({ auths: {} })}.${base64url({ a: 1 })}.abcdefghijk`,
  ],
  ['a JWT without its rest', `${JWT.split('.')[0]}.***HIDDEN***`],
  ['a key in a longer word', `X${AWS} ${AWS}A`],
  [
    'names of objects',
    'pod/glpat-rotator-controller-6c8f9d7b54-x0k2v xapp-kpimon-go-deployment-6c8f9d7b54-x0k2v',
  ],
  [
    'names of settings',
    'npm_config_registry_of_the_whole_company_x task_live_replicas_of_everything',
  ],
  ['hidden user and password', 'http://***HIDDEN***:***HIDDEN***@***HIDDEN***:5432/***HIDDEN***'],
  ['a password hidden twice', 'amqp://a:******HIDDEN******@b'],
  ...[
    'password',
    'PASS',
    'xxxxx',
    '%s',
    '$PASSWORD',
    '${PASSWORD}',
    '$(PASSWORD)',
    '<password>',
    '{password}',
    '[redacted]',
  ].map((password) => [`the placeholder ${password}`, `https://user:${password}@host`] as const),
  ['an image with a digest', `docker-pullable://nginx:1.27@sha256:${'5'.repeat(64)}`],
  ['a port and an address', 'http://a:3128,b@c http://a:8080/x@y http://a:8080 b@c'],
  [
    'a pattern',
    String.raw`(https?|ftp)(:\/\/)(?P<mask>[^:\"\/]+){1}(:)(?P<mask>[^@\"\/]+){1}(?P<host>@[^:\/\s\"]+)`,
  ],
  ['a user alone', 'ssh://git@github.com:22/acme https://me@host'],
  [
    'hashes',
    ['md5', 'sha256', 'sha512'].map((name) => createHash(name).update('x').digest('hex')).join(' '),
  ],
];

describe('redact/second-look', () => {
  for (const [shape, what, text] of SECRETS) {
    it(`finds ${what}`, () => {
      assert.equal(lookAt(Buffer.from(`before ${text} behind`)), shape);
    });
  }

  for (const [what, text] of HARMLESS) {
    it(`passes over ${what}`, () => {
      assert.equal(lookAt(Buffer.from(`before ${text} behind`)), undefined);
      assert.equal(lookAt(Buffer.from(`before ${text}`)), undefined);
    });
  }

  it('finds a secret wherever the chunks are cut', () => {
    for (const [shape, what, text] of SECRETS) {
      const bytes = Buffer.from(` ${text} `);
      for (const size of [1, 7, 100]) assert.equal(lookAt(bytes, size), shape, what);
    }
  });

  // Where a window's look ends, where the window does, and where the next one begins.
  for (const border of [224 * 1024, 256 * 1024, 220 * 1024]) {
    it(`finds a secret, and only that, around byte ${border} of a long entry`, () => {
      const harmless = `x${AWS} ${AWS}x docker://nginx:1.27@sha256:5 xgh${GITHUB} http://a:***HIDDEN***@b `;
      for (const [shape, what, text] of [...SECRETS, [undefined, 'harmless', harmless] as const]) {
        const secret = Buffer.from(` ${text} `);
        const step = shape === undefined ? 1 : Math.ceil(secret.length / 4);
        const bytes = Buffer.alloc(300 * 1024, 'a');
        for (let before = border - secret.length - 8; before < border + 8; before += step) {
          bytes.fill('a').set(secret, before);
          assert.equal(lookAt(bytes), shape, `${what} behind ${before} bytes`);
        }
      }
    }).timeout(60_000);
  }

  it('finds secrets in UTF-16 of both byte orders', () => {
    for (const [shape, what, text] of SECRETS) {
      const bytes = Buffer.from(`\uFEFFbefore ${text} behind`, 'utf16le');
      assert.equal(lookAt(bytes), shape, what);
      assert.equal(lookAt(Buffer.from(bytes).swap16(), 13), shape, what);
    }
  });

  it('finds secrets in UTF-32, also behind other text', () => {
    for (const [shape, what, text] of SECRETS) {
      const bytes = Buffer.from(
        Array.from(`before ${text} behind`, (one) => `${one}\0\0\0`).join(''),
      );
      assert.equal(lookAt(bytes), shape, what);
      assert.equal(lookAt(Buffer.concat([Buffer.from('text\n'.repeat(500)), bytes])), shape, what);
    }
  });

  it('finds a JWT of 12 KiB across a border of windows', () => {
    const long = JWT.replace('.', `.${'A'.repeat(12_000)}`);
    for (let before = 200_000; before < 270_000; before += 3_000) {
      assert.equal(lookAt(Buffer.from(`${' '.repeat(before)}${long}`)), 'jwt', `${before}`);
    }
  });

  it('finds nothing in random bytes, nor in their base64', () => {
    const random = seededRandom(7);
    const bytes = Buffer.from(Array.from({ length: 600_000 }, () => Math.floor(random() * 256)));

    assert.equal(lookAt(bytes), undefined);
    assert.equal(lookAt(Buffer.from(bytes.toString('base64'))), undefined);
    assert.equal(lookAt(Buffer.from(bytes.toString('base64url'))), undefined);
    assert.equal(
      lookAt(Buffer.from(bytes.toString('base64').replaceAll(/.{76}/g, '$&\n'))),
      undefined,
    );
  });

  it('finds nothing in the specs and objects that tests use', () => {
    const fixtures = join(import.meta.dirname, '..', 'fixtures');
    const found = globSync('**/*.yaml', { cwd: fixtures }).filter(
      (file) => lookAt(readFileSync(join(fixtures, file))) !== undefined,
    );

    assert.deepEqual(found, []);
  });

  it('stays with the first finding', () => {
    const look = new SecondLook();
    look.push(Buffer.from(`${AWS} `));
    look.finish();
    look.push(Buffer.from(PRIVATE_KEY));
    look.finish();

    assert.equal(look.finding, 'aws-access-key-id');
  });

  for (const text of [
    'eyJ',
    'eyJ.',
    '://u:',
    'x://:@',
    '-----BEGIN PRIVATE KEY-----',
    'xoxb-',
    '\0e\0y\0J',
  ]) {
    it(`takes linear time for a line of ${JSON.stringify(text)}`, () => {
      assert.equal(lookAt(Buffer.from(text.repeat(200_000 / text.length), 'latin1')), undefined);
    }).timeout(30_000);
  }
});

function lookAt(bytes: Uint8Array, chunkBytes = 65_536): string | undefined {
  const look = new SecondLook();
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    look.push(bytes.subarray(offset, offset + chunkBytes));
  }
  look.finish();
  return look.finding;
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
