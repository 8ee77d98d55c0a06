/** Names of the spool's files: a bundle, its manifest and its sidecar, each named after the run. */

import { join } from 'node:path';

import { isRunId } from '../run/record.ts';

/** The file that says which format the folder has. */
export const MARKER = 'spool.json';

const SUFFIXES = { bundle: '.tar.gz', manifest: '.manifest.json', sidecar: '.json' } as const;

/** Not yet whole, or never to be: removed at the next start. */
export const PARTIAL = '.partial';

/** A bundle whose bytes are not those that were spooled: kept for a look, never sent. */
export const DAMAGED = '.damaged';

export interface SpoolPaths {
  readonly bundle: string;
  readonly manifest: string;
  readonly sidecar: string;
}

export function spoolPaths(directory: string, runId: string): SpoolPaths {
  return {
    bundle: join(directory, `${runId}${SUFFIXES.bundle}`),
    manifest: join(directory, `${runId}${SUFFIXES.manifest}`),
    sidecar: join(directory, `${runId}${SUFFIXES.sidecar}`),
  };
}

/**
 * Where a run writes its bundle and its manifest, both with mode 0600 and synced to the disk, before
 * `Spool.commit` takes them over. What is left there is removed when the spool is opened.
 */
export function partialPaths(
  directory: string,
  runId: string,
): { readonly bundle: string; readonly manifest: string } {
  const { bundle, manifest } = spoolPaths(directory, runId);
  return { bundle: `${bundle}${PARTIAL}`, manifest: `${manifest}${PARTIAL}` };
}

export interface SpoolName {
  readonly runId: string;
  readonly kind: keyof SpoolPaths;
  readonly state: 'final' | 'partial' | 'damaged';
}

const KINDS = new Map<string, SpoolName['kind']>([
  [SUFFIXES.bundle, 'bundle'],
  [SUFFIXES.manifest, 'manifest'],
  [SUFFIXES.sidecar, 'sidecar'],
]);

const STATES = new Map<string, SpoolName['state']>([
  [PARTIAL, 'partial'],
  [DAMAGED, 'damaged'],
]);

/** What a name in the folder stands for; undefined for files that are not the spool's. */
export function parseSpoolName(name: string): SpoolName | undefined {
  const [, runId = '', suffix = '', ending = ''] =
    /^([^.]+)(\.tar\.gz|\.manifest\.json|\.json)(\.partial|\.damaged)?$/.exec(name) ?? [];
  const kind = KINDS.get(suffix);
  if (kind === undefined || !isRunId(runId)) return undefined;
  return { runId, kind, state: STATES.get(ending) ?? 'final' };
}
