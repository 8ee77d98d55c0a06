/** Runs both engines side by side on one control plane and measures each run from outside. */

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CHILD_NODE_FLAGS } from '../../agent/run/child.ts';
import type { ControlPlane } from '../bed/control-plane.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { programPath } from '../bed/programs.ts';
import { builtProcess } from './built.ts';
import { median } from './figure.ts';
import { medianOf, runTimed, type Timed } from './timed.ts';

export interface EngineRun extends Timed {
  readonly apiRequests: number;
  readonly apiServerCpuMs: number;
  readonly bundleBytes: number;
}

export type EngineName = 'upstream' | 'ours';

/** The same with redaction as it is by default. */
export type RedactingName = 'upstream, redacting' | 'ours, redacting';

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
  return { upstream: medianRun(measured.upstream), ours: medianRun(measured.ours) };
}

export async function runOnce(
  engine: EngineName | RedactingName,
  plane: ControlPlane,
  specFile: string,
): Promise<EngineRun> {
  const folder = temporaryFolder('bench-engine');
  try {
    const command = await commandOf(engine, { plane, specFile, folder });
    const before = await readServer(plane);
    const timed = await runTimed({
      name: engine,
      command,
      folder,
      env: { KUBECONFIG: plane.kubeconfigFile, NODE_COMPILE_CACHE: codeCache() },
    });
    const after = await readServer(plane);
    return {
      ...timed,
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

async function commandOf(
  engine: EngineName | RedactingName,
  { plane, specFile, folder }: Job,
): Promise<readonly string[]> {
  const isRedacting = engine.endsWith('redacting');
  if (engine.startsWith('ours')) {
    const words = [plane.kubeconfigFile, specFile, folder, ...(isRedacting ? ['redact'] : [])];
    return [process.execPath, ...CHILD_NODE_FLAGS, await builtOnce(), ...words];
  }
  return [
    programPath('support-bundle'),
    specFile,
    `--redact=${isRedacting}`,
    '--no-uri',
    '--load-cluster-specs=false',
    '--interactive=false',
    '--auto-update=false',
    `--output=${join(folder, 'bundle')}`,
  ];
}

let cache: string | undefined;

/** As `serve` gives its children one: what the first run has compiled, the next ones need not. */
function codeCache(): string {
  cache ??= temporaryFolder('bench-code-cache');
  return cache;
}

let built: Promise<string> | undefined;

function builtOnce(): Promise<string> {
  built ??= builtProcess('engines-process');
  return built;
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

export function medianRun(runs: readonly EngineRun[]): EngineRun {
  return {
    ...medianOf(runs),
    apiRequests: median(runs.map((run) => run.apiRequests)),
    apiServerCpuMs: median(runs.map((run) => run.apiServerCpuMs)),
    bundleBytes: median(runs.map((run) => run.bundleBytes)),
  };
}
