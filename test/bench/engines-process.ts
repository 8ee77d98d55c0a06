/**
 * The native engine and the archive, as a run has them: `engines-process <kubeconfig> <spec> <folder> [redact]`. Leaves a
 * bundle in the folder; without redaction, unless that is asked for.
 */

import { join } from 'node:path';

import { writeArchive } from '../../agent/archive/archive.ts';
import type { Collected } from '../../agent/bundle.ts';
import { systemClock } from '../../agent/clock.ts';
import { collectNatively } from '../../agent/collect/collect.ts';
import { clusterNetwork } from '../../agent/collect/network/network.ts';
import { loadConfig } from '../../agent/config/load.ts';
import { connectKube } from '../../agent/kube/connect.ts';
import { silentLogger } from '../../agent/log.ts';
import { loadSpec } from '../../agent/spec/load.ts';

const [kubeconfigFile = '', specFile = '', folder = '', redaction] = process.argv.slice(2);
const never = new AbortController().signal;
const kube = await connectKube({ kubeconfigFile, concurrency: 4, outlastsOutages: true });
const spec = await loadSpec(
  {
    refs: [specFile],
    selector: undefined,
    namespaces: undefined,
    ownNamespace: undefined,
    allowRemote: false,
    collectorsAllowed: ['all'],
    restrictToNamespaces: undefined,
    kube: async () => kube,
    stdin: process.stdin,
  },
  never,
);
const collected = collectNatively(
  spec,
  {
    kube,
    network: clusterNetwork(),
    clock: systemClock,
    log: silentLogger,
    workDir: folder,
    concurrency: 4,
    maxWorkBytes: 2 ** 30,
    runTimeoutMs: 600_000,
    collectorTimeoutMs: 600_000,
    images: new Map(),
    runId: '19700101T000000Z-0000',
    installationId: '0000000000000000',
    version: '0',
  },
  { signal: never, deadline: never },
);
const redacted = redaction === 'redact' ? await redactByDefault(collected) : collected;
const { collectors, leftOut } = await writeArchive(
  redacted,
  {
    topFolder: 'support-bundle-1970-01-01T00_00_00',
    file: join(folder, 'bundle.tar.gz'),
    maxUncompressedBytes: 16 * 2 ** 30,
    facts: {
      agentVersion: '0',
      engine: { kind: 'native', version: undefined },
      runId: '19700101T000000Z-0000',
      installationId: undefined,
      createdAt: '1970-01-01T00:00:00Z',
      specs: [],
      notices: [],
    },
  },
  never,
);
// `partial`: logs of unhealthy pods, on nodes that are not there.
const failed = collectors.filter(({ outcome }) => !['ok', 'partial', 'excluded'].includes(outcome));
if (failed.length > 0) throw new Error(JSON.stringify(failed).slice(0, 1000));
if (leftOut.length > 0) throw new Error(`left out: ${JSON.stringify(leftOut).slice(0, 1000)}`);
process.stdin.destroy();

/** As `collect` does where no setting says otherwise. */
async function redactByDefault(
  source: AsyncGenerator<Collected>,
): Promise<AsyncGenerator<Collected>> {
  // Runs that do not redact do not load it.
  const { makeRedaction } = await import('../../agent/commands/redaction.ts');
  const parts = {
    config: loadConfig({}),
    log: silentLogger,
    connect: async () => kube,
    workFolder: async () => folder,
  };
  const { redact } = await makeRedaction(spec, parts, never);
  return redact(source, never);
}
