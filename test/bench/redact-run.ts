/** A whole run on 2,000 pods, collected, redacted and archived: ours beside `support-bundle`, both as they are by default. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startControlPlane } from '../bed/control-plane.ts';
import { largeWorkload } from '../bed/large-workload.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { type EngineRun, medianRun, runOnce } from './engine-runs.ts';
import { describe, RESOURCES_SPEC } from './engines.ts';
import { type Figure, timesFigure } from './figure.ts';

const SIZE = { pods: 2_000, namespaces: 50 };
/** Of ours. The program takes more than a minute, and runs once. */
const RUNS = 3;
const LEAST_TIMES = 25;

export async function redactRun(): Promise<readonly Figure[]> {
  const folder = temporaryFolder('bench-redact-run');
  const specFile = join(folder, 'spec.yaml');
  writeFileSync(specFile, JSON.stringify(RESOURCES_SPEC));
  const plane = await startControlPlane();
  try {
    await plane.kube.apply(largeWorkload(SIZE));
    const runs: EngineRun[] = [];
    for (let number = 1; number <= RUNS; number++) {
      runs.push(await runOnce('ours, redacting', plane, specFile));
    }
    const ours = medianRun(runs);
    const upstream = await runOnce('upstream, redacting', plane, specFile);
    return [
      ...describe('support-bundle with redaction, 2,000 pods', upstream),
      ...describe('native engine with redaction, 2,000 pods', ours),
      timesFigure('whole run with redaction: wall', upstream.wallMs / ours.wallMs, LEAST_TIMES),
      timesFigure('whole run with redaction: CPU', upstream.cpuMs / ours.cpuMs, LEAST_TIMES),
    ];
  } finally {
    await plane.stop();
    await removeFolder(folder);
  }
}
