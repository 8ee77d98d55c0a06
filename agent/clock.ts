/** Time as a port: what waits or measures takes a Clock, so that tests decide what time it is. */

import { setTimeout as wait } from 'node:timers/promises';

/** The present, and the wish to wait. */
export interface Clock {
  /** Wall clock, ms since 1970 in UTC. May jump either way. */
  now(): number;
  /** Time since some fixed moment, in ms. Never jumps; for durations. */
  elapsed(): number;
  /** Resolves after `ms`; rejects at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Node's timers fire at once for a delay above 2^31 - 1 ms. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: async (ms, signal) => {
    let leftMs = Math.max(0, ms);
    do {
      const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
      await wait(stepMs, undefined, { signal });
      leftMs -= stepMs;
    } while (leftMs > 0);
  },
};

/** RFC 3339 in UTC with seconds, e.g. `2026-11-22T02:00:00Z`: the form of every instant in a record. */
export function toRfc3339(instantMs: number): string {
  return `${new Date(instantMs).toISOString().slice(0, 19)}Z`;
}

/** A signal that aborts after `ms`, which need not be whole, or as late as a timer can. */
export function deadlineSignal(ms: number): AbortSignal {
  return AbortSignal.timeout(Math.min(Math.ceil(ms), LONGEST_TIMER_MS));
}
