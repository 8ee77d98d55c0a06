/** Records from outside the process: sidecars, the stored history, the child's output, answers of the admin port. */

import type { CollectorReport } from '../bundle.ts';
import type { BundleFacts, DeliveryFacts, PhaseFacts, RunError, RunRecord } from './record.ts';

/** What is wrong with a value, with its path; undefined = nothing. */
type Check = (value: unknown, path: string) => string | undefined;

/** A field that a type has and its row here lacks does not compile. */
type Shape<T> = Readonly<Record<keyof T, Check>>;

/** An older agent may have had other codes: any text passes. */
const ERROR: Shape<RunError> = { code: isText, message: isText };

const BUNDLE: Shape<BundleFacts> = {
  name: isText,
  sha256: isText,
  bytes: isCount,
  files: isCount,
  uncompressedBytes: isCount,
  redactions: isCount,
  leftOut: isCount,
};

const DELIVERY: Shape<DeliveryFacts> = {
  state: isOneOf('pending', 'blocked', 'rejected', 'delivered', 'expired'),
  destination: orNull(isText),
  key: orNull(isText),
  attempts: isCount,
  statusCode: orNull(isCount),
  deliveredAt: orNull(isInstant),
  nextAttemptAt: orNull(isInstant),
  receipt: orNull(isText),
};

const PHASE: Shape<PhaseFacts> = { name: isText, durationMs: isCount };

const COLLECTOR: Shape<CollectorReport> = {
  name: isText,
  outcome: isOneOf(
    'ok',
    'failed',
    'partial',
    'forbidden',
    'denied',
    'excluded',
    'timeout',
    'unsupported',
  ),
  durationMs: isCount,
  files: isCount,
  bytes: isCount,
  errors: isListOf(isText),
};

const RECORD: Shape<RunRecord> = {
  id: isText,
  trigger: isOneOf('schedule', 'missed', 'start', 'request', 'command', 'event'),
  scheduledAt: orNull(isInstant),
  startedAt: isInstant,
  finishedAt: orNull(isInstant),
  outcome: isOneOf('running', 'delivered', 'spooled', 'failed', 'skipped', 'lost'),
  reason: orNull(
    isOneOf('overlap', 'suspended', 'deadline', 'spool-full', 'min-interval', 'missed'),
  ),
  partial: isFlag,
  engine: orNull(isOneOf('native', 'cli')),
  error: orNull(hasShape(ERROR)),
  phases: isListOf(hasShape(PHASE)),
  bundle: orNull(hasShape(BUNDLE)),
  collectors: isListOf(hasShape(COLLECTOR)),
  delivery: orNull(hasShape(DELIVERY)),
};

/**
 * The value, once it is known to be a record. Fields that a record does not have are left in it.
 *
 * @throws {TypeError} Names the first field that is missing or wrong, never what is in it.
 */
export function parseRunRecord(value: unknown): RunRecord {
  if (isRecord(value)) return value;
  throw new TypeError(`not a run record: ${hasShape(RECORD)(value, 'record')}`);
}

function isRecord(value: unknown): value is RunRecord {
  return hasShape(RECORD)(value, 'record') === undefined;
}

function isText(value: unknown, path: string): string | undefined {
  return typeof value === 'string' ? undefined : `${path} is no text`;
}

function isFlag(value: unknown, path: string): string | undefined {
  return typeof value === 'boolean' ? undefined : `${path} is neither true nor false`;
}

function isCount(value: unknown, path: string): string | undefined {
  return typeof value === 'number' && value >= 0 ? undefined : `${path} is no number from 0`;
}

function isInstant(value: unknown, path: string): string | undefined {
  const isValid = typeof value === 'string' && !Number.isNaN(Date.parse(value));
  return isValid ? undefined : `${path} is no instant`;
}

function isOneOf(...words: readonly string[]): Check {
  return (value, path) =>
    words.some((word) => word === value) ? undefined : `${path} is none of ${words.join(', ')}`;
}

function orNull(check: Check): Check {
  return (value, path) => (value === null ? undefined : check(value, path));
}

function isListOf(check: Check): Check {
  return (value, path) =>
    Array.isArray(value)
      ? firstProblem(value.map((element, index) => check(element, `${path}[${index}]`)))
      : `${path} is no list`;
}

function hasShape(shape: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (typeof value !== 'object' || value === null) return `${path} is no object`;
    return firstProblem(
      Object.entries(shape).map(([name, check]) =>
        check(Reflect.get(value, name), `${path}.${name}`),
      ),
    );
  };
}

function firstProblem(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}
