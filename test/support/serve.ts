/** `serve` as a process of its own, from the sources, with nothing but what the test says in its environment. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { parseRunRecord } from '../../agent/run/parse-record.ts';
import type { RunRecord } from '../../agent/run/record.ts';
import { freePorts } from '../bed/ports.ts';
import { type RunningProcess, startProcess } from '../bed/processes.ts';
import { BIN_FOLDER } from '../bed/programs.ts';

export const MAIN = join(import.meta.dirname, '../../agent/main.ts');

const READY_WITHIN_MS = 20_000;
const POLL_MS = 100;

export interface Served {
  readonly adminUrl: string;
  readonly httpUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly process: RunningProcess;
}

/** A folder's spool, work, spec and log: what a next start goes on with. */
export function environmentIn(folder: string): Record<string, string> {
  return {
    PATH: [BIN_FOLDER, dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
    HOME: folder,
    SPEC: join(folder, 'spec.yaml'),
    SPOOL_DIR: join(folder, 'spool'),
    WORK_DIR: join(folder, 'work'),
    POD_NAME: 'agent-0',
    LOG_FORMAT: 'text',
    RETRY_INITIAL: '1s',
    RETRY_MAX: '2s',
  };
}

/** Waits until it is ready. With `diskBytes` the spool has a disk of its own, of that size. */
export async function serveIn(
  folder: string,
  overrides: Readonly<Record<string, string>> = {},
  diskBytes?: number,
): Promise<Served> {
  const [httpPort, adminPort] = await freePorts(2);
  const environment = {
    ...environmentIn(folder),
    HTTP_PORT: String(httpPort),
    ADMIN_PORT: String(adminPort),
    ...overrides,
  };
  await mkdir(join(folder, 'spool'), { recursive: true });
  await writeFile(join(folder, 'spec.yaml'), SPEC);
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const running = await startProcess({
    name: 'serve',
    ...(diskBytes === undefined
      ? { command: process.execPath, arguments: [MAIN, 'serve'] }
      : { command: 'unshare', arguments: withDisk(join(folder, 'spool'), diskBytes) }),
    env: environment,
    cwd: folder,
    logFile: join(folder, 'agent.log'),
    readyWithinMs: READY_WITHIN_MS,
    isReady: async () => (await fetch(`${adminUrl}/readyz`)).ok,
  });
  return { adminUrl, httpUrl: `http://127.0.0.1:${httpPort}`, environment, process: running };
}

/** In a mount namespace that ends with the process. */
function withDisk(directory: string, bytes: number): readonly string[] {
  const script = `mount -t tmpfs -o size=${bytes} tmpfs "$1" && exec "$2" "$3" serve`;
  const words = ['sh', '-c', script, 'sh', directory, process.execPath, MAIN];
  return ['--map-root-user', '--mount', '--', ...words];
}

export async function readJson(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}

/** Newest first. */
export async function runsOf({
  adminUrl,
}: Pick<Served, 'adminUrl'>): Promise<readonly RunRecord[]> {
  const body = await readJson(`${adminUrl}/runs`);
  const runs: unknown = typeof body === 'object' && body !== null && Reflect.get(body, 'runs');
  return Array.isArray(runs) ? runs.map((run) => parseRunRecord(run)) : [];
}

/** The first record that fits, once there is one. */
export async function awaitRun(
  served: Pick<Served, 'adminUrl' | 'process'>,
  fits: (record: RunRecord) => boolean,
  withinMs = 40_000,
): Promise<RunRecord> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const runs = await runsOf(served);
    const found = runs.find(fits);
    if (found !== undefined) return found;
    if (performance.now() > deadlineMs) {
      const log = await readFile(served.process.logFile, 'utf8');
      throw new Error(`no such run among ${JSON.stringify(runs)}\n${log.slice(-3000)}`);
    }
    await wait(POLL_MS);
  }
}

const SPEC = `apiVersion: troubleshoot.sh/v1beta2
kind: SupportBundle
metadata:
  name: test
spec:
  collectors:
    - clusterInfo: {}
    - clusterResources: {}
`;
