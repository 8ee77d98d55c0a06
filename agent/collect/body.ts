/** Bodies of files on their way into the archive: of known length, in memory while small, else in WORK_DIR. */

import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Blocks, LARGEST_BLOCK_BYTES } from './blocks.ts';

export interface Body {
  readonly bytes: number;
  /** From the start, each time. */
  read(): AsyncIterable<Uint8Array>;
  /** Lets go of it; what was read of it must not be looked at any more. May be called twice. */
  remove(): Promise<void>;
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
      remove: () => rm(path, { force: true }),
    };
  }

  async discard(): Promise<void> {
    this.#giveBlocks();
    if (this.#file === undefined) return;
    await this.#file.handle.close();
    await rm(this.#file.path, { force: true });
  }

  /** Leaves one block, which is empty then. */
  async #flush(): Promise<void> {
    const path = this.#file?.path ?? join(this.#workDir, `body-${randomUUID()}`);
    this.#file ??= { path, handle: await open(path, 'wx', 0o600) };
    for (const [index, block] of this.#blocks.entries()) {
      const isLast = index === this.#blocks.length - 1;
      const written = isLast ? block.subarray(0, block.length - this.#freeBytes) : block;
      await writeAll(this.#file.handle, written);
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

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, offset);
    offset += bytesWritten;
  }
}
