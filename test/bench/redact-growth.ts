/** Adversarial texts: twice the length takes twice the time, and never longer than `support-bundle redact` takes. */

import { join } from 'node:path';

import { count, shaped, text } from '../../agent/shape.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { type Figure, plainFigure, ratioFigure, timesFigure } from './figure.ts';
import { TROUBLESHOOT_LINES } from './redact-adversarial.ts';
import { textOf, writeBundle } from './redact-bundle.ts';
import { outputOf, redactByAgent, redactByProgram } from './redact-programs.ts';

const MOST_GROWTH = 2.3;
/** Of each line; the program takes seconds for one. */
const LINE_BYTES = 1_000_000;

const RULES = [
  ['default', 'default rules'],
  ['pseudonyms', 'pseudonyms'],
  ['custom', 'custom redactors'],
] as const;

interface Growth {
  readonly name: string;
  readonly bytes: number;
  /** CPU. */
  readonly wholeMs: number;
  /** How many times as long as half of it takes. */
  readonly growth: number;
}

export async function redactGrowth(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [rules, title] of RULES) {
    console.error(`  ${title}`);
    figures.push(...(await measureGrowth(rules, title)));
  }
  console.error('  beside support-bundle');
  return [...figures, ...(await compare())];
}

async function measureGrowth(rules: string, title: string): Promise<readonly Figure[]> {
  const parse = shaped<Growth>({ name: text, bytes: count, wholeMs: count, growth: count });
  const output = await outputOf('redact-growth-process', [rules]);
  const lines = output
    .trimEnd()
    .split('\n')
    .map((line) => parse(JSON.parse(line), 'growth'));
  const byGrowth = lines.toSorted((first, second) => second.growth - first.growth);
  const bySlowness = lines.toSorted((first, second) => paceOf(first) - paceOf(second));
  const [worst] = byGrowth;
  const [slowest] = bySlowness;
  if (worst === undefined || slowest === undefined) throw new Error('nothing was measured');
  for (const line of byGrowth.filter(({ growth }) => growth > MOST_GROWTH)) {
    console.error(`    ${JSON.stringify(line)}`);
  }
  return [
    plainFigure(`${title}, the slowest of ${lines.length} lines`, describe(slowest)),
    ratioFigure(`${title}, twice as long a line (${worst.name})`, worst.growth, MOST_GROWTH),
  ];
}

function paceOf({ bytes, wholeMs }: Growth): number {
  return bytes / wholeMs;
}

function describe({ name, bytes, wholeMs }: Growth): string {
  return `${name}: ${(bytes / 1e6).toFixed(1)} MB in ${(wholeMs / 1000).toFixed(2)} s`;
}

/** A file for each line. */
async function compare(): Promise<readonly Figure[]> {
  const folder = temporaryFolder('bench-redact-growth');
  try {
    const bundle = join(folder, 'bundle.tar.gz');
    const texts = TROUBLESHOOT_LINES.map((line, index) =>
      textOf(`line-${index}.log`, Buffer.from(line.text(LINE_BYTES), 'latin1')),
    );
    await writeBundle(bundle, texts);
    const ours = await redactByAgent(bundle, { flags: ['--upstream'] });
    const upstream = await redactByProgram(bundle);
    return [
      plainFigure(
        `${texts.length} adversarial lines of 1 MB`,
        `${(ours.wallMs / 1000).toFixed(2)} s, support-bundle ${(upstream.wallMs / 1000).toFixed(2)} s`,
      ),
      timesFigure('adversarial lines, --upstream', upstream.wallMs / ours.wallMs, 1),
    ];
  } finally {
    await removeFolder(folder);
  }
}
