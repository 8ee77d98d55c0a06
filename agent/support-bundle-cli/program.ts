/** Runs troubleshoot's program as a child process, to its end or until it is stopped. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import process from 'node:process';

import { hasCode } from '../errors.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where it runs. */
  readonly folder: string;
  /** Takes its stderr: a pipe would stay open as long as any process that it started. */
  readonly stderrFile: string;
  /**
   * True: it leads a process group, which is killed whole. False: it stays in this process's group,
   * which the parent of this process watches and kills whole.
   */
  readonly ownGroup: boolean;
}

/** How a process ended: by itself or by a signal. */
export type Ending =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'killed'; readonly signalName: string }
  | { readonly kind: 'not-started'; readonly error: unknown };

const STDERR_TAIL_BYTES = 64 * 1024;

/**
 * How the program ended. Its stdin is empty and its stdout goes nowhere.
 *
 * Stopped with SIGKILL: on SIGINT and SIGTERM it ends without removing anything either (troubleshoot
 * v0.133.0, cmd/troubleshoot/cli/run.go: `os.Exit(0)`), and with exit code 0, as if it had finished.
 *
 * @param signal Stops it. It is also stopped when this process exits.
 */
export async function runProgram(command: Command, signal: AbortSignal): Promise<Ending> {
  const { program, args, environment, folder, stderrFile, ownGroup } = command;
  const stderr = await open(stderrFile, 'w', 0o600);
  try {
    signal.throwIfAborted();
    const child = spawn(program, args, {
      cwd: folder,
      env: environment,
      detached: ownGroup,
      stdio: ['ignore', 'ignore', stderr.fd],
    });
    return await waitForEnd(child, ownGroup, signal);
  } finally {
    await stderr.close();
  }
}

async function waitForEnd(
  child: ChildProcess,
  ownGroup: boolean,
  signal: AbortSignal,
): Promise<Ending> {
  function stop(): void {
    kill(child, ownGroup);
  }
  signal.addEventListener('abort', stop);
  process.once('exit', stop);
  try {
    const [exitCode, signalName]: unknown[] = await once(child, 'exit');
    return typeof signalName === 'string'
      ? { kind: 'killed', signalName }
      : { kind: 'exited', exitCode: Number(exitCode) };
  } catch (error) {
    return { kind: 'not-started', error };
  } finally {
    // What it started and left behind ends with it.
    stop();
    process.removeListener('exit', stop);
    signal.removeEventListener('abort', stop);
  }
}

function kill(child: ChildProcess, ownGroup: boolean): void {
  if (child.pid === undefined) return;
  if (!ownGroup) {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // Nobody of the group is left.
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** The last line that says something, of the last 64 KiB; undefined when there is none. */
export async function readLastLine(file: string): Promise<string | undefined> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(size, STDERR_TAIL_BYTES));
    await handle.read(bytes, 0, bytes.length, size - bytes.length);
    const lines = bytes.toString().split('\n');
    return lines.findLast((line) => line.trim() !== '')?.trim();
  } finally {
    await handle.close();
  }
}
