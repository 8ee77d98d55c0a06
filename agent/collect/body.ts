/** Bodies of files on their way into the archive: of known length, in memory while small, else in WORK_DIR. */

import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface Body {
  readonly bytes: number;
  /** From the start, each time. */
  read(): AsyncIterable<Uint8Array>;
  /** Lets go of it. May be called twice. */
  remove(): Promise<void>;
}

/** What is larger goes through a file. Several are open at once, so this is far below what the process may use. */
const MAX_MEMORY_BYTES = 2 * 1024 * 1024;

/** A body that is there already. */
export function bodyOf(content: string | Uint8Array): Body {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return bodyOfChunks([bytes], bytes.length);
}

function bodyOfChunks(chunks: readonly Uint8Array[], bytes: number): Body {
  return {
    bytes,
    async *read() {
      yield* chunks.filter((chunk) => chunk.length > 0);
    },
    remove: async () => {},
  };
}

/** Collects a body of unknown length. `finish` or `discard` must follow. */
export class BodyWriter {
  readonly #workDir: string;
  #chunks: Uint8Array[] = [];
  #pendingBytes = 0;
  #bytes = 0;
  #file: { readonly path: string; readonly handle: FileHandle } | undefined;

  /** @param workDir CollectContext's. */
  constructor(workDir: string) {
    this.#workDir = workDir;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The chunk must not be changed any more. To be awaited before the next write. */
  async write(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk);
    this.#pendingBytes += chunk.length;
    this.#bytes += chunk.length;
    if (this.#pendingBytes > MAX_MEMORY_BYTES) await this.#flush();
  }

  async finish(): Promise<Body> {
    if (this.#file === undefined) return bodyOfChunks(this.#chunks, this.#bytes);
    await this.#flush();
    const { path, handle } = this.#file;
    await handle.close();
    return {
      bytes: this.#bytes,
      read: () => createReadStream(path),
      remove: () => rm(path, { force: true }),
    };
  }

  async discard(): Promise<void> {
    this.#chunks = [];
    if (this.#file === undefined) return;
    await this.#file.handle.close();
    await rm(this.#file.path, { force: true });
  }

  async #flush(): Promise<void> {
    const path = this.#file?.path ?? join(this.#workDir, `body-${randomUUID()}`);
    this.#file ??= { path, handle: await open(path, 'wx', 0o600) };
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#pendingBytes = 0;
    await this.#file.handle.writev(chunks);
  }
}
