/** The sidecar: what is known about a spooled bundle beside its bytes, as JSON next to it. */

import { AgentError } from '../errors.ts';
import { parseRunRecord } from '../run/parse-record.ts';
import type { BundleFacts, DeliveryFacts, RunRecord } from '../run/record.ts';

/** Format of the folder and of its sidecars. */
export const SPOOL_VERSION = 1;

/** The record of a run that has a bundle and is, or was, to be delivered. */
export interface SpooledRecord extends RunRecord {
  readonly bundle: BundleFacts;
  readonly delivery: DeliveryFacts;
}

export interface Sidecar {
  /** Appended to the destination's path; fixed when spooled. */
  readonly key: string;
  /** Of the destination's settings at the last attempt; absent before the first. */
  readonly destinationHash?: string;
  readonly record: SpooledRecord;
}

/** A finished bundle in the spool. */
export interface SpooledBundle extends Sidecar {
  /** The run's. */
  readonly id: string;
  readonly file: string;
}

/** What an upload key may be made of. */
export interface KeyFacts {
  readonly runId: string;
  /** Hex. */
  readonly sha256: string;
  /** Scheduled (else request) instant, RFC 3339. */
  readonly instantAt: string;
}

/** The delivery before its first attempt. */
export function pendingDelivery(key: string): DeliveryFacts {
  return {
    state: 'pending',
    destination: null,
    key,
    attempts: 0,
    statusCode: null,
    deliveredAt: null,
    nextAttemptAt: null,
    receipt: null,
  };
}

export function formatSidecar({ key, destinationHash, record }: Sidecar): string {
  return `${JSON.stringify({ version: SPOOL_VERSION, key, destinationHash, record }, null, 2)}\n`;
}

/**
 * The sidecar, or undefined where the text is not one: cut off, or written by something else.
 *
 * @throws {AgentError} SPOOL_VERSION: written by an agent with another format.
 */
export function parseSidecar(text: string): Sidecar | undefined {
  const value = parseObject(text);
  if (value === undefined) return undefined;
  checkVersion(value['version']);
  const { version, key, destinationHash } = value;
  const record = parseRecord(value['record']);
  if (version !== SPOOL_VERSION || typeof key !== 'string' || record === undefined) {
    return undefined;
  }
  if (destinationHash === undefined) return { key, record };
  return typeof destinationHash === 'string' ? { key, destinationHash, record } : undefined;
}

/** @throws {AgentError} SPOOL_VERSION: a number, and not the one that this agent writes. */
export function checkVersion(version: unknown): void {
  if (typeof version !== 'number' || version === SPOOL_VERSION) return;
  throw new AgentError(
    'SPOOL_VERSION',
    `the spool has format ${version} and this agent reads format ${SPOOL_VERSION}: run the agent that wrote it until it is empty, or set SPOOL_DIR to another folder`,
  );
}

/** The object that the text is, if it is JSON and an object. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined;
  } catch {
    // Cut off or not JSON: the caller has what it needs to know.
    return undefined;
  }
}

function parseRecord(value: unknown): SpooledRecord | undefined {
  try {
    const record = parseRunRecord(value);
    const { bundle, delivery } = record;
    return bundle === null || delivery === null ? undefined : { ...record, bundle, delivery };
  } catch {
    return undefined;
  }
}
