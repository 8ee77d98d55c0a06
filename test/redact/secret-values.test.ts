/** Values of Secrets in all the forms that a bundle could hold, and values that are none. */

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { inspect } from 'node:util';

import { KubeAnswerError } from '../../agent/kube/api-error.ts';
import { readSecretValues } from '../../agent/redact/read-secrets.ts';
import { SecretValues, type SecretValuesMatcher } from '../../agent/redact/secret-values.ts';
import { drain } from '../support/generators.ts';
import { FakeKube } from '../support/kube.ts';
import { seededRandom } from '../support/random.ts';
import { never } from '../support/signal.ts';

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

  it('finds a value wherever it lies and chunks are cut, and only when all of it has come', () => {
    const random = seededRandom(3);
    const value = Buffer.from(Array.from({ length: 3000 }, () => Math.floor(random() * 256)));
    const values = new SecretValues([value]);
    for (let before = 120_000; before < 135_000; before += 477) {
      const bytes = Buffer.concat([Buffer.alloc(before), value]);
      for (const chunkBytes of [1000, 65_536, 1_000_000]) {
        const matcher = values.matcher();
        pushInChunks(matcher, bytes.subarray(0, -1), chunkBytes);
        assert.equal(matcher.isFound, false);
        matcher.push(bytes.subarray(-1));
        assert.equal(matcher.isFound, true, `${before} ${chunkBytes}`);
        matcher.push(Buffer.alloc(300_000));
        assert.equal(matcher.isFound, true);
      }
    }
  }).timeout(60_000);

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
    const matcher = values.matcher();
    matcher.push(Buffer.from('Wq7-tulip-Ford-29'));
    const shown = [values, matcher].map(
      (one) => inspect(one, { depth: 9, showHidden: true }) + JSON.stringify(one),
    );

    for (const text of shown) assert.doesNotMatch(text, /tulip|57 71 37/);
  });

  it('finds nothing without values', () => {
    assert.equal(isFoundBy(new SecretValues([]), 'anything'), false);
  });
});

describe('redact/secret-values: readSecretValues', () => {
  it('gives the values of all namespaces, page by page, without Helm’s releases', async () => {
    const kube = new FakeKube();
    for (let index = 0; index < 30; index++) {
      put(kube, `n${index % 3}/s${index}`, { a: `value-${index}` });
    }
    put(kube, 'n1/release', { release: 'a whole chart' }, 'helm.sh/release.v1');

    const values = await read(kube);

    assert.deepEqual(
      values.toSorted(),
      Array.from({ length: 30 }, (_, index) => `value-${index}`).toSorted(),
    );
    assert.equal(kube.requests.length, 4);
    assert.ok(
      kube.requests.every((request) => request.includes('fieldSelector=type%21%3Dhelm.sh')),
    );
  });

  it('reads no other namespace than those given', async () => {
    const kube = new FakeKube();
    for (const namespace of ['one', 'two', 'three']) {
      put(kube, `${namespace}/s`, { a: `in ${namespace}` });
    }

    assert.deepEqual(await read(kube, ['one', 'three']), ['in one', 'in three']);
    assert.ok(kube.requests.every((request) => request.includes('/namespaces/')));
  });

  it('leaves out certificates, a token’s namespace and names', async () => {
    const kube = new FakeKube();
    const token = { 'ca.crt': CERTIFICATE, namespace: 'elsewhere', token: 'eyJ…' };
    put(kube, 'shop/token', token, 'kubernetes.io/service-account-token');
    put(kube, 'shop/tls', { 'tls.crt': 'DER', 'tls.key': KEY, 'root.crt': 'DER' });
    put(kube, 'shop/names', {
      a: 'other-shop-names\n',
      'field-of-it': 'shop',
      b: 'field-of-it',
    });
    put(kube, 'warehouse/other-shop-names', { c: 'warehouse' });

    assert.deepEqual((await read(kube)).toSorted(), ['eyJ…', KEY].toSorted());
  });

  it('reads Secrets without data, and values of any bytes', async () => {
    const kube = new FakeKube();
    kube.put('/api/v1/namespaces/a/secrets/none', {});
    kube.put('/api/v1/namespaces/a/secrets/bytes', { data: { a: '/wAB', b: 7 } });
    const values = await drain(readSecretValues(kube, undefined, never()));

    assert.deepEqual(
      values.map((value) => [...value]),
      [[0xff, 0, 1]],
    );
  });

  for (const [namespaces, right] of [
    [undefined, 'list secrets in all namespaces'],
    [['shop'], 'list secrets in namespace shop'],
  ] as const) {
    it(`names the right that is missing: ${right}`, async () => {
      const kube = new FakeKube();
      kube.fail(
        `/api/v1${namespaces === undefined ? '' : '/namespaces/shop'}/secrets`,
        'KUBE_FORBIDDEN',
      );

      await assert.rejects(read(kube, namespaces), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'KUBE_FORBIDDEN');
        assert.ok(error.message.includes(right), error.message);
        return error.cause !== undefined;
      });
    });
  }

  it('begins a list anew that expires, and passes on any other failure', async () => {
    const kube = new FakeKube();
    put(kube, 'a/s', { a: 'value' });
    kube.fail('/api/v1/secrets', 'KUBE_UNREACHABLE');
    await assert.rejects(read(kube), { code: 'KUBE_UNREACHABLE' });
    assert.equal(kube.requests.length, 1);

    let answers = 0;
    const expired = new KubeAnswerError('KUBE_FAILED', 'expired', {
      statusCode: 410,
      apiMessage: '',
    });
    kube.heal('/api/v1/secrets');
    const failing = {
      get: async (path: string, signal: AbortSignal) => {
        if (++answers < 3) throw expired;
        return await kube.get(path, signal);
      },
    };
    assert.deepEqual(await read(failing), ['value']);
    answers = -9;
    await assert.rejects(read(failing), { code: 'KUBE_FAILED' });
  });

  it('does not take something else for a list', async () => {
    await assert.rejects(read({ get: async () => ({ kind: 'Status' }) }), { code: 'KUBE_FAILED' });
  });
});

async function read(
  kube: Pick<FakeKube, 'get'>,
  namespaces?: readonly string[],
): Promise<readonly string[]> {
  const values = await drain(readSecretValues(kube, namespaces, never()));
  return values.map((value) => Buffer.from(value).toString());
}

/** Asks now and then, as a reader does that wants to stop early. */
function pushInChunks(matcher: SecretValuesMatcher, bytes: Uint8Array, chunkBytes: number): void {
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    matcher.push(bytes.subarray(offset, offset + chunkBytes));
    if (offset % 3000 === 0) assert.equal(matcher.isFound, false);
  }
}

/** @param place `namespace/name`. */
function put(
  kube: FakeKube,
  place: string,
  ...[data, type = 'Opaque']: readonly [Readonly<Record<string, string>>, string?]
): void {
  const encoded = Object.entries(data).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ]);
  const path = `/api/v1/namespaces/${place.replace('/', '/secrets/')}`;
  kube.put(path, { type, data: Object.fromEntries(encoded) });
}

function isIn(text: string | Uint8Array, ...values: readonly (string | Uint8Array)[]): boolean {
  return isFoundBy(new SecretValues(values.map((value) => Buffer.from(value))), text);
}

function isFoundBy(values: SecretValues, text: string | Uint8Array): boolean {
  const matcher = values.matcher();
  matcher.push(Buffer.from(text));
  return matcher.isFound;
}
