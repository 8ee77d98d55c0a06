/** Runs the benchmarks named on the command line, or all, and prints their figures: `bench.ts [name…]`. Exit 1: a goal is missed. */

import { collectMemory } from './collect-memory.ts';
import { engines } from './engines.ts';
import { enginesGrowth } from './engines-growth.ts';
import { enginesLogs } from './engines-logs.ts';
import { type Figure, formatTable } from './figure.ts';
import { idle } from './idle.ts';
import { largeBundle } from './large-bundle.ts';
import { redact } from './redact.ts';
import { redactGrowth } from './redact-growth.ts';
import { redactInputs } from './redact-inputs.ts';
import { redactMemory } from './redact-memory.ts';
import { redactRun } from './redact-run.ts';

const BENCHMARKS: ReadonlyMap<string, () => Promise<readonly Figure[]>> = new Map([
  ['idle', idle],
  ['collect-memory', collectMemory],
  ['large-bundle', largeBundle],
  ['engines', engines],
  ['engines-growth', enginesGrowth],
  ['engines-logs', enginesLogs],
  ['redact', redact],
  ['redact-inputs', redactInputs],
  ['redact-growth', redactGrowth],
  ['redact-memory', redactMemory],
  ['redact-run', redactRun],
]);

const EXIT_USAGE = 2;

const given = process.argv.slice(2);
const unknown = given.filter((name) => !BENCHMARKS.has(name));
if (unknown.length > 0) {
  console.error(
    `no such benchmark: ${unknown.join(', ')}; there are ${[...BENCHMARKS.keys()].join(', ')}`,
  );
  process.exitCode = EXIT_USAGE;
} else {
  process.exitCode = await runAll(given.length === 0 ? [...BENCHMARKS.keys()] : given);
}

async function runAll(names: readonly string[]): Promise<number> {
  const figures: Figure[] = [];
  for (const name of names) {
    console.error(`${name} …`);
    figures.push(...((await BENCHMARKS.get(name)?.()) ?? []));
  }
  console.log(formatTable(figures));
  return figures.some(({ isMet }) => isMet === false) ? 1 : 0;
}
