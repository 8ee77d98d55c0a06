/** WORK_DIR's folder of one run, and those that killed runs have left. */

import { lstat, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import type { Clock } from '../clock.ts';
import type { AgentConfig } from '../config/fields.ts';
import { AgentError, hasCode, messageOf } from '../errors.ts';

const RUN_PREFIX = 'run-';

/** A run ends a little later than its deadline. */
const SLACK_MS = 60_000;

/**
 * A folder for one run: clear text lies in it, so nobody else may read it.
 *
 * @throws {AgentError} WORK_DIR_UNUSABLE.
 */
export async function makeWorkFolder(
  { workDir, runTimeoutMs }: Pick<AgentConfig, 'workDir' | 'runTimeoutMs'>,
  clock: Clock,
): Promise<string> {
  try {
    await makeFolders(resolve(workDir));
    await removeRunFolders(resolve(workDir), clock.now() - runTimeoutMs - SLACK_MS);
    return await mkdtemp(join(resolve(workDir), RUN_PREFIX));
  } catch (error) {
    // The default is one folder for all users of a machine.
    const hint = hasCode(error, 'EACCES') ? '; set WORK_DIR to a folder of your own' : '';
    throw new AgentError('WORK_DIR_UNUSABLE', `WORK_DIR ${workDir}: ${messageOf(error)}${hint}`, {
      cause: error,
    });
  }
}

/**
 * Removes clear text of runs that were killed.
 *
 * @param olderThanMs ms since 1970: younger folders may be in use.
 * @returns The names of the folders that were removed.
 */
export async function removeRunFolders(
  workDir: string,
  olderThanMs: number,
): Promise<readonly string[]> {
  const removed: string[] = [];
  const names = await readdir(workDir).catch(() => []);
  for (const name of names.filter((candidate) => candidate.startsWith(RUN_PREFIX))) {
    const folder = join(workDir, name);
    const found = await lstat(folder).catch(() => undefined);
    if (found === undefined || found.mtimeMs >= olderThanMs) continue;
    await rm(folder, { recursive: true, force: true });
    removed.push(name);
  }
  return removed;
}

/** Node's own `recursive` tries for ever where a folder exists but takes none, as `/proc`. */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    const parent = dirname(path);
    if (!hasCode(error, 'ENOENT') || (await isThere(parent))) throw error;
    await makeFolders(parent);
    await makeFolders(path);
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
