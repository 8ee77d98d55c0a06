/** A collection by `serve`: what its child process takes beside troubleshoot's program, on the same cluster and spec. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { parseRunRecord } from '../../agent/run/parse-record.ts';
import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import { asRecord, type KubeObject } from '../bed/kube.ts';
import { removeFolder, startProcess, temporaryFolder } from '../bed/processes.ts';
import { programPath } from '../bed/programs.ts';
import { smallWorkload } from '../bed/workload.ts';
import { programEnvironment } from './built.ts';
import { type Figure, megabytes, memoryFigure, plainFigure } from './figure.ts';
import { groupOf, groupsOfChildrenOf, type Peaks, watchPeaks } from './memory.ts';
import { startServe } from './serve.ts';

const GOAL_MEGABYTES = 150;
/** It collects and redacts in one process. */
const NATIVE_GOAL_MEGABYTES = 200;
/** Go frees memory when it likes: of several runs the largest of ours and the smallest of the program's count. */
const RUNS = 3;
const POLL_MS = 50;
const RUN_WITHIN_MS = 120_000;

/** 14 MB of ConfigMaps beside the small workload, so that files of some size pass too. */
const TEXT_BYTES = 900_000;
const TEXTS = 16;
const NAMESPACE = 'acme-orders';

export async function collectMemory(): Promise<readonly Figure[]> {
  const plane = await startControlPlane();
  const folder = temporaryFolder('bench-collect');
  try {
    await plane.kube.apply([...smallWorkload(), ...largeTexts()]);
    const specFile = join(folder, 'spec.yaml');
    writeFileSync(specFile, specText());
    const alone = [];
    for (let index = 0; index < RUNS; index++) alone.push(await runAlone(plane, specFile));
    const runs = await runInServe(plane, specFile, 'cli');
    const native = await runInServe(plane, specFile, 'native');
    const aloneBytes = Math.min(...alone.map(({ groupBytes }) => groupBytes));
    const groupBytes = Math.max(...runs.map((peaks) => peaks.groupBytes));
    const childBytes = Math.max(...runs.map(({ leaderBytes }) => leaderBytes));
    return [
      plainFigure('support-bundle alone: peak', megabytes(aloneBytes)),
      plainFigure('collect with support-bundle: peak', megabytes(groupBytes)),
      plainFigure('collect: peak of the child alone', megabytes(childBytes)),
      memoryFigure('collect: adds to support-bundle', groupBytes - aloneBytes, GOAL_MEGABYTES),
      memoryFigure(
        'collect with the native engine: peak',
        Math.max(...native.map((peaks) => peaks.groupBytes)),
        NATIVE_GOAL_MEGABYTES,
      ),
    ];
  } finally {
    await removeFolder(folder);
    await plane.stop();
  }
}

function largeTexts(): readonly KubeObject[] {
  const line = 'a line of a log that says little, password: "hunter2"\n';
  const text = line.repeat(TEXT_BYTES / line.length);
  return Array.from({ length: TEXTS }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `text-${index}`, namespace: NAMESPACE },
    data: { text },
  }));
}

function specText(): string {
  return JSON.stringify({
    apiVersion: 'troubleshoot.sh/v1beta2',
    kind: 'SupportBundle',
    metadata: { name: 'bench' },
    spec: { collectors: [{ clusterInfo: {} }, { clusterResources: {} }] },
  });
}

async function runAlone(plane: ControlPlane, specFile: string): Promise<Peaks> {
  const folder = temporaryFolder('bench-alone');
  try {
    const flags = ['--no-uri', '--load-cluster-specs=false', '--interactive=false'];
    const running = await startProcess({
      name: 'support-bundle',
      command: programPath('support-bundle'),
      arguments: [specFile, ...flags, '--auto-update=false', `--output=${join(folder, 'bundle')}`],
      env: {
        ...programEnvironment(),
        HOME: folder,
        TMPDIR: folder,
        KUBECONFIG: plane.kubeconfigFile,
      },
      cwd: folder,
      logFile: join(folder, 'support-bundle.log'),
    });
    const watch = watchPeaks(groupOf(running.pid));
    const ending = await running.exited;
    const peaks = watch.end();
    if (ending !== 0) throw new Error(`support-bundle ended with ${ending}`);
    return peaks;
  } finally {
    await removeFolder(folder);
  }
}

async function runInServe(
  plane: ControlPlane,
  specFile: string,
  engine: 'cli' | 'native',
): Promise<readonly Peaks[]> {
  const folder = temporaryFolder('bench-collect-serve');
  const serving = await startServe(folder, {
    KUBECONFIG: plane.kubeconfigFile,
    SPEC: specFile,
    ENGINE: engine,
    MIN_INTERVAL: '1s',
  });
  try {
    const runs = [];
    for (let index = 0; index < RUNS; index++) {
      const watch = watchPeaks(groupsOfChildrenOf(serving.process.pid));
      await runOnce(serving.adminUrl);
      runs.push(watch.end());
    }
    return runs;
  } finally {
    await serving.process.stop();
    await removeFolder(folder);
  }
}

/** Asks for a run and waits until its bundle is in the spool. */
async function runOnce(adminUrl: string): Promise<void> {
  const asked = await fetch(`${adminUrl}/runs`, { method: 'POST' });
  const answer = asRecord(await asked.json());
  if (!asked.ok) throw new Error(`no run: ${asked.status} ${JSON.stringify(answer)}`);
  const deadlineMs = performance.now() + RUN_WITHIN_MS;
  while (performance.now() < deadlineMs) {
    const record = parseRunRecord(
      await (await fetch(`${adminUrl}/runs/${String(answer['id'])}`)).json(),
    );
    if (record.outcome === 'spooled') return;
    if (record.outcome !== 'running') throw new Error(`the run failed: ${JSON.stringify(record)}`);
    await sleep(POLL_MS);
  }
  throw new Error('the run did not end in time');
}
