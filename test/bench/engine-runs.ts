/** Runs both engines side by side on one control plane and measures each run from outside. */

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CHILD_NODE_FLAGS } from '../../agent/run/child.ts';
import type { ControlPlane } from '../bed/control-plane.ts';
import { removeFolder, startProcess, temporaryFolder } from '../bed/processes.ts';
import { programPath } from '../bed/programs.ts';
import { builtProcess, programEnvironment } from './built.ts';
import { groupOf, readTree, watchPeaks } from './memory.ts';

export interface EngineRun {
  readonly wallMs: number;
  /** Of the whole process tree, user and system. */
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly apiRequests: number;
  readonly apiServerCpuMs: number;
  readonly bundleBytes: number;
}

export type EngineName = 'upstream' | 'ours';

/** Runs them in turns, so that neither has the machine's better moments; gives the median of each figure. */
export async function runInTurns(
  plane: ControlPlane,
  spec: unknown,
  runs: number,
): Promise<Readonly<Record<EngineName, EngineRun>>> {
  const folder = temporaryFolder('bench-engines');
  const specFile = join(folder, 'spec.yaml');
  writeFileSync(specFile, JSON.stringify(spec));
  const measured: Record<EngineName, EngineRun[]> = { upstream: [], ours: [] };
  try {
    for (let number = 1; number <= runs; number++) {
      for (const engine of ['upstream', 'ours'] as const) {
        console.error(`  ${engine}, run ${number} of ${runs}`);
        measured[engine].push(await runOnce(engine, plane, specFile));
      }
    }
  } finally {
    await removeFolder(folder);
  }
  return { upstream: medianOf(measured.upstream), ours: medianOf(measured.ours) };
}

export async function runOnce(
  engine: EngineName,
  plane: ControlPlane,
  specFile: string,
): Promise<EngineRun> {
  const folder = temporaryFolder(`bench-${engine}`);
  const command = await commandOf(engine, { plane, specFile, folder });
  const logFile = join(folder, 'log');
  try {
    const before = await readServer(plane);
    const startedAt = performance.now();
    const running = await startProcess({
      name: engine,
      // bash tells afterwards what its children took.
      command: 'bash',
      arguments: ['-c', '"$@" > output 2>&1 || { cat output; exit 1; }; times', 'bash', ...command],
      env: {
        ...programEnvironment(),
        HOME: folder,
        TMPDIR: folder,
        KUBECONFIG: plane.kubeconfigFile,
      },
      cwd: folder,
      logFile,
    });
    const watch = watchPeaks(groupOf(running.pid), () => readTree(running.pid));
    const ending = await running.exited;
    const wallMs = performance.now() - startedAt;
    const { memberBytes } = watch.end();
    const after = await readServer(plane);
    if (ending !== 0) throw new Error(`${engine}: ${readFileSync(logFile, 'utf8').slice(-2000)}`);
    return {
      wallMs,
      cpuMs: childrenCpuMs(readFileSync(logFile, 'utf8')),
      peakBytes: memberBytes,
      apiRequests: after.requests - before.requests - 1,
      apiServerCpuMs: after.cpuMs - before.cpuMs,
      bundleBytes: sizeOfBundle(folder),
    };
  } finally {
    await removeFolder(folder);
  }
}

interface Job {
  readonly plane: ControlPlane;
  readonly specFile: string;
  readonly folder: string;
}

async function commandOf(engine: EngineName, job: Job): Promise<readonly string[]> {
  const { plane, specFile, folder } = job;
  if (engine === 'ours') {
    const entry = await builtOnce();
    return [process.execPath, ...CHILD_NODE_FLAGS, entry, plane.kubeconfigFile, specFile, folder];
  }
  const flags = ['--redact=false', '--no-uri', '--load-cluster-specs=false', '--interactive=false'];
  return [
    programPath('support-bundle'),
    specFile,
    ...flags,
    '--auto-update=false',
    `--output=${join(folder, 'bundle')}`,
  ];
}

let built: Promise<string> | undefined;

function builtOnce(): Promise<string> {
  built ??= builtProcess('engines-process');
  return built;
}

/** bash's `times`: a line for itself, a line for its children, each `user system` as `0m1.234s`. */
function childrenCpuMs(text: string): number {
  const [line = ''] = text.trim().split('\n').slice(-1);
  const times = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length !== 2) throw new Error(`bash told no times: ${text.slice(-200)}`);
  return times.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}

function sizeOfBundle(folder: string): number {
  const name = readdirSync(folder).find((file) => file.endsWith('.tar.gz'));
  if (name === undefined) throw new Error('there is no bundle');
  return statSync(join(folder, name)).size;
}

/** Requests as the API server counts them itself, this one included, and the CPU time that it has taken. */
async function readServer(plane: ControlPlane): Promise<{ requests: number; cpuMs: number }> {
  const { body } = await plane.kube.request({ path: '/metrics' });
  const counts = String(body).matchAll(/^apiserver_request_total\{[^}]*\} (\S+)$/gm);
  const requests = [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  return { requests, cpuMs: cpuOf(findServer(plane)) };
}

function findServer({ folder }: ControlPlane): number {
  const found = readdirSync('/proc').find((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      return command.includes('kube-apiserver\0') && command.includes(folder);
    } catch {
      return false; // it has ended meanwhile
    }
  });
  if (found === undefined) throw new Error('the API server is not found');
  return Number(found);
}

/** The kernel counts in hundredths of a second. */
const TICK_MS = 10;

function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function medianOf(runs: readonly EngineRun[]): EngineRun {
  const median = (pick: (run: EngineRun) => number): number =>
    runs.map(pick).toSorted((first, second) => first - second)[Math.floor(runs.length / 2)] ?? 0;
  return {
    wallMs: median((run) => run.wallMs),
    cpuMs: median((run) => run.cpuMs),
    peakBytes: median((run) => run.peakBytes),
    apiRequests: median((run) => run.apiRequests),
    apiServerCpuMs: median((run) => run.apiServerCpuMs),
    bundleBytes: median((run) => run.bundleBytes),
  };
}
