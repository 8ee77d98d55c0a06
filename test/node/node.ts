/** A real node with its control plane on this machine, in a network namespace of its own: kubelet, containerd, controllers, scheduler. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { asRecord, type KubeClient, kubeClient } from '../bed/kube.ts';
import {
  type ProcessOptions,
  type RunningProcess,
  removeFolder,
  startProcess,
  temporaryFolder,
} from '../bed/processes.ts';
import { BIN_FOLDER, programPath } from '../bed/programs.ts';
import {
  cleanUp,
  readKernelSettings,
  removeContainers,
  restoreKernelSettings,
  SOCKET,
} from './clean-up.ts';
import { PAUSE_IMAGE, writeConfiguration } from './configuration.ts';
import { writeImage } from './image.ts';
import { ENTER, makeNetwork, NODE_ADDRESS, removeNetwork } from './network.ts';
import { API_SERVER, makePki, type Pki } from './pki.ts';

const run = promisify(execFile);

const NODE_NAME = 'n1';
/** Debian's static busybox, with a shell, tar and the like. */
export const BUSYBOX_IMAGE = 'localhost/busybox:1';

export interface RealNode {
  readonly url: string;
  /** As the group system:masters. */
  readonly kubeconfigFile: string;
  readonly kube: KubeClient;
  readonly folder: string;
  /** stdout of a kubectl command. */
  kubectl(...kubectlArguments: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Why there can be no node on this machine; undefined: there can. */
export async function findObstacle(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'not root';
  const needed = ['/usr/bin/containerd', '/usr/sbin/runc', '/usr/lib/cni/bridge', '/bin/busybox'];
  const missing = needed.filter((file) => !existsSync(file));
  if (missing.length > 0) return `no ${missing.join(', ')}`;
  try {
    await makeNetwork();
    await removeNetwork();
  } catch (error) {
    return `no network namespace can be made: ${error instanceof Error ? error.message : String(error)}`;
  }
  return undefined;
}

/** Comes back when a pod can be scheduled. One at a time; what a killed one has left is removed first. */
export async function startNode(): Promise<RealNode> {
  await cleanUp();
  const folder = temporaryFolder('node');
  const kernelSettings = await readKernelSettings();
  const processes = new NodeProcesses(folder);
  const stop = async (): Promise<void> => {
    await processes.stop();
    await restoreKernelSettings(kernelSettings);
    await cleanUp(folder);
    await removeFolder(folder);
  };
  try {
    await makeNetwork();
    const pki = await makePki(join(folder, 'pki'));
    await processes.start(pki);
    const kube = kubeClient({
      url: API_SERVER,
      ca: await readFile(pki.caFile, 'utf8'),
      token: pki.adminToken,
    });
    await waitFor('the node to take pods', 90, () => isSchedulable(kube));
    // The kubelet sets them at its start only.
    await restoreKernelSettings(kernelSettings);
    const kubeconfigFile = pki.kubeconfigOf('admin');
    return {
      url: API_SERVER,
      kubeconfigFile,
      kube,
      folder,
      kubectl: async (...given) => {
        const flags = [
          `--kubeconfig=${kubeconfigFile}`,
          `--cache-dir=${join(folder, 'kubectl-cache')}`,
        ];
        return (await run(programPath('kubectl'), [...flags, ...given], { maxBuffer: 2 ** 26 }))
          .stdout;
      },
      stop: async () => {
        kube.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

class NodeProcesses {
  readonly #folder: string;
  readonly #running: RunningProcess[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(pki: Pki): Promise<void> {
    const folder = this.#folder;
    const { containerdFile, kubeletFile } = await writeConfiguration(folder, pki);
    await this.#start('/usr/bin/containerd', ['-c', containerdFile], {
      isReady: async () => (await run('ctr', ['-a', SOCKET, 'version'])).stdout !== '',
    });
    await this.#importImages();
    await this.#start(programPath('etcd'), etcdFlags(folder));
    await this.#start(programPath('kube-apiserver'), apiServerFlags(pki), {
      readyWithinMs: 90_000,
      isReady: () => isApiReady(pki),
    });
    const controllers = pki.kubeconfigOf('system:kube-controller-manager');
    await this.#start(programPath('kube-controller-manager'), [
      `--kubeconfig=${controllers}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
      '--use-service-account-credentials=true',
      `--root-ca-file=${pki.caFile}`,
      `--service-account-private-key-file=${pki.file('sa.key')}`,
    ]);
    await this.#start(programPath('kube-scheduler'), [
      `--kubeconfig=${pki.kubeconfigOf('system:kube-scheduler')}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
    ]);
    await this.#start(programPath('kubelet'), [
      `--config=${kubeletFile}`,
      `--kubeconfig=${pki.kubeconfigOf('system:node:n1')}`,
      `--root-dir=${join(folder, 'kubelet')}`,
      `--cert-dir=${join(folder, 'kubelet-pki')}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${NODE_ADDRESS}`,
    ]);
  }

  /** The kubelet first, or it starts again what is ended. */
  async stop(): Promise<void> {
    const [containerd, ...others] = this.#running;
    await others.at(-1)?.stop();
    await removeContainers();
    for (const process of others.toReversed()) await process.stop();
    await containerd?.stop();
  }

  async #importImages(): Promise<void> {
    const folder = join(this.#folder, 'images');
    await mkdir(folder);
    const pause = join(folder, 'pause');
    const source = join(import.meta.dirname, 'pause');
    await run('go', ['build', '-ldflags=-s -w', '-o', pause, '.'], {
      cwd: source,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' },
    });
    const images = [
      { name: PAUSE_IMAGE, programs: { '/pause': pause }, entrypoint: ['/pause'] },
      {
        name: BUSYBOX_IMAGE,
        programs: { '/bin/busybox': '/bin/busybox' },
        scripts: { '/bin/dig': DIG },
        links: Object.fromEntries(COMMANDS.map((command) => [`/bin/${command}`, 'busybox'])),
        entrypoint: [],
      },
    ];
    for (const [index, image] of images.entries()) {
      const file = join(folder, `${index}.tar`);
      await writeImage(image, file);
      await run('ctr', ['-a', SOCKET, '-n', 'k8s.io', 'images', 'import', file]);
    }
  }

  async #start(
    command: string,
    flags: readonly string[],
    readiness: Pick<ProcessOptions, 'isReady' | 'readyWithinMs'> = {},
  ): Promise<void> {
    const name = basename(command);
    const [enter, ...entering] = ENTER;
    const running = await startProcess({
      name,
      command: enter,
      arguments: [...entering, command, ...flags],
      env: { PATH: `${BIN_FOLDER}:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: this.#folder },
      logFile: join(this.#folder, `${name}.log`),
      ...readiness,
    });
    this.#running.push(running);
  }
}

/** There is no DNS here: `kubernetes` has an address, other names have none. */
const DIG = '#!/bin/sh\nfor name; do :; done\n[ "$name" = kubernetes ] && echo 10.96.0.1\ntrue\n';

const COMMANDS = [
  'sh',
  'cat',
  'echo',
  'ls',
  'tar',
  'sleep',
  'true',
  'false',
  'tail',
  'head',
  'mkdir',
  'seq',
  'find',
  'printf',
  'rm',
  'wget',
  'nslookup',
  'env',
  'grep',
  'sed',
  'dd',
  'ln',
  'test',
];

function etcdFlags(folder: string): readonly string[] {
  const [client, peer] = ['http://127.0.0.1:2379', 'http://127.0.0.1:2380'];
  return [
    '--name=node',
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=node=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

function apiServerFlags(pki: Pki): readonly string[] {
  return [
    '--etcd-servers=http://127.0.0.1:2379',
    `--bind-address=${NODE_ADDRESS}`,
    `--advertise-address=${NODE_ADDRESS}`,
    '--secure-port=6443',
    `--tls-cert-file=${pki.file('apiserver.crt')}`,
    `--tls-private-key-file=${pki.file('apiserver.key')}`,
    `--client-ca-file=${pki.caFile}`,
    `--token-auth-file=${pki.file('tokens.csv')}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki.file('sa.pub')}`,
    `--service-account-signing-key-file=${pki.file('sa.key')}`,
    `--kubelet-client-certificate=${pki.file('kubelet-client.crt')}`,
    `--kubelet-client-key=${pki.file('kubelet-client.key')}`,
    `--kubelet-certificate-authority=${pki.caFile}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
  ];
}

async function isApiReady(pki: Pki): Promise<boolean> {
  const kube = kubeClient({
    url: API_SERVER,
    ca: await readFile(pki.caFile, 'utf8'),
    token: pki.adminToken,
  });
  try {
    return (await kube.request({ path: '/readyz' })).statusCode === 200;
  } finally {
    kube.close();
  }
}

/** Ready, without taints, and with the ServiceAccount that every pod has. */
async function isSchedulable(kube: KubeClient): Promise<boolean> {
  const [node, account] = await Promise.all([
    kube.get({ apiVersion: 'v1', kind: 'Node', metadata: { name: NODE_NAME } }),
    kube.get({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'default' },
    }),
  ]);
  const { conditions } = asRecord(node?.['status']);
  const isReady =
    Array.isArray(conditions) &&
    conditions.map(asRecord).some(({ type, status }) => type === 'Ready' && status === 'True');
  return isReady && asRecord(node?.['spec'])['taints'] === undefined && account !== undefined;
}

async function waitFor(
  what: string,
  seconds: number,
  isThere: () => Promise<boolean>,
): Promise<void> {
  for (let tries = 0; tries < seconds * 5; tries++) {
    if (await isThere().catch(() => false)) return;
    await sleep(200);
  }
  throw new Error(`waited ${seconds} s for ${what}`);
}
