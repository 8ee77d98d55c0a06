/** Collects one spec with both engines from the same cluster, without redaction. */

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { writeArchive } from '../../../agent/archive/archive.ts';
import type { Collected, CollectorReport } from '../../../agent/bundle.ts';
import { systemClock } from '../../../agent/clock.ts';
import { collectNatively } from '../../../agent/collect/collect.ts';
import { connectKube } from '../../../agent/kube/connect.ts';
import { silentLogger } from '../../../agent/log.ts';
import { loadSpec } from '../../../agent/spec/load.ts';
import { mergeDocuments } from '../../../agent/spec/merge.ts';
import { parseSpec } from '../../../agent/spec/parse.ts';
import type { BundleSpec } from '../../../agent/spec/types.ts';
import { asOutputError, readEntries } from '../../../agent/support-bundle-cli/entries.ts';
import { removeFolder, temporaryFolder } from '../../bed/processes.ts';
import { programPath } from '../../bed/programs.ts';
import { manifestFacts } from '../../support/bundles.ts';
import { OPEN_NETWORK } from '../../support/network.ts';
import { never } from '../../support/signal.ts';
import { bundleWith, loadOptions, mergedSpec } from '../../support/spec.ts';
import type { Bundle, BundleFile } from './compare.ts';

/** The archive's and the spec's names are the program's own affair. */
const OUTPUT = 'support-bundle-2026-01-01T00_00_00';

export interface Both {
  readonly upstream: Bundle;
  readonly ours: Bundle;
  readonly results: readonly CollectorReport[];
}

/**
 * @param collectors Entries of `spec.collectors`.
 * @param spec What ours runs in the place of what it would load from them.
 */
export async function runBoth(
  kubeconfigFile: string,
  collectors: readonly unknown[],
  spec?: BundleSpec,
): Promise<Both> {
  const folder = temporaryFolder('parity');
  try {
    const upstream = await runUpstream(kubeconfigFile, collectors, folder);
    return { upstream, ...(await runOurs(kubeconfigFile, spec ?? collectors, folder)) };
  } finally {
    await removeFolder(folder);
  }
}

/** These collectors, also where they name addresses that a spec may not: servers of tests listen on loopback. */
export function unguardedSpec(collectors: readonly unknown[]): BundleSpec {
  const text = { source: 'test', text: bundleWith(...collectors), isDiscovered: false };
  return mergedSpec({ collectors: mergeDocuments(parseSpec(text).documents).collectors });
}

/** The archive that support-bundle writes. */
export async function makeUpstreamArchive(
  kubeconfigFile: string,
  specText: string,
  folder: string,
): Promise<string> {
  const specFile = join(folder, 'spec.yaml');
  await writeFile(specFile, specText);
  const flags = [
    '--redact=false',
    '--no-uri',
    '--load-cluster-specs=false',
    '--interactive=false',
    '--auto-update=false',
  ];
  await promisify(execFile)(
    programPath('support-bundle'),
    [specFile, ...flags, `--output=${join(folder, OUTPUT)}`],
    {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', HOME: folder, TMPDIR: folder, KUBECONFIG: kubeconfigFile },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return join(folder, `${OUTPUT}.tar.gz`);
}

async function runUpstream(
  kubeconfigFile: string,
  collectors: readonly unknown[],
  folder: string,
): Promise<Bundle> {
  const archive = await makeUpstreamArchive(kubeconfigFile, bundleWith(...collectors), folder);
  const bundle = new Map<string, BundleFile>();
  for await (const entry of readEntries(archive, { toError: asOutputError }, never())) {
    if (entry.kind === 'left-out') throw new Error(`${entry.path}: ${entry.reason}`);
    bundle.set(entry.path, await toFile(entry));
  }
  return bundle;
}

/** Our bundle of the spec, archived. */
export async function makeOurArchive(
  kubeconfigFile: string,
  collectors: readonly unknown[],
  folder: string,
): Promise<string> {
  const file = join(folder, 'ours.tar.gz');
  const collected = await collectOurs(kubeconfigFile, collectors, folder);
  await writeArchive(
    collected,
    { topFolder: OUTPUT, file, maxUncompressedBytes: 2 ** 30, facts: manifestFacts() },
    never(),
  );
  return file;
}

async function runOurs(
  kubeconfigFile: string,
  collectors: readonly unknown[] | BundleSpec,
  folder: string,
): Promise<Omit<Both, 'upstream'>> {
  const ours = new Map<string, BundleFile>();
  const results: CollectorReport[] = [];
  for await (const one of await collectOurs(kubeconfigFile, collectors, folder)) {
    if (one.kind === 'left-out') throw new Error(`${one.path}: ${one.reason}`);
    if (one.kind === 'collector') results.push(one);
    else ours.set(one.path, await toFile(one));
  }
  return { ours, results };
}

async function collectOurs(
  kubeconfigFile: string,
  collectors: readonly unknown[] | BundleSpec,
  folder: string,
): Promise<AsyncGenerator<Collected>> {
  const workDir = join(folder, 'work');
  await mkdir(workDir, { recursive: true });
  const spec =
    'collectors' in collectors
      ? collectors
      : await loadSpec(loadOptions(bundleWith(...collectors)), never());
  const options = {
    kube: await connectKube({ kubeconfigFile }),
    network: OPEN_NETWORK,
    clock: systemClock,
    log: silentLogger,
    workDir,
    concurrency: 4,
    maxWorkBytes: 2 ** 30,
    runTimeoutMs: 600_000,
    collectorTimeoutMs: 60_000,
    images: new Map(),
    runId: '20261122T020000Z-1f3a',
    installationId: '0123456789abcdef',
    version: 'v0.1.0',
  };
  return collectNatively(spec, options, { signal: never(), deadline: never() });
}

type Entry =
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'file'; read(): AsyncIterable<Uint8Array> };

async function toFile(entry: Entry): Promise<BundleFile> {
  if (entry.kind === 'link') return { link: entry.target };
  const chunks = [];
  for await (const chunk of entry.read()) chunks.push(chunk);
  // `latin1`: a character for each byte.
  return { text: Buffer.concat(chunks).toString('latin1') };
}
