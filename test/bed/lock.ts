/** A lock between processes of this machine: a file with the holder's process id. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 500;

/** Runs `work` while no other process holds `lockFile`. A lock whose holder is gone counts as free. */
export async function withLock(
  lockFile: string,
  onWait: (holderPid: number) => void,
  work: () => Promise<void>,
): Promise<void> {
  let saidWaiting = false;
  while (!(await take(lockFile))) {
    const holderPid = Number(await readFile(lockFile, 'utf8').catch(() => ''));
    if (!isAlive(holderPid)) {
      await rm(lockFile, { force: true });
      continue;
    }
    if (!saidWaiting) onWait(holderPid);
    saidWaiting = true;
    await sleep(POLL_MS);
  }
  try {
    await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function take(lockFile: string): Promise<boolean> {
  try {
    await writeFile(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
