/** The engine `cli`: troubleshoot's own program collects, redacts and archives; its entries are read back out. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { type Collected, cutText } from '../bundle.ts';
import type { Clock } from '../clock.ts';
import { AgentError, hasCode, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { redactLine } from '../redact-line.ts';
import type { BundleSpec } from '../spec/types.ts';
import { asOutputError, readEntries } from './entries.ts';
import { cliEnvironment } from './environment.ts';
import { Outcomes } from './outcomes.ts';
import { type Ending, readLastLine, runProgram } from './program.ts';
import { outgrows } from './work.ts';

export interface CliOptions {
  /** SUPPORT_BUNDLE_CLI: a name to look for in PATH, or a path. */
  readonly program: string;
  /** The spec as YAML, without `afterCollection` and `uri`. */
  readonly specText: string;
  /** Reached without a proxy. */
  readonly kubeServer: URL | undefined;
  /** Exists. Clear text lies in a folder of its own in it until the bundle has been read. */
  readonly workDir: string;
  /** The agent's own, with KUBECONFIG by absolute paths; what the program needs of it is picked here. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Past this the program is killed. */
  readonly maxWorkBytes: number;
  readonly gomemlimitBytes?: number;
  /**
   * False where this process leads a process group that its parent watches and kills whole (as `serve` does):
   * the program stays in it. True otherwise: it leads one of its own, killed whole when the signal aborts.
   */
  readonly ownGroup: boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The archive's and top folder's name; the bundle gets another when it is archived again. */
const BUNDLE = 'support-bundle-1970-01-01T00_00_00';

/**
 * Runs the program to its end, then gives what its archive holds, one entry at a time.
 *
 * A program that fails gives nothing: what it wrote may be clear text. All it left is removed at the end.
 *
 * @yields Entries and what was left out, in the archive's order; then how each collector ended.
 * @throws {AgentError} CLI_MISSING, CLI_FAILED, CLI_OUTPUT_INVALID, RUN_TOO_LARGE.
 */
export async function* collectWithCli(
  spec: BundleSpec,
  options: CliOptions,
  signal: AbortSignal,
): AsyncGenerator<Collected> {
  const folder = await mkdtemp(join(resolve(options.workDir), 'support-bundle-cli-'));
  try {
    const archive = await runCli(folder, options, signal);
    const outcomes = new Outcomes(spec);
    for await (const entry of readEntries(archive, { toError: asOutputError }, signal)) {
      yield entry.kind === 'left-out' ? entry : await outcomes.observe(entry);
    }
    yield* outcomes.results();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The program's version, e.g. `v0.133.0`; undefined when it does not tell. */
export async function readCliVersion(
  { program, environment }: Pick<CliOptions, 'program' | 'environment'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ['version'], {
      signal,
      timeout: VERSION_TIMEOUT_MS,
      maxBuffer: 64 * 1024,
      env: { PATH: environment['PATH'] },
    });
    return /\bv?\d+\.\d+\.\d+\S*/.exec(stdout)?.[0];
  } catch {
    signal.throwIfAborted();
    // Why it cannot be started, the run itself says.
    return undefined;
  }
}

const VERSION_TIMEOUT_MS = 10_000;

/** The archive's path. */
async function runCli(folder: string, options: CliOptions, signal: AbortSignal): Promise<string> {
  const { program, specText, environment, ownGroup, clock, log } = options;
  const output = join(folder, 'output', BUNDLE);
  const [specFile, stderrFile] = [join(folder, 'spec.yaml'), join(folder, 'stderr')];
  for (const name of ['home', 'tmp', 'output']) await mkdir(join(folder, name), { mode: 0o700 });
  await writeFile(specFile, specText, { mode: 0o600 });
  const command = {
    // A relative path is meant from where the agent was started.
    program: program.includes('/') ? resolve(program) : program,
    args: [
      specFile,
      '--no-uri',
      '--load-cluster-specs=false',
      '--interactive=false',
      '--auto-update=false',
      `--output=${output}`,
    ],
    environment: cliEnvironment(environment, { ...options, folder }),
    folder,
    stderrFile,
    ownGroup,
  };
  const startedAt = clock.elapsed();
  const { ending, isTooLarge } = await runWatched(command, options, signal);
  signal.throwIfAborted();
  if (isTooLarge) throw tooLarge(options.maxWorkBytes);
  await assertSucceeded(ending, program, stderrFile);
  const durationMs = Math.round(clock.elapsed() - startedAt);
  log.info({ program, durationMs }, 'support-bundle finished');
  return checkOutput(`${output}.tar.gz`);
}

/** Runs the program while the size of its work is watched. */
async function runWatched(
  command: Parameters<typeof runProgram>[0],
  { maxWorkBytes, clock }: CliOptions,
  signal: AbortSignal,
): Promise<{ readonly ending: Ending; readonly isTooLarge: boolean }> {
  const [ended, outgrown] = [new AbortController(), new AbortController()];
  const watched = outgrows(
    { folder: command.folder, maxBytes: maxWorkBytes, clock },
    ended.signal,
  ).then((isTooLarge) => {
    if (isTooLarge) outgrown.abort();
    return isTooLarge;
  });
  try {
    const ending = await runProgram(command, AbortSignal.any([signal, outgrown.signal]));
    ended.abort();
    return { ending, isTooLarge: await watched };
  } finally {
    ended.abort();
    await watched;
  }
}

function tooLarge(maxWorkBytes: number): AgentError {
  return new AgentError(
    'RUN_TOO_LARGE',
    `support-bundle was stopped: its work passed ${maxWorkBytes} bytes, twice MAX_BUNDLE_SIZE`,
  );
}

async function assertSucceeded(ending: Ending, program: string, stderrFile: string): Promise<void> {
  if (ending.kind === 'not-started') {
    const { error } = ending;
    const reason = hasCode(error, 'ENOENT') ? 'there is no such program' : messageOf(error);
    throw new AgentError(
      'CLI_MISSING',
      `SUPPORT_BUNDLE_CLI ${program} cannot be started: ${reason}`,
      { cause: error },
    );
  }
  if (ending.kind === 'exited' && ending.exitCode === 0) return;
  const how =
    ending.kind === 'killed'
      ? `was ended by ${ending.signalName}`
      : `failed with exit code ${ending.exitCode}`;
  const line = (await readLastLine(stderrFile)) ?? 'it said nothing';
  throw new AgentError(
    'CLI_FAILED',
    cutText(`support-bundle ${how}: ${endOf(redactLine(line.replace(/^Error: /, '')))}`),
  );
}

/** Go puts what was tried before what went wrong: of a long line the end says more. */
function endOf(line: string): string {
  const bytes = Buffer.from(line);
  return bytes.length <= MAX_LINE_BYTES
    ? line
    : `…${bytes
        .subarray(-MAX_LINE_BYTES)
        .toString()
        .replace(/^\uFFFD+/, '')}`;
}

/** Leaves room for how the program ended in the 300 bytes of a message. */
const MAX_LINE_BYTES = 240;

async function checkOutput(archive: string): Promise<string> {
  const stats = await stat(archive).catch(() => undefined);
  if (stats?.isFile() !== true) {
    throw new AgentError('CLI_OUTPUT_INVALID', 'support-bundle ended without writing an archive');
  }
  return archive;
}
