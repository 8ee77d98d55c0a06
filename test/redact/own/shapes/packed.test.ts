/** Base64 of what is compressed: hidden whole, and nothing that only begins like it. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';

import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';
import { seededRandom } from '../../../support/random.ts';
import { zipOf } from '../../../support/zips.ts';

const VALUES = `{"name":"orders","config":{"password":"hunter2","replicas":3,"a":"${'aB3d'.repeat(9)}"}}`;
const RELEASE = gzipSync(VALUES).toString('base64');

const PACKED: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['gzip', gzipSync(VALUES)],
  ['gzip with a name', Buffer.concat([bytesOf('\x1f\x8b\x08\x08abcd\x02\x03a.tar\0'), noise(60)])],
  ...[0, 1, 6, 9].map(
    (level) => [`zlib of level ${level}`, deflateSync(VALUES, { level })] as const,
  ),
  ['much zlib', deflateSync(noise(5000).toString('hex'))],
  ['zstd', zstdCompressSync(VALUES)],
  ['bzip2', Buffer.concat([bytesOf('BZh91AY&SY'), noise(60)])],
  ['xz', Buffer.concat([bytesOf('\xfd7zXZ\0\0\x04'), noise(60)])],
  ['7z', Buffer.concat([bytesOf('7z\xbc\xaf\x27\x1c\0\x04'), noise(60)])],
  ['lz4', Buffer.concat([bytesOf('\x04"M\x18d@'), noise(60)])],
  ['rar', Buffer.concat([bytesOf('Rar!\x1a\x07\x01\0'), noise(60)])],
  ['a Java keystore', Buffer.concat([bytesOf('\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01'), noise(60)])],
  ['a JCEKS keystore', Buffer.concat([bytesOf('\xce\xce\xce\xce\0\0\0\x02\0\0\0\x01'), noise(60)])],
  ['a PKCS#12 keystore', Buffer.concat([bytesOf('0\x82\x0a\x10\x02\x01\x030\x82'), noise(60)])],
];

const KEPT: readonly (readonly [name: string, text: string])[] = [
  ['a PNG', Buffer.concat([bytesOf('\x89PNG\r\n\x1a\n'), noise(60)]).toString('base64')],
  ['a JPEG', Buffer.concat([bytesOf('\xff\xd8\xff\xe0\0\x10JFIF'), noise(60)]).toString('base64')],
  ['a GIF', Buffer.concat([bytesOf('GIF89a'), noise(60)]).toString('base64')],
  ['certificates in PEM', Buffer.from(rootCertificates.slice(0, 9).join('\n')).toString('base64')],
  [
    'certificates',
    rootCertificates
      .slice(0, 9)
      .join('\n')
      .replaceAll(/-----[A-Z ]*-----\n/g, ''),
  ],
  ['short gzip', gzipSync('').toString('base64').slice(0, 39)],
  ['gzip with flags that are reserved', `H4sIM${'aB3d'.repeat(12)}`],
  ['talk of it', `a release begins with H4sI, H4sIAAAA or UEsDB: KLUv/Q`],
  ['a word', `H4sIA_helm ${'x'.repeat(50)} renameNode eNode UEsDBx-${'y'.repeat(30)}`],
  ['a longer word', `x${RELEASE}`],
  ['what begins like zlib', `eJwx${'aB3d'.repeat(12)} eNod${'Name'.repeat(12)}`],
];

describe('redact/own/shapes/packed', () => {
  for (const [name, bytes] of PACKED) {
    it(`hides base64 of ${name} whole, once and twice encoded`, () => {
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = bytes.toString(encoding);
        assert.equal(redacted(`  release: "${text}"\n`), `  release: "${MASK}"\n`);
        assert.equal(redacted(text), MASK);
      }
    });
  }

  it('hides base64 of a zip file', async () => {
    const zip = await zipOf([{ name: 'values.yaml', body: VALUES }]);

    assert.equal(redacted(`  a.zip: ${zip.toString('base64')}\n`), `  a.zip: ${MASK}\n`);
  });

  it('hides a release of Helm as a Secret has it, encoded twice and once more', () => {
    const twice = Buffer.from(RELEASE).toString('base64');
    assert.match(twice, /^SDRzS/);

    for (const text of [RELEASE, twice, Buffer.from(twice).toString('base64')]) {
      assert.equal(redacted(`{"data":{"release":"${text}"}}`), `{"data":{"release":"${MASK}"}}`);
    }
  });

  it('hides base64 of a text with a release in it', () => {
    for (const before of ['', ' ', 'ab']) {
      const text = Buffer.from(`${before}release: ${RELEASE}\n`).toString('base64');

      assert.equal(redacted(`a: ${text}`), `a: ${MASK}`);
    }
  });

  for (const [name, text] of KEPT) {
    it(`leaves ${name}`, () => {
      assert.equal(redacted(`a: ${text}\n`), `a: ${text}\n`);
    });
  }

  it('leaves hashes, and random bytes in base64', () => {
    for (let count = 0; count < 3000; count++) {
      const hash = createHash('sha512').update(String(count));
      const text = count % 2 === 0 ? hash.digest('hex') : `sha512-${hash.digest('base64')}`;
      assert.equal(redacted(text), text);
    }
    // All that can begin with the two bytes of zlib.
    for (let count = 0; count < 500; count++) {
      const bytes = Buffer.concat([bytesOf('x\x9c'), hashOf(count)]);
      const text = bytes.toString('base64');
      assert.equal(redacted(text), text);
    }
  });

  it('hides it behind escapes and other words', () => {
    for (const before of [String.raw`a\n`, 'a%3D', String.raw`\u003d`, 'x-', 'a/', 'base64,']) {
      assert.equal(redacted(`${before}${RELEASE}`), `${before}${MASK}`);
    }
    const zlib = deflateSync(VALUES).toString('base64');
    for (const before of [String.raw`a\n`, 'a%3D', String.raw`\u003d`, 'base64,']) {
      assert.equal(redacted(`${before}${zlib}`), `${before}${MASK}`);
    }
  });

  for (const [what, escaped] of [
    ['slashes that are escaped', RELEASE.replaceAll('/', String.raw`\/`)],
    ['signs in Unicode escapes', RELEASE.replaceAll('+', String.raw`\u002b`)],
    [
      'escaped slashes that follow one another',
      `${RELEASE.slice(0, 60)}${String.raw`\/\/\/`}${RELEASE.slice(60)}`,
    ],
    ['signs in a query', RELEASE.replaceAll('+', '%2B')],
    ['escaped line ends', RELEASE.replaceAll(/.{76}/g, String.raw`$&\n`)],
  ] as const) {
    it(`hides it with ${what}`, () => {
      assert.notEqual(escaped, RELEASE);
      assert.equal(redacted(`{"a":"${escaped}","b":1}`), `{"a":"${MASK}","b":1}`);
    });
  }

  for (const unit of [
    'H4sI',
    '-H4sIA',
    'eJwx',
    String.raw`\neJwxaB3daB3daB3daB3d`,
    'UEsDB%2B',
    'MIIaaAIBAz',
  ]) {
    it(`is through with a long line of ${unit}`, () => {
      redacted(unit.repeat(200_000 / unit.length));
    });
  }
});

const rules = shapeRules(new Set(['base64-secret']));

/** The same when it is redacted again. */
function redacted(text: string): string {
  const once = rules.open('a.txt', () => undefined)?.redact(text) ?? text;
  assert.equal(rules.open('a.txt', () => undefined)?.redact(once), once);
  return once;
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function noise(bytes: number): Buffer {
  const random = seededRandom(bytes);
  return Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * 256)));
}

function hashOf(count: number): Buffer {
  return createHash('sha512').update(String(count)).digest();
}
