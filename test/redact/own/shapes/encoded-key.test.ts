/** Private keys in base64: of DER and of PEM files, in one line and wrapped into several. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rootCertificates } from 'node:tls';

import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';
import { redactedInLines, redactedPieces } from '../pieces.ts';
import { EC_KEY, NO_PRIVATE_KEYS, PRIVATE_KEYS, pemOf, RSA_KEY, wrapped } from './keys.ts';

const RULE = 'pem-private-key';
const PEM_FILE = Buffer.from(pemOf(RSA_KEY)).toString('base64');
const CERTIFICATES = rootCertificates.slice(0, 9).map((text) => `${text}\n`);

/** What stands around each line. */
const FRAMES: readonly (readonly [name: string, frame: (line: string, at: number) => string])[] = [
  ['nothing', (line) => line],
  ["a log's time", (line, at) => `2026-08-21T10:00:${10 + at}.1${at}Z stdout F ${line}`],
  ['a level', (line) => `[app] INFO ${line}`],
  ['the indentation of YAML', (line) => `    ${line}`],
  ['quotes', (line) => `  "${line}" +`],
  ['JSON', (line, at) => `{"log":"${line}\\n","stream":"stdout","time":"2026-0${at}"}`],
  ['Windows', (line) => `${line}\r`],
];

