/** Runs a program to its end and measures it from outside. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { startProcess } from '../bed/processes.ts';
import { programEnvironment } from './built.ts';
import { median } from './figure.ts';
import { groupOf, readTree, watchPeaks } from './memory.ts';

export interface Timed {
  readonly wallMs: number;
  /** Of the whole process tree, user and system. */
  readonly cpuMs: number;
  /** Resident, of the largest process in the tree. */
  readonly peakBytes: number;
}

export interface TimedProgram {
  /** For messages. */
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Where it runs, its home and temporary folder too; takes `output` and `log`. */
  readonly folder: string;
  /** Beside what every program is given. */
  readonly env?: Readonly<Record<string, string>>;
}

/** bash tells afterwards what its children took. */
const SCRIPT = '"$@" > output 2>&1 || { cat output; exit 1; }; times';

/** @throws The program's exit code is not 0: with the end of what it printed. */
export async function runTimed({ name, command, folder, env }: TimedProgram): Promise<Timed> {
  const logFile = join(folder, 'log');
  const startedAt = performance.now();
  const running = await startProcess({
    name,
    command: 'bash',
    arguments: ['-c', SCRIPT, 'bash', ...command],
    env: { ...programEnvironment(), HOME: folder, TMPDIR: folder, ...env },
    cwd: folder,
    logFile,
  });
  const watch = watchPeaks(groupOf(running.pid), () => readTree(running.pid));
  const ending = await running.exited;
  const wallMs = performance.now() - startedAt;
  const { memberBytes: peakBytes } = watch.end();
  const log = readFileSync(logFile, 'utf8');
  if (ending !== 0) throw new Error(`${name}: ${log.slice(-2000)}`);
  return { wallMs, cpuMs: childrenCpuMs(log), peakBytes };
}

/** The median of each figure by itself. */
export function medianOf(runs: readonly Timed[]): Timed {
  return {
    wallMs: median(runs.map((run) => run.wallMs)),
    cpuMs: median(runs.map((run) => run.cpuMs)),
    peakBytes: median(runs.map((run) => run.peakBytes)),
  };
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
