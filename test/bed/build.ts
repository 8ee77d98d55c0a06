/**
 * Builds the programs of the test bed into test/bed/bin: `node test/bed/build.ts [name...]`, no name
 * for all. A program is built again only when its module, its flags or the version of go changed.
 */
import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { BuildFailure, buildInputs, compile, download } from './go.ts';
import { withLock } from './lock.ts';
import { BIN_FOLDER, PROGRAMS, type Program, programVersion } from './programs.ts';

/** So that a CI log, or a person, sees that a long build is alive. */
const HEARTBEAT_MS = 30_000;

/** Builds what is not up to date, one after the other; prints a line for each as it goes. */
export async function buildPrograms(names: readonly string[]): Promise<void> {
  const programs = programsNamed(names);
  await mkdir(BIN_FOLDER, { recursive: true });

  const isFresh = await Promise.all(programs.map(isUpToDate));
  const fresh = programs.filter((_, index) => isFresh[index] === true);
  if (fresh.length > 0) {
    console.log(`test bed: up to date: ${fresh.map((program) => program.name).join(', ')}`);
  }
  for (const program of programs.filter((candidate) => !fresh.includes(candidate))) {
    const onWait = (pid: number): void => say(program, `process ${pid} is building it, waiting`);
    await withLock(join(BIN_FOLDER, `.${program.name}.lock`), onWait, async () => {
      if (await isUpToDate(program)) say(program, 'up to date');
      else await build(program);
    });
  }
}

function programsNamed(names: readonly string[]): readonly Program[] {
  const unknown = names.filter((name) => !PROGRAMS.some((program) => program.name === name));
  if (unknown.length > 0) {
    const known = PROGRAMS.map((program) => program.name).join(', ');
    throw new BuildFailure(`no program named ${unknown.join(', ')}; there are: ${known}`);
  }
  if (names.length === 0) return PROGRAMS;
  return PROGRAMS.filter((program) => names.includes(program.name));
}

async function isUpToDate(program: Program): Promise<boolean> {
  if (!existsSync(join(import.meta.dirname, program.folder, 'go.mod'))) {
    throw new BuildFailure(`${program.name}: test/bed/${program.folder}/go.mod is missing`);
  }
  const inputs = await buildInputs(program);
  const stamp = await readFile(stampFileOf(program), 'utf8').catch(() => undefined);
  return stamp === inputs && existsSync(join(BIN_FOLDER, program.name));
}

/** The binary appears under its name only when it is whole; the stamp comes after it. */
async function build(program: Program): Promise<void> {
  const startedAt = performance.now();
  say(program, `building, usually about ${program.usualMinutes} min on 2 cores`);
  const elapsed = (): string => duration(performance.now() - startedAt);

  let progress = 'downloading modules';
  const heartbeat = setInterval(() => say(program, `${elapsed()}: ${progress}`), HEARTBEAT_MS);
  try {
    await removeLeftovers(program);
    const inputs = await buildInputs(program);
    const packages = await download(program);
    let compiled = 0;
    progress = `compiling ${packages} packages`;
    const partial = join(BIN_FOLDER, `.${program.name}.${process.pid}.partial`);
    await compile(program, partial, () => {
      compiled++;
      progress = `compiled ${compiled} of ${packages} packages (those in go's cache not counted)`;
    });
    await rename(partial, join(BIN_FOLDER, program.name));
    await writeFile(stampFileOf(program), inputs);
    const { size } = await stat(join(BIN_FOLDER, program.name));
    say(program, `built in ${elapsed()}, ${Math.round(size / 1e6)} MB`);
  } finally {
    clearInterval(heartbeat);
  }
}

/** What a build that was ended in the middle left; the lock says that nobody is writing it. */
async function removeLeftovers(program: Program): Promise<void> {
  for await (const file of glob(join(BIN_FOLDER, `.${program.name}.*.partial`))) await rm(file);
}

function stampFileOf(program: Program): string {
  return join(BIN_FOLDER, `${program.name}.stamp`);
}

function say(program: Program, text: string): void {
  const version = programVersion(program) ?? 'ours';
  console.log(`test bed: ${program.name} ${shortVersion(version)}: ${text}`);
}

/** A pseudo-version's date and commit, without the time that the module proxy adds. */
function shortVersion(version: string): string {
  const pseudo = /-(?:0\.)?(\d{8})\d{6}-([0-9a-f]{7})/.exec(version);
  return pseudo === null ? version : `${pseudo[1]}-${pseudo[2]}`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

if (import.meta.main) {
  try {
    await buildPrograms(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof BuildFailure)) throw error;
    console.error(`test bed: ${error.message}`);
    process.exitCode = 1;
  }
}
