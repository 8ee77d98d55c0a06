/** When the destination may be tried again, and which of the waiting bundles then has its turn. */

import { type BackoffPolicy, ceilingMs, MAX_RETRY_AFTER_MS, nextDelayMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { UploadOutcome } from './destination.ts';

export interface PaceOptions {
  readonly policy: BackoffPolicy;
  readonly clock: Clock;
  readonly random?: () => number;
}

/** One back-off for the destination, whatever bundle it failed with. */
export class Pace {
  readonly #options: PaceOptions;
  /** Failed attempts since the destination last took or judged a bundle. */
  #failures = 0;
  #turn = 0;
  /** By the clock that never jumps. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** Negative or 0 when the destination may be tried. */
  get waitMs(): number {
    return this.#notBeforeMs - this.#options.clock.elapsed();
  }

  /**
   * The oldest, as a rule. Once the back-off is at its longest the next one gets its turn: it may be
   * this one bundle that the destination does not take, and the others must not wait for it until it expires.
   *
   * @param waiting Oldest first.
   */
  choose<T>(waiting: readonly T[]): T | undefined {
    return waiting[this.#turn % waiting.length];
  }

  /**
   * Takes note of an outcome. The delay until the next attempt, which holds for the whole
   * destination; undefined = the destination works, the next bundle may follow at once.
   */
  settle(outcome: UploadOutcome, attemptNumber: number): number | undefined {
    if (outcome.kind === 'delivered' || outcome.kind === 'rejected') {
      this.#failures = 0;
      this.#turn = 0;
      this.#notBeforeMs = Number.NEGATIVE_INFINITY;
      return undefined;
    }
    const { policy, clock, random } = this.#options;
    this.#failures++;
    const failures = Math.max(this.#failures, attemptNumber);
    const isLongest = outcome.kind === 'blocked' || ceilingMs(policy, failures) >= policy.maxMs;
    if (isLongest) this.#turn++;
    const delayMs =
      outcome.kind === 'blocked'
        ? policy.maxMs
        : Math.max(nextDelayMs(policy, failures, random), outcome.retryAfterMs ?? 0);
    this.#notBeforeMs = clock.elapsed() + delayMs;
    return delayMs;
  }

  /**
   * Goes on with the waits that an earlier process began.
   *
   * @param instants When next attempts are due, RFC 3339. A clock that was set back meanwhile makes none of them endless.
   */
  resume(instants: readonly string[]): void {
    const { policy, clock } = this.#options;
    const waitMs = Math.max(0, ...instants.map((instant) => Date.parse(instant))) - clock.now();
    const longestMs = Math.max(policy.maxMs, MAX_RETRY_AFTER_MS);
    if (waitMs > 0) this.#notBeforeMs = clock.elapsed() + Math.min(waitMs, longestMs);
  }
}
