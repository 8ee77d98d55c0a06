/** What is measured is what is shipped: the built agent, and parts of it built in the same way. */

import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { temporaryFolder } from '../bed/processes.ts';
import { BIN_FOLDER } from '../bed/programs.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const run = promisify(execFile);

let agent: Promise<string> | undefined;

/** The built agent's entry, built at the first call, beside `dist/` so that nobody's is replaced meanwhile. */
export function builtAgent(): Promise<string> {
  agent ??= buildAgent();
  return agent;
}

async function buildAgent(): Promise<string> {
  const folder = temporaryFolder('bench-dist');
  await run('npm', ['run', '--silent', 'build', '--', `--outdir=${folder}`], { cwd: REPOSITORY });
  return join(folder, 'cron-support-bundle.mjs');
}

/** A file of this folder, built as the agent is. */
export async function builtProcess(name: string): Promise<string> {
  const folder = temporaryFolder('bench-process');
  const file = join(import.meta.dirname, `${name}.ts`);
  // Of two values esbuild takes the last; the agent comes along as a second entry and is not used.
  const flags = [file, `--outdir=${folder}`, '--entry-names=[name]'];
  await run('npm', ['run', '--silent', 'build', '--', ...flags], { cwd: REPOSITORY });
  return join(folder, `${name}.mjs`);
}

/** What the agent and its programs need of the environment beside settings. */
export function programEnvironment(): Readonly<Record<string, string>> {
  return {
    PATH: [BIN_FOLDER, dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
    NODE_ENV: 'production',
  };
}
