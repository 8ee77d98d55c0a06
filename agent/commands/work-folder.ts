/** WORK_DIR's folder of one run, and those that killed runs have left. */

import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import type { Clock } from '../clock.ts';
import type { AgentConfig } from '../config/fields.ts';
import { AgentError, hasCode, messageOf } from '../errors.ts';

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
    await removeOldFolders(resolve(workDir), clock.now() - runTimeoutMs - SLACK_MS);
    return await mkdtemp(join(resolve(workDir), 'run-'));
  } catch (error) {
    throw new AgentError('WORK_DIR_UNUSABLE', `WORK_DIR ${workDir}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Clear text of runs that were killed; those of younger ones may be in use. */
async function removeOldFolders(workDir: string, olderThanMs: number): Promise<void> {
  for (const name of await readdir(workDir)) {
    if (!name.startsWith('run-')) continue;
    const folder = join(workDir, name);
    const { mtimeMs } = (await stat(folder).catch(() => undefined)) ?? { mtimeMs: olderThanMs };
    if (mtimeMs < olderThanMs) await rm(folder, { recursive: true, force: true });
  }
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
