/**
 * The main job on this machine: a control plane with a workload, the chart installed by helm, the agent
 * run as its Deployment says, one bundle delivered and looked at. Exit 0 only if it arrived intact.
 *
 * `KEEP=1` leaves all of it running until Ctrl-C; `DEMO_S3=minio` delivers to a real S3 server.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import type { RunRecord } from '../../agent/run/record.ts';
import { HelmRunner } from '../support/chart.ts';
import { type AgentProcess, BUILT_AGENT, startAgent } from './agent-process.ts';
import { buildPrograms } from './build.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { hiddenIn, readBundle, size, treeOf } from './demo-bundle.ts';
import { awaitDelivery } from './demo-delivery.ts';
import {
  type DeliveredObject,
  type DemoDestination,
  startDestination,
} from './demo-destination.ts';
import { CleanUp, heading, lines, step } from './demo-output.ts';
import { smallWorkload, WORKLOAD_SECRETS } from './workload.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const CHART_FOLDER = join(REPOSITORY, 'chart');
const NAMESPACE = 'support';
const RELEASE = 'csb';
const DEPLOYMENT = `${RELEASE}-cron-support-bundle`;
const CA_CONFIG_MAP = 'upload-ca';
const KEEP_POLL_MS = 200;

const isMinio = process.env['DEMO_S3'] === 'minio';
const mustKeep = !['', '0', undefined].includes(process.env['KEEP']);
/** As a vendor hands it out with the license: it lets uploads in. */
const userAgent = `acme-orders/${randomBytes(8).toString('hex')}`;

const cleanUp = new CleanUp();
try {
  await build();
  const parts = await start();
  const { isIntact } = await show(parts);
  showAddresses(parts);
  process.exitCode = isIntact ? 0 : 1;
  if (mustKeep) await keep(parts);
} catch (error) {
  if (!cleanUp.isRunning) console.error(`\ndemo: failed: ${messageOf(error)}`);
  process.exitCode = 1;
} finally {
  await cleanUp.run();
}

interface Parts {
  readonly plane: ControlPlane;
  readonly destination: DemoDestination;
  readonly agent: AgentProcess;
}

async function build(): Promise<void> {
  const programs = ['etcd', 'kube-apiserver', 'helm', 'support-bundle'];
  await step('building the real parts, once: 9 to 16 min from nothing on 2 cores', async () => {
    await buildPrograms(isMinio ? [...programs, 'minio'] : programs);
  });
  await step('building the agent: npm run build, 1 s', async () => {
    await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: REPOSITORY });
  });
}

async function start(): Promise<Parts> {
  const plane = await step('starting etcd and kube-apiserver: 2 to 8 s', startControlPlane);
  cleanUp.add(() => plane.stop());
  await step('putting a workload into three namespaces: 1 s', () =>
    plane.kube.apply(smallWorkload()),
  );
  const destination = await step(
    `starting the destination, ${isMinio ? 'minio: 2 s' : 'a PUT receiver: at once'}`,
    () => startDestination(isMinio, userAgent),
  );
  cleanUp.add(() => destination.stop());
  await step('installing the chart with helm: 2 s', () => install(plane, destination));
  const agent = await step('starting the agent as its Deployment says: 1 s', () =>
    startAgent({ controlPlane: plane, namespace: NAMESPACE, deployment: DEPLOYMENT }),
  );
  cleanUp.add(() => agent.stop());
  return { plane, destination, agent };
}

async function install(plane: ControlPlane, { url, caFile }: DemoDestination): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const metadata = { name: NAMESPACE, labels };
  await plane.kube.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata }]);
  if (caFile !== undefined) {
    const name = { name: CA_CONFIG_MAP, namespace: NAMESPACE };
    const data = { 'ca.crt': await readFile(caFile, 'utf8') };
    await plane.kube.apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: name, data }]);
  }
  const helm = new HelmRunner();
  try {
    const values = await helm.valuesFile({
      schedule: '* * * * *',
      minInterval: '1s',
      runOnStart: true,
      upload: { url, userAgent },
      ...(caFile === undefined ? {} : { customCA: { configMapName: CA_CONFIG_MAP } }),
    });
    const where = ['--namespace', NAMESPACE, '--kubeconfig', plane.kubeconfigFile];
    await helm.run('helm', 'install', RELEASE, CHART_FOLDER, ...where, '--values', values);
  } finally {
    await helm.remove();
  }
}

