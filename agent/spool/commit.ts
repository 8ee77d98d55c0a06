/** How a run's files become a bundle of the spool, so that a power cut at any point loses nothing silently. */

import { rename, stat } from 'node:fs/promises';

import { syncFolder, writeSynced } from '../durable.ts';
import { AgentError } from '../errors.ts';
import type { RunRecord } from '../run/record.ts';
import { removeFile, syncFile } from './disk.ts';
import { PARTIAL, partialPaths, spoolPaths } from './layout.ts';
import {
  formatSidecar,
  type KeyFacts,
  pendingDelivery,
  type SpooledBundle,
  type SpooledRecord,
} from './sidecar.ts';

export interface CommitOptions {
  readonly directory: string;
  readonly keyFor: (facts: KeyFacts) => string;
}

/**
 * Gives the files under `partialPaths` their final names.
 *
 * The sidecar is brought to the disk first, so that a full disk shows before anything has its final
 * name; it gets its own name last, so that a sidecar without a bundle always means a loss.
 *
 * @throws {AgentError} SPOOL_DAMAGED: the bundle's file has another size than its record.
 */
export async function commitFiles(
  record: RunRecord,
  { directory, keyFor }: CommitOptions,
): Promise<SpooledBundle> {
  const partial = partialPaths(directory, record.id);
  const paths = spoolPaths(directory, record.id);
  const { key, record: spooled } = prepare(record, keyFor);
  await checkSize(partial.bundle, spooled.bundle.bytes);
  await writeSynced(`${paths.sidecar}${PARTIAL}`, formatSidecar({ key, record: spooled }));
  await syncFile(partial.bundle);
  await syncFile(partial.manifest);
  await rename(partial.manifest, paths.manifest);
  await rename(partial.bundle, paths.bundle);
  await syncFolder(directory);
  await rename(`${paths.sidecar}${PARTIAL}`, paths.sidecar);
  await syncFolder(directory);
  return { id: record.id, file: paths.bundle, key, record: spooled };
}

/** Removes what a run left under `partialPaths`, and what a commit that failed left beside it. */
export async function discardFiles(runId: string, directory: string): Promise<void> {
  const { bundle, manifest } = partialPaths(directory, runId);
  const sidecar = `${spoolPaths(directory, runId).sidecar}${PARTIAL}`;
  for (const file of [bundle, manifest, sidecar]) await removeFile(file);
}

function prepare(
  record: RunRecord,
  keyFor: CommitOptions['keyFor'],
): { readonly key: string; readonly record: SpooledRecord } {
  const { id: runId, bundle, scheduledAt, startedAt } = record;
  if (bundle === null) throw new Error(`run ${runId} has no bundle to spool`);
  const key = keyFor({ runId, sha256: bundle.sha256, instantAt: scheduledAt ?? startedAt });
  return { key, record: { ...record, outcome: 'spooled', bundle, delivery: pendingDelivery(key) } };
}

async function checkSize(file: string, expectedBytes: number): Promise<void> {
  const { size: bytes } = await stat(file);
  if (bytes === expectedBytes) return;
  const message = `the bundle has ${bytes} bytes on the disk instead of ${expectedBytes}`;
  throw new AgentError('SPOOL_DAMAGED', message);
}
