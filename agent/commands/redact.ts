/** `redact`: takes secrets out of a bundle that is there already, one of ours or troubleshoot's own. */

import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';

import { type Archived, writeArchive } from '../archive/archive.ts';
import { WorkFolder } from '../body/body.ts';
import type { Collected } from '../bundle.ts';
import { systemClock, toRfc3339 } from '../clock.ts';
import type { AgentConfig } from '../config/fields.ts';
import { loadConfig } from '../config/load.ts';
import { AgentError, messageOf } from '../errors.ts';
import { redactCollected } from '../redact/redact.ts';
import { type RuleSets, ruleSets, troubleshootSets } from '../redact/rule-sets.ts';
import { SecondLook } from '../redact/second-look.ts';
import { newRunId } from '../run/record.ts';
import type { BundleSpec } from '../spec/types.ts';
import { readEntries } from '../support-bundle-cli/entries.ts';
import { VERSION } from '../version.ts';
import type { CommandContext } from './context.ts';
import { OldManifest } from './old-manifest.ts';
import { assertWritable, moveTo } from './output.ts';
import { describeHidden, describeLeftOut } from './redaction-report.ts';
import { makeWorkFolder } from './work-folder.ts';

export interface RedactCommandOptions {
  readonly output: string;
  readonly redactors?: readonly string[];
  readonly upstream?: boolean;
}

/**
 * 0: the bundle is in the output; 3: something was left out of it, and is named.
 *
 * @throws {AgentError} ARCHIVE_INVALID: the file cannot be read. ARCHIVE_WRITE, SPOOL_DISK_FULL: the output cannot be written.
 *   SPEC_…, REDACTOR_INVALID: the redactors cannot be used.
 */
export async function redact(
  context: CommandContext,
  file: string,
  options: RedactCommandOptions,
): Promise<number> {
  const config = loadConfig(context.environment);
  const output = resolve(options.output);
  await assertWritable(output);
  const rules = await makeRules(context, config, options);
  const folder = await makeWorkFolder(config, systemClock);
  try {
    const { bundle, leftOut, files, wasLeftOut } = await rewrite(
      { file, output, isUpstream: options.upstream === true, rules },
      { config, folder },
      context.signal,
    );
    context.stdout.write(describeHidden(files));
    context.stdout.write(describeLeftOut(leftOut));
    context.stderr.write(`${bundle.files} files in ${output}\n`);
    return leftOut.length === wasLeftOut ? 0 : 3;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeRules(
  { stdin, signal }: CommandContext,
  config: AgentConfig,
  { redactors: refs = [], upstream: isUpstream = false }: RedactCommandOptions,
): Promise<RuleSets> {
  const redactors = refs.length === 0 ? [] : await readRedactors();
  if (isUpstream) return await troubleshootSets(redactors);
  const { redactDisable: disabled, redactEnable: enabled } = config;
  return await ruleSets({ redactors, disabled, enabled });

  /** Most have none to read, and need not load what does. */
  async function readRedactors(): Promise<BundleSpec['redactors']> {
    const { loadRedactors } = await import('../spec/load.ts');
    const access = {
      ownNamespace: config.podNamespace,
      allowRemote: config.specRemote,
      async kube() {
        const { connectKube } = await import('../kube/connect.ts');
        return await connectKube({ concurrency: config.kubeConcurrency, outlastsOutages: false });
      },
      stdin,
    };
    return await loadRedactors(refs, access, signal);
  }
}

interface Rewriting {
  readonly file: string;
  readonly output: string;
  readonly isUpstream: boolean;
  readonly rules: RuleSets;
}

async function rewrite(
  { file, output, isUpstream, rules }: Rewriting,
  { config, folder }: { readonly config: AgentConfig; readonly folder: string },
  signal: AbortSignal,
): Promise<Archived & { readonly wasLeftOut: number }> {
  const nowMs = systemClock.now();
  const manifest = new OldManifest({
    agentVersion: VERSION,
    engine: { kind: 'cli', version: undefined },
    runId: newRunId(nowMs),
    installationId: undefined,
    createdAt: toRfc3339(nowMs),
    specs: [],
    notices: [],
  });
  let topFolder: string | undefined;
  const entries = readEntries(
    file,
    {
      toError: (error) => unreadable(file, error),
      onTopFolder: (name) => {
        topFolder = name;
      },
    },
    signal,
  );
  // The top folder's name is known once the first member has been read.
  const first = await entries.next();
  if (first.done === true || topFolder === undefined) throw unreadable(file, EMPTY);
  const redacted = redactCollected(
    manifest.takenOutOf(chain(first.value, entries)),
    {
      ...rules,
      isUpstream,
      lookAgain: isUpstream ? undefined : () => new SecondLook(config.redactDisable),
      opaque: config.redactOpaque,
      maxContentBytes: config.maxBundleBytes,
      workDir: new WorkFolder(folder, config.maxBundleBytes),
    },
    signal,
  );
  const partial = `${output}.partial`;
  const archived = await writeArchive(
    redacted,
    {
      topFolder,
      file: partial,
      maxUncompressedBytes: config.maxBundleBytes,
      // Read in the end, when the old manifest has been.
      get facts() {
        return manifest.facts;
      },
    },
    signal,
  );
  await moveTo(output, partial);
  return { ...archived, wasLeftOut: manifest.leftOut };
}

const EMPTY = new Error('there is nothing in it');

async function* chain(first: Collected, rest: AsyncIterable<Collected>): AsyncGenerator<Collected> {
  yield first;
  yield* rest;
}

function unreadable(file: string, error: unknown): AgentError {
  return new AgentError('ARCHIVE_INVALID', `${file} cannot be read: ${messageOf(error)}`, {
    cause: error,
  });
}
