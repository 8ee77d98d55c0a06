/** Both engines on a cluster of 2,000 pods, without redaction: what each takes, and the ratio of the two. */

import { startControlPlane } from '../bed/control-plane.ts';
import { largeWorkload } from '../bed/large-workload.ts';
import { type EngineRun, runInTurns } from './engine-runs.ts';
import { type Figure, megabytes, plainFigure, ratioFigure } from './figure.ts';

export const RESOURCES_SPEC = {
  apiVersion: 'troubleshoot.sh/v1beta2',
  kind: 'SupportBundle',
  metadata: { name: 'bench' },
  spec: { collectors: [{ clusterInfo: {} }, { clusterResources: {} }] },
};

const RUNS = 3;
const SIZE = { pods: 2_000, namespaces: 50 };

export async function engines(): Promise<readonly Figure[]> {
  const plane = await startControlPlane();
  try {
    await plane.kube.apply(largeWorkload(SIZE));
    const { upstream, ours } = await runInTurns(plane, RESOURCES_SPEC, RUNS);
    return [
      ...describe('support-bundle, 2,000 pods', upstream),
      ...describe('native engine, 2,000 pods', ours),
      ratioFigure('wall', ours.wallMs / upstream.wallMs, 0.14),
      ratioFigure('CPU of the process', ours.cpuMs / upstream.cpuMs, 0.4),
      ratioFigure('CPU of the API server', ours.apiServerCpuMs / upstream.apiServerCpuMs, 0.27),
      ratioFigure('API requests', ours.apiRequests / upstream.apiRequests, 0.12),
      ratioFigure('peak resident', ours.peakBytes / upstream.peakBytes, 0.9),
    ];
  } finally {
    await plane.stop();
  }
}

export function describe(name: string, run: EngineRun): readonly Figure[] {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  const figures = [
    `wall ${seconds(run.wallMs)}`,
    `CPU ${seconds(run.cpuMs)}`,
    `API server's CPU ${seconds(run.apiServerCpuMs)}`,
    `${run.apiRequests} requests`,
    `peak ${megabytes(run.peakBytes)}`,
    `bundle ${megabytes(run.bundleBytes)}`,
  ];
  return [plainFigure(name, figures.join(', '))];
}
