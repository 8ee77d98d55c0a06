/** One collection as a child process: the `collect` command of this same program, with a deadline and a watchdog. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Clock } from '../clock.ts';
import { type AgentErrorCode, hasCode, messageOf } from '../errors.ts';
import { watchMemory } from './memory.ts';
import { parseRunRecord } from './parse-record.ts';
import type { RunError, RunRecord } from './record.ts';

/** A child that was asked to end has this long to remove what it left in WORK_DIR and in the cluster. */
const GRACE_MS = 5_000;

/** The child ends its run at the deadline by itself; this much later it has hung and is killed. */
const OVERTIME_MS = 15_000;

/** A record lists collectors, not files: what is longer than this is not one. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/**
 * What node runs a child with. Bodies of entries are not on the heap, but are let go of only when their
 * handles on it are collected: a small young generation does that soon, and is too small to be worth several threads.
 */
export const CHILD_NODE_FLAGS = [
  '--max-old-space-size=96',
  '--max-semi-space-size=2',
  '--no-parallel-scavenge',
] as const;

/**
 * A folder where node keeps what it has compiled, so that the next child need not compile it again. Undefined where
 * there is none yet, or WORK_DIR takes none: a child is only slower then.
 */
export async function makeCodeCache(workDir: string): Promise<string | undefined> {
  const folder = join(workDir, 'code-cache');
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) return undefined;
  }
  return folder;
}

export interface ChildOptions {
  /** Program and arguments of the `collect` command. */
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly runTimeoutMs: number;
  readonly memoryLimitBytes: number | undefined;
  readonly clock: Clock;
}

/** What a child came to: the record it printed, or why there is none. */
export type ChildResult =
  | { readonly kind: 'record'; readonly record: RunRecord }
  | { readonly kind: 'failed'; readonly error: RunError };

/**
 * Runs the child to its end. Its log goes to this process's stderr, its record comes from its stdout.
 *
 * The child leads a process group of its own, which is killed whole. Its stdin is a pipe that closes
 * when this process dies in whatever way, and then it ends too.
 */
export async function runChild(options: ChildOptions, signal: AbortSignal): Promise<ChildResult> {
  const [program, ...args] = options.command;
  const child = spawn(program, args, {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: options.environment,
  });
  const ended = new AbortController();
  const closed = once(child, 'close').then(
    ([exitCode, endedBy]: unknown[]) => ({ exitCode, endedBy }),
    (error: unknown) => ({ exitCode: undefined, endedBy: messageOf(error) }),
  );
  const output = readOutput(child);
  const supervised = supervise(child, options, AbortSignal.any([signal, ended.signal]));
  const { exitCode, endedBy } = await closed;
  ended.abort();
  const stopped = await supervised;
  // What the child started and did not wait for ends with it.
  signalGroup(child, 'SIGKILL');
  if (stopped !== undefined) return { kind: 'failed', error: stopped };
  const record = parseOutput(await output);
  if (record !== undefined) return { kind: 'record', record };
  if (signal.aborted) {
    return failed('RUN_ABORTED', `the run was stopped: ${messageOf(signal.reason)}`);
  }
  const ending =
    typeof endedBy === 'string' ? `ended by ${endedBy}` : `exit code ${String(exitCode)}`;
  return failed('RUN_CRASHED', `the collecting process gave no record: ${ending}`);
}

function failed(code: AgentErrorCode, message: string): ChildResult {
  return { kind: 'failed', error: { code, message } };
}

/** Stops the child when it must not go on; the reason, where it is not the caller's own signal. */
async function supervise(
  child: ChildProcess,
  options: ChildOptions,
  signal: AbortSignal,
): Promise<RunError | undefined> {
  const { clock, runTimeoutMs, memoryLimitBytes } = options;
  if (child.pid === undefined) return undefined;
  const watching = new AbortController();
  const watchSignal = AbortSignal.any([signal, watching.signal]);
  const tooMuch = watchMemory(
    { groupId: child.pid, limitBytes: memoryLimitBytes, clock },
    watchSignal,
  ).then((usedBytes) => (usedBytes === undefined ? undefined : outOfMemory(usedBytes, options)));
  const tooLong = clock.sleep(runTimeoutMs + OVERTIME_MS, watchSignal).then(
    () => hung(runTimeoutMs),
    () => undefined,
  );
  const reason = await Promise.race([tooLong, memoryLimitBytes === undefined ? tooLong : tooMuch]);
  watching.abort();
  if (reason !== undefined) signalGroup(child, 'SIGKILL');
  else await stopGently(child);
  return reason;
}

function outOfMemory(usedBytes: number, { memoryLimitBytes }: ChildOptions): RunError {
  const [used, limit] = [usedBytes, memoryLimitBytes ?? 0].map((bytes) =>
    Math.ceil(bytes / 2 ** 20),
  );
  return {
    code: 'RUN_OUT_OF_MEMORY',
    message: `the run was stopped at ${used}Mi of memory, close to the container's limit of ${limit}Mi`,
  };
}

function hung(runTimeoutMs: number): RunError {
  return {
    code: 'RUN_TIMEOUT',
    message: `the run did not end within RUN_TIMEOUT of ${runTimeoutMs / 1000} s and was killed`,
  };
}

/** SIGTERM to the child, which ends what it started; after the grace period SIGKILL to its whole group. */
async function stopGently(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
  await once(child, 'close');
  clearTimeout(timer);
}

function signalGroup(child: ChildProcess, name: 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** All of stdout up to a bound; the rest is read and dropped, so that the child does not stall. */
async function readOutput(child: ChildProcess): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of child.stdout ?? []) {
    if (!(chunk instanceof Buffer)) continue;
    bytes += chunk.length;
    if (bytes <= MAX_RECORD_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseOutput(text: string): RunRecord | undefined {
  try {
    return parseRunRecord(JSON.parse(text));
  } catch {
    // Whatever else it printed is not a record; its exit code says more.
    return undefined;
  }
}