describe('redact/own/shapes/encoded-key', () => {
  for (const { name, der } of PRIVATE_KEYS) {
    it(`hides base64 of ${name}`, () => {
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = der.toString(encoding);

        assert.equal(redacted(text), MASK);
        assert.equal(redacted(`a: "${text}", b\n`), `a: "${MASK}", b\n`);
        assert.equal(redacted(`{"a":"\\n${text}\\n"}\nnext\n`), `{"a":"\\n${MASK}\\n"}\nnext\n`);
      }
    });

    it(`hides base64 of ${name} in lines`, () => {
      for (const encoding of ['base64', 'base64url'] as const) {
        for (const width of [64, 76]) {
          const text = wrapped(der.toString(encoding), width);

          assert.equal(
            redacted(`a:\n  b\n${text}\nsome: text\n`),
            `a:\n  b\n${MASK}\nsome: text\n`,
          );
        }
      }
    });
  }

  for (const { name, der } of NO_PRIVATE_KEYS) {
    it(`leaves base64 of ${name}`, () => {
      const text = der.toString('base64');
      for (const kept of [text, `a: ${text}\n`, `${wrapped(text, 64)}\n`]) {
        assert.equal(redacted(kept), kept);
      }
    });
  }

  for (const [name, text] of [
    ['certificates in PEM', CERTIFICATES.join('')],
    ['base64 of certificates in PEM', wrapped(encode(CERTIFICATES.join('')), 76)],
    ['base64 of a public key in PEM', wrapped(encode(pemOf(EC_KEY, 'PUBLIC KEY')), 76)],
    ['base64 of a request in PEM', wrapped(encode(pemOf(EC_KEY, 'CERTIFICATE REQUEST')), 76)],
    ['base64 of an image', wrapped(encode(`\x89PNG\r\n\x1a\n${'\x01\x80abc'.repeat(200)}`), 76)],
    ['the beginning of a key', 'the key begins with MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'],
    ['words', 'MIIAAQIBADA MC4CAQA M4CAQE: LS0tLS1CRUdJTiBD'],
  ] as const) {
    it(`leaves ${name}`, () => {
      assert.equal(redacted(text), text);
      assert.equal(redacted(`a: |\n${text}\nb\n`), `a: |\n${text}\nb\n`);
    });
  }

  it('leaves digests and random bytes', () => {
    for (let count = 0; count < 3000; count++) {
      const hash = createHash('sha512').update(String(count));
      const text = count % 2 === 0 ? `sha256:${hash.digest('hex')}` : hash.digest('base64');
      assert.equal(redacted(text), text);
    }
  });

  for (const [name, frame] of FRAMES) {
    it(`hides all lines of base64 of a PEM file with ${name} around each`, () => {
      for (const width of [64, 76]) {
        for (const encoded of [
          PEM_FILE,
          encode(pemOf(EC_KEY)),
          encode(pemOf(EC_KEY, 'EC PRIVATE KEY')),
        ]) {
          const lines = wrapped(encoded, width).split('\n').map(frame);
          const text = linesOf(frame('first', 1), ...lines, 'some: text', frame('Next', 9));

          const expected = [frame('first', 1), frame(MASK, 0), 'some: text', frame('Next', 9)];
          assert.equal(redacted(text), linesOf(...expected));
        }
      }
    });
  }

  it('counts a key once', () => {
    for (const key of [
      `${wrapped(PEM_FILE, 76)}\n`,
      pemOf(RSA_KEY),
      pemOf(EC_KEY).replaceAll('\n', '\\n'),
    ]) {
      assert.deepEqual(hiddenIn(key), [RULE]);
    }
  });

  it('hides it in a ConfigMap, and leaves what follows', () => {
    const lines = wrapped(PEM_FILE, 76)
      .split('\n')
      .map((line) => `    ${line}`);

    assert.equal(
      redacted(linesOf('data:', '  key: |', ...lines, '  other: value', 'kind: ConfigMap')),
      linesOf('data:', '  key: |', `    ${MASK}`, '  other: value', 'kind: ConfigMap'),
    );
  });

  it('hides it behind a name in its first line', () => {
    const [first = '', ...rest] = wrapped(PEM_FILE, 76).split('\n');

    assert.equal(
      redacted(linesOf(`userKey:: ${first}`, ...rest.map((line) => ` ${line}`), 'cn: a')),
      linesOf(`userKey:: ${MASK}`, 'cn: a'),
    );
  });

  for (const escape of [String.raw`\n`, String.raw`\r\n`, String.raw`\\n`]) {
    it(`hides it in a string with ${escape} between its lines`, () => {
      for (const encoded of [PEM_FILE, RSA_KEY.toString('base64')]) {
        const text = wrapped(encoded, 76).replaceAll('\n', escape);

        assert.equal(redacted(`{"a":"${text}","b":1}`), `{"a":"${MASK}","b":1}`);
        assert.equal(
          redacted(`{"a":"${text}${escape}"}\nnext\n`),
          `{"a":"${MASK}${escape}"}\nnext\n`,
        );
      }
    });
  }

  for (const [what, escape] of [
    ['slashes', (text: string) => text.replaceAll('/', String.raw`\/`)],
    ['slashes as numbers', (text: string) => text.replaceAll('/', String.raw`\u002f`)],
    ['the signs of a URL', encodeURIComponent],
  ] as const) {
    it(`hides it with ${what} escaped`, () => {
      // The third and fourth bytes of it, which tell its length, are written so.
      const long = Buffer.concat([
        Buffer.from('308206fc020100300d06092a', 'hex'),
        RSA_KEY.subarray(12),
      ]);
      assert.match(long.toString('base64'), /^MIIG\/AIBADAN/);

      for (const key of [RSA_KEY, EC_KEY, long]) {
        const text = escape(key.toString('base64').replaceAll('=', ''));
        assert.equal(redacted(`{"a":"${text}"}`), `{"a":"${MASK}"}`);
      }
    });
  }

  it('hides a key behind certificates from its first line on, wherever lines are cut', () => {
    const key = pemOf(EC_KEY, 'EC PRIVATE KEY');
    for (let length = 0; length < 60; length++) {
      const before = `# ${'x'.repeat(length)}\n${CERTIFICATES[0]}`;
      const text = redacted(`${wrapped(encode(before + key), 76)}\n`);

      assert.match(text, /\n\*\*\*HIDDEN\*\*\*\n$/);
      const left = Buffer.from(text.replace(MASK, ''), 'base64').toString();
      assert.ok(!left.includes('KEY--') && before.startsWith(left.slice(0, -40)), left);
    }
  });

  it('hides a short last line in a string, and no other word there', () => {
    const der = RSA_KEY.toString('base64');
    for (const encoded of [PEM_FILE, encode(pemOf(EC_KEY)), der, EC_KEY.toString('base64url')]) {
      for (let width = 60; width < 120; width += 4) {
        const text = wrapped(encoded, width).replaceAll('\n', String.raw`\n`);

        assert.equal(redacted(`{"a":"${text}\\nmore\\n"}`), `{"a":"${MASK}\\nmore\\n"}`);
        assert.equal(redacted(`{"a":"${text}"}`), `{"a":"${MASK}"}`);
      }
    }
  });

  it('ends where a key of DER ends, and where lines are of another width', () => {
    const key = wrapped(EC_KEY.toString('base64'), 46);
    assert.equal(EC_KEY.toString('base64').length % 46, 0);
    const word = 'aB3d'.repeat(10);

    assert.equal(redacted(`${key}\n${word}\n`), `${MASK}\n${word}\n`);
    assert.equal(redacted(`${EC_KEY.toString('base64')}\n${word}\n`), `${MASK}\n${word}\n`);
    const cut = wrapped(PEM_FILE.slice(0, 152), 76);
    for (const line of [`${word}${word}`, '---', 'done.', 'two words', '']) {
      assert.equal(redacted(`${cut}\n${line}\n`), `${MASK}\n${line}\n`);
    }
  });

  it('does not hide lines for ever', () => {
    const line = 'aB3d'.repeat(16);
    const begin = encode('-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG');
    assert.equal(begin.length, 64);

    const left = redacted(`${begin}\n${`${line}\n`.repeat(2000)}`);
    assert.equal(left.split('\n').length, 2000 - 1024 + 2);
  });

  for (const unit of [
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
    '/MIIEvQIBADAN',
    'MC4CAQAwBQYDK2VwBCIEI',
    'LS0tLS1CRUdJTi',
    encode('-----BEGIN PRIVATE KEY-----'),
    encode('-----BEGIN '),
    `${encode('PRIVATE')}\\n`,
  ]) {
    it(`is through with a long line of ${unit}`, () => {
      once(unit.repeat(500_000 / unit.length));
      once(`${unit}\n`.repeat(500_000 / unit.length));
    });
  }
});

const rules = shapeRules(new Set([RULE]));

function redacted(text: string): string {
  return redactedInLines(rules, text);
}

function once(text: string): string {
  return redactedPieces(rules, [text]);
}

function hiddenIn(text: string): readonly string[] {
  const hidden: string[] = [];
  rules.open('a.txt', (rule) => hidden.push(rule))?.redact(text);
  return hidden;
}

function encode(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

function linesOf(...lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
