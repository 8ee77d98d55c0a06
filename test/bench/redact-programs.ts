/** A bundle redacted by `support-bundle redact` and by the built agent, each as its user would start it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath as node } from 'node:process';

import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { programPath } from '../bed/programs.ts';
import { builtAgent, builtProcess } from './built.ts';
import { runTimed, type Timed } from './timed.ts';

/** The program asks for a Redactor document; this one finds nothing. */
const NOTHING = [{ name: 'nothing', removals: { values: ['\u0001 in no file \u0001'] } }];

/** Takes a bundle of the logs' size too. */
const SETTINGS = { MAX_BUNDLE_SIZE: '4Gi' };

/** As a Redactor document, with these for `spec.redactors`. */
export function writeRedactors(
  file: string,
  redactors: readonly Readonly<Record<string, unknown>>[],
): void {
  const document = {
    apiVersion: 'troubleshoot.sh/v1beta2',
    kind: 'Redactor',
    metadata: { name: 'bench' },
    spec: { redactors },
  };
  writeFileSync(file, JSON.stringify(document));
}

export async function redactByProgram(bundle: string): Promise<Timed> {
  return inFolder('bench-redact-program', async (folder) => {
    const rules = join(folder, 'none.yaml');
    writeRedactors(rules, NOTHING);
    const words = [
      'redact',
      rules,
      '--bundle',
      bundle,
      '--output',
      join(folder, 'redacted.tar.gz'),
    ];
    return await runTimed({
      name: 'support-bundle redact',
      command: [programPath('support-bundle'), ...words, '--quiet'],
      folder,
    });
  });
}

export interface AgentOptions {
  /** Of the command. */
  readonly flags?: readonly string[];
  readonly nodeFlags?: readonly string[];
}

/** @throws Something was left out of the bundle: then less was done than is measured. */
export async function redactByAgent(
  bundle: string,
  { flags = [], nodeFlags = [] }: AgentOptions = {},
): Promise<Timed> {
  const agent = await builtAgent();
  return inFolder('bench-redact-agent', async (folder) => {
    const words = ['redact', bundle, '--output', join(folder, 'redacted.tar.gz'), ...flags];
    return await runTimed({
      name: 'redact',
      command: [node, ...nodeFlags, agent, ...words],
      folder,
      env: { ...SETTINGS, WORK_DIR: join(folder, 'work') },
    });
  });
}

const BUILT = new Map<string, Promise<string>>();

/** What a process of this folder prints. It may ask for its garbage to be collected. */
export async function outputOf(process: string, words: readonly string[]): Promise<string> {
  const building = BUILT.get(process) ?? builtProcess(process);
  BUILT.set(process, building);
  const entry = await building;
  return inFolder('bench-process', async (folder) => {
    await runTimed({ name: process, command: [node, '--expose-gc', entry, ...words], folder });
    return readFileSync(join(folder, 'output'), 'utf8');
  });
}

async function inFolder<T>(name: string, job: (folder: string) => Promise<T>): Promise<T> {
  const folder = temporaryFolder(name);
  try {
    return await job(folder);
  } finally {
    await removeFolder(folder);
  }
}
