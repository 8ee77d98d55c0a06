/** `serve` with nothing to do: how soon it is ready and how much memory it takes. */

import { setTimeout as sleep } from 'node:timers/promises';

import { startControlPlane } from '../bed/control-plane.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { durationFigure, type Figure, megabytes, memoryFigure, plainFigure } from './figure.ts';
import { readMemory } from './memory.ts';
import { startServe } from './serve.ts';

const GOAL_MEGABYTES = 110;
const GOAL_READY_MS = 1_500;
const IDLE_MS = 10_000;
/** Each in a fresh process; the worst of them counts. */
const STARTS = 3;
/** Of probes and scrapes each, in a row: what some hours of them leave behind. */
const REQUESTS = 500;

const NAMESPACE = 'support';
const STATE = 'state';

export async function idle(): Promise<readonly Figure[]> {
  const plane = await startControlPlane();
  try {
    await plane.kube.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: STATE, namespace: NAMESPACE } },
    ]);
    const starts: Start[] = [];
    for (let index = 0; index < STARTS; index++) {
      starts.push(await measureStart(plane.kubeconfigFile));
    }
    const worst = (pick: (start: Start) => number): number => Math.max(...starts.map(pick));
    return [
      durationFigure(
        'serve: ready',
        worst(({ readyMs }) => readyMs),
        GOAL_READY_MS,
      ),
      memoryFigure(
        'serve: resident, idle',
        worst(({ idleBytes }) => idleBytes),
        GOAL_MEGABYTES,
      ),
      plainFigure(
        `serve: resident, after ${REQUESTS} probes and scrapes`,
        megabytes(worst(({ probedBytes }) => probedBytes)),
      ),
    ];
  } finally {
    await plane.stop();
  }
}

interface Start {
  readonly readyMs: number;
  readonly idleBytes: number;
  readonly probedBytes: number;
}

async function measureStart(kubeconfigFile: string): Promise<Start> {
  const folder = temporaryFolder('bench-idle');
  const serving = await startServe(folder, {
    KUBECONFIG: kubeconfigFile,
    POD_NAMESPACE: NAMESPACE,
    STATE: `configmap/${NAMESPACE}/${STATE}`,
    SCHEDULE: '0 0 1 */3 *',
    UPLOAD_URL: 'https://127.0.0.1:1/bundles',
  });
  try {
    const { pid } = serving.process;
    await sleep(IDLE_MS);
    const idleBytes = readMemory(pid)?.residentBytes ?? 0;
    for (let index = 0; index < REQUESTS; index++) {
      await (await fetch(`${serving.adminUrl}/readyz`)).text();
      await (await fetch(`${serving.adminUrl}/metrics`)).text();
    }
    const probedBytes = readMemory(pid)?.residentBytes ?? 0;
    return { readyMs: serving.readyMs, idleBytes, probedBytes };
  } finally {
    await serving.process.stop();
    await removeFolder(folder);
  }
}
