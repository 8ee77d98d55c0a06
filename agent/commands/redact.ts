/** `redact`: takes secrets out of a bundle that is there already, one of ours or troubleshoot's own. */

import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';

import { type Archived, writeArchive } from '../archive/archive.ts';
import type { Collected } from '../bundle.ts';
import { systemClock, toRfc3339 } from '../clock.ts';
import type { AgentConfig } from '../config/fields.ts';
import { AgentError, messageOf } from '../errors.ts';
import { type RedactOptions, redactCollected } from '../redact/redact.ts';
import { newRunId } from '../run/record.ts';
import type { BundleSpec } from '../spec/types.ts';
import { readEntries } from '../support-bundle-cli/entries.ts';
import { VERSION } from '../version.ts';
import type { CommandContext } from './context.ts';
import { OldManifest } from './old-manifest.ts';
import { assertWritable, moveTo } from './output.ts';
import { redactOptions } from './redaction.ts';
import { describeHidden, describeLeftOut } from './redaction-report.ts';
import { readSettings } from './settings.ts';
import { makeWorkFolder } from './work-folder.ts';

export interface RedactCommandOptions {
  readonly output: string;
  readonly redactors?: readonly string[];
  readonly upstream?: boolean;
}

const NO_SECRET_SCAN =
  'SECRET_SCAN=values is ignored: there is no cluster whose Secrets could be read\n';

/**
 * 0: the bundle is in the output; 3: more was left out of it than before, and is named.
 *
 * @throws {AgentError} CONFIG_INVALID: settings. ARCHIVE_INVALID: the file cannot be read. ARCHIVE_WRITE, SPOOL_DISK_FULL: the
 *   output cannot be written. WORK_DIR_UNUSABLE: WORK_DIR cannot, or is too small. SPEC_…, REDACTOR_INVALID: the redactors cannot
 *   be used; KUBE_…: they are in the cluster, and cannot be read.
 */
export async function redact(
  context: CommandContext,
  file: string,
  options: RedactCommandOptions,
): Promise<number> {
  const config = readSettings(context);
  const output = resolve(options.output);
  await assertWritable(output);
  if (config.secretScan === 'values') context.stderr.write(NO_SECRET_SCAN);
  const redactors = await readRedactors(context, config, options.redactors ?? []);
  const folder = await makeWorkFolder(config, systemClock);
  try {
    const input = { redactors, folder, isUpstream: options.upstream === true };
    const { bundle, leftOut, files, wasLeftOut } = await rewrite(
      { file, output, redaction: await redactOptions(config, input) },
      config,
      context.signal,
    );
    context.stdout.write(describeHidden(files));
    context.stdout.write(describeLeftOut(leftOut));
    if (wasLeftOut > 0) context.stderr.write(`${wasLeftOut} of them were left out before\n`);
    context.stderr.write(`${bundle.files} files in ${output}\n`);
    return leftOut.length === wasLeftOut ? 0 : 3;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Most have none to read, and need not load what does. */
async function readRedactors(
  { stdin, signal }: CommandContext,
  config: AgentConfig,
  refs: readonly string[],
): Promise<BundleSpec['redactors']> {
  if (refs.length === 0) return [];
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

interface Rewriting {
  readonly file: string;
  readonly output: string;
  readonly redaction: RedactOptions;
}

async function rewrite(
  { file, output, redaction }: Rewriting,
  { maxBundleBytes }: AgentConfig,
  signal: AbortSignal,
): Promise<Archived & { readonly wasLeftOut: number }> {
  const nowMs = systemClock.now();
  const manifest = new OldManifest({
    agentVersion: VERSION,
    // A bundle without a manifest of ours is troubleshoot's own.
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
  const collected = manifest.takenOutOf(chain(first.value, entries));
  const redacted = redactCollected(collected, redaction, signal);
  const partial = `${output}.partial`;
  const archived = await writeArchive(
    redacted,
    {
      topFolder,
      file: partial,
      maxUncompressedBytes: maxBundleBytes,
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
