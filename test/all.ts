/** `make test`: every check and every suite in turn; the last line counts them all. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** `mocha`: its closing lines count tests; any other program is one test by its exit code. */
interface Suite {
  readonly name: string;
  readonly kind: 'program' | 'mocha';
  readonly command: readonly [string, ...string[]];
}

const SUITES: readonly Suite[] = [
  { name: 'format', kind: 'program', command: ['npm', 'run', '--silent', 'format'] },
  { name: 'lint', kind: 'program', command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'types', kind: 'program', command: ['npm', 'run', '--silent', 'types'] },
  { name: 'dead code', kind: 'program', command: ['npm', 'run', '--silent', 'dead-code'] },
  { name: 'unit tests', kind: 'mocha', command: ['npm', 'run', '--silent', 'unit'] },
  { name: 'build', kind: 'program', command: ['npm', 'run', '--silent', 'build'] },
  { name: 'test bed', kind: 'program', command: ['npm', 'run', '--silent', 'bed'] },
  { name: 'integration tests', kind: 'mocha', command: ['npm', 'run', '--silent', 'integration'] },
];

let running: ChildProcess | undefined;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    running?.kill(name);
    process.exitCode = 1;
  });
}

const counts: Counts[] = [];
for (const suite of SUITES) {
  if (process.exitCode !== undefined) break;
  counts.push(await runSuite(suite));
}
const failed = sum('failed');
const skipped = sum('skipped');
if (failed > 0) process.exitCode = 1;
console.log(
  `${sum('passed')} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`,
);

function sum(what: keyof Counts): number {
  return counts.reduce((total, count) => total + count[what], 0);
}

async function runSuite({ name, kind, command }: Suite): Promise<Counts> {
  console.log(`\n=== ${name}`);
  const startedAtMs = performance.now();
  const { exitCode, output } = await runProgram(command);
  const seconds = Math.round((performance.now() - startedAtMs) / 1000);
  const found = kind === 'mocha' ? readMochaCounts(output) : ONE_PASSED;
  const hasPassed = exitCode === 0 && found.passed > 0;
  console.log(`=== ${name}: ${hasPassed ? 'passed' : 'FAILED'} in ${seconds} s`);
  if (hasPassed) return found;
  // A suite that broke off before its end has failed, whatever it had counted by then.
  return kind === 'mocha' ? { ...found, failed: Math.max(1, found.failed) } : ONE_FAILED;
}

async function runProgram([program, ...args]: Suite['command']): Promise<{
  readonly exitCode: unknown;
  readonly output: string;
}> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  running = child;
  const output = echo(child);
  const [exitCode]: unknown[] = await once(child, 'close');
  return { exitCode, output: await output };
}

const ONE_PASSED: Counts = { passed: 1, failed: 0, skipped: 0 };
const ONE_FAILED: Counts = { passed: 0, failed: 1, skipped: 0 };

async function echo(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    process.stdout.write(chunk);
    text += String(chunk);
  }
  return text;
}

/** Mocha's closing lines: `12 passing (3s)`, `1 failing`, `2 pending`. */
function readMochaCounts(output: string): Counts {
  const [passed = 0, failures = 0, pending = 0] = ['passing', 'failing', 'pending'].map((word) =>
    Number(output.match(new RegExp(`^ {2}(\\d+) ${word}\\b`, 'm'))?.[1] ?? 0),
  );
  return { passed, failed: failures, skipped: pending };
}
