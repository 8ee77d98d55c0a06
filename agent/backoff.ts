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

/** Whoever asks for a longer wait is asked again after this long all the same. */
export const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * The wait that a `Retry-After` header asks for, in ms: seconds or an HTTP date, never negative, at
 * most a day. Undefined where there is none or it is neither.
 *
 * Source: RFC 9110, section 10.2.3.
 */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  const trimmed = (text ?? '').trim();
  const askedMs = /^\d+$/.test(trimmed) ? Number(trimmed) * 1000 : parseHttpDate(trimmed) - nowMs;
  if (Number.isNaN(askedMs)) return undefined;
  return Math.min(Math.max(askedMs, 0), MAX_RETRY_AFTER_MS);
}

/** All three forms of RFC 9110 begin with the day's name; Date.parse takes much else for a date, `-5` too. */
function parseHttpDate(text: string): number {
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return Number.NaN;
  // The asctime form has no zone and means UTC.
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
}
