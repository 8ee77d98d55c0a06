/** The record of a bundle whose sidecar is gone, from its file and its manifest. */

import { parseRunRecord } from '../run/parse-record.ts';
import type { RunRecord } from '../run/record.ts';
import { pendingDelivery, type SpooledRecord } from './sidecar.ts';

type JsonObject = Readonly<Record<string, unknown>>;

interface RebuildFacts {
  readonly runId: string;
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
  /** As parsed from JSON; undefined where it is missing or unreadable. */
  readonly manifest: JsonObject | undefined;
}

/** What the owner withholds on purpose makes nothing partial. */
const COMPLETE = new Set<unknown>(['ok', 'denied', 'excluded']);

/**
 * What can still be said about the run: the manifest tells what is in the bundle, the run's id when it
 * was due. Who started it and how long it took is in the run history, where that has the record.
 */
export function rebuildRecord(facts: RebuildFacts): SpooledRecord {
  const bare = bareRecord(facts);
  const collectors = facts.manifest?.['collectors'];
  try {
    // Only as a whole: collectors that are not of today's form are left out.
    return { ...bare, collectors: parseRunRecord({ ...bare, collectors }).collectors };
  } catch {
    return bare;
  }
}

function bareRecord({ runId, key, sha256, bytes, manifest = {} }: RebuildFacts): SpooledRecord {
  const totals = objectOf(manifest['totals']);
  const leftOut = numberOf(totals['leftOut']);
  const startedAt = instantOf(runId);
  return {
    id: runId,
    trigger: 'schedule',
    scheduledAt: startedAt,
    startedAt,
    finishedAt: textOf(manifest['createdAt']) ?? startedAt,
    outcome: 'spooled',
    reason: null,
    partial: leftOut > 0 || hasIncompleteCollector(manifest['collectors']),
    engine: engineOf(objectOf(manifest['engine'])),
    error: null,
    phases: [],
    bundle: {
      name: textOf(manifest['bundle']) ?? runId,
      sha256,
      bytes,
      files: numberOf(totals['files']),
      uncompressedBytes: numberOf(totals['bytes']),
      redactions: numberOf(totals['redactions']),
      leftOut,
      findings: [],
    },
    collectors: [],
    delivery: pendingDelivery(key),
  };
}

/** `2026-11-22T02:00:00Z` from `20261122T020000Z-1f3a`. */
export function instantOf(runId: string): string {
  return runId.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3T$4:$5:$6Z');
}

function hasIncompleteCollector(collectors: unknown): boolean {
  return (
    Array.isArray(collectors) &&
    collectors.some((collector) => !COMPLETE.has(objectOf(collector)['outcome']))
  );
}

function engineOf({ kind }: JsonObject): RunRecord['engine'] {
  return kind === 'native' || kind === 'cli' ? kind : null;
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
