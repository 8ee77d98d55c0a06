/** What an answer, or its absence, means for the delivery: the table of the public contract. */

import { parseRetryAfter } from '../backoff.ts';
import { cutText } from '../bundle.ts';
import { messageOf } from '../errors.ts';
import type { UploadOutcome } from './destination.ts';

/** What came back for one request, with nothing secret in it. */
export interface Answer {
  readonly statusCode: number;
  /** The start of the body, redacted. */
  readonly text: string;
  /** ETag or request id. */
  readonly receipt: string | undefined;
  readonly retryAfter: string | undefined;
  /** Origin and path of where a 3xx answer points to. */
  readonly location: string | undefined;
  /** The whole bundle was sent and the answer came to its end: else a 2xx says nothing. */
  readonly isComplete: boolean;
  /** `If-None-Match` was sent for a key that only these bytes can have. */
  readonly isOwnCondition: boolean;
}

const RETRYABLE = new Set([408, 409, 425, 429]);
const BLOCKED = new Set([401, 403, 404, 405, 407]);

/** @param nowMs Retry-After may be a date. */
export function classifyAnswer(answer: Answer, nowMs: number): UploadOutcome {
  const { statusCode, receipt } = answer;
  const kind = classOf(answer);
  if (kind === 'delivered') return { kind, statusCode, receipt };
  const reason = cutText(describe(answer));
  if (kind !== 'retryable') return { kind, statusCode, reason };
  const retryAfterMs = parseRetryAfter(answer.retryAfter, nowMs);
  return { kind, statusCode, reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function classOf(answer: Answer): UploadOutcome['kind'] {
  const { statusCode } = answer;
  if (statusCode < 300) return answer.isComplete ? 'delivered' : 'retryable';
  if (statusCode < 400 || BLOCKED.has(statusCode)) return 'blocked';
  if (statusCode === 412 && answer.isOwnCondition) return 'delivered';
  const isPassing = statusCode >= 500 || RETRYABLE.has(statusCode) || isS3Timeout(answer);
  return isPassing ? 'retryable' : 'rejected';
}

function describe({ statusCode, text, location }: Answer): string {
  if (statusCode < 300) return `answered ${statusCode} before it had the whole bundle`;
  if (statusCode < 400) {
    const to = location === undefined ? '' : ` to ${location}, which is not followed`;
    return `redirected with ${statusCode}${to}`;
  }
  return text === '' ? `answered ${statusCode}` : `answered ${statusCode}: ${text}`;
}

/** S3 says so when the body came too slowly; its own clients repeat it. */
function isS3Timeout({ statusCode, text }: Answer): boolean {
  return statusCode === 400 && text.includes('<Code>RequestTimeout</Code>');
}

/** Codes of OpenSSL and Node for a certificate that cannot be trusted, in words. */
const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from an authority that is not trusted here',
  CERT_UNTRUSTED: 'comes from an authority that is not trusted here',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_REVOKED: 'was revoked',
  CERT_REJECTED: 'was rejected',
  CERT_SIGNATURE_FAILURE: 'has a wrong signature',
  CERT_CHAIN_TOO_LONG: 'has too long a chain',
  INVALID_CA: 'was issued by something that is no authority',
  INVALID_PURPOSE: 'is not meant for servers',
  HOSTNAME_MISMATCH: 'is for another host name',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another host name',
};

/** What an attempt without an answer comes to. The error's own text may hold secrets: redacted by the caller. */
export function classifyError(error: unknown, redact: (text: string) => string): UploadOutcome {
  const code = codeOf(error);
  const reason = cutText(redact(messageOf(error)));
  const problem = CERTIFICATE_PROBLEMS[code];
  if (problem !== undefined) {
    return {
      kind: 'blocked',
      reason: cutText(`the destination's certificate ${problem} (${code}): ${reason}`),
    };
  }
  // The other side speaks no TLS, or none that both know: no repetition changes that.
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return {
      kind: 'blocked',
      reason: cutText(`TLS with the destination fails (${code}): ${reason}`),
    };
  }
  return { kind: 'retryable', reason };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
