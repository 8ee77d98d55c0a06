/** Writes a bundle: one gzipped tar file with everything collected, and a manifest of it as its last entry. */

import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Collected, CollectorReport, FileEntry, LeftOut, LinkEntry } from '../bundle.ts';
import { AgentError, hasCode, messageOf } from '../errors.ts';
import { MANIFEST_PATH } from './layout.ts';
import {
  formatManifest,
  type ManifestFacts,
  type ManifestFile,
  type ManifestLink,
  sum,
} from './manifest.ts';
import { HiddenCounter, Measure } from './measure.ts';
import { TarWriter } from './tar-writer.ts';

/**
 * Of the allowed size, this share is for what the engine itself adds: readers do not take a bundle
 * without `version.yaml` for one, and it may come last.
 */
const SHARE_OF_ENGINE = 0.01;

export interface ArchiveOptions {
  /** The bundle's name, from `bundleName`. */
  readonly topFolder: string;
  /** Replaced if it exists, mode 0600, on the disk when `writeArchive` resolves; removed when it rejects. */
  readonly file: string;
  /** The manifest once more, beside the bundle; handled as `file` is. */
  readonly manifestFile?: string;
  readonly maxUncompressedBytes: number;
  readonly facts: ManifestFacts;
}

/** A finished bundle, as its record describes it. The manifest itself is not counted. */
export interface ArchivedBundle {
  readonly name: string;
  /** Hex, of the compressed file. */
  readonly sha256: string;
  readonly bytes: number;
  /** Files and links. */
  readonly files: number;
  readonly uncompressedBytes: number;
  readonly redactions: number;
  readonly leftOut: number;
}

export interface Archived {
  readonly bundle: ArchivedBundle;
  readonly collectors: readonly CollectorReport[];
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
  const { file, manifestFile, facts } = options;
  await removeOld(options);
  const tar = new TarWriter(file, Date.parse(facts.createdAt), signal);
  try {
    const contents = new Contents(tar, options);
    for await (const one of collected) await contents.add(one);
    const manifest = formatManifest(options.topFolder, facts, contents);
    await tar.addFile(pathIn(options, MANIFEST_PATH), Buffer.byteLength(manifest), once(manifest));
    const measure = await tar.finish();
    if (manifestFile !== undefined) await writeSynced(manifestFile, manifest);
    return { ...contents.describe(measure), manifest };
  } catch (error) {
    const first = await tar.abandon(error);
    await removeOld(options);
    signal.throwIfAborted();
    throw asArchiveError(first, file);
  }
}

/** What has gone into the archive and what has not. */
class Contents {
  readonly files: ManifestFile[] = [];
  readonly links: ManifestLink[] = [];
  readonly leftOut: LeftOut[] = [];
  readonly collectors: CollectorReport[] = [];
  readonly #tar: TarWriter;
  readonly #options: ArchiveOptions;
  readonly #paths = new Set<string>([MANIFEST_PATH]);
  #uncompressedBytes = 0;

  constructor(tar: TarWriter, options: ArchiveOptions) {
    this.#tar = tar;
    this.#options = options;
  }

  async add(one: Collected): Promise<void> {
    switch (one.kind) {
      case 'left-out':
        this.leftOut.push(one);
        return;
      case 'collector': {
        const { kind: _kind, ...report } = one;
        this.collectors.push(report);
        return;
      }
      case 'file':
      case 'link': {
        const reason = this.#reasonAgainst(one);
        if (reason !== undefined) this.leftOut.push({ kind: 'left-out', path: one.path, reason });
        else if (one.kind === 'file') await this.#addFile(one);
        else await this.#addLink(one);
      }
    }
  }

  describe(measure: Measure): Omit<Archived, 'manifest'> {
    const { files, links, leftOut, collectors } = this;
    const bundle: ArchivedBundle = {
      name: this.#options.topFolder,
      sha256: measure.sha256(),
      bytes: measure.bytes,
      files: files.length + links.length,
      uncompressedBytes: this.#uncompressedBytes,
      redactions: sum(files.map(({ redactions }) => redactions)),
      leftOut: leftOut.length,
    };
    return { bundle, collectors, leftOut };
  }

  async #addFile(entry: FileEntry): Promise<void> {
    const { path, bytes } = entry;
    const measure = new Measure();
    const hidden = new HiddenCounter();
    await this.#tar.addFile(pathIn(this.#options, path), bytes, measured(entry, measure, hidden));
    this.#paths.add(path);
    this.#uncompressedBytes += bytes;
    this.files.push({
      path,
      bytes,
      sha256: measure.sha256(),
      collector: entry.collector ?? null,
      redactions: hidden.count,
    });
  }

  async #addLink({ path, target, collector }: LinkEntry): Promise<void> {
    await this.#tar.addLink(pathIn(this.#options, path), target);
    this.#paths.add(path);
    this.links.push({ path, target, collector: collector ?? null });
  }

  /** Why an entry cannot be taken in; undefined when it can. */
  #reasonAgainst(entry: FileEntry | LinkEntry): string | undefined {
    if (entry.path === MANIFEST_PATH) return "the name is the manifest's";
    if (this.#paths.has(entry.path)) return 'the path occurs twice; the first one is in the bundle';
    // archiver writes it as a slash, and the file would be another one.
    if (entry.path.includes('\\')) return 'the path holds a backslash';
    if (entry.kind === 'link') {
      return entry.target.includes('\\') ? 'the link holds a backslash' : undefined;
    }
    const { maxUncompressedBytes: maxBytes } = this.#options;
    const roomBytes = entry.collector === undefined ? maxBytes : maxBytes * (1 - SHARE_OF_ENGINE);
    return this.#uncompressedBytes + entry.bytes > roomBytes
      ? `its ${entry.bytes} bytes would take the bundle past MAX_BUNDLE_SIZE of ${maxBytes} bytes`
      : undefined;
  }
}

async function* measured(
  entry: FileEntry,
  measure: Measure,
  hidden: HiddenCounter,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of entry.read()) {
    measure.add(chunk);
    hidden.add(chunk);
    if (measure.bytes > entry.bytes) throw wrongLength(entry, `more than ${entry.bytes}`);
    yield chunk;
  }
  if (measure.bytes < entry.bytes) throw wrongLength(entry, `${measure.bytes}`);
}

function wrongLength({ path, bytes }: FileEntry, found: string): AgentError {
  return new AgentError(
    'ARCHIVE_WRITE',
    `${path} has ${found} bytes where ${bytes} were announced`,
  );
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function pathIn({ topFolder }: ArchiveOptions, path: string): string {
  return `${topFolder}/${path}`;
}

async function removeOld({ file, manifestFile }: ArchiveOptions): Promise<void> {
  await rm(file, { force: true });
  if (manifestFile !== undefined) await rm(manifestFile, { force: true });
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function asArchiveError(error: unknown, file: string): unknown {
  if (error instanceof AgentError || !(error instanceof Error)) return error;
  if (hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')) {
    const message = `no space left on the disk of ${dirname(file)}`;
    return new AgentError('SPOOL_DISK_FULL', message, { cause: error });
  }
  const message = `${file} cannot be written: ${messageOf(error)}`;
  return new AgentError('ARCHIVE_WRITE', message, { cause: error });
}
