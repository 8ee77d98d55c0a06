/** The built agent's `serve` for a benchmark, in a folder of its own. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePorts } from '../bed/ports.ts';
import { type RunningProcess, startProcess } from '../bed/processes.ts';
import { builtAgent, programEnvironment } from './built.ts';

const READY_POLL_MS = 10;
const READY_WITHIN_MS = 20_000;

export interface Serving {
  readonly process: RunningProcess;
  /** Without a trailing slash. */
  readonly adminUrl: string;
  readonly spoolFolder: string;
  /** From its start to the first 200 of /readyz. */
  readonly readyMs: number;
}

/** @param settings Win over what a benchmark has no say in: ports and folders. */
export async function startServe(
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<Serving> {
  const program = await builtAgent();
  const [httpPort, adminPort] = await freePorts(2);
  const spoolFolder = join(folder, 'spool');
  mkdirSync(spoolFolder, { recursive: true });
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const startedMs = performance.now();
  const running = await startProcess({
    name: 'serve',
    command: process.execPath,
    arguments: [program, 'serve'],
    env: {
      ...programEnvironment(),
      HOME: folder,
      TMPDIR: folder,
      WORK_DIR: join(folder, 'work'),
      SPOOL_DIR: spoolFolder,
      HTTP_PORT: String(httpPort),
      ADMIN_PORT: String(adminPort),
      ...settings,
    },
    logFile: join(folder, 'serve.log'),
  });
  await untilReady(adminUrl, running);
  return { process: running, adminUrl, spoolFolder, readyMs: performance.now() - startedMs };
}

async function untilReady(adminUrl: string, running: RunningProcess): Promise<void> {
  const deadlineMs = performance.now() + READY_WITHIN_MS;
  while (!(await isReady(adminUrl))) {
    if (!running.isRunning() || performance.now() > deadlineMs) {
      await running.stop();
      throw new Error(`serve was not ready in time, or ended; its log is ${running.logFile}`);
    }
    await sleep(READY_POLL_MS);
  }
}

async function isReady(adminUrl: string): Promise<boolean> {
  return fetch(`${adminUrl}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}
