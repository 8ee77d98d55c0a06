/** The spool's file operations: durable writes, and what the disk's errors mean to an operator. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { AgentError, messageOf } from '../errors.ts';

const READ_BYTES = 256 * 1024;

/** Brings a file that another process wrote to the disk. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true });
}

/** SHA-256, hex. */
export async function hashFile(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file, 'r');
  try {
    // One buffer for all of it: a stream makes new ones faster than they are collected.
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** Whether the file is gzip to its last byte: its trailer holds length and checksum of the contents. */
export async function isWholeGzip(file: string, signal: AbortSignal): Promise<boolean> {
  try {
    await pipeline(
      createReadStream(file, { highWaterMark: READ_BYTES }),
      createGunzip(),
      async (chunks: AsyncIterable<unknown>) => {
        for await (const chunk of chunks) void chunk;
      },
      { signal },
    );
    return true;
  } catch (error) {
    const isCutOff =
      error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    if (!isCutOff) throw error;
    return false;
  }
}

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT']);

const REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: 'is not a folder',
  EACCES: 'is not writable',
  EPERM: 'is not writable',
  EROFS: 'is on a read-only file system',
};

/** Runs work on the folder; a system error becomes SPOOL_DISK_FULL or SPOOL_UNUSABLE with the folder's path. */
export async function onDisk<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asSpoolError(error, directory);
  }
}

function asSpoolError(error: unknown, directory: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  const code = String(error.code);
  if (DISK_FULL.has(code)) {
    return new AgentError('SPOOL_DISK_FULL', `no space left on the disk of ${directory}`, {
      cause: error,
    });
  }
  const isMissing = code === 'ENOENT' && 'path' in error && error.path === directory;
  const reason = isMissing ? 'does not exist' : (REASONS[code] ?? `fails: ${messageOf(error)}`);
  return new AgentError('SPOOL_UNUSABLE', `spool ${directory} ${reason}`, { cause: error });
}
