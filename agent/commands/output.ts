/** The file that a command writes a bundle to. */

import { lstat, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { asArchiveError } from '../archive/tar-writer.ts';
import { AgentError } from '../errors.ts';

/**
 * Before anything is collected: where the bundle is to go.
 *
 * @throws {AgentError} ARCHIVE_WRITE
 */
export async function assertWritable(output: string): Promise<void> {
  const there = await lstat(output).catch(() => undefined);
  const folder = await stat(dirname(output)).catch(() => undefined);
  if (there?.isDirectory() === true) {
    throw new AgentError('ARCHIVE_WRITE', `${output} is a folder: --output names a file`);
  }
  // The finished file takes the place of what is there: of a device, or of a link, nobody means that.
  if (there?.isFile() === false) {
    const message = `${output} is a link, a device or a pipe: --output names a file, new or to be replaced`;
    throw new AgentError('ARCHIVE_WRITE', message);
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