async function show({ destination, agent }: Parts): Promise<{ readonly isIntact: boolean }> {
  const record = await step('waiting for the first delivered bundle: 3 to 10 s', () =>
    awaitDelivery(agent),
  );
  const key = record.delivery?.key ?? '';
  const object = await destination.readObject(key);
  if (object === undefined) {
    throw new Error(
      `run ${record.id} says it delivered ${key}, but the destination has no such object`,
    );
  }
  const files = await readBundle(object.file, [
    ...Object.values(WORKLOAD_SECRETS),
    userAgent,
    destination.url,
  ]);

  heading('What was collected');
  lines(treeOf(files));
  heading('What was hidden');
  lines(hiddenIn(files));
  heading('Where it went');
  lines([
    destination.name,
    `PUT ${record.delivery?.destination}, key ${key}`,
    `answered ${record.delivery?.statusCode}, receipt ${record.delivery?.receipt}, attempts: ${record.delivery?.attempts}`,
  ]);
  heading('The object as the destination has it');
  lines([
    `${object.key}, ${size(object.bytes)} (${object.bytes} bytes)`,
    `sha256 ${object.sha256}`,
    ...object.facts,
  ]);
  heading(
    `The run record${record.partial ? ' (partial: there is no kubelet here to ask for logs)' : ''}`,
  );
  lines(JSON.stringify(record, undefined, 2).split('\n'));

  heading('Checks');
  const leaks = files.filter((file) => file.leaks.length > 0).map(({ path }) => path);
  const secrets = `the workload's ${Object.keys(WORKLOAD_SECRETS).length} passwords, the User-Agent and the URL`;
  const checks = [
    shaCheck(record, object),
    await verifyCheck(object.file),
    {
      isPassed: leaks.length === 0,
      text: `${secrets} are ${leaks.length === 0 ? 'nowhere in it' : `in ${leaks.join(', ')}`}`,
    },
  ];
  lines(checks.map(({ isPassed, text }) => `${isPassed ? 'passed' : 'FAILED'}  ${text}`));
  return { isIntact: checks.every(({ isPassed }) => isPassed) };
}

interface Check {
  readonly isPassed: boolean;
  readonly text: string;
}

function shaCheck({ bundle }: RunRecord, { sha256 }: DeliveredObject): Check {
  return {
    isPassed: bundle?.sha256 === sha256,
    text: `SHA-256 of the record: ${bundle?.sha256}, of the object: ${sha256}`,
  };
}

async function verifyCheck(file: string): Promise<Check> {
  const { promise, resolve } = Promise.withResolvers<Check>();
  execFile(process.execPath, [BUILT_AGENT, 'verify', file], (error, stdout, stderr) => {
    resolve({ isPassed: error === null, text: `verify: ${`${stdout}${stderr}`.trim()}` });
  });
  return await promise;
}

function showAddresses({ plane, destination, agent }: Parts): void {
  heading(mustKeep ? 'Addresses, until Ctrl-C' : 'Addresses (make demo KEEP=1 leaves them there)');
  lines([
    `last run       ${agent.adminUrl}/last-run`,
    `all runs       ${agent.adminUrl}/runs (POST there asks for one)`,
    `metrics        ${agent.httpUrl}/metrics`,
    `destination    ${destination.url}`,
    `API server     ${plane.url}, KUBECONFIG=${plane.kubeconfigFile}`,
    `agent's log    ${agent.process.logFile}`,
    `spool          ${agent.spoolFolder}`,
  ]);
}

/** Polled: neither the agent nor minio keeps this process alive. */
async function keep({ agent }: Parts): Promise<void> {
  while (agent.process.isRunning()) await sleep(KEEP_POLL_MS);
  throw new Error(`the agent ended while it was kept running (${await agent.process.exited})`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
