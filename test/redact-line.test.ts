/** Lines of the program's stderr before they reach a record. */

import assert from 'node:assert/strict';

import { redactLine } from '../agent/redact-line.ts';

describe('redact-line', () => {
  for (const [line, hidden] of [
    [
      'Get "https://me:s3cret@10.0.0.1/api": refused',
      'Get "https://***HIDDEN***@10.0.0.1/api": refused',
    ],
    ['GET https://host/path?sig=abc&x=y failed', 'GET https://host/path?***HIDDEN*** failed'],
    ['regex "(foo)(?=bar)": no look-ahead', 'regex "(foo)(?=bar)": no look-ahead'],
    ['dial app:s3cret@tcp(db:3306)/x: refused', 'dial app:***HIDDEN***@tcp(db:3306)/x: refused'],
    ['{"password":"a b c","x":1}', '{"password":"***HIDDEN***","x":1}'],
    ['AccountKey=abc/def== is not valid', 'AccountKey=***HIDDEN*** is not valid'],
    [`there is no collector glsa_${'aB3'.repeat(12)}`, 'there is no collector ***HIDDEN***'],
    ['support-bundle-2026-01-01T00_00_00 is there', 'support-bundle-2026-01-01T00_00_00 is there'],
    ['Authorization: Bearer abcdef123456', 'Authorization: Bearer ***HIDDEN***'],
    ['invalid password=hunter2, user=me', 'invalid password=***HIDDEN***, user=me'],
    ['{"token":"abc"}', '{"token":"***HIDDEN***"}'],
    ['bad eyJhbGciOi.eyJzdWIi.c2ln at 1', 'bad ***HIDDEN*** at 1'],
    [`clone with ghp_${'a1B2'.repeat(9)} failed`, 'clone with ***HIDDEN*** failed'],
    ['key AKIAIOSFODNN7EXAMPLA is not valid', 'key ***HIDDEN*** is not valid'],
    ['Set-Cookie: sid=31d4d96e407aad42; Path=/', 'Set-Cookie: ***HIDDEN***'],
    ['X-Vault-Token: s.abcdefgh12345678', 'X-Vault-Token: ***HIDDEN***'],
    [
      '-----BEGIN PRIVATE KEY----- MIIEvQ -----END PRIVATE KEY-----',
      '-----BEGIN PRIVATE KEY-----***HIDDEN***-----END PRIVATE KEY-----',
    ],
  ] as const) {
    it(`hides what is secret in: ${line}`, () => {
      assert.equal(redactLine(line), hidden);
    });
  }

  for (const line of [
    'failed to run collectors: dial tcp 127.0.0.1:6443: connect: connection refused',
    'secrets "app" is forbidden: User "system:serviceaccount:a:b" cannot get resource "secrets"',
    'the server has asked for the client to provide credentials',
  ]) {
    it(`leaves as it is: ${line}`, () => {
      assert.equal(redactLine(line), line);
    });
  }
});
