/** kube/retry: what is sent again, and when. */

import assert from 'node:assert/strict';

import { AgentError } from '../../agent/errors.ts';
import { KubeAnswerError } from '../../agent/kube/api-error.ts';
import { MAX_ATTEMPTS, nextWaitMs } from '../../agent/kube/retry.ts';
import { FakeClock } from '../support/clock.ts';

const READ = { isRepeatable: true, attemptNumber: 1 };
const CREATION = { isRepeatable: false, attemptNumber: 1 };
const LATER = 'Sun, 22 Nov 2026 02:00:20 GMT';

describe('kube/retry', () => {
  // With the least jitter: half of the back-off, 250 ms after the first busy answer, 125 ms after the first lost one.
  for (const [what, error, readMs, creationMs] of [
    ['429 with Retry-After', answered(429, '2'), 2_250, 2_250],
    ['429 with a date', answered(429, LATER), 20_250, 20_250],
    ['429 without Retry-After', answered(429), 250, 250],
    ['429 that asks for an hour', answered(429, '3600'), 60_000, 60_000],
    ['503 with Retry-After', answered(503, '1'), 1_250, 1_250],
    ['503 without Retry-After', answered(503), undefined, undefined],
    ['500 with Retry-After', answered(500, '1'), 1_250, undefined],
    ['500 without Retry-After', answered(500), undefined, undefined],
    ['403 with Retry-After', answered(403, '1'), undefined, undefined],
    ['410', answered(410), undefined, undefined],
    ['a refused connection', lost('ECONNREFUSED'), 125, 125],
    ['a reset connection', lost('ECONNRESET'), 125, undefined],
    ['a broken pipe', lost('EPIPE'), 125, undefined],
    ['an unknown host', lost('ENOTFOUND'), undefined, undefined],
    ['a wrong certificate', lost('DEPTH_ZERO_SELF_SIGNED_CERT'), undefined, undefined],
    ['a timeout', new AgentError('KUBE_TIMEOUT', 'late'), undefined, undefined],
    ['anything else', new Error('bug'), undefined, undefined],
  ] as const) {
    it(`waits ${readMs} ms after ${what} with a read, ${creationMs} ms with a creation`, () => {
      assert.equal(nextWaitMs(error, READ, policy()), readMs);
      assert.equal(nextWaitMs(error, CREATION, policy()), creationMs);
    });
  }

  it('adds at most the whole back-off', () => {
    const waitMs = nextWaitMs(answered(429, '1'), READ, policy({ random: () => 1 }));

    assert.equal(waitMs, 1_500);
  });

  it('outlasts a server that is away for five seconds, even with the least jitter', () => {
    let spanMs = 0;
    for (let attemptNumber = 1; attemptNumber < MAX_ATTEMPTS; attemptNumber++) {
      spanMs += nextWaitMs(lost('ECONNREFUSED'), { ...READ, attemptNumber }, policy()) ?? 0;
    }

    assert.ok(spanMs > 6_000, `${spanMs} ms`);
  });

  it('waits for no server that is away unless asked to', () => {
    const impatient = policy({ outlastsOutages: false });

    assert.equal(nextWaitMs(lost('ECONNREFUSED'), READ, impatient), undefined);
    assert.equal(nextWaitMs(answered(429), READ, impatient), 250);
  });

  it('gives up at some time', () => {
    const last = { isRepeatable: true, attemptNumber: MAX_ATTEMPTS };

    assert.equal(nextWaitMs(answered(429, '1'), last, policy()), undefined);
    assert.equal(nextWaitMs(lost('ECONNREFUSED'), last, policy()), undefined);
  });
});

function policy(overrides: { random?: () => number; outlastsOutages?: boolean } = {}): {
  clock: FakeClock;
  random: () => number;
  outlastsOutages: boolean;
} {
  return { clock: new FakeClock(), random: () => 0, outlastsOutages: true, ...overrides };
}

function answered(statusCode: number, retryAfter?: string): KubeAnswerError {
  return new KubeAnswerError('KUBE_FAILED', 'no', { statusCode, apiMessage: 'no', retryAfter });
}

function lost(code: string): AgentError {
  const cause = Object.assign(new Error(code), { code });
  return new AgentError('KUBE_UNREACHABLE', code, { cause });
}
