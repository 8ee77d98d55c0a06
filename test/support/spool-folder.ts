/** Real spool folders for tests, and runs to put into them. */

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import type { RunRecord } from '../../agent/run/record.ts';
import { partialPaths } from '../../agent/spool/layout.ts';
import type { Recovery } from '../../agent/spool/recover.ts';
import type { SpooledRecord } from '../../agent/spool/sidecar.ts';
import { openSpool, type Spool, type SpoolOptions } from '../../agent/spool/spool.ts';
import { FakeClock } from './clock.ts';
import { spooledRecord } from './spool.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A temporary folder that is removed with all that is in it. */
export async function createSpoolFolder(): Promise<{
  readonly directory: string;
  readonly remove: () => Promise<void>;
}> {
  const directory = await mkdtemp(join(tmpdir(), 'spool-'));
  return { directory, remove: () => rm(directory, { recursive: true }) };
}

export async function openTestSpool(
  directory: string,
  changed: Partial<SpoolOptions> = {},
): Promise<{ readonly spool: Spool; readonly recovery: Recovery }> {
  return openSpool(
    {
      directory,
      maxBytes: 1_000_000,
      maxAgeMs: 90 * DAY_MS,
      keep: 0,
      isRing: false,
      history: 50,
      keyFor: ({ sha256 }) => `${sha256}.tar.gz`,
      clock: new FakeClock(),
      ...changed,
    },
    new AbortController().signal,
  );
}

/** A spool with the bundles of these runs. */
export async function openSpoolWith(
  directory: string,
  ids: readonly string[],
  changed: Partial<SpoolOptions> = {},
): Promise<Spool> {
  const { spool } = await openTestSpool(directory, changed);
  for (const id of ids) await spool.commit(await writeRun(directory, id));
  return spool;
}

/** The record of a bundle that must be there. */
export function recordOf(spool: Spool, id: string): SpooledRecord {
  const bundle = spool.get(id);
  if (bundle === undefined) throw new Error(`${id} is not in the spool`);
  return bundle.record;
}

export async function markDelivered(spool: Spool, id: string): Promise<void> {
  const record = recordOf(spool, id);
  const delivery = { ...record.delivery, state: 'delivered' as const };
  await spool.saveDelivery(id, { record: { ...record, delivery } });
}

/** What a run's process leaves for the spool; the record that goes with it. */
export async function writeRun(directory: string, id: string, text = id): Promise<RunRecord> {
  const body = gzipSync(text, { level: 0 });
  const { bundle, manifest } = partialPaths(directory, id);
  await writeFile(bundle, body, { mode: 0o600 });
  await writeFile(manifest, `${JSON.stringify(manifestOf(id))}\n`, { mode: 0o600 });
  const record = spooledRecord(id);
  const sha256 = createHash('sha256').update(body).digest('hex');
  return { ...record, delivery: null, bundle: { ...record.bundle, sha256, bytes: body.length } };
}

/** A manifest as the archive writes it, as far as the spool reads it. */
function manifestOf(id: string): object {
  const { bundle, collectors } = spooledRecord(id);
  return {
    schemaVersion: 1,
    bundle: bundle.name,
    runId: id,
    createdAt: '2026-11-22T02:00:07Z',
    engine: { kind: 'cli', version: 'v0.133.0' },
    totals: {
      files: bundle.files,
      bytes: bundle.uncompressedBytes,
      redactions: bundle.redactions,
      leftOut: 0,
    },
    collectors,
    leftOut: [],
    files: [],
  };
}
