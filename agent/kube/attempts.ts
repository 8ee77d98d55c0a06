/** Sends a request under the budget and the agent's identity, as often as it makes sense. */

import { hasCode } from '../errors.ts';
import type { Budget, Release } from './budget.ts';
import type { Identity } from './identity.ts';
import type { Transport } from './request.ts';
import { nextWaitMs, type RetryPolicy } from './retry.ts';

export interface AttemptsOptions {
  readonly identity: Identity;
  readonly loadIdentity: () => Promise<Identity>;
  readonly budget: Budget;
  readonly policy: RetryPolicy;
}

export interface Attempt {
  readonly transport: Transport;
  /** Whoever returns without calling it keeps the slot, and calls it later. When the attempt rejects, it is called for it. */
  readonly release: Release;
}

export interface Wish {
  readonly isRepeatable: boolean;
  /** Takes no slot. */
  readonly isLongLived?: boolean;
}

export class Attempts {
  #identity: Identity;
  #renewal: Promise<Identity> | undefined;
  readonly #options: AttemptsOptions;

  constructor(options: AttemptsOptions) {
    this.#options = options;
    this.#identity = options.identity;
  }

  /**
   * What the first attempt gives that does not fail, or fails for good: `nextWaitMs` says when it is made
   * again. Waiting takes no slot. After a 401 the identity is read again, once: a token that was
   * renewed is noticed by client-node only after 60 s.
   */
  async run<T>(
    wish: Wish,
    attempt: (attempt: Attempt) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const { policy } = this.#options;
    let isRenewed = false;
    let identity = this.#identity;
    async function attemptAs(current: Identity, release: Release): Promise<T> {
      identity = current;
      return await attempt({ transport: await current.transport(), release });
    }
    for (let attemptNumber = 1; ; attemptNumber++) {
      try {
        return await this.#tryOnce(wish, attemptAs, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        if (hasCode(error, 'KUBE_UNAUTHORIZED') && !isRenewed) {
          isRenewed = true;
          await this.#renew(identity);
          continue;
        }
        const { isRepeatable } = wish;
        const waitMs = nextWaitMs(error, { isRepeatable, attemptNumber }, policy);
        if (waitMs === undefined) throw error;
        await policy.clock.sleep(waitMs, signal);
      }
    }
  }

  async #tryOnce<T>(
    { isLongLived = false }: Wish,
    attempt: (identity: Identity, release: Release) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const release = isLongLived ? keepNothing : await this.#options.budget.take(signal);
    try {
      // Asked for after the wait for a slot: by then it may be another.
      return await attempt(this.#identity, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Many requests meet an expired token at once; the first reads the new one for all. */
  async #renew(refused: Identity): Promise<void> {
    if (this.#identity !== refused) return;
    this.#renewal ??= this.#options.loadIdentity();
    try {
      this.#identity = await this.#renewal;
    } finally {
      this.#renewal = undefined;
    }
  }
}

function keepNothing(): void {
  // A long-lived request has no slot.
}
