/** A Kubernetes control plane of its own: etcd and kube-apiserver on loopback, ready in seconds. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { asRecord, type KubeClient, kubeClient } from './kube.ts';
import { freePorts } from './ports.ts';
import { type RunningProcess, removeFolder, startProcess, temporaryFolder } from './processes.ts';
import { programPath } from './programs.ts';

const START_ATTEMPTS = 3;
const TOKEN_SECONDS = 24 * 60 * 60;

export interface ControlPlaneOptions {
  /** For faults at the HTTP level, quotas and the like: more arguments for kube-apiserver. */
  readonly apiServerArguments?: readonly string[];
}

export interface ControlPlane {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly caFile: string;
  readonly adminToken: string;
  /** As the group system:masters. */
  readonly kubeconfigFile: string;
  /** Holds everything, the logs too; removed by stop(). */
  readonly folder: string;
  /** As the group system:masters. */
  readonly kube: KubeClient;
  /** stdout of a kubectl command. Throws with its stderr when it fails. */
  kubectl(...kubectlArguments: readonly string[]): Promise<string>;
  /** A token of the ServiceAccount, by the TokenRequest API; valid for a day unless told otherwise. */
  token(namespace: string, serviceAccount: string, expiresAfterSeconds?: number): Promise<string>;
  /** etcd goes on and keeps everything; startApiServer() continues at the same address. */
  stopApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
  stop(): Promise<void>;
}

