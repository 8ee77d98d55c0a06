/** What an attempt changes in the record of a run. */

import { toRfc3339 } from '../clock.ts';
import type { AgentErrorCode } from '../errors.ts';
import type { BundleFacts, DeliveryFacts, RunError, RunRecord } from '../run/record.ts';
import type { UploadOutcome } from './destination.ts';

/** The record of a run that has a bundle in the spool. */
export interface DeliverableRecord extends RunRecord {
  readonly bundle: BundleFacts;
  readonly delivery: DeliveryFacts;
}

const STATES = {
  delivered: 'delivered',
  blocked: 'blocked',
  rejected: 'rejected',
  retryable: 'pending',
} as const satisfies Record<UploadOutcome['kind'], DeliveryFacts['state']>;

const CODES = {
  blocked: 'UPLOAD_BLOCKED',
  rejected: 'UPLOAD_REJECTED',
  retryable: 'UPLOAD_RETRYABLE',
} as const satisfies Partial<Record<UploadOutcome['kind'], AgentErrorCode>>;

/** @param delayMs Until the next attempt; undefined = there is none. */
export function recordAfter(
  record: DeliverableRecord,
  outcome: UploadOutcome,
  { nowMs, delayMs }: { readonly nowMs: number; readonly delayMs: number | undefined },
): DeliverableRecord {
  const isDelivered = outcome.kind === 'delivered';
  return {
    ...record,
    outcome: isDelivered ? 'delivered' : 'spooled',
    error: errorOf(record, outcome),
    delivery: {
      ...record.delivery,
      state: STATES[outcome.kind],
      attempts: record.delivery.attempts + 1,
      statusCode: outcome.statusCode ?? null,
      deliveredAt: isDelivered ? toRfc3339(nowMs) : null,
      nextAttemptAt: delayMs === undefined ? null : toRfc3339(nowMs + delayMs),
      receipt: isDelivered ? (outcome.receipt ?? null) : null,
    },
  };
}

/** A delivery clears only what an earlier attempt left. */
function errorOf({ error }: DeliverableRecord, outcome: UploadOutcome): RunError | null {
  if (outcome.kind !== 'delivered') return { code: CODES[outcome.kind], message: outcome.reason };
  return error?.code.startsWith('UPLOAD_') === true ? null : error;
}
