/** Ten times the pods: how much longer it takes, and that memory stays where it is. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startControlPlane } from '../bed/control-plane.ts';
import { largeWorkload } from '../bed/large-workload.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { type EngineRun, runOnce } from './engine-runs.ts';
import { describe, RESOURCES_SPEC } from './engines.ts';
import { type Figure, memoryFigure, ratioFigure } from './figure.ts';

const NAMESPACES = 50;
const SMALL_PODS = 2_000;
const LARGE_PODS = 20_000;
const MOST_GROWTH = 11;

export async function enginesGrowth(): Promise<readonly Figure[]> {
  const folder = temporaryFolder('bench-growth');
  const specFile = join(folder, 'spec.yaml');
  writeFileSync(specFile, JSON.stringify(RESOURCES_SPEC));
  const plane = await startControlPlane();
  try {
    await plane.kube.apply(largeWorkload({ pods: SMALL_PODS, namespaces: NAMESPACES }));
    const small = await bestOf(3, () => runOnce('ours', plane, specFile));
    await plane.kube.apply(largeWorkload({ pods: LARGE_PODS, namespaces: NAMESPACES }));
    const large = await bestOf(3, () => runOnce('ours', plane, specFile));
    const upstream = await runOnce('upstream', plane, specFile);
    return [
      ...describe('native engine, 2,000 pods', small),
      ...describe('native engine, 20,000 pods', large),
      ...describe('support-bundle, 20,000 pods', upstream),
      ratioFigure('20,000 pods against 2,000: wall', large.wallMs / small.wallMs, MOST_GROWTH),
      memoryFigure('20,000 pods: peak resident', large.peakBytes, 200),
      ratioFigure('20,000 pods: peak resident', large.peakBytes / upstream.peakBytes, 0.5),
    ];
  } finally {
    await plane.stop();
    await removeFolder(folder);
  }
}

/** The fastest: what is slower was disturbed. */
async function bestOf(runs: number, run: () => Promise<EngineRun>): Promise<EngineRun> {
  const all: EngineRun[] = [];
  for (let number = 1; number <= runs; number++) all.push(await run());
  return all.reduce((best, one) => (one.wallMs < best.wallMs ? one : best));
}
