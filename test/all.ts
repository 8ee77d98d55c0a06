/**
 * Every test, in order: `npm test`. A tool that passes or fails as a whole counts as one test. Goes on after a
 * failure; the last line is `N passed, N failed`, with `, N skipped` where there are such.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Tally } from './support/tally-reporter.ts';

interface Step {
  /** Of package.json. npm puts the project's own Node before the machine's. */
  readonly script: string;
  readonly kind: 'tool' | 'mocha';
}

const STEPS: readonly Step[] = [
  { script: 'format', kind: 'tool' },
  { script: 'lint', kind: 'tool' },
  { script: 'types', kind: 'tool' },
  { script: 'dead-code', kind: 'tool' },
  { script: 'unit', kind: 'mocha' },
  { script: 'build', kind: 'tool' },
  { script: 'bed', kind: 'tool' },
  { script: 'integration', kind: 'mocha' },
  { script: 'test-node', kind: 'mocha' },
];

const ROOT = join(import.meta.dirname, '..');
const REPORTER = fileURLToPath(import.meta.resolve('./support/tally-reporter.ts'));
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let running: ChildProcess | undefined;
let stoppedBy: NodeJS.Signals | undefined;

/** Runs the script to its end. What went wrong, if anything. */
async function runScript(script: string, ...args: readonly string[]): Promise<string | undefined> {
  // A process group of its own, so that a signal to it ends what npm started, too.
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  running = child;
  const [code, signal] = await once(child, 'close');
  running = undefined;
  return code === 0 ? undefined : `ended with ${String(code ?? signal)}`;
}

async function runTool(script: string): Promise<Tally> {
  const problem = await runScript(script);
  return problem === undefined
    ? { passed: 1, skipped: 0, failed: [] }
    : { passed: 0, skipped: 0, failed: [`${script} ${problem}`] };
}

/** A suite that ended without saying what it came to, or that had no test, is a failed test. */
async function runMocha(script: string, folder: string): Promise<Tally> {
  const file = join(folder, `${script}.json`);
  const options = ['--reporter', REPORTER, '--reporter-option', `output=${file}`];
  const problem = await runScript(script, ...options);

  const tally = readTally(file);
  const failed = tally.failed.map((title) => `${script}: ${title}`);
  if (problem !== undefined && failed.length === 0) failed.push(`${script} ${problem}`);
  else if (tally.passed + tally.skipped + failed.length === 0) failed.push(`${script} has no test`);
  return { ...tally, failed };
}

function readTally(file: string): Tally {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, skipped: 0, failed: [] };
  }
}

function stop(signal: NodeJS.Signals): void {
  stoppedBy = signal;
  if (running?.pid === undefined) return;
  try {
    process.kill(-running.pid, 'SIGTERM');
  } catch {
    // It has just ended.
  }
}

for (const signal of STOP_SIGNALS) process.on(signal, stop);
const folder = mkdtempSync(join(tmpdir(), 'cron-support-bundle-test-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const tallies: Tally[] = [];
for (const { script, kind } of STEPS) {
  if (stoppedBy !== undefined) break;
  console.log(`\n== ${script}`);
  const startedAtMs = performance.now();
  const tally = kind === 'mocha' ? await runMocha(script, folder) : await runTool(script);
  const seconds = Math.round((performance.now() - startedAtMs) / 1000);
  console.log(`== ${script}: ${tally.failed.length === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
  tallies.push(tally);
}

const failed = tallies.flatMap((tally) => tally.failed);
if (stoppedBy !== undefined) failed.push(`stopped by ${stoppedBy} before the end`);
if (failed.length > 0) console.log(`\nFailed:\n${failed.map((title) => `  ${title}`).join('\n')}`);

const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const skipped = tallies.reduce((sum, tally) => sum + tally.skipped, 0);
const skippedPart = skipped > 0 ? `, ${skipped} skipped` : '';
console.log(`\n${passed} passed, ${failed.length} failed${skippedPart}`);
process.exitCode = failed.length > 0 ? 1 : 0;
