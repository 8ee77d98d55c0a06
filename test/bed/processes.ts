/**
 * Child processes that never outlive the process that started them: neither after a failed test, nor
 * after Ctrl-C, nor when this process is killed outright.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_POLL_MS = 50;
const STOP_GRACE_MS = 5_000;
const LOG_TAIL_LINES = 15;
const SETPRIV = '/usr/bin/setpriv';

export interface ProcessOptions {
  /** For messages. */
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  /** Takes stdout and stderr, after what it already holds. */
  readonly logFile: string;
  /** The whole environment; default this process's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Asked again and again until it says true; absent: ready at once. */
  readonly isReady?: () => Promise<boolean>;
  readonly readyWithinMs?: number;
}

export interface RunningProcess {
  readonly pid: number;
  readonly logFile: string;
  /** Exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  isRunning(): boolean;
  /** TERM, then KILL after a grace period, to it and all it started. May be called twice. */
  stop(graceMs?: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Comes back when the process is ready. Throws, with the end of its log, if it ends or is late. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const running = await spawnProcess(options);
  const deadlineMs = performance.now() + (options.readyWithinMs ?? 30_000);
  while (options.isReady !== undefined && !(await options.isReady().catch(() => false))) {
    const isLate = performance.now() > deadlineMs;
    if (isLate || !running.isRunning()) {
      await running.stop();
      const why = isLate ? 'was not ready in time' : `ended early (${await running.exited})`;
      throw new Error(`${options.name} ${why}; its log ends with\n${logTail(options.logFile)}`);
    }
    await sleep(READY_POLL_MS);
  }
  return running;
}

/** A folder under the system's temporary one, removed when this process is gone, however it went. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `cron-support-bundle-${name}-`));
  tellSentry(`folder ${folder}`);
  return folder;
}

/** Removes a folder made by `temporaryFolder`. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function spawnProcess(options: ProcessOptions): Promise<RunningProcess> {
  const [command, commandArguments] = existsSync(SETPRIV)
    ? [SETPRIV, ['--pdeathsig', 'KILL', '--', options.command, ...options.arguments]]
    : [options.command, [...options.arguments]];
  const log = openSync(options.logFile, 'a');
  // A process group of its own: Ctrl-C reaches it through us, in order, and stop() reaches its children.
  const child = spawn(command, commandArguments, {
    detached: true,
    stdio: ['ignore', log, log],
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  closeSync(log);

  const { promise: exited, resolve } = Promise.withResolvers<number | NodeJS.Signals>();
  const { promise: spawned, resolve: onSpawn, reject: onError } = Promise.withResolvers<void>();
  child.once('spawn', onSpawn);
  child.once('error', onError);
  child.once('exit', (code, signal) => resolve(signal ?? code ?? 0));
  await spawned;
  return watch(child, { exited, logFile: options.logFile });
}

function watch(
  child: ChildProcess,
  { exited, logFile }: Pick<RunningProcess, 'exited' | 'logFile'>,
): RunningProcess {
  const pid = child.pid;
  if (pid === undefined) throw new Error('a process that was spawned has no id');
  child.unref(); // a forgotten stop() must not keep a test run from ending
  tellSentry(`add ${pid}`);
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  child.once('exit', () => {
    signalGroup(pid, 'SIGKILL');
    tellSentry(`drop ${pid}`);
  });

  return {
    pid,
    logFile,
    exited,
    isRunning,
    kill: (signal) => {
      if (isRunning()) process.kill(pid, signal);
    },
    stop: async (graceMs = STOP_GRACE_MS) => {
      if (!isRunning()) return;
      child.ref();
      signalGroup(pid, 'SIGTERM');
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}

/**
 * A shell that reads from a pipe that only this process holds. The pipe ends when this process does,
 * by whatever cause; then the shell kills the process groups that are left and removes the folders.
 */
const SENTRY_SCRIPT = `
trap '' INT TERM HUP
pids=' '; folders=''
while read -r word value; do
  case $word in
    add) pids="$pids$value " ;;
    drop) pids="\${pids%% $value *} \${pids#* $value }" ;;
    folder) folders="$folders$value
" ;;
  esac
done
for pid in $pids; do kill -KILL "-$pid" 2>/dev/null; done
printf %s "$folders" | while read -r folder; do
  rm -rf -- "$folder" 2>/dev/null || { sleep 0.2; rm -rf -- "$folder"; }
done
`;

let sentry: Socket | undefined;

function tellSentry(line: string): void {
  sentry ??= startSentry();
  sentry.write(`${line}\n`);
}

function startSentry(): Socket {
  const child = spawn('sh', ['-c', SENTRY_SCRIPT], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  if (!(child.stdin instanceof Socket)) throw new Error('the pipe of a child is a socket in Node');
  child.stdin.unref();
  // Without the sentry, setpriv still ends what this process started.
  child.stdin.on('error', () => undefined);
  return child.stdin;
}

function logTail(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}
