/** Stand-ins for troubleshoot's program: shell scripts that do what a test says. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { systemClock } from '../../agent/clock.ts';
import { silentLogger } from '../../agent/log.ts';
import type { BundleSpec, CollectorSpec } from '../../agent/spec/types.ts';
import type { CliOptions } from '../../agent/support-bundle-cli/support-bundle-cli.ts';
import { mergedSpec } from './spec.ts';

/** A program in the folder; in its script `$output` is where the archive goes, without `.tar.gz`. */
export function writeProgram(folder: string, script: string): string {
  const file = join(folder, 'support-bundle');
  const head = 'for one in "$@"; do case $one in --output=*) output=${one#--output=};; esac; done';
  writeFileSync(file, `#!/bin/sh\n${head}\n${script}\n`, { mode: 0o755 });
  return file;
}

export function cliOptions(
  overrides: Partial<CliOptions> & Pick<CliOptions, 'program' | 'workDir'>,
): CliOptions {
  return {
    specText: 'kind: SupportBundle\n',
    kubeServer: undefined,
    environment: { PATH: process.env['PATH'] },
    maxWorkBytes: 10_000_000,
    ownGroup: true,
    clock: systemClock,
    log: silentLogger,
    ...overrides,
  };
}

export function specOf(
  collectors: readonly CollectorSpec[],
  overrides: Partial<BundleSpec> = {},
): BundleSpec {
  return mergedSpec({ collectors, ...overrides });
}

export function collector(
  type: string,
  title: string,
  fields: CollectorSpec['fields'] = {},
): CollectorSpec {
  return { type, title, fields, exclude: false };
}

/** Waits until the file is there; what it says. */
export async function appeared(file: string): Promise<string> {
  while (!existsSync(file)) await wait(5);
  return readFileSync(file, 'utf8').trim();
}

/** Waits until no such process runs: a killed one stays listed until it is reaped. */
export async function ended(processId: string): Promise<void> {
  while (isRunning(processId)) await wait(5);
}

function isRunning(processId: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${processId}/status`, 'utf8'));
  } catch {
    // No such process.
    return false;
  }
}
