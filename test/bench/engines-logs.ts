/** 200 MB of logs: read as fast as the API server gives them, and no more memory than for a few. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startControlPlane } from '../bed/control-plane.ts';
import type { KubeObject } from '../bed/kube.ts';
import { startKubeletLogs } from '../bed/kubelet-logs.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { type EngineRun, runOnce } from './engine-runs.ts';
import { type Figure, memoryFigure, plainFigure, ratioFigure } from './figure.ts';

const PODS = 20;
const LOG_BYTES = 10_000_000;
const NAMESPACE = 'logs';

/** What comes on top of the log's own bytes: starting the process, and one more pass for gzip. */
const MOST_RATIO = 4;
const MOST_MORE_MEGABYTES = 20;

export async function enginesLogs(): Promise<readonly Figure[]> {
  const folder = temporaryFolder('bench-logs');
  const plane = await startControlPlane();
  const kubelet = await startKubeletLogs('logs-node', LOG_BYTES);
  try {
    await plane.kube.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
      kubelet.node,
      ...Array.from({ length: PODS }, (_, index) => pod(index)),
    ]);
    // As many at once as of all.
    const few = await run(['index in (0,1,2,3)']);
    const all = await run([]);
    const rawMs = await readRaw(plane);
    return [
      plainFigure(
        '200 MB of logs: read from the API server and dropped',
        `${(rawMs / 1000).toFixed(2)} s`,
      ),
      plainFigure('200 MB of logs: collected and archived', `${(all.wallMs / 1000).toFixed(2)} s`),
      ratioFigure('200 MB of logs: collected against read alone', all.wallMs / rawMs, MOST_RATIO),
      memoryFigure(
        '200 MB of logs: memory beyond that for 40 MB',
        Math.max(1, all.peakBytes - few.peakBytes),
        MOST_MORE_MEGABYTES,
      ),
    ];
  } finally {
    await plane.stop();
    await kubelet.stop();
    await removeFolder(folder);
  }

  async function run(selector: readonly string[]): Promise<EngineRun> {
    const specFile = join(folder, 'spec.yaml');
    writeFileSync(specFile, JSON.stringify(specWith(selector)));
    return await runOnce('ours', plane, specFile);
  }
}

function pod(index: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, namespace: NAMESPACE, labels: { index: String(index) } },
    spec: {
      nodeName: 'logs-node',
      containers: [{ name: 'main', image: 'registry.example/app:1' }],
    },
    status: { phase: 'Running' },
  };
}

function specWith(selector: readonly string[]): object {
  const excluded = [{ clusterInfo: { exclude: true } }, { clusterResources: { exclude: true } }];
  const logs = { name: 'app', namespace: NAMESPACE, selector, limits: { maxAge: '24h' } };
  return {
    apiVersion: 'troubleshoot.sh/v1beta2',
    kind: 'SupportBundle',
    metadata: { name: 'bench' },
    spec: { collectors: [...excluded, { logs }] },
  };
}

/** Four at once, as the agent has requests in flight. */
async function readRaw(plane: Awaited<ReturnType<typeof startControlPlane>>): Promise<number> {
  const startedAt = performance.now();
  const queue = Array.from({ length: PODS }, (_, index) => index);
  const read = async (): Promise<void> => {
    for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
      const path = `/api/v1/namespaces/${NAMESPACE}/pods/pod-${index}/log`;
      const { statusCode } = await plane.kube.request({ path });
      if (statusCode !== 200) throw new Error(`${path}: ${statusCode}`);
    }
  };
  await Promise.all([read(), read(), read(), read()]);
  return performance.now() - startedAt;
}
