/** The agent as a process of this machine, run the way a Deployment in the API server says. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { type ControlPlane, kubeconfigFor } from './control-plane.ts';
import { asRecord } from './kube.ts';
import { resolveEnvironment, textOf } from './pod-environment.ts';
import { mountVolumes } from './pod-volumes.ts';
import { freePorts } from './ports.ts';
import { type RunningProcess, removeFolder, startProcess, temporaryFolder } from './processes.ts';
import { BIN_FOLDER } from './programs.ts';

export const BUILT_AGENT = join(import.meta.dirname, '../../dist/cron-support-bundle.mjs');

const READY_WITHIN_MS = 20_000;
/** The agent leaves within 10 s of SIGTERM. */
const STOP_GRACE_MS = 12_000;

export interface AgentOptions {
  readonly controlPlane: ControlPlane;
  readonly namespace: string;
  /** Its name. */
  readonly deployment: string;
  /** Environment variables that win over what the Deployment says. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** What node runs; default the built file. */
  readonly program?: string;
  /** Holds volumes, kubeconfig and log; kept by stop(), so that a next start goes on with the spool. */
  readonly folder?: string;
}

export interface AgentProcess {
  /** Without a trailing slash, as is `httpUrl`. */
  readonly adminUrl: string;
  readonly httpUrl: string;
  readonly spoolFolder: string;
  /** The whole environment it was started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its `logFile` holds stdout and stderr. */
  readonly process: RunningProcess;
  /** Ends it in order, and removes its folder if it has one of its own. */
  stop(): Promise<void>;
}

/**
 * Starts what the Deployment's only container says: arguments, environment with what it refers to,
 * volumes as folders, its ServiceAccount's token. Comes back when `/readyz` answers 200. Of the
 * container's world these are ours: free ports, the folders that stand for the mount paths, a PATH
 * with the bed's programs, and a kubeconfig in place of the mounted token.
 */
export async function startAgent(options: AgentOptions): Promise<AgentProcess> {
  const folder = options.folder ?? temporaryFolder('agent');
  const leave = async (): Promise<void> => {
    if (options.folder === undefined) await removeFolder(folder);
  };
  try {
    return await startIn(folder, options, leave);
  } catch (error) {
    await leave();
    throw error;
  }
}

async function startIn(
  folder: string,
  options: AgentOptions,
  leave: () => Promise<void>,
): Promise<AgentProcess> {
  const { controlPlane, namespace, deployment } = options;
  const pod = await readPod(options);
  const { kube } = controlPlane;
  const volumes = await mountVolumes({ kube, namespace, pod: pod.spec, folder });
  const [httpPort, adminPort] = await freePorts(2);
  const environment = {
    ...volumes.inPlace(
      await resolveEnvironment({
        kube,
        container: pod.container,
        fields: { 'metadata.namespace': namespace, 'metadata.name': `${deployment}-bed` },
      }),
    ),
    PATH: [BIN_FOLDER, dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
    TMPDIR: volumes.folderOf('/tmp'),
    KUBECONFIG: await writeKubeconfig(folder, { controlPlane, namespace, pod: pod.spec }),
    HTTP_PORT: String(httpPort),
    ADMIN_PORT: String(adminPort),
    ...options.overrides,
  };
  const adminUrl = `http://127.0.0.1:${environment.ADMIN_PORT}`;
  const running = await startProcess({
    name: `the agent of ${namespace}/${deployment}`,
    command: process.execPath,
    arguments: ['--enable-source-maps', options.program ?? BUILT_AGENT, ...pod.arguments],
    env: environment,
    cwd: folder,
    logFile: join(folder, 'agent.log'),
    readyWithinMs: READY_WITHIN_MS,
    isReady: async () => (await fetch(`${adminUrl}/readyz`)).ok,
  });
  return {
    adminUrl,
    httpUrl: `http://127.0.0.1:${environment.HTTP_PORT}`,
    spoolFolder: String(new Map(Object.entries(environment)).get('SPOOL_DIR')),
    environment,
    process: running,
    stop: async () => {
      await running.stop(STOP_GRACE_MS);
      await leave();
    },
  };
}

interface PodTemplate {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly container: Readonly<Record<string, unknown>>;
  readonly arguments: readonly string[];
}

async function readPod({
  controlPlane,
  namespace,
  deployment,
}: AgentOptions): Promise<PodTemplate> {
  const metadata = { name: deployment, namespace };
  const found = await controlPlane.kube.get({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
  });
  if (found === undefined) throw new Error(`there is no Deployment ${namespace}/${deployment}`);
  const spec = asRecord(asRecord(asRecord(found['spec'])['template'])['spec']);
  const containers: readonly unknown[] = Array.isArray(spec['containers'])
    ? spec['containers']
    : [];
  if (containers.length !== 1) {
    throw new Error(`Deployment ${namespace}/${deployment} has ${containers.length} containers`);
  }
  const container = asRecord(containers[0]);
  const words: readonly unknown[] = Array.isArray(container['args']) ? container['args'] : [];
  return { spec, container, arguments: words.map(String) };
}

interface KubeconfigOptions {
  readonly controlPlane: ControlPlane;
  readonly namespace: string;
  readonly pod: Readonly<Record<string, unknown>>;
}

async function writeKubeconfig(
  folder: string,
  { controlPlane, namespace, pod }: KubeconfigOptions,
): Promise<string> {
  const { url, caFile } = controlPlane;
  const serviceAccount = textOf(pod['serviceAccountName']) ?? 'default';
  const token = await controlPlane.token(namespace, serviceAccount);
  const file = join(folder, 'kubeconfig');
  await mkdir(folder, { recursive: true });
  await writeFile(file, kubeconfigFor({ url, caFile, token }), { mode: 0o600 });
  return file;
}
