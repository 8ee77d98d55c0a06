/** When a request that failed is sent again, and after how long. */

import { type BackoffPolicy, ceilingMs, parseRetryAfter } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { hasCode } from '../errors.ts';
import { KubeAnswerError } from './api-error.ts';

export interface RetryPolicy {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Whether a server that cannot be reached is waited for. */
  readonly outlastsOutages: boolean;
}

/** Sending included: the last failure is the request's. */
export const MAX_ATTEMPTS = 8;

/** No answer is waited for longer than this, whatever it asks for. */
const MAX_WAIT_MS = 60_000;

/** On top of Retry-After: those who were turned away together must not come back together. */
const BUSY: BackoffPolicy = { initialMs: 500, maxMs: 15_000 };

/** 8 attempts span 8 to 16 s; an API server that is restarted takes about 5. */
const UNREACHABLE: BackoffPolicy = { initialMs: 250, maxMs: 4_000 };

/**
 * The wait before the request is sent again, in ms; undefined: the failure stands.
 *
 * - 429, and 503 with Retry-After: any request, since the server turned it away before acting on it.
 *   The wait is what Retry-After asks for (none: 0), plus a growing, random back-off, at most 60 s.
 * - Other 5xx with Retry-After: what may be repeated. 503 without it: never, an aggregated API that is
 *   down says so for as long as it is down.
 * - Refused: any request, nothing was sent. A connection that broke: what may be repeated. Both only
 *   with `outlastsOutages`.
 *
 * Source: client-go's rest/with_retry.go obeys Retry-After of 429 and 5xx up to ten times.
 *
 * @param attemptNumber Of the attempt that failed, from 1.
 */
export function nextWaitMs(
  error: unknown,
  request: { readonly isRepeatable: boolean; readonly attemptNumber: number },
  { clock, random, outlastsOutages }: RetryPolicy,
): number | undefined {
  if (request.attemptNumber >= MAX_ATTEMPTS) return undefined;
  if (error instanceof KubeAnswerError) {
    const askedMs = parseRetryAfter(error.retryAfter, clock.now());
    if (!isPassing(error.statusCode, askedMs !== undefined, request.isRepeatable)) return undefined;
    const waitMs = (askedMs ?? 0) + backoffMs(BUSY, request.attemptNumber, random);
    return Math.min(MAX_WAIT_MS, waitMs);
  }
  const mayComeBack = outlastsOutages && isLost(error, request.isRepeatable);
  return mayComeBack ? backoffMs(UNREACHABLE, request.attemptNumber, random) : undefined;
}

function isPassing(statusCode: number, isAskedToWait: boolean, isRepeatable: boolean): boolean {
  if (statusCode === 429) return true;
  return isAskedToWait && statusCode >= 500 && (statusCode === 503 || isRepeatable);
}

function isLost(error: unknown, isRepeatable: boolean): boolean {
  if (!hasCode(error, 'KUBE_UNREACHABLE') || !(error instanceof Error)) return false;
  const { cause } = error;
  if (hasCode(cause, 'ECONNREFUSED')) return true;
  return isRepeatable && ['ECONNRESET', 'EPIPE'].some((code) => hasCode(cause, code));
}

/** Between half of the ceiling and the whole: a wait of nearly nothing would be an attempt for nothing. */
function backoffMs(policy: BackoffPolicy, attemptNumber: number, random: () => number): number {
  return Math.floor((ceilingMs(policy, attemptNumber) * (1 + random())) / 2);
}
