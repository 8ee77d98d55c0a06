/** RunRecord: what one run came to, as `/last-run`, `/runs`, `collect` and `run` show it (design: public contract). */

import type { CollectorReport } from '../bundle.ts';
import type { AgentErrorCode } from '../errors.ts';

export type RunTrigger = 'schedule' | 'missed' | 'start' | 'request' | 'command' | 'event';
export type RunOutcome = 'running' | 'delivered' | 'spooled' | 'failed' | 'skipped' | 'lost';
export type SkipReason =
  | 'overlap'
  | 'suspended'
  | 'deadline'
  | 'spool-full'
  | 'min-interval'
  | 'missed';
export type DeliveryState = 'pending' | 'blocked' | 'rejected' | 'delivered' | 'expired';

export interface RunError {
  readonly code: AgentErrorCode;
  readonly message: string;
}

/** The finished bundle: `sha256` and `bytes` describe the file that is sent. */
export interface BundleFacts {
  /** The top folder inside, e.g. `support-bundle-2026-11-22T02_00_00`. */
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly files: number;
  readonly uncompressedBytes: number;
  readonly redactions: number;
  readonly leftOut: number;
  /** Files that still held what looks like a secret after redaction, the first 20; by rule, never by value. */
  readonly findings: readonly { readonly path: string; readonly rule: string }[];
}

export interface DeliveryFacts {
  readonly state: DeliveryState;
  /** Origin and path; null where it is not known or not to be stored. */
  readonly destination: string | null;
  readonly key: string | null;
  readonly attempts: number;
  readonly statusCode: number | null;
  readonly deliveredAt: string | null;
  readonly nextAttemptAt: string | null;
  /** What the destination answered with to find the object again: ETag or request id. */
  readonly receipt: string | null;
}

export interface PhaseFacts {
  readonly name: string;
  readonly durationMs: number;
}

/** Instants are RFC 3339 in UTC. What is absent is null: the record is JSON that others read. */
export interface RunRecord {
  /** Scheduled (else request) instant and 4 hex digits, e.g. `20261122T020000Z-1f3a`. */
  readonly id: string;
  readonly trigger: RunTrigger;
  readonly scheduledAt: string | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly outcome: RunOutcome;
  readonly reason: SkipReason | null;
  readonly partial: boolean;
  readonly engine: 'native' | 'cli' | null;
  readonly error: RunError | null;
  readonly phases: readonly PhaseFacts[];
  readonly bundle: BundleFacts | null;
  readonly collectors: readonly CollectorReport[];
  readonly delivery: DeliveryFacts | null;
}

/** `20261122T020000Z`: an instant as run ids and upload keys write it. */
export function compactInstant(instantMs: number): string {
  return `${new Date(instantMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** @param random Uniform in [0, 1); tells two runs of the same instant apart. */
export function newRunId(instantMs: number, random: () => number = Math.random): string {
  const digits = Math.floor(random() * 0x1_0000)
    .toString(16)
    .padStart(4, '0');
  return `${compactInstant(instantMs)}-${digits}`;
}

/** Whether a text has the form of a run id: ids from outside become file names in the spool. */
export function isRunId(text: string): boolean {
  return /^\d{8}T\d{6}Z-[0-9a-f]{4}$/.test(text);
}
