/** Writes a bundle: one gzipped tar file with everything collected, and a manifest of it as its last entry. */

import { open, rm } from 'node:fs/promises';

import { type Collected, type CollectorReport, cutText, type LeftOut } from '../bundle.ts';
import { Contents, type ContentsOptions } from './contents.ts';
import { formatManifest, type ManifestFacts, type ManifestFile, sum } from './manifest.ts';
import { asArchiveError, TarWriter } from './tar-writer.ts';

export interface ArchiveOptions extends ContentsOptions {
  /** Replaced if it exists, mode 0600, on the disk when `writeArchive` resolves; removed when it rejects. */
  readonly file: string;
  /** The manifest once more, beside the bundle; handled as `file` is. */
  readonly manifestFile?: string;
  /** Looked at once more in the end, for the manifest. */
  readonly facts: ManifestFacts;
}

/** A finished bundle, as its record describes it. The manifest itself is not counted. */
interface ArchivedBundle {
  readonly name: string;
  /** Hex, of the compressed file. */
  readonly sha256: string;
  readonly bytes: number;
  /** Files and links. */
  readonly files: number;
  readonly uncompressedBytes: number;
  readonly redactions: number;
  readonly leftOut: number;
  /** Files that still held what looks like a secret after redaction, the first of them; they are left out. */
  readonly findings: readonly { readonly path: string; readonly rule: string }[];
}

export interface Archived {
  readonly bundle: ArchivedBundle;
  readonly collectors: readonly CollectorReport[];
  readonly files: readonly ManifestFile[];
  readonly leftOut: readonly LeftOut[];
  readonly manifest: string;
}

/**
 * Writes all entries, in order, then the manifest, and hashes the file on its way to the disk.
 *
 * The next entry is asked for once the last one is in the archive, so at most one body is open.
 * An entry that does not fit or whose path is taken is left out and named; so is what the source left out.
 *
 * @throws {AgentError} ARCHIVE_WRITE: the file cannot be written, or a body is not as long as announced.
 * @throws {AgentError} SPOOL_DISK_FULL: no space left.
 */
export async function writeArchive(
  collected: AsyncIterable<Collected>,
  options: ArchiveOptions,
  signal: AbortSignal,
): Promise<Archived> {
  const { file, manifestFile, topFolder } = options;
  await removeOld(options);
  const tar = new TarWriter(file, Date.parse(options.facts.createdAt), signal);
  try {
    const contents = new Contents(tar, options);
    for await (const one of collected) await contents.add(one);
    const manifest = formatManifest(topFolder, options.facts, contents);
    await contents.addManifest(manifest);
    const measure = await tar.finish();
    if (manifestFile !== undefined) await writeSynced(manifestFile, manifest);
    const { files, links, leftOut, collectors, uncompressedBytes } = contents;
    const bundle = {
      name: topFolder,
      sha256: measure.sha256(),
      bytes: measure.bytes,
      files: files.length + links.length,
      uncompressedBytes,
      redactions: sum(files.map(({ redactions }) => redactions)),
      leftOut: leftOut.length,
      findings: findingsOf(leftOut),
    };
    return { bundle, collectors, files, leftOut, manifest };
  } catch (error) {
    const first = await tar.abandon(error);
    await removeOld(options);
    signal.throwIfAborted();
    throw first;
  }
}

/** A record is small, and all are in the manifest. */
const MAX_FINDINGS = 20;

function findingsOf(leftOut: readonly LeftOut[]): ArchivedBundle['findings'] {
  const found = leftOut.flatMap(({ path, finding }) =>
    finding === undefined ? [] : [{ path: cutText(path), rule: finding }],
  );
  return found.slice(0, MAX_FINDINGS);
}

async function removeOld({ file, manifestFile }: ArchiveOptions): Promise<void> {
  for (const old of [file, ...(manifestFile === undefined ? [] : [manifestFile])]) {
    try {
      await rm(old, { force: true });
    } catch (error) {
      throw asArchiveError(error, old);
    }
  }
}

async function writeSynced(file: string, text: string): Promise<void> {
  try {
    await using handle = await open(file, 'wx', 0o600);
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    throw asArchiveError(error, file);
  }
}
