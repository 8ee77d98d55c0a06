/** Runs the go command for the test bed's builds: one failure type, a log file for each program. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';

import { BIN_FOLDER, type Program, programVersion } from './programs.ts';

const TAIL_LINES = 20;

/** What a person can act on; shown without a stack trace. */
export class BuildFailure extends Error {}

/** Everything that a program's binary depends on, as text; kept beside the binary and compared. */
export async function buildInputs(program: Program): Promise<string> {
  const folder = join(import.meta.dirname, program.folder);
  const files = globSync(join(folder, '**/{go.mod,go.sum,*.go}'))
    .filter((file) => !file.endsWith('tools.go') && !file.endsWith('_test.go'))
    .toSorted();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${relative(folder, file)}\0`).update(await readFile(file));
  const goVersion = await goVersionFor(program);
  return `${[goVersion, ...buildArguments(program), hash.digest('hex')].join('\n')}\n`;
}

/**
 * Downloads the modules that the program needs, into Go's cache.
 * Comes back with the number of packages that it is made of.
 */
export async function download(program: Program): Promise<number> {
  await writeFile(logFileOf(program), '');
  const tags = program.tags === undefined ? [] : ['-tags', program.tags.join(',')];
  let packages = 0;
  await runGo(program, 'module download', {
    arguments: ['list', '-deps', ...tags, program.package],
    onOutput: () => packages++,
  });
  return packages;
}

/** Compiles into `output`; `onPackage` is called for each package that was not in Go's cache. */
export async function compile(
  program: Program,
  output: string,
  onPackage: () => void,
): Promise<void> {
  await runGo(program, 'compile', {
    arguments: [...buildArguments(program), '-v', '-o', output, program.package],
    onOutput: (line) => {
      if (isPackageName(line)) onPackage();
    },
  });
}

function buildArguments(program: Program): readonly string[] {
  const version = programVersion(program);
  const variable = program.versionVariable;
  const setVersion =
    variable === undefined || version === undefined ? '' : ` -X ${variable}=${version}`;
  const tags = program.tags === undefined ? [] : ['-tags', program.tags.join(',')];
  return ['build', '-trimpath', '-buildvcs=false', '-ldflags', `-s -w${setVersion}`, ...tags];
}

/** The version of go that builds this program. Throws when there is none, or it is too old. */
async function goVersionFor(program: Program): Promise<string> {
  const wanted = `Go ${wantedGoVersion(program)} or later is needed for ${program.name}`;
  const lines: string[] = [];
  try {
    const code = await spawnGo(program, ['env', 'GOVERSION'], (line) => lines.push(line));
    if (code === 0) return lines.join('').trim();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new BuildFailure(`${wanted}, and there is no "go" on the PATH`, { cause: error });
  }
  throw new BuildFailure(`${wanted}: ${lines.join(' ')}`);
}

function wantedGoVersion(program: Program): string {
  const goMod = readFileSync(join(import.meta.dirname, program.folder, 'go.mod'), 'utf8');
  return /^go (\S+)/m.exec(goMod)?.[1] ?? '?';
}

interface GoCommand {
  readonly arguments: readonly string[];
  readonly onOutput: (line: string) => void;
}

async function runGo(program: Program, step: string, command: GoCommand): Promise<void> {
  const lines: string[] = [];
  const code = await spawnGo(program, command.arguments, (line) => {
    lines.push(line);
    command.onOutput(line);
  });
  const logFile = logFileOf(program);
  await appendFile(logFile, `go ${command.arguments.join(' ')}\n${lines.join('\n')}\n\n`);
  if (code === 0) return;

  const tail = lines.filter((line) => !isPackageName(line)).slice(-TAIL_LINES);
  throw new BuildFailure(
    `${program.name}: the step "${step}" failed (go ended with ${code})\n` +
      `${tail.map((line) => `  | ${line}`).join('\n')}\n` +
      `full log: ${relative(process.cwd(), logFile)}`,
  );
}

/** Comes back with the exit code (or signal) of go; calls `onLine` for what it prints on either stream. */
async function spawnGo(
  program: Program,
  goArguments: readonly string[],
  onLine: (line: string) => void,
): Promise<number | string> {
  const child = spawn('go', goArguments, {
    cwd: join(import.meta.dirname, program.folder),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | string>();
  child.once('error', reject);
  child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', onLine);
  }
  return promise;
}

/** With -v, go prints the import path of each package it compiles on a line of its own. */
function isPackageName(line: string): boolean {
  return /^[\w.~/-]+$/.test(line);
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function logFileOf(program: Program): string {
  return join(BIN_FOLDER, `${program.name}.log`);
}
