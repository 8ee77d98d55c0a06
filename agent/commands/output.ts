/** The file that a command writes a bundle to. */

import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { asArchiveError } from '../archive/tar-writer.ts';
import { AgentError } from '../errors.ts';

/**
 * Before anything is collected: where the bundle is to go.
 *
 * @throws {AgentError} ARCHIVE_WRITE
 */
export async function assertWritable(output: string): Promise<void> {
  const [there, folder] = await Promise.all(
    [output, dirname(output)].map((path) => stat(path).catch(() => undefined)),
  );
  if (there?.isDirectory() === true) {
    throw new AgentError('ARCHIVE_WRITE', `${output} is a folder: --output names a file`);
  }
  if (folder?.isDirectory() !== true) {
    throw new AgentError('ARCHIVE_WRITE', `${output}: there is no folder ${dirname(output)}`);
  }
}

/**
 * Gives the finished file its name; removes it where that fails.
 *
 * @throws {AgentError} ARCHIVE_WRITE
 */
export async function moveTo(output: string, partial: string): Promise<void> {
  try {
    await rename(partial, output);
  } catch (error) {
    await rm(partial, { force: true });
    throw asArchiveError(error, output);
  }
}
