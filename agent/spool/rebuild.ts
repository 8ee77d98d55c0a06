/** The record of a bundle whose sidecar is gone, from its file and its manifest. */

import type { RunRecord } from '../run/record.ts';
import { pendingDelivery, type SpooledRecord } from './sidecar.ts';

interface RebuildFacts {
  readonly runId: string;
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
  /** As parsed from JSON; undefined where it is missing or unreadable. */
  readonly manifest: Readonly<Record<string, unknown>> | undefined;
}

/**
 * What can still be said about the run. Times come from the run's id, and what the manifest does not
 * say is as for a run that went well; the run history knows more where it has the record.
 */
export function rebuildRecord({
  runId,
  key,
  sha256,
  bytes,
  manifest,
}: RebuildFacts): SpooledRecord {
  const startedAt = instantOf(runId);
  const files = Array.isArray(manifest?.['files']) ? manifest['files'] : [];
  const leftOut = Array.isArray(manifest?.['leftOut']) ? manifest['leftOut'].length : 0;
  return {
    id: runId,
    trigger: 'schedule',
    scheduledAt: null,
    startedAt,
    finishedAt: startedAt,
    outcome: 'spooled',
    reason: null,
    partial: leftOut > 0,
    engine: engineOf(manifest),
    error: null,
    phases: [],
    collectors: [],
    bundle: {
      name: textOf(manifest?.['bundle']) ?? runId,
      sha256,
      bytes,
      files: files.length,
      uncompressedBytes: sumOf(files, 'bytes'),
      redactions: sumOf(files, 'redactions'),
      leftOut,
    },
    delivery: pendingDelivery(key),
  };
}

/** `2026-11-22T02:00:00Z` from `20261122T020000Z-1f3a`. */
export function instantOf(runId: string): string {
  return runId.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3T$4:$5:$6Z');
}

function engineOf(manifest: RebuildFacts['manifest']): RunRecord['engine'] {
  const engine = manifest?.['engine'];
  return engine === 'native' || engine === 'cli' ? engine : null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The sum of one number of each entry; entries that lack it count nothing. */
function sumOf(entries: readonly unknown[], field: string): number {
  return entries.reduce<number>((sum, entry) => {
    const value: unknown =
      typeof entry === 'object' && entry !== null ? Reflect.get(entry, field) : undefined;
    return sum + (typeof value === 'number' ? value : 0);
  }, 0);
}
