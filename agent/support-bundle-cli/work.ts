/** The folder in which troubleshoot's program works: how large it is, and that it does not grow without bound. */

import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Clock } from '../clock.ts';

const POLL_MS = 500;

/** Sum of the sizes of all files below the folder. Files that vanish meanwhile do not count. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const stats = await lstat(join(entry.parentPath, entry.name)).catch(() => undefined);
    bytes += stats?.size ?? 0;
  }
  return bytes;
}

/** True once the folder holds more than `maxBytes`; false when the signal aborts first. */
export async function outgrows(
  options: { readonly folder: string; readonly maxBytes: number; readonly clock: Clock },
  signal: AbortSignal,
): Promise<boolean> {
  const { folder, maxBytes, clock } = options;
  while (!signal.aborted) {
    if ((await folderBytes(folder)) > maxBytes) return true;
    await clock.sleep(POLL_MS, signal).catch(() => undefined);
  }
  return false;
}
