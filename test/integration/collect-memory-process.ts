/** Collects clusterResources in a process of its own and prints how much memory that took. Arguments: kubeconfig, work folder. */

import { systemClock } from '../../agent/clock.ts';
import { collectNatively } from '../../agent/collect/collect.ts';
import { connectKube } from '../../agent/kube/connect.ts';
import { silentLogger } from '../../agent/log.ts';
import { readMemory } from '../bench/memory.ts';
import { OPEN_NETWORK } from '../support/network.ts';
import { collector, mergedSpec } from '../support/spec.ts';

const [kubeconfigFile = '', workDir = ''] = process.argv.slice(2);
const never = new AbortController().signal;
const collected = collectNatively(
  mergedSpec({ collectors: [collector('clusterResources')] }),
  {
    kube: await connectKube({ kubeconfigFile }),
    network: OPEN_NETWORK,
    clock: systemClock,
    log: silentLogger,
    workDir,
    concurrency: 4,
    maxWorkBytes: 2 ** 30,
    runTimeoutMs: 600_000,
    collectorTimeoutMs: 300_000,
    images: new Map(),
    runId: '19700101T000000Z-0000',
    installationId: '0000000000000000',
    version: '0',
  },
  { signal: never, deadline: never },
);

let bytes = 0;
for await (const one of collected) {
  if (one.kind !== 'file') continue;
  for await (const chunk of one.read()) bytes += chunk.length;
}
// VmHWM, not what getrusage says: that counts what the process that started this one had.
console.log(JSON.stringify({ bytes, residentBytes: readMemory(process.pid)?.peakBytes }));
