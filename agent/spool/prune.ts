/** What leaves the spool and when: pure choices over its bundles, and what the record of a lost one says. */

import type { AgentErrorCode } from '../errors.ts';
import type { SpooledBundle, SpooledRecord } from './sidecar.ts';

/** When the bundle was finished, ms since 1970. */
export function finishedAtMs({ finishedAt, startedAt }: SpooledRecord): number {
  return Date.parse(finishedAt ?? startedAt);
}

export function isDelivered({ record }: Pick<SpooledBundle, 'record'>): boolean {
  return record.delivery.state === 'delivered';
}

/** Undelivered bundles that are older than they may become. */
export function findExpired(
  bundles: readonly SpooledBundle[],
  { nowMs, maxAgeMs }: { readonly nowMs: number; readonly maxAgeMs: number },
): readonly SpooledBundle[] {
  return bundles.filter(
    (bundle) => !isDelivered(bundle) && nowMs - finishedAtMs(bundle.record) > maxAgeMs,
  );
}

/**
 * Bundles beyond the number that is kept, oldest first: delivered ones, or in a ring all of them.
 *
 * @param bundles Oldest first.
 */
export function findSurplus(
  bundles: readonly SpooledBundle[],
  { keep, isRing }: { readonly keep: number; readonly isRing: boolean },
): readonly SpooledBundle[] {
  if (isRing && keep === 0) return [];
  const counted = isRing ? bundles : bundles.filter(isDelivered);
  return counted.slice(0, Math.max(0, counted.length - keep));
}

/** Manifests that neither belong to a bundle in the spool nor to one of the newest `history` runs without one. */
export function findOldManifests(
  runIds: readonly string[],
  {
    isSpooled,
    history,
  }: { readonly isSpooled: (runId: string) => boolean; readonly history: number },
): readonly string[] {
  const alone = runIds.filter((runId) => !isSpooled(runId)).toSorted();
  return alone.slice(0, Math.max(0, alone.length - history));
}

/** The record of a bundle that is gone without having been delivered. */
export function lostRecord(
  record: SpooledRecord,
  code: Extract<AgentErrorCode, 'SPOOL_LOST' | 'SPOOL_DAMAGED' | 'SPOOL_EXPIRED'>,
  message: string,
): SpooledRecord {
  const { delivery } = record;
  const state = code === 'SPOOL_EXPIRED' ? 'expired' : delivery.state;
  return {
    ...record,
    outcome: 'lost',
    error: { code, message },
    delivery: { ...delivery, state, nextAttemptAt: null },
  };
}
