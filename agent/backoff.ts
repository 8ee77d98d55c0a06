/** How long to wait before the next attempt. */

export interface BackoffPolicy {
  readonly initialMs: number;
  readonly maxMs: number;
}

/**
 * Delay before the next attempt, in ms.
 *
 * Full jitter: uniform in [0, min(maxMs, initialMs * 2^(attempt - 1))].
 * Agents restarted together would otherwise reach the destination together.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
 *
 * @param attempt Number of the attempt that just failed, from 1.
 * @param random Uniform in [0, 1); tests pass a constant.
 */
export function nextDelayMs(
  policy: BackoffPolicy,
  attempt: number,
  random: () => number = Math.random,
): number {
  return Math.floor(random() * ceilingMs(policy, attempt));
}

/** The longest that `nextDelayMs` can be, in ms. */
export function ceilingMs({ initialMs, maxMs }: BackoffPolicy, attempt: number): number {
  return Math.min(maxMs, initialMs * 2 ** (attempt - 1));
}
