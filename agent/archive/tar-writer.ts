/** One gzipped tar file in the making: archiver, a file on the disk, and what is measured in between. */

import { createWriteStream, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { TarArchive } from 'archiver';

import { AgentError, hasCode, messageOf } from '../errors.ts';
import { inBatches } from './batches.ts';
import { Measure } from './measure.ts';

/** Only the owner of an unpacked bundle reads it, as with troubleshoot's redacted files. */
const FILE_MODE = 0o600;
const LINK_MODE = 0o777;

/**
 * Levels below are faster by less than they are larger. With this high-water mark the next batch is asked for
 * only once the last one is compressed.
 */
const GZIP = { level: 6, chunkSize: 64 * 1024, highWaterMark: 1 };

/** What is smaller is handed over whole: a stream for each of a thousand small files costs more than their compression. */
const SMALL_BYTES = 64 * 1024;

export class TarWriter {
  readonly #archive = new TarArchive({});
  readonly #measure = new Measure();
  /** Whichever part fails first stops the others, and its error is the one that counts. */
  readonly #failure = new AbortController();
  readonly #signal: AbortSignal;
  readonly #writing: Promise<void>;
  readonly #file: string;
  readonly #modifiedAt: Date;
  #onStored: Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'> | undefined;

  /**
   * @param file Must not exist; mode 0600. The caller removes it when anything here rejects.
   * @param modifiedAtMs What the members state as their time.
   */
  constructor(file: string, modifiedAtMs: number, signal: AbortSignal) {
    this.#file = file;
    this.#modifiedAt = new Date(modifiedAtMs);
    this.#signal = AbortSignal.any([signal, this.#failure.signal]);
    const measure = this.#measure;
    this.#writing = pipeline(
      this.#archive,
      inBatches,
      createGzip(GZIP),
      async function* measured(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          measure.add(chunk);
          yield chunk;
        }
      },
      createWriteStream(file, { flags: 'wx', mode: FILE_MODE, flush: true }),
      { signal: this.#signal },
    );
    // One listener for all entries: there are thousands.
    this.#archive.on('entry', () => this.#onStored?.resolve());
    this.#signal.addEventListener('abort', () => this.#onStored?.reject(this.#signal.reason));
    this.#writing.catch((error: unknown) => this.#failure.abort(asArchiveError(error, file)));
  }

  /**
   * Resolves once the whole body is in the archive.
   *
   * Without its size archiver holds a body in memory whole, as a tar header states it first (archiver 8, lib/plugins/tar.js).
   *
   * @param bytes Exactly the length of the body.
   */
  async addFile(name: string, bytes: number, body: AsyncIterable<Uint8Array>): Promise<void> {
    if (bytes <= SMALL_BYTES) {
      await this.#addSmallFile(name, body);
      return;
    }
    const stored = this.#nextStored();
    const source = Readable.from(body, { objectMode: false });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- archiver reads the size from `stats` and takes nothing else of it
    const stats = { size: bytes } as Stats;
    const passed = finished(source, { signal: this.#signal });
    this.#archive.append(source, { name, stats, mode: FILE_MODE, date: this.#modifiedAt });
    try {
      await Promise.all([passed, stored]);
    } catch (error) {
      this.#failure.abort(error);
      source.destroy();
      throw error;
    }
  }

  async #addSmallFile(name: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    const stored = this.#nextStored();
    const content = joined(chunks);
    this.#archive.append(content, { name, mode: FILE_MODE, date: this.#modifiedAt });
    await stored;
  }

  async addLink(name: string, target: string): Promise<void> {
    const stored = this.#nextStored();
    this.#archive.symlink(name, target, LINK_MODE);
    await stored;
  }

  /** Size and digest of the file, which is on the disk then. */
  async finish(): Promise<Measure> {
    try {
      await Promise.all([this.#archive.finalize(), this.#writing]);
    } catch (error) {
      throw asArchiveError(error, this.#file);
    }
    return this.#measure;
  }

  /** Closes the unfinished file. The error that came first, which may be another than the caller's. */
  async abandon(reason: unknown): Promise<unknown> {
    this.#failure.abort(reason);
    await this.#writing.catch(() => undefined);
    return this.#failure.signal.reason;
  }

  /** Resolves when the entry that is appended next is in the archive; there is one at a time. Throws where none may follow. */
  #nextStored(): Promise<void> {
    if (this.#signal.aborted) throw asArchiveError(this.#signal.reason, this.#file);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#onStored = {
      resolve,
      reject: (error: unknown) => reject(asArchiveError(error, this.#file)),
    };
    // Whoever appends may meet another error first, and then waits for this no more.
    promise.catch(() => undefined);
    return promise;
  }
}

/** Most small bodies are one chunk. */
function joined(chunks: readonly Uint8Array[]): Buffer {
  const [only] = chunks;
  if (only === undefined || chunks.length > 1) return Buffer.concat(chunks);
  return Buffer.from(only.buffer, only.byteOffset, only.byteLength);
}

/** What an error of writing a file is to an operator: SPOOL_DISK_FULL or ARCHIVE_WRITE. */
export function asArchiveError(error: unknown, file: string): AgentError {
  if (error instanceof AgentError) return error;
  if (hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')) {
    const message = `no space left on the disk of ${dirname(file)}`;
    return new AgentError('SPOOL_DISK_FULL', message, { cause: error });
  }
  const message = `${file} cannot be written: ${messageOf(error)}`;
  return new AgentError('ARCHIVE_WRITE', message, { cause: error });
}
