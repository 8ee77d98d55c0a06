/** What a start finds in the spool: whole bundles, leftovers of a killed process, and losses. */

import { constants } from 'node:fs';
import { access, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { syncFolder, writeDurably } from '../durable.ts';
import { hasCode } from '../errors.ts';
import { setAside } from './damaged.ts';
import { hashFile, isWholeGzip, removeFile } from './disk.ts';
import {
  MARKER,
  PARTIAL,
  parseSpoolName,
  type SpoolName,
  type SpoolPaths,
  spoolPaths,
} from './layout.ts';
import { lostRecord } from './prune.ts';
import { instantOf, rebuildRecord } from './rebuild.ts';
import {
  checkVersion,
  formatSidecar,
  type KeyFacts,
  parseObject,
  parseSidecar,
  type Sidecar,
  SPOOL_VERSION,
  type SpooledBundle,
  type SpooledRecord,
} from './sidecar.ts';

/** A bundle that was spooled, not delivered, and is gone. */
export interface LostBundle {
  readonly runId: string;
  readonly reason: string;
  /** With outcome `lost`; undefined where its sidecar could not be read either. */
  readonly record: SpooledRecord | undefined;
}

/** What was found when the spool was opened, for the log and the run history. */
export interface Recovery {
  /** Names of half-written files that were removed. */
  readonly removedPartials: readonly string[];
  /** Runs whose sidecar was missing or damaged and was made anew. */
  readonly rebuilt: readonly string[];
  readonly lost: readonly LostBundle[];
}

export interface RecoverOptions {
  readonly directory: string;
  readonly keyFor: (facts: KeyFacts) => string;
}

/**
 * Checks the folder's format, removes leftovers and gives back the bundles, oldest first.
 * Leaves files alone that are not the spool's.
 *
 * The size of each bundle is checked here, its hash before it is sent: hashing gigabytes would delay the start.
 */
export async function recover(
  options: RecoverOptions,
  signal: AbortSignal,
): Promise<{ readonly bundles: readonly SpooledBundle[]; readonly recovery: Recovery }> {
  const { directory } = options;
  await checkMarker(directory);
  const found = (await readdir(directory))
    .flatMap((name) => parseSpoolName(name) ?? [])
    .toSorted(byAge);
  const bundles: SpooledBundle[] = [];
  const rebuilt: string[] = [];
  const lost: LostBundle[] = [];
  for (const { runId } of found.filter(isFinal('bundle'))) {
    signal.throwIfAborted();
    const result = await recoverBundle(runId, options, signal);
    if (result.kind === 'lost') lost.push(result.lost);
    else bundles.push(result.bundle);
    if (result.kind === 'rebuilt') rebuilt.push(runId);
  }
  const withBundle = new Set(found.filter(isFinal('bundle')).map(({ runId }) => runId));
  for (const { runId } of found.filter(isFinal('sidecar'))) {
    if (withBundle.has(runId)) continue;
    lost.push(...(await removeLoneSidecar(directory, runId)));
  }
  const removedPartials = await removePartials(directory);
  await syncFolder(directory);
  return { bundles, recovery: { removedPartials, rebuilt, lost } };
}

/** @throws {AgentError} SPOOL_VERSION: the folder was written by an agent with another format. */
async function checkMarker(directory: string): Promise<void> {
  const file = join(directory, MARKER);
  const marker = parseObject((await readIfThere(file)) ?? '');
  checkVersion(marker?.['version']);
  // Whether the folder can be written to shows here and not after a long run.
  await access(directory, constants.W_OK);
  // A full disk must not keep a start from delivering what fills it.
  if (marker !== undefined) return;
  await writeDurably(file, `${JSON.stringify({ version: SPOOL_VERSION })}\n`);
}

type RecoveredBundle =
  | { readonly kind: 'whole' | 'rebuilt'; readonly bundle: SpooledBundle }
  | { readonly kind: 'lost'; readonly lost: LostBundle };

async function recoverBundle(
  runId: string,
  options: RecoverOptions,
  signal: AbortSignal,
): Promise<RecoveredBundle> {
  const { directory } = options;
  const paths = spoolPaths(directory, runId);
  const sidecar = await readSidecar(paths.sidecar);
  if (sidecar === undefined) {
    if (!(await isWholeGzip(paths.bundle, signal))) {
      return lose(paths, { runId, reason: 'its file is cut off', record: undefined });
    }
    const rebuilt = await rebuildSidecar(runId, options, signal);
    return { kind: 'rebuilt', bundle: { ...rebuilt, id: runId, file: paths.bundle } };
  }
  const { size: bytes } = await stat(paths.bundle);
  const expectedBytes = sidecar.record.bundle.bytes;
  if (bytes === expectedBytes) {
    return { kind: 'whole', bundle: { ...sidecar, id: runId, file: paths.bundle } };
  }
  const reason = `its file has ${bytes} bytes instead of ${expectedBytes}`;
  const record = lostRecord(sidecar.record, 'SPOOL_DAMAGED', `the bundle is damaged: ${reason}`);
  return lose(paths, { runId, reason, record });
}

async function lose(paths: SpoolPaths, lost: LostBundle): Promise<RecoveredBundle> {
  await setAside(paths.bundle);
  await removeFile(paths.sidecar);
  return { kind: 'lost', lost };
}

/** The sidecar; else the one that was about to take its place, which is whole if it can be parsed. */
async function readSidecar(file: string): Promise<Sidecar | undefined> {
  const sidecar = parseSidecar((await readIfThere(file)) ?? '');
  if (sidecar !== undefined) return sidecar;
  const text = await readIfThere(`${file}${PARTIAL}`);
  const replacement = parseSidecar(text ?? '');
  if (replacement !== undefined) await rename(`${file}${PARTIAL}`, file);
  return replacement;
}

async function rebuildSidecar(
  runId: string,
  { directory, keyFor }: RecoverOptions,
  signal: AbortSignal,
): Promise<Sidecar> {
  const { bundle, manifest, sidecar } = spoolPaths(directory, runId);
  const sha256 = await hashFile(bundle, signal);
  const key = keyFor({ runId, sha256, instantAt: instantOf(runId) });
  const record = rebuildRecord({
    runId,
    key,
    sha256,
    bytes: (await stat(bundle)).size,
    manifest: parseObject((await readIfThere(manifest)) ?? ''),
  });
  const rebuilt = { key, record };
  await writeDurably(sidecar, formatSidecar(rebuilt)).catch((error: unknown) => {
    // Made again at the next start, if it is still there then.
    if (!hasCode(error, 'ENOSPC')) throw error;
  });
  return rebuilt;
}

/** A delivered bundle is removed before its sidecar: only an undelivered one is lost. */
async function removeLoneSidecar(directory: string, runId: string): Promise<readonly LostBundle[]> {
  const { sidecar: file } = spoolPaths(directory, runId);
  const sidecar = parseSidecar((await readIfThere(file)) ?? '');
  await removeFile(file);
  if (sidecar?.record.delivery.state === 'delivered') return [];
  const reason = 'its file is gone';
  const record =
    sidecar === undefined
      ? undefined
      : lostRecord(sidecar.record, 'SPOOL_LOST', 'the bundle was gone before it was delivered');
  return [{ runId, reason, record }];
}

async function removePartials(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory)).filter(
    (name) => parseSpoolName(name)?.state === 'partial' || name === `${MARKER}${PARTIAL}`,
  );
  for (const name of names) await removeFile(join(directory, name));
  return names;
}

function isFinal(kind: SpoolName['kind']): (name: SpoolName) => boolean {
  return (name) => name.kind === kind && name.state === 'final';
}

/** Ids begin with the run's instant. */
function byAge(first: SpoolName, second: SpoolName): number {
  return first.runId < second.runId ? -1 : 1;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
