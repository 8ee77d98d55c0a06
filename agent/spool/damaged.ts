/** Damaged bundles: kept for a look as long as there is room, never sent. */

import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { DAMAGED, parseSpoolName } from './layout.ts';

export interface DamagedFile {
  readonly file: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** Gives the bundle's file a name that is never sent. */
export async function setAside(bundleFile: string): Promise<void> {
  await rename(bundleFile, `${bundleFile}${DAMAGED}`);
}

export async function listDamaged(directory: string): Promise<readonly DamagedFile[]> {
  const names = await readdir(directory);
  const damaged = names.filter((name) => parseSpoolName(name)?.state === 'damaged');
  return Promise.all(
    damaged.map(async (name) => {
      const file = join(directory, name);
      const { size, mtimeMs } = await stat(file);
      return { file, bytes: size, modifiedMs: mtimeMs };
    }),
  );
}
