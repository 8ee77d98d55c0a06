/** Tests of upload/outcome. */

import assert from 'node:assert/strict';

import { type Answer, classifyAnswer, classifyError } from '../../agent/upload/outcome.ts';

const NOW_MS = Date.parse('2026-11-22T02:00:00Z');

describe('upload/outcome', () => {
  for (const [kind, statusCodes] of [
    ['delivered', [200, 201, 202, 204]],
    ['retryable', [408, 409, 425, 429, 500, 502, 503, 504, 507, 599]],
    ['blocked', [401, 403, 404, 405, 407, 300, 301, 302, 303, 304, 307, 308]],
    ['rejected', [400, 402, 406, 410, 411, 412, 413, 414, 415, 417, 422, 431, 451]],
  ] as const) {
    for (const statusCode of statusCodes) {
      it(`takes ${statusCode} for ${kind}`, () => {
        const outcome = classifyAnswer(answer({ statusCode }), NOW_MS);

        assert.equal(outcome.kind, kind);
        assert.equal(outcome.statusCode, statusCode);
      });
    }
  }

  it('takes 412 for delivered after a condition of its own', () => {
    const conditional = answer({ statusCode: 412, isOwnCondition: true });

    assert.equal(classifyAnswer(conditional, NOW_MS).kind, 'delivered');
  });

  it('does not believe a 200 that comes before the whole bundle was sent', () => {
    const early = answer({ statusCode: 200, isComplete: false });

    assert.equal(classifyAnswer(early, NOW_MS).kind, 'retryable');
  });

  it('repeats after the RequestTimeout of S3, which is a 400', () => {
    const text = '<?xml version="1.0"?><Error><Code>RequestTimeout</Code></Error>';

    assert.equal(classifyAnswer(answer({ statusCode: 400, text }), NOW_MS).kind, 'retryable');
  });

  it('keeps the receipt', () => {
    assert.deepEqual(classifyAnswer(answer({ statusCode: 200, receipt: '"abc"' }), NOW_MS), {
      kind: 'delivered',
      statusCode: 200,
      receipt: '"abc"',
    });
  });

  it('says in one short line what was answered', () => {
    const text = `no\n\tthanks ${'x'.repeat(1000)}`;
    const outcome = classifyAnswer(answer({ statusCode: 403, text }), NOW_MS);

    assert.ok(outcome.kind === 'blocked');
    assert.match(outcome.reason, /^answered 403: no thanks x+…$/);
    assert.equal(Buffer.byteLength(outcome.reason), 300);
  });

  it('says where a redirect leads', () => {
    const location = 'https://other.example/in';

    assert.deepEqual(classifyAnswer(answer({ statusCode: 302, location }), NOW_MS), {
      kind: 'blocked',
      statusCode: 302,
      reason: 'redirected with 302 to https://other.example/in, which is not followed',
    });
  });

  it('hands on how long the destination asks to wait', () => {
    const outcome = classifyAnswer(answer({ statusCode: 429, retryAfter: '60' }), NOW_MS);

    assert.ok(outcome.kind === 'retryable');
    assert.equal(outcome.retryAfterMs, 60_000);
  });

  for (const code of [
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'HPE_INVALID_CONSTANT',
  ]) {
    it(`repeats after ${code}`, () => {
      assert.equal(classifyError(systemError(code), unchanged).kind, 'retryable');
    });
  }

  for (const [code, reason] of [
    ['CERT_HAS_EXPIRED', /certificate has expired \(CERT_HAS_EXPIRED\)/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /certificate is self-signed/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /authority that is not trusted/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate is for another host name/],
    ['EPROTO', /TLS with the destination fails/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /TLS with the destination fails/],
  ] as const) {
    it(`is blocked by ${code} and says why`, () => {
      const outcome = classifyError(systemError(code), unchanged);

      assert.ok(outcome.kind === 'blocked');
      assert.match(outcome.reason, reason);
    });
  }

  it('redacts what the error says', () => {
    const outcome = classifyError(systemError('ECONNRESET'), () => 'hidden');

    assert.deepEqual(outcome, { kind: 'retryable', reason: 'hidden' });
  });
});

function answer(changed: Partial<Answer>): Answer {
  return {
    statusCode: 200,
    text: '',
    receipt: undefined,
    retryAfter: undefined,
    location: undefined,
    isComplete: true,
    isOwnCondition: false,
    ...changed,
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(`it failed with ${code}`), { code });
}

function unchanged(text: string): string {
  return text;
}
