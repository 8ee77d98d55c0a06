/** kube/attempts: slot, identity and repetition of a request. */

import assert from 'node:assert/strict';

import { AgentError } from '../../agent/errors.ts';
import { KubeAnswerError } from '../../agent/kube/api-error.ts';
import { type Attempt, Attempts } from '../../agent/kube/attempts.ts';
import { Budget } from '../../agent/kube/budget.ts';
import type { Identity } from '../../agent/kube/identity.ts';
import { FakeClock } from '../support/clock.ts';
import { never } from '../support/signal.ts';

const READ = { isRepeatable: true };
const BUSY = new KubeAnswerError('KUBE_FAILED', 'busy', {
  statusCode: 429,
  apiMessage: 'busy',
  retryAfter: '2',
});
const UNAUTHORIZED = new KubeAnswerError('KUBE_UNAUTHORIZED', 'no', {
  statusCode: 401,
  apiMessage: 'no',
});

describe('kube/attempts', () => {
  let clock: FakeClock;
  let budget: Budget;
  let identities: string[];
  let attempts: Attempts;
  beforeEach(() => {
    clock = new FakeClock();
    budget = new Budget(1);
    identities = ['second', 'third'];
    attempts = new Attempts({
      identity: identity('first'),
      loadIdentity: async () => identity(identities.shift() ?? 'none'),
      budget,
      policy: { clock, random: () => 0, outlastsOutages: true },
    });
  });

  it('waits as long as it is told, and asks again', async () => {
    const given = await attempts.run(READ, failing([BUSY, BUSY]), never());

    assert.equal(given, 'first');
    assert.deepEqual(clock.sleptMs, [2_250, 2_500]);
  });

  it('gives its slot back while it waits', async () => {
    let other: unknown;
    clock.sleep = async () => {
      other ??= await attempts.run(READ, succeed, never());
    };

    await attempts.run(READ, failing([BUSY]), never());

    assert.equal(other, 'first');
  });

  it('reads the identity again after a 401, without a wait', async () => {
    const given = await attempts.run({ isRepeatable: false }, failing([UNAUTHORIZED]), never());

    assert.equal(given, 'second');
    assert.deepEqual(clock.sleptMs, []);
  });

  it('reads the identity again only once for one request', async () => {
    const run = attempts.run(READ, failing([UNAUTHORIZED, UNAUTHORIZED]), never());

    await assert.rejects(run, { code: 'KUBE_UNAUTHORIZED' });
    assert.deepEqual(identities, ['third']);
  });

  it('reads the identity again only once for requests that failed together', async () => {
    const wish = { isRepeatable: true, isLongLived: true };
    const given = await Promise.all([
      attempts.run(wish, failing([UNAUTHORIZED]), never()),
      attempts.run(wish, failing([UNAUTHORIZED]), never()),
    ]);

    assert.deepEqual(given, ['second', 'second']);
  });

  it('gives the slot back for an attempt that fails', async () => {
    const error = new AgentError('KUBE_FORBIDDEN', 'no');

    await assert.rejects(attempts.run(READ, failing([error]), never()), error);

    await budget.take(never());
  });

  it('gives the slot back when the credentials cannot be read', async () => {
    const broken = { ...identity('broken'), transport: () => Promise.reject(new Error('gone')) };
    const options = { loadIdentity: async () => broken, budget };
    const policy = { clock, random: () => 0, outlastsOutages: true };
    const others = new Attempts({ identity: broken, policy, ...options });

    await assert.rejects(others.run(READ, succeed, never()), /gone/);

    await budget.take(never());
  });

  it('leaves the slot to whoever did not give it back', async () => {
    let kept: Attempt['release'] | undefined;
    await attempts.run(READ, async ({ release }) => (kept = release), never());
    const next = attempts.run(READ, succeed, never());

    kept?.();

    assert.equal(await next, 'first');
  });

  it('goes past the budget with what is long-lived', async () => {
    await budget.take(never());

    const given = await attempts.run({ isRepeatable: true, isLongLived: true }, succeed, never());

    assert.equal(given, 'first');
  });

  it('does not ask again once the signal has aborted', async () => {
    const controller = new AbortController();
    const run = attempts.run(
      READ,
      async () => {
        controller.abort();
        throw BUSY;
      },
      controller.signal,
    );

    await assert.rejects(run, BUSY);
    assert.deepEqual(clock.sleptMs, []);
  });
});

function identity(name: string): Identity {
  return {
    server: new URL('https://kube.test'),
    namespace: 'default',
    transport: async () => ({ headers: { name } }),
  };
}

/** The name of the identity that the attempt was made with. */
async function succeed({ transport, release }: Attempt): Promise<unknown> {
  release();
  return transport.headers['name'];
}

/** Fails with these errors, one an attempt, and then succeeds. */
function failing(errors: readonly Error[]): (attempt: Attempt) => Promise<unknown> {
  const left = [...errors];
  return async (attempt) => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return await succeed(attempt);
  };
}