/** Comes back when the API is ready and the system's namespaces exist. Several can run at once. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  for (let attemptNumber = 1; ; attemptNumber++) {
    try {
      return await tryToStart(options);
    } catch (error) {
      // Another process can take a port between its choice and its use.
      const isPortTaken =
        error instanceof Error && error.message.includes('address already in use');
      if (!isPortTaken || attemptNumber === START_ATTEMPTS) throw error;
    }
  }
}

interface Place {
  readonly folder: string;
  readonly url: string;
  readonly etcdUrl: string;
  readonly etcdPeerUrl: string;
  readonly port: number;
  readonly adminToken: string;
  readonly caFile: string;
}

async function tryToStart(options: ControlPlaneOptions): Promise<ControlPlane> {
  const place = await preparePlace();
  let etcd: RunningProcess | undefined;
  let apiServer: RunningProcess | undefined;
  try {
    etcd = await startEtcd(place);
    apiServer = await startApiServer(place, options);
    return await describe(place, { options, etcd, apiServer });
  } catch (error) {
    await apiServer?.stop();
    await etcd?.stop();
    await removeFolder(place.folder);
    throw error;
  }
}

async function preparePlace(): Promise<Place> {
  const folder = temporaryFolder('control-plane');
  const [port, etcdPort, etcdPeerPort] = await freePorts(3);
  if (port === undefined) throw new Error('no free ports');
  const adminToken = randomBytes(16).toString('hex');
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await mkdir(join(folder, 'certificates'));
  await writeFile(join(folder, 'tokens.csv'), `${adminToken},admin,admin,"system:masters"\n`);
  await writeFile(
    join(folder, 'service-account.key'),
    privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
  await writeFile(
    join(folder, 'service-account.pub'),
    publicKey.export({ type: 'spki', format: 'pem' }),
  );
  return {
    folder,
    port,
    adminToken,
    url: `https://127.0.0.1:${port}`,
    etcdUrl: `http://127.0.0.1:${etcdPort}`,
    etcdPeerUrl: `http://127.0.0.1:${etcdPeerPort}`,
    caFile: join(folder, 'certificates', 'apiserver.crt'),
  };
}

function startEtcd({ folder, etcdUrl, etcdPeerUrl }: Place): Promise<RunningProcess> {
  return startProcess({
    name: 'etcd',
    command: programPath('etcd'),
    arguments: [
      `--name=bed`,
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${etcdPeerUrl}`,
      `--initial-advertise-peer-urls=${etcdPeerUrl}`,
      `--initial-cluster=bed=${etcdPeerUrl}`,
      '--unsafe-no-fsync', // nothing here is worth surviving a power cut
      '--log-level=warn',
    ],
    logFile: join(folder, 'etcd.log'),
    isReady: async () => (await fetch(`${etcdUrl}/health`)).ok,
  });
}

async function startApiServer(
  place: Place,
  { apiServerArguments = [] }: ControlPlaneOptions,
): Promise<RunningProcess> {
  const { folder, etcdUrl, port } = place;
  return startProcess({
    name: 'kube-apiserver',
    command: programPath('kube-apiserver'),
    arguments: [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${join(folder, 'certificates')}`,
      `--token-auth-file=${join(folder, 'tokens.csv')}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${join(folder, 'service-account.pub')}`,
      `--service-account-signing-key-file=${join(folder, 'service-account.key')}`,
      '--authorization-mode=RBAC',
      // Nothing here makes ServiceAccounts' default tokens, so pods could not be admitted with it.
      '--disable-admission-plugins=ServiceAccount',
      '--event-ttl=24h',
      ...apiServerArguments,
    ],
    logFile: join(folder, 'kube-apiserver.log'),
    readyWithinMs: 60_000,
    isReady: () => isApiReady(place),
  });
}

async function isApiReady(place: Place): Promise<boolean> {
  const kube = await clientOf(place);
  try {
    for (const path of [
      '/readyz',
      '/api/v1/namespaces/default',
      '/api/v1/namespaces/kube-system',
    ]) {
      if ((await kube.request({ path })).statusCode !== 200) return false;
    }
    return true;
  } finally {
    kube.close();
  }
}

async function clientOf({ url, caFile, adminToken }: Place): Promise<KubeClient> {
  return kubeClient({ url, ca: await readFile(caFile, 'utf8'), token: adminToken });
}

interface Parts {
  readonly options: ControlPlaneOptions;
  readonly etcd: RunningProcess;
  readonly apiServer: RunningProcess;
}

async function describe(place: Place, { options, etcd, ...parts }: Parts): Promise<ControlPlane> {
  let { apiServer } = parts;
  const { folder, url, port, caFile, adminToken } = place;
  const kube = await clientOf(place);
  const kubeconfigFile = join(folder, 'kubeconfig');
  await writeFile(kubeconfigFile, kubeconfigFor({ url, caFile, token: adminToken }));

  return {
    url,
    host: '127.0.0.1',
    port,
    caFile,
    adminToken,
    kubeconfigFile,
    folder,
    kube,
    kubectl: async (...kubectlArguments) => {
      const cacheFolder = join(folder, 'kubectl-cache');
      const flags = [`--kubeconfig=${kubeconfigFile}`, `--cache-dir=${cacheFolder}`];
      const limits = { maxBuffer: 64 * 1024 * 1024 };
      return (
        await promisify(execFile)(programPath('kubectl'), [...flags, ...kubectlArguments], limits)
      ).stdout;
    },
    token: (namespace, serviceAccount, expiresAfterSeconds = TOKEN_SECONDS) =>
      requestToken(kube, { namespace, serviceAccount, expiresAfterSeconds }),
    stopApiServer: () => apiServer.stop(),
    startApiServer: async () => {
      if (!apiServer.isRunning()) apiServer = await startApiServer(place, options);
    },
    stop: async () => {
      kube.close();
      await apiServer.stop(1_000);
      await etcd.stop(1_000);
      await removeFolder(folder);
    },
  };
}

interface TokenRequest {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly expiresAfterSeconds: number;
}

async function requestToken(kube: KubeClient, wanted: TokenRequest): Promise<string> {
  const { namespace, serviceAccount, expiresAfterSeconds } = wanted;
  const { statusCode, body } = await kube.request({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: expiresAfterSeconds },
    },
  });
  const { token } = asRecord(asRecord(body)['status']);
  if (statusCode !== 201 || typeof token !== 'string') {
    throw new Error(`no token for ${namespace}/${serviceAccount}: ${JSON.stringify(body)}`);
  }
  return token;
}

/** A kubeconfig file's text; JSON, which is YAML too. */
export function kubeconfigFor(access: {
  readonly url: string;
  readonly caFile: string;
  readonly token: string;
}): string {
  const cluster = { server: access.url, 'certificate-authority': access.caFile };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bed', cluster }],
    users: [{ name: 'bed', user: { token: access.token } }],
    contexts: [{ name: 'bed', context: { cluster: 'bed', user: 'bed' } }],
    'current-context': 'bed',
  });
}
