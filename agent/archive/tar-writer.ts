/** One gzipped tar file in the making: members put together in batches, compressed, measured, and written to the disk. */

import { createWriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { AgentError, hasCode, messageOf } from '../errors.ts';
import { Measure } from './measure.ts';
import { BLOCK_BYTES, paddingBytes, tarHeader } from './tar-header.ts';

/** Only the owner of an unpacked bundle reads it, as with troubleshoot's redacted files. */
const FILE_MODE = 0o600;
const LINK_MODE = 0o777;

/** Levels below are faster by less than they are larger; more memory than the default saves a fifth of the time. */
const GZIP = { level: 6, memLevel: 9, chunkSize: 64 * 1024 };

/** What gzip is given at once: each time costs a job for another thread, and tar's headers come in 512 bytes. */
const BATCH_BYTES = 512 * 1024;

const END = Buffer.alloc(2 * BLOCK_BYTES);

export class TarWriter {
  readonly #gzip = createGzip(GZIP);
  readonly #measure = new Measure();
  /** Whichever part fails first stops the others, and its error is the one that counts. */
  readonly #failure = new AbortController();
  readonly #signal: AbortSignal;
  readonly #writing: Promise<void>;
  readonly #file: string;
  readonly #modifiedAt: number;
  readonly #batch = Buffer.allocUnsafeSlow(BATCH_BYTES);
  #batchBytes = 0;
  #onCompressed: Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'> | undefined;

  /**
   * @param file Must not exist; mode 0600. The caller removes it when anything here rejects.
   * @param modifiedAtMs What the members state as their time.
   */
  constructor(file: string, modifiedAtMs: number, signal: AbortSignal) {
    this.#file = file;
    this.#modifiedAt = Math.floor(modifiedAtMs / 1000);
    this.#signal = AbortSignal.any([signal, this.#failure.signal]);
    const measure = this.#measure;
    this.#writing = pipeline(
      this.#gzip,
      async function* measured(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          measure.add(chunk);
          yield chunk;
        }
      },
      createWriteStream(file, { flags: 'wx', mode: FILE_MODE, flush: true }),
      { signal: this.#signal },
    );
    this.#signal.addEventListener('abort', () => this.#onCompressed?.reject(this.#signal.reason));
    this.#writing.catch((error: unknown) => this.#failure.abort(asArchiveError(error, file)));
  }

  /**
   * Resolves once the whole body has been taken: it may be let go of then.
   *
   * @param bytes Exactly the length of the body.
   */
  async addFile(name: string, bytes: number, body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      await this.#add(this.#header({ name, bytes, mode: FILE_MODE }));
      for await (const chunk of body) await this.#add(chunk);
      await this.#add(END.subarray(0, paddingBytes(bytes)));
    } catch (error) {
      // What follows would not be where readers look for it.
      this.#failure.abort(error);
      throw error;
    }
  }

  async addLink(name: string, target: string): Promise<void> {
    await this.#add(this.#header({ name, bytes: 0, mode: LINK_MODE, target }));
  }

  /** Size and digest of the file, which is on the disk then. */
  async finish(): Promise<Measure> {
    await this.#add(END);
    await this.#compress();
    this.#gzip.end();
    try {
      await this.#writing;
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

  #header(member: Omit<Parameters<typeof tarHeader>[0], 'modifiedAt'>): Buffer {
    return tarHeader({ ...member, modifiedAt: this.#modifiedAt });
  }

  async #add(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) {
      const part = rest.subarray(0, BATCH_BYTES - this.#batchBytes);
      this.#batch.set(part, this.#batchBytes);
      this.#batchBytes += part.length;
      rest = rest.subarray(part.length);
      if (this.#batchBytes === BATCH_BYTES) await this.#compress();
    }
  }

  /** Resolves when gzip is done with the batch, which is filled anew then. */
  async #compress(): Promise<void> {
    if (this.#signal.aborted) throw asArchiveError(this.#signal.reason, this.#file);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#onCompressed = { resolve, reject };
    this.#gzip.write(this.#batch.subarray(0, this.#batchBytes), (error) => {
      // oxlint-disable-next-line typescript/no-unnecessary-condition -- undefined is what Node gives, whatever its types say
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
    this.#batchBytes = 0;
    try {
      await promise;
    } catch (error) {
      throw asArchiveError(this.#signal.aborted ? this.#signal.reason : error, this.#file);
    }
  }
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
