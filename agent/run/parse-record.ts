/** Records from outside the process: sidecars, the stored history, the child's output, answers of the admin port. */

import type { CollectorReport } from '../bundle.ts';
import type { AgentErrorCode } from '../errors.ts';
import {
  count,
  flag,
  instant,
  listOf,
  oneOf,
  orMissing,
  orNull,
  type Shape,
  shaped,
  text,
} from '../shape.ts';
import type { BundleFacts, DeliveryFacts, PhaseFacts, RunError, RunRecord } from './record.ts';

const ERROR: Shape<RunError> = { code: errorCode, message: text };

const BUNDLE: Shape<BundleFacts> = {
  name: text,
  sha256: text,
  bytes: count,
  files: count,
  uncompressedBytes: count,
  redactions: count,
  leftOut: count,
  // Records of agents that did not look again have none.
  findings: orMissing(listOf(shaped({ path: text, rule: text })), []),
};

const DELIVERY: Shape<DeliveryFacts> = {
  state: oneOf('pending', 'blocked', 'rejected', 'delivered', 'expired'),
  destination: orNull(text),
  key: orNull(text),
  attempts: count,
  statusCode: orNull(count),
  deliveredAt: orNull(instant),
  nextAttemptAt: orNull(instant),
  receipt: orNull(text),
};

const PHASE: Shape<PhaseFacts> = { name: text, durationMs: count };

const COLLECTOR: Shape<CollectorReport> = {
  name: text,
  outcome: oneOf(
    'ok',
    'failed',
    'partial',
    'forbidden',
    'denied',
    'excluded',
    'timeout',
    'unsupported',
  ),
  durationMs: count,
  files: count,
  bytes: count,
  errors: listOf(text),
};

/** As a record and a manifest have it. */
export const collectorReport = shaped(COLLECTOR);

const RECORD: Shape<RunRecord> = {
  id: text,
  trigger: oneOf('schedule', 'missed', 'start', 'request', 'command', 'event'),
  scheduledAt: orNull(instant),
  startedAt: instant,
  finishedAt: orNull(instant),
  outcome: oneOf('running', 'delivered', 'spooled', 'failed', 'skipped', 'lost'),
  reason: orNull(oneOf('overlap', 'suspended', 'deadline', 'spool-full', 'min-interval', 'missed')),
  partial: flag,
  engine: orNull(oneOf('native', 'cli')),
  error: orNull(shaped(ERROR)),
  phases: listOf(shaped(PHASE)),
  bundle: orNull(shaped(BUNDLE)),
  collectors: listOf(collectorReport),
  delivery: orNull(shaped(DELIVERY)),
};

/**
 * The record that a value is. Fields that a record does not have are left behind.
 *
 * @throws {TypeError} Names the first field that is missing or wrong, never what is in it.
 */
export function parseRunRecord(value: unknown): RunRecord {
  return shaped(RECORD)(value, 'not a run record: record');
}

/** Another agent may have had other codes: any text passes. */
function errorCode(value: unknown, path: string): AgentErrorCode {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a code is only shown and compared
  return text(value, path) as AgentErrorCode;
}
