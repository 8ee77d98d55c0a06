/** Removes what a node leaves on this machine: tasks, shims, mounts, network namespaces, cgroups. Also after a killed run. */

import { execFile } from 'node:child_process';
import { glob, readFile, rm, rmdir } from 'node:fs/promises';
import { promisify } from 'node:util';

import { removeNetwork } from './network.ts';

const run = promisify(execFile);

/** Short, since the path of a socket has at most 107 bytes. */
export const STATE_FOLDER = '/run/csb-node';
export const SOCKET = `${STATE_FOLDER}/containerd.sock`;

/** What the kubelet sets for the whole machine. */
const KERNEL_SETTINGS = [
  'vm.overcommit_memory',
  'vm.panic_on_oom',
  'kernel.panic',
  'kernel.panic_on_oops',
  'kernel.keys.root_maxkeys',
  'kernel.keys.root_maxbytes',
];

export type KernelSettings = readonly string[];

export async function readKernelSettings(): Promise<KernelSettings> {
  const { stdout } = await run('sysctl', KERNEL_SETTINGS);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.replaceAll(' ', ''));
}

export async function restoreKernelSettings(settings: KernelSettings): Promise<void> {
  for (const setting of settings) await run('sysctl', ['-qw', setting]);
}

/** While containerd still runs. */
export async function removeContainers(): Promise<void> {
  const ctr = ['-a', SOCKET, '-n', 'k8s.io'];
  for (const [list, remove] of [
    [
      ['tasks', 'ls', '-q'],
      ['tasks', 'rm', '-f'],
    ],
    [
      ['containers', 'ls', '-q'],
      ['containers', 'rm'],
    ],
  ] as const) {
    const { stdout } = await run('ctr', [...ctr, ...list]).catch(() => ({ stdout: '' }));
    for (const id of stdout.split('\n').filter((line) => line !== '')) {
      await run('ctr', [...ctr, ...remove, id]).catch(ignore);
    }
  }
}

/** Once nothing of the node runs any more. @param folder Of the node's files; absent: whatever there was. */
export async function cleanUp(folder?: string): Promise<void> {
  await endShims();
  await unmountBelow(STATE_FOLDER);
  if (folder !== undefined) await unmountBelow(folder);
  const { stdout } = await run('ip', ['netns', 'list']);
  const names = stdout.match(/^cni-\S+/gm) ?? [];
  for (const name of names) await run('ip', ['netns', 'del', name]).catch(ignore);
  await removeNetwork();
  await removeCgroups();
  for (const left of [STATE_FOLDER, '/var/lib/cni', '/var/log/containers', '/var/log/pods']) {
    await rm(left, { recursive: true, force: true });
  }
}

/** They outlive containerd by design. */
async function endShims(): Promise<void> {
  for await (const file of glob('/proc/[0-9]*/cmdline')) {
    const command = await readFile(file, 'utf8').catch(() => '');
    const isOurs = command.includes('containerd-shim') && command.includes(SOCKET);
    if (isOurs) process.kill(Number(file.split('/')[2]), 'SIGKILL');
  }
}

async function unmountBelow(folder: string): Promise<void> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const paths = mounts
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of paths.toSorted().toReversed()) await run('umount', ['-l', path]).catch(ignore);
}

async function removeCgroups(): Promise<void> {
  const folders: string[] = [];
  for await (const folder of glob('/sys/fs/cgroup/{*/,}kubepods/{,**/}')) folders.push(folder);
  // The deepest first; one that is in use stays, and that is somebody else's.
  for (const folder of folders.toSorted().toReversed()) await rmdir(folder).catch(ignore);
}

function ignore(): void {
  // It is gone already.
}
