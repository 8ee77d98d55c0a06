/** Private keys in DER: each kind of them, and what begins like one. */

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { rootCertificates } from 'node:tls';

import { DER_HEAD_BYTES, derKeyBytes } from '../../../../agent/redact/own/shapes/der-key.ts';
import { NO_PRIVATE_KEYS, PRIVATE_KEYS } from './keys.ts';

describe('redact/own/shapes/der-key', () => {
  for (const { name, der } of PRIVATE_KEYS) {
    it(`knows ${name}, and how long it is`, () => {
      assert.equal(derKeyBytes(der.subarray(0, DER_HEAD_BYTES)), der.length);
      assert.equal(derKeyBytes(der), der.length);
    });
  }

  it('knows the keys that Node makes', () => {
    const der = { format: 'der' } as const;
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const edwards = generateKeyPairSync('ed25519').privateKey;

    for (const key of [
      rsa.export({ type: 'pkcs1', ...der }),
      rsa.export({ type: 'pkcs8', ...der }),
      curve.export({ type: 'sec1', ...der }),
      curve.export({ type: 'pkcs8', ...der }),
      edwards.export({ type: 'pkcs8', ...der }),
    ]) {
      assert.equal(derKeyBytes(key), key.length);
    }
  });

  for (const { name, der } of NO_PRIVATE_KEYS) {
    it(`does not know ${name}`, () => {
      assert.equal(derKeyBytes(der), undefined);
    });
  }

  it('does not know certificates', () => {
    for (const certificate of rootCertificates) {
      const body = certificate.replaceAll(/-----[A-Z ]*-----/g, '');
      assert.equal(derKeyBytes(Buffer.from(body, 'base64')), undefined);
    }
  });

  it('does not read behind the end of what there is', () => {
    for (const { der } of PRIVATE_KEYS) {
      for (let bytes = 0; bytes < 7; bytes++) {
        assert.equal(derKeyBytes(der.subarray(0, bytes)), undefined);
      }
    }
  });
});
