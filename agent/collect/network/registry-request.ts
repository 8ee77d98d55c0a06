/** Requests to a registry, and to those whom it trusts. */

import type { Clock } from '../../clock.ts';
import { isPassing } from './go-net-error.ts';
import { ExchangeError, exchange, type Way } from './http-exchange.ts';
import type { HttpAnswer, HttpRequest } from './http-receive.ts';
import type { Credentials } from './registry-credentials.ts';

export interface Registry {
  readonly way: Way;
  readonly clock: Clock;
  /** Absent: anonymous. */
  readonly credentials?: Credentials;
  /** Is told every secret that it is given, which no message may hold. */
  readonly addSecret: (secret: string) => void;
}

const PASSING_STATUS = [408, 429, 499, 500, 502, 503, 504, 522];
/** Between the three tries of a request. */
const PAUSES_MS = [1_000, 3_000];
/** Sent up to three times, where the failure may pass. */
export async function send(request: HttpRequest, { way, clock }: Registry): Promise<HttpAnswer> {
  for (const pauseMs of PAUSES_MS) {
    try {
      const answer = await exchange(request, way);
      if (!PASSING_STATUS.includes(answer.statusCode)) return answer;
    } catch (error) {
      if (way.signal.aborted || !isPassing(error)) throw inTime(error, way.signal);
    }
    await clock.sleep(pauseMs, way.signal);
  }
  try {
    return await exchange(request, way);
  } catch (error) {
    throw inTime(error, way.signal);
  }
}

function inTime(error: unknown, signal: AbortSignal): unknown {
  const isLate = signal.aborted && error instanceof ExchangeError;
  return isLate ? error.because('context deadline exceeded') : error;
}
