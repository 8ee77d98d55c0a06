/**
 * The main job on this machine: a control plane with a workload, the chart installed by helm, the agent
 * run as its Deployment says, what it would send looked at, one bundle delivered and looked at. Exit 0 only
 * if it arrived intact, and without the secrets that the workload holds.
 *
 * `KEEP=1` leaves all of it running until Ctrl-C; `DEMO_S3=minio` delivers to a real S3 server.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { HelmRunner, type Values } from '../support/chart.ts';
import { type AgentProcess, startAgent } from './agent-process.ts';
import { buildPrograms } from './build.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { readBundle } from './demo-bundle.ts';
import { awaitDelivery } from './demo-delivery.ts';
import { type DemoDestination, startDestination } from './demo-destination.ts';
import { CleanUp, heading, lines, step } from './demo-output.ts';
import { readPreview, shortPreview } from './demo-preview.ts';
import { check, type Delivery, showContents, showDelivery } from './demo-report.ts';
import { PlantedSecrets } from './demo-secrets.ts';
import { smallWorkload } from './workload.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const CHART_FOLDER = join(REPOSITORY, 'chart');
const NAMESPACE = 'support';
const RELEASE = 'csb';
const DEPLOYMENT = `${RELEASE}-cron-support-bundle`;
const CA_CONFIG_MAP = 'upload-ca';
const KEEP_POLL_MS = 200;

const s3 = process.env['DEMO_S3'] ?? '';
if (!['', 'minio'].includes(s3)) throw new Error(`DEMO_S3 must be minio or nothing, not ${s3}`);
const isMinio = s3 === 'minio';
const mustKeep = !['', '0', undefined].includes(process.env['KEEP']);
/** As a vendor hands it out with the license: it lets uploads in. */
const userAgent = `acme-orders/${randomBytes(8).toString('hex')}`;
const planted = new PlantedSecrets();

const cleanUp = new CleanUp();
try {
  await build();
  const suspended = await start();
  const arrivedBefore = await look(suspended);
  const parts = await resume(suspended);
  const delivery = await receive(parts);
  await showContents(delivery, planted.all);
  showDelivery(delivery);
  const isIntact = await check(delivery, arrivedBefore);
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
  const programs = ['etcd', 'kube-apiserver', 'helm'];
  await step('building the real parts, once: 5 to 12 min from nothing on 2 cores', async () => {
    await buildPrograms(isMinio ? [...programs, 'minio'] : programs);
  });
  await step('building the agent: npm run build, 1 s', async () => {
    await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: REPOSITORY });
  });
}

async function start(): Promise<Parts> {
  const plane = await step('starting etcd and kube-apiserver: 2 to 8 s', startControlPlane);
  cleanUp.add(() => plane.stop());
  await step('putting a workload into three namespaces, secrets in odd places: 1 s', () =>
    plane.kube.apply([...smallWorkload(), ...planted.objects()]),
  );
  const destination = await step(
    `starting the destination, ${isMinio ? 'minio: 2 s' : 'a PUT receiver: at once'}`,
    () => startDestination(isMinio, userAgent),
  );
  cleanUp.add(() => destination.stop());
  await step('installing the chart with helm, suspended: 2 s', () => install(plane, destination));
  const agent = await step('starting the agent as its Deployment says: 1 s', () =>
    startInstalled(plane),
  );
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
  await helm(plane, ['install'], {
    schedule: '* * * * *',
    minInterval: '1s',
    runOnStart: true,
    suspend: true,
    upload: { url, userAgent },
    ...(caFile === undefined ? {} : { customCA: { configMapName: CA_CONFIG_MAP } }),
  });
}

async function helm(
  plane: ControlPlane,
  command: readonly string[],
  values: Values,
): Promise<void> {
  const runner = new HelmRunner();
  try {
    const where = ['--namespace', NAMESPACE, '--kubeconfig', plane.kubeconfigFile];
    const file = await runner.valuesFile(values);
    await runner.run('helm', ...command, RELEASE, CHART_FOLDER, ...where, '--values', file);
  } finally {
    await runner.remove();
  }
}

async function startInstalled(plane: ControlPlane): Promise<AgentProcess> {
  const where = { namespace: NAMESPACE, deployment: DEPLOYMENT };
  const agent = await startAgent({ controlPlane: plane, ...where });
  cleanUp.add(() => agent.stop());
  return agent;
}

/** As the cluster's owner does; comes back with how many objects the destination has by then. */
async function look({ agent, destination }: Parts): Promise<number> {
  const tables = await step('looking before anything leaves: 2 s', () => readPreview(agent));
  heading('What would leave, by the command preview in the pod (shortened here)');
  lines(shortPreview(tables));
  return await destination.countObjects();
}

/** Lets the agent send: its Deployment changes, and a new process takes the old one's place. */
async function resume({ plane, destination, agent: suspended }: Parts): Promise<Parts> {
  const agent = await step('letting it send, helm upgrade and a new pod: 3 s', async () => {
    await helm(plane, ['upgrade', '--reuse-values'], { suspend: false });
    await suspended.stop();
    return await startInstalled(plane);
  });
  return { plane, destination, agent };
}

/** The first bundle, as the destination has it. */
async function receive({ destination, agent }: Parts): Promise<Delivery> {
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
  const files = await readBundle(object.file, [...planted.texts, userAgent, destination.url]);
  return { to: destination.name, record, object, files };
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
