/** The watchdog: stops a run before its memory makes the kernel stop the whole container. */

import { readdir, readFile } from 'node:fs/promises';

import type { Clock } from '../clock.ts';

/** With cgroup v2 the kernel kills all processes of a container at its limit (memory.oom.group), `serve` included. */
export const SHARE_OF_LIMIT = 0.85;

const POLL_MS = 500;

/** Resident bytes of all processes of a group; 0 where there is no /proc. */
export async function readGroupResidentBytes(groupId: number): Promise<number> {
  const names = await readdir('/proc').catch(() => []);
  const sizes = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => readResidentBytes(name, groupId)),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

async function readResidentBytes(processId: string, groupId: number): Promise<number> {
  // A process may end between the listing and the look at it.
  const status = await readFile(`/proc/${processId}/status`, 'utf8').catch(() => '');
  const group = /^NSpgid:\t(\d+)/m.exec(status)?.[1];
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return Number(group) === groupId ? Number(kibibytes ?? 0) * 1024 : 0;
}

/**
 * Resolves with the bytes in use once the group and this process together pass 85 % of the limit;
 * resolves with undefined when the signal aborts first.
 *
 * @param limitBytes The container's limit; undefined = there is none to watch.
 */
export async function watchMemory(
  options: {
    readonly groupId: number;
    readonly limitBytes: number | undefined;
    readonly clock: Clock;
  },
  signal: AbortSignal,
): Promise<number | undefined> {
  const { groupId, limitBytes, clock } = options;
  if (limitBytes === undefined) return undefined;
  while (!signal.aborted) {
    const usedBytes = (await readGroupResidentBytes(groupId)) + process.memoryUsage.rss();
    if (usedBytes > limitBytes * SHARE_OF_LIMIT) return usedBytes;
    await clock.sleep(POLL_MS, signal).catch(() => undefined);
  }
  return undefined;
}

/** The container's memory limit as its cgroup states it; undefined where there is none. */
export function readMemoryLimit(): number | undefined {
  const bytes = process.constrainedMemory();
  // Without a limit the kernel answers 0 or a number beyond all memory there is.
  return bytes > 0 && bytes < 2 ** 50 ? bytes : undefined;
}
