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

/** Small pieces are put together in blocks, the first one small: many bodies are. */
const FIRST_BLOCK_BYTES = 2 * 1024;
const LARGEST_BLOCK_BYTES = 256 * 1024;

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
  /** Full, but for the last one. */
  #blocks: Buffer[] = [];
  #freeBytes = 0;
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

  /** Takes a copy: the chunk may be used again. To be awaited before the next write. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#file !== undefined && chunk.length >= LARGEST_BLOCK_BYTES) {
      await this.#flush();
      await writeAll(this.#file.handle, chunk);
      this.#bytes += chunk.length;
      return;
    }
    this.#copy(chunk);
    this.#pendingBytes += chunk.length;
    this.#bytes += chunk.length;
    const mostBytes = this.#file === undefined ? MAX_MEMORY_BYTES : LARGEST_BLOCK_BYTES;
    if (this.#pendingBytes >= mostBytes) await this.#flush();
  }

  async finish(): Promise<Body> {
    if (this.#file === undefined) return bodyOfChunks(this.#takeBlocks(), this.#bytes);
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
    this.#takeBlocks();
    if (this.#file === undefined) return;
    await this.#file.handle.close();
    await rm(this.#file.path, { force: true });
  }

  async #flush(): Promise<void> {
    const path = this.#file?.path ?? join(this.#workDir, `body-${randomUUID()}`);
    this.#file ??= { path, handle: await open(path, 'wx', 0o600) };
    this.#pendingBytes = 0;
    const reused = this.#blocks.at(-1);
    for (const block of this.#takeBlocks()) await writeAll(this.#file.handle, block);
    // Otherwise a large body would leave as much behind for the garbage collector.
    if (reused !== undefined) this.#blocks = [reused];
    this.#freeBytes = reused?.length ?? 0;
  }

  #copy(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#freeBytes === 0) this.#addBlock(rest.length);
      const block = this.#blocks.at(-1);
      if (block === undefined) throw new Error('a block was just added');
      const part = rest.subarray(0, this.#freeBytes);
      block.set(part, block.length - this.#freeBytes);
      this.#freeBytes -= part.length;
      rest = rest.subarray(part.length);
    }
  }

  /** Each block is twice as large as the one before, up to a bound. */
  #addBlock(neededBytes: number): void {
    const last = this.#blocks.at(-1)?.length ?? FIRST_BLOCK_BYTES / 2;
    const bytes = Math.min(LARGEST_BLOCK_BYTES, Math.max(2 * last, neededBytes));
    this.#blocks.push(Buffer.allocUnsafeSlow(bytes));
    this.#freeBytes = bytes;
  }

  /** All blocks, the last one cut to what is written. */
  #takeBlocks(): readonly Buffer[] {
    const blocks = this.#blocks;
    const last = blocks.pop();
    if (last !== undefined) blocks.push(last.subarray(0, last.length - this.#freeBytes));
    this.#blocks = [];
    this.#freeBytes = 0;
    return blocks;
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, offset);
    offset += bytesWritten;
  }
}
