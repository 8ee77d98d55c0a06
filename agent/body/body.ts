/** Bodies of files on their way into the archive: of known length, in memory while small, else in WORK_DIR. */

import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { AgentError } from '../errors.ts';
import { Blocks, LARGEST_BLOCK_BYTES } from './blocks.ts';

export interface Body {
  readonly bytes: number;
  /** From the start, each time. */
  read(): AsyncIterable<Uint8Array>;
  /** Lets go of it; what was read of it must not be looked at any more. May be called twice. */
  remove(): Promise<void>;
}

/** WORK_DIR, and how much bodies may take of it at once: a log or a command may write for ever. */
export class WorkFolder {
  readonly path: string;
  readonly #mostBytes: number;
  #bytes = 0;

  /** @param path Exists; only this process's user may read it. */
  constructor(path: string, mostBytes: number) {
    this.path = path;
    this.#mostBytes = mostBytes;
  }

  /** @throws {AgentError} WORK_DIR_UNUSABLE: that would be too much. */
  take(bytes: number): void {
    if (this.#bytes + bytes > this.#mostBytes) {
      throw new AgentError(
        'WORK_DIR_UNUSABLE',
        `what is collected, or what is redacted, takes more than MAX_BUNDLE_SIZE of ${this.#mostBytes} bytes of WORK_DIR at once`,
      );
    }
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** What is larger goes through a file. Several are open at once, so this is far below what the process may use. */
const MAX_MEMORY_BYTES = 2 * 1024 * 1024;

const BLOCKS = new Blocks();

/** A body that is there already. */
export function bodyOf(content: string | Uint8Array): Body {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return {
    bytes: bytes.length,
    async *read() {
      if (bytes.length > 0) yield bytes;
    },
    remove: async () => {},
  };
}

/** @param lastBytes How much of the last block is written. */
function bodyOfBlocks(blocks: readonly Buffer[], bytes: number, lastBytes: number): Body {
  let left: readonly Buffer[] = blocks;
  return {
    bytes,
    async *read() {
      const whole = left.slice(0, -1);
      yield* whole;
      const last = left.at(-1)?.subarray(0, lastBytes);
      if (last !== undefined && last.length > 0) yield last;
    },
    async remove() {
      for (const block of left) BLOCKS.give(block);
      left = [];
    },
  };
}

/** Collects a body of unknown length. `finish` or `discard` must follow, also after a write that failed. */
export class BodyWriter {
  readonly #workDir: WorkFolder;
  /** Full, but for the last one. */
  #blocks: Buffer[] = [];
  #freeBytes = 0;
  #pendingBytes = 0;
  /** In the file. */
  #fileBytes = 0;
  #bytes = 0;
  #file: { readonly path: string; readonly handle: FileHandle } | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(workDir: WorkFolder) {
    this.#workDir = workDir;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a copy: the chunk may be used again. To be awaited before the next write. */
  async write(chunk: Uint8Array): Promise<void> {
    try {
      await this.#write(chunk);
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  async #write(chunk: Uint8Array): Promise<void> {
    if (this.#file !== undefined && chunk.length >= LARGEST_BLOCK_BYTES) {
      await this.#flush();
      await this.#writeOut(chunk, this.#file.handle);
      this.#bytes += chunk.length;
      return;
    }
    this.#copy(chunk);
    this.#pendingBytes += chunk.length;
    this.#bytes += chunk.length;
    const mostBytes = this.#file === undefined ? MAX_MEMORY_BYTES : LARGEST_BLOCK_BYTES;
    if (this.#pendingBytes >= mostBytes) await this.#flush();
  }

  /**
   * The body so far.
   *
   * @throws What a write failed with, then or now: a body with a hole is none. Nothing is left of it.
   */
  async finish(): Promise<Body> {
    try {
      if (this.#failure !== undefined) throw this.#failure.error;
      return await this.#finish();
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  async #finish(): Promise<Body> {
    if (this.#file === undefined) {
      const blocks = this.#blocks;
      this.#blocks = [];
      const lastBytes = (blocks.at(-1)?.length ?? 0) - this.#freeBytes;
      return bodyOfBlocks(blocks, this.#bytes, lastBytes);
    }
    await this.#flush();
    this.#giveBlocks();
    const { path, handle } = this.#file;
    await handle.close();
    return {
      bytes: this.#bytes,
      read: () => createReadStream(path),
      remove: () => this.#removeFile(path),
    };
  }

  async discard(): Promise<void> {
    this.#giveBlocks();
    if (this.#file === undefined) return;
    await this.#file.handle.close().catch(() => undefined);
    await this.#removeFile(this.#file.path);
  }

  async #removeFile(path: string): Promise<void> {
    this.#workDir.give(this.#fileBytes);
    this.#fileBytes = 0;
    await rm(path, { force: true });
  }

  async #writeOut(chunk: Uint8Array, handle: FileHandle): Promise<void> {
    this.#workDir.take(chunk.length);
    this.#fileBytes += chunk.length;
    await writeAll(handle, chunk);
  }

  /** Leaves one block, which is empty then. */
  async #flush(): Promise<void> {
    const path = this.#file?.path ?? join(this.#workDir.path, `body-${randomUUID()}`);
    this.#file ??= { path, handle: await open(path, 'wx', 0o600) };
    for (const [index, block] of this.#blocks.entries()) {
      const isLast = index === this.#blocks.length - 1;
      const written = isLast ? block.subarray(0, block.length - this.#freeBytes) : block;
      await this.#writeOut(written, this.#file.handle);
    }
    const kept = this.#blocks.pop();
    this.#giveBlocks();
    if (kept !== undefined) this.#blocks.push(kept);
    this.#pendingBytes = 0;
    this.#freeBytes = kept?.length ?? 0;
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

  /** Each is twice as large as the one before, up to a bound: many bodies are small. */
  #addBlock(neededBytes: number): void {
    const lastBytes = this.#blocks.at(-1)?.length ?? 0;
    const block = BLOCKS.take(Math.max(2 * lastBytes, neededBytes));
    this.#blocks.push(block);
    this.#freeBytes = block.length;
  }

  #giveBlocks(): void {
    for (const block of this.#blocks) BLOCKS.give(block);
    this.#blocks = [];
    this.#freeBytes = 0;
  }
}

/**
 * All that comes, as a body, which is to be removed. Nothing is left where it breaks off.
 *
 * @throws What the source or the writing fails with.
 */
export async function storeBody(
  chunks: AsyncIterable<Uint8Array>,
  workDir: WorkFolder,
): Promise<Body> {
  const writer = new BodyWriter(workDir);
  try {
    for await (const chunk of chunks) await writer.write(chunk);
  } catch (error) {
    await writer.discard();
    throw error;
  }
  return await writer.finish();
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, offset);
    offset += bytesWritten;
  }
}
