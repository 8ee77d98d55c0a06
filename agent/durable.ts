/** Files that survive a power cut: written as a whole or not at all. */

import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import { hasCode } from './errors.ts';

/** Writes the file as a whole or not at all, with mode 0600; survives a power cut once it resolves. */
export async function writeDurably(file: string, text: string): Promise<void> {
  const partial = `${file}.partial`;
  await writeSynced(partial, text);
  await rename(partial, file);
  await syncFolder(dirname(file));
}

/** Writes a file and brings it to the disk, under the name it is given. */
export async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Brings renames and removals in the folder to the disk. */
export async function syncFolder(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot sync a folder; what they promise is all there is.
    if (!hasCode(error, 'EINVAL') && !hasCode(error, 'ENOTSUP')) throw error;
  } finally {
    await handle.close();
  }
}
