/** Values of Secrets in all the forms that a bundle could hold, and values that are none. */

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { inspect } from 'node:util';

import { SecretValues } from '../../agent/redact/secret-values.ts';
import { seededRandom } from '../support/random.ts';

const PASSWORD = 'Wq7-"tulip" & <Ford>';
const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const [CERTIFICATE = ''] = rootCertificates;

describe('redact/secret-values', () => {
  it('finds a value as it is', () => {
    assert.equal(isIn(`a ${PASSWORD} b`, PASSWORD), true);
    assert.equal(isIn(`a ${PASSWORD.slice(1)} b`, PASSWORD), false);
  });

  for (const [language, escaped] of [
    ['JavaScript', JSON.stringify(PASSWORD)],
    ['Go', String.raw`"Wq7-\"tulip\" \u0026 \u003cFord\u003e"`],
    ['JavaScript, twice', JSON.stringify(JSON.stringify(PASSWORD))],
    ['Go, twice', String.raw`"\"Wq7-\\\"tulip\\\" \\u0026 \\u003cFord\\u003e\""`],
  ] as const) {
    it(`finds a value as JSON of ${language} has it`, () => {
      assert.equal(isIn(`{"a":${escaped}}`, PASSWORD), true);
    });
  }

  for (const before of ['', 'a', 'ab', 'abc']) {
    for (const alphabet of ['base64', 'base64url'] as const) {
      it(`finds a value in ${alphabet}, ${before.length} bytes from its beginning`, () => {
        const value = Buffer.from('??>>~~ÿÿ8bytes or more');
        const text = Buffer.concat([Buffer.from(before), value, Buffer.from(':x')]);

        assert.equal(isIn(`"${text.toString(alphabet)}"`, value), true);
        assert.equal(isIn(`"${text.subarray(0, -4).toString(alphabet)}"`, value), false);
      });
    }
  }

  it('finds a value with an end of line where it stands without', () => {
    assert.equal(isIn('DB=hunter2-hunter2;', 'hunter2-hunter2\n'), true);
    assert.equal(
      isIn(Buffer.from('hunter2-hunter2').toString('base64'), 'hunter2-hunter2\n'),
      true,
    );
  });

  it('finds a value that ends with a byte that is a blank elsewhere', () => {
    assert.equal(isIn('bonjour voilà', 'bonjour voilà'), true);
    assert.equal(isIn('bonjour voil\u00c3', 'bonjour voilà'), false);
  });

  it('finds bytes that are no text', () => {
    const value = Buffer.from([0xff, 0, 1, 2, 0x80, 0x22, 7, 9, 0xfe]);

    assert.equal(isIn(Buffer.concat([Buffer.from('a'), value, value]), value), true);
  });

  it('finds each longer line of a value alone, but no PEM border', () => {
    const [border = '', line = ''] = KEY.split('\n');

    assert.equal(isIn(`x ${line} x`, KEY), true);
    assert.equal(isIn(border, KEY), false);
    assert.equal(isIn('x = "a quoted line"', 'short\n  x = "a quoted line"  \r\nlast'), true);
    assert.equal(isIn(JSON.stringify('x = "a quoted line"'), 'x = "a quoted line"\nlast'), true);
  });

  it('does not look for how every object begins: a spec is kept in a Secret', () => {
    const spec =
      'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundleX\nuri: https://in-the-spec/';

    assert.equal(isIn('apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundleX\n', spec), false);
    assert.equal(isIn('x uri: https://in-the-spec/ x', spec), true);
  });

  it('finds a value of short lines as a whole', () => {
    assert.equal(isIn('a\nab cd\nef gh\nb', 'ab cd\nef gh'), true);
    assert.equal(isIn(JSON.stringify('ab cd\nef gh'), 'ab cd\nef gh'), true);
    assert.equal(isIn('ab cd', 'ab cd\nef gh'), false);
  });

  it('does not look for certificates, nor for those beside a key', () => {
    assert.equal(new SecretValues([Buffer.from(CERTIFICATE)]).count, 0);
    assert.equal(isIn(CERTIFICATE, `${CERTIFICATE}\n${KEY}`), false);
    assert.equal(isIn(KEY, `${CERTIFICATE}\n${KEY}`), true);
  });

  for (const value of [
    '',
    '1234567',
    'aaaaaaaaaaaaaaaa',
    'Password',
    ' localhost\n',
    '\n\n\n\n\n\n\n\n\n',
  ]) {
    it(`does not look for ${JSON.stringify(value)}`, () => {
      const values = new SecretValues([Buffer.from(value)]);

      assert.equal(values.count, 0);
      assert.equal(isIn(`a ${value} b`, value), false);
    });
  }

  it('finds a value wherever it lies and chunks are cut, and only where all of it has come', () => {
    const random = seededRandom(3);
    const value = Buffer.from(Array.from({ length: 3000 }, () => Math.floor(random() * 256)));
    const values = new SecretValues([value]);
    for (let before = 120_000; before < 135_000; before += 477) {
      const bytes = Buffer.concat([Buffer.alloc(before), value]);
      const longer = Buffer.concat([bytes, Buffer.alloc(300_000)]);
      for (const chunkBytes of [1000, 65_536, 1_000_000]) {
        assert.equal(isFoundBy(values, bytes.subarray(0, -1), chunkBytes), false);
        assert.equal(isFoundBy(values, bytes, chunkBytes), true, `${before} ${chunkBytes}`);
        assert.equal(isFoundBy(values, longer, chunkBytes), true);
      }
    }
  }).timeout(60_000);

  it('stops looking once it has found one', () => {
    const look = new SecretValues([Buffer.from('hunter2-hunter2')]).look();
    look.push(Buffer.alloc(200_000, 'hunter2-hunter2 '));

    assert.equal(look.finding, 'secret-value');
    look.finish();
    assert.equal(look.finding, 'secret-value');
  });

  it('finds the middle of a long value', () => {
    const random = seededRandom(4);
    const value = Array.from({ length: 20_000 }, () => Math.floor(random() * 10)).join('');

    assert.equal(isIn(value.slice(7_000, 13_000), value), true);
    assert.equal(isIn(value.slice(0, 9_000), value), false);
  });

  it('finds each of thousands of values, and none in another text', () => {
    const random = seededRandom(5);
    const word = (): string =>
      Array.from({ length: 16 }, () => Math.floor(random() * 36).toString(36)).join('');
    const words = Array.from({ length: 3000 }, word);
    const values = new SecretValues(words.map((one) => Buffer.from(one)));

    assert.equal(values.count, 3000);
    for (const one of words) assert.equal(isFoundBy(values, `x${one}x`), true, one);
    const others = Array.from({ length: 30_000 }, word).join(' ');
    assert.equal(isFoundBy(values, others), false);
  });

  it('tells values apart that share their middle', () => {
    assert.equal(
      isIn(
        'prefix-a-MIDDLE-88-suffix-a',
        'prefix-b-MIDDLE-88-suffix-b',
        'prefix-a-MIDDLE-88-suffix-c',
      ),
      false,
    );
    assert.equal(
      isIn(
        'prefix-a-MIDDLE-88-suffix-c',
        'prefix-b-MIDDLE-88-suffix-b',
        'prefix-a-MIDDLE-88-suffix-c',
      ),
      true,
    );
  });

  it('shows no value to whoever looks at it', () => {
    const values = new SecretValues([Buffer.from('Wq7-tulip-Ford-29')]);
    const look = values.look();
    look.push(Buffer.from('Wq7-tulip-Ford-29'));
    const shown = [values, look].map(
      (one) => inspect(one, { depth: 9, showHidden: true }) + JSON.stringify(one),
    );

    for (const text of shown) assert.doesNotMatch(text, /tulip|57 71 37/);
  });

  it('finds nothing without values', () => {
    assert.equal(isFoundBy(new SecretValues([]), 'anything'), false);
  });
});

function isIn(text: string | Uint8Array, ...values: readonly (string | Uint8Array)[]): boolean {
  return isFoundBy(new SecretValues(values.map((value) => Buffer.from(value))), text);
}

function isFoundBy(values: SecretValues, text: string | Uint8Array, chunkBytes = 1e9): boolean {
  const bytes = Buffer.from(text);
  const look = values.look();
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    look.push(bytes.subarray(offset, offset + chunkBytes));
  }
  look.finish();
  return look.finding === 'secret-value';
}
