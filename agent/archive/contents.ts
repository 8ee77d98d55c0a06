/** What goes into a bundle and what does not, entry by entry: the list that the manifest is made of. */

import type { Collected, CollectorReport, FileEntry, LeftOut, LinkEntry } from '../bundle.ts';
import { AgentError } from '../errors.ts';
import { MANIFEST_PATH } from './layout.ts';
import type { ManifestContents, ManifestFile, ManifestLink } from './manifest.ts';
import { HiddenCounter, Measure } from './measure.ts';
import type { TarWriter } from './tar-writer.ts';

/**
 * Of the allowed size, this share is for what the engine itself adds: readers do not take a bundle
 * without `version.yaml` for one, and it may come last.
 */
const SHARE_OF_ENGINE = 0.01;

export interface ContentsOptions {
  /** The bundle's name, from `bundleName`. */
  readonly topFolder: string;
  readonly maxUncompressedBytes: number;
}

export class Contents implements ManifestContents {
  readonly files: ManifestFile[] = [];
  readonly links: ManifestLink[] = [];
  readonly leftOut: LeftOut[] = [];
  readonly collectors: CollectorReport[] = [];
  readonly #tar: TarWriter;
  readonly #options: ContentsOptions;
  readonly #paths = new Set<string>([MANIFEST_PATH]);
  #uncompressedBytes = 0;

  constructor(tar: TarWriter, options: ContentsOptions) {
    this.#tar = tar;
    this.#options = options;
  }

  /** Of all files, without the manifest. */
  get uncompressedBytes(): number {
    return this.#uncompressedBytes;
  }

  /** Resolves once an entry's body is in the archive whole, or it is clear that it does not go in. */
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

  /** Its last entry. */
  async addManifest(text: string): Promise<void> {
    await this.#tar.addFile(this.#nameOf(MANIFEST_PATH), Buffer.byteLength(text), once(text));
  }

  async #addFile(entry: FileEntry): Promise<void> {
    const { path, bytes } = entry;
    const measure = new Measure();
    const hidden = new HiddenCounter();
    await this.#tar.addFile(this.#nameOf(path), bytes, measured(entry, measure, hidden));
    this.#paths.add(path);
    this.#uncompressedBytes += bytes;
    this.files.push({
      path,
      bytes,
      sha256: measure.sha256(),
      collector: entry.collector ?? null,
      redactions: hidden.count,
      rules: Object.fromEntries(entry.hidden ?? []),
    });
  }

  async #addLink({ path, target, collector }: LinkEntry): Promise<void> {
    await this.#tar.addLink(this.#nameOf(path), target);
    this.#paths.add(path);
    this.links.push({ path, target, collector: collector ?? null });
  }

  /** Why an entry cannot be taken in; undefined when it can. */
  #reasonAgainst(entry: FileEntry | LinkEntry): string | undefined {
    if (entry.path === MANIFEST_PATH) return "the name is the manifest's";
    if (this.#paths.has(entry.path)) return 'the path occurs twice; the first one is in the bundle';
    // Readers on Windows take it for a slash, and the file would be another one.
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

  #nameOf(path: string): string {
    return `${this.#options.topFolder}/${path}`;
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
