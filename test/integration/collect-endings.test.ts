/** Endings of the native engine: whatever ends it, nothing of what it made is left in the cluster. */

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type ControlPlane, kubeconfigFor, startControlPlane } from '../bed/control-plane.ts';
import { removeFolder, startProcess, temporaryFolder } from '../bed/processes.ts';
import { environmentIn, MAIN } from '../support/serve.ts';
import { bundleWith } from '../support/spec.ts';

const RUN_LABEL = 'cron-support-bundle/run';

describe('endings of the native engine', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let folder: string;

  before(async () => {
    plane = await startControlPlane();
    // The controller that makes ServiceAccounts does not run here.
    await plane.kube.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'acme-orders' } },
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default', namespace: 'acme-orders' },
      },
    ]);
  });

  after(() => plane.stop());

  beforeEach(() => {
    folder = temporaryFolder('endings');
  });

  afterEach(() => removeFolder(folder));

  it('fails where no API server answers, and says what it waits for', async () => {
    const kubeconfig = join(folder, 'kubeconfig');
    const { caFile } = plane;
    await mkdir(folder, { recursive: true });
    await writeFile(kubeconfig, kubeconfigFor({ url: 'https://127.0.0.1:1', caFile, token: 'x' }));
    const settings = { KUBECONFIG: kubeconfig };
    const outcome = await runUntil({ folder, plane }, async () => {}, settings);

    assert.equal(outcome.exitCode, 1);
    assert.match(outcome.log, /does not answer yet server=https:\/\/127\.0\.0\.1:1/);
    assert.match(outcome.log, /KUBE_UNREACHABLE: GET https:\/\/127\.0\.0\.1:1\/version/);
  });

  it('fails with the words of an API server that does not know it', async () => {
    const kubeconfig = join(folder, 'kubeconfig');
    const { url, caFile } = plane;
    await mkdir(folder, { recursive: true });
    await writeFile(kubeconfig, kubeconfigFor({ url, caFile, token: 'x' }));
    const settings = { KUBECONFIG: kubeconfig };
    const outcome = await runUntil({ folder, plane }, async () => {}, settings);

    assert.equal(outcome.exitCode, 1);
    assert.match(outcome.log, /KUBE_UNAUTHORIZED/);
  });

  it('leaves nothing in the cluster when it is told to end', async () => {
    const outcome = await runUntil({ folder, plane }, async (running) => {
      await waitForPods(plane, 1);
      running.kill('SIGTERM');
    });

    assert.equal(outcome.exitCode, 1);
    assert.match(outcome.log, /RUN_ABORTED/);
    await waitForPods(plane, 0);
  });

  it('leaves no DaemonSet and no Secret either', async () => {
    const imagePullSecret = {
      name: 'pull',
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') },
    };
    const container = { name: 'main', image: 'busybox:1' };
    const podSpec = { containers: [container] };
    const collectors = [
      { runPod: { name: 'pod', namespace: 'acme-orders', podSpec, imagePullSecret } },
      { runDaemonSet: { name: 'everywhere', namespace: 'acme-orders', podSpec, timeout: '1m' } },
    ];
    const outcome = await runUntil({ folder, plane, collectors }, async (running) => {
      for (const kind of ['Pod', 'DaemonSet', 'Secret'] as const) await waitFor(plane, kind, 1);
      running.kill('SIGTERM');
    });

    assert.equal(outcome.exitCode, 1);
    for (const kind of ['Pod', 'DaemonSet', 'Secret'] as const) await waitFor(plane, kind, 0);
  });

  it('makes a bundle of what it has at the deadline of the run', async () => {
    const settings = { RUN_TIMEOUT: '8s' };
    const outcome = await runUntil({ folder, plane }, () => waitForPods(plane, 1), settings);

    assert.equal(outcome.exitCode, 3);
    assert.match(outcome.log, /run: timeout: cut off: the run reached RUN_TIMEOUT/);
    assert.match(outcome.log, /partial bundle in/);
    await waitForPods(plane, 0);
  });

  it('removes what a killed run left when the next one starts', async () => {
    await runUntil({ folder, plane }, async (running) => {
      await waitForPods(plane, 1);
      running.kill('SIGKILL');
    });
    await waitForPods(plane, 1);
    // Until then it might be of a run that is under way.
    await sleep(3_000);
    const next = await runUntil({ folder, plane }, () => sleep(0), { RUN_TIMEOUT: '2s' });

    assert.match(next.log, /objects of a killed run removed/);
    await waitForPods(plane, 0);
  });
});

const HELLO = {
  run: { name: 'hello', namespace: 'acme-orders', image: 'busybox:1', command: ['true'] },
};

/** The `collect` command with a pod that never starts, since nothing here runs pods. */
async function runUntil(
  {
    folder,
    plane,
    collectors = [HELLO],
  }: {
    readonly folder: string;
    readonly plane: ControlPlane;
    readonly collectors?: readonly unknown[];
  },
  work: (running: Awaited<ReturnType<typeof startProcess>>) => Promise<void>,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ readonly exitCode: number | NodeJS.Signals; readonly log: string }> {
  const specFile = join(folder, 'spec.yaml');
  await mkdir(folder, { recursive: true });
  await writeFile(specFile, bundleWith(...collectors));
  const logFile = join(folder, `collect-${Date.now()}.log`);
  const running = await startProcess({
    name: 'collect',
    command: process.execPath,
    arguments: [MAIN, 'collect', '--engine', 'native', '--output', join(folder, 'b.tar.gz')],
    env: {
      ...environmentIn(folder),
      SPEC: specFile,
      KUBECONFIG: plane.kubeconfigFile,
      COLLECTORS_ALLOWED: 'read,workload',
      RUN_TIMEOUT: '1m',
      ...settings,
    },
    logFile,
  });
  await work(running);
  const exitCode = await running.exited;
  return { exitCode, log: await readFile(logFile, 'utf8') };
}

const API_VERSIONS = { Pod: 'v1', Secret: 'v1', DaemonSet: 'apps/v1' } as const;

function waitForPods(plane: ControlPlane, count: number): Promise<void> {
  return waitFor(plane, 'Pod', count);
}

/** Until there are so many of runs. */
async function waitFor(
  plane: ControlPlane,
  kind: keyof typeof API_VERSIONS,
  count: number,
): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const objects = await plane.kube.list(API_VERSIONS[kind], kind);
    const made = objects.filter(({ metadata }) => JSON.stringify(metadata).includes(RUN_LABEL));
    if (made.length === count) return;
    await sleep(100);
  }
  throw new Error(`there never were ${count} ${kind}s of a run`);
}
