/** Texts with few and with many secrets: how many times faster than `support-bundle redact` they are redacted. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { count, shaped } from '../../agent/shape.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { type Figure, megabytes, plainFigure, ratioFigure, timesFigure } from './figure.ts';
import { textOf, writeBundle } from './redact-bundle.ts';
import { outputOf, redactByAgent, redactByProgram, writeRedactors } from './redact-programs.ts';
import {
  connectionLine,
  crowdedLine,
  customRedactors,
  logLine,
  pairLine,
  tenantLine,
  textFrom,
} from './redact-texts.ts';
import { medianOf, type Timed } from './timed.ts';

const TEXT_BYTES = 4_000_000;
const LONG_TEXT_BYTES = 48_000_000;
const REDACTORS = 500;
/** With them, of the whole command. */
const RUNS = 3;
const MOST_RATIO = 3;

interface Input {
  readonly name: string;
  readonly line: (index: number) => string;
  /** Fewer rules, or hidden places in 100 kB, and the text is not what its name says. */
  readonly leastRules: number;
  readonly leastHidden: number;
  /** How many times faster. */
  readonly goal: number;
}

const INPUTS: readonly Input[] = [
  { name: 'log, 1 % of lines', line: logLine, leastRules: 1, leastHidden: 5, goal: 150 },
  { name: 'name/value pairs', line: pairLine, leastRules: 10, leastHidden: 500, goal: 13 },
  { name: 'URLs, connections', line: connectionLine, leastRules: 5, leastHidden: 500, goal: 13 },
  { name: '15 rules a line', line: crowdedLine, leastRules: 14, leastHidden: 3_000, goal: 7 },
];

interface Pace {
  readonly bytesPerSecond: number;
  /** Of one pass over the text. */
  readonly hidden: number;
  readonly rules: number;
}

export async function redactInputs(): Promise<readonly Figure[]> {
  const folder = temporaryFolder('bench-redact-inputs');
  try {
    const figures: Figure[] = [];
    for (const input of INPUTS) {
      console.error(`  ${input.name}`);
      figures.push(...(await compare(input, folder)));
    }
    console.error(`  ${REDACTORS} redactors`);
    const text = textFrom(tenantLine, LONG_TEXT_BYTES);
    return [
      ...figures,
      ...(await timeCustom(text, folder)),
      ...(await measureCustom(text, folder)),
    ];
  } finally {
    await removeFolder(folder);
  }
}

async function compare(input: Input, folder: string): Promise<readonly Figure[]> {
  const { name, line, leastRules, leastHidden, goal } = input;
  const text = textFrom(line, TEXT_BYTES);
  const bundle = join(folder, 'bundle.tar.gz');
  await writeBundle(bundle, [textOf('a.log', text)]);
  const { bytesPerSecond, hidden, rules } = await measure(text, { folder, rules: 'troubleshoot' });
  if (rules < leastRules || hidden < (leastHidden * text.length) / 100_000) {
    throw new Error(`${name}: ${hidden} places hidden by ${rules} rules are too few`);
  }
  const { wallMs } = await redactByProgram(bundle);
  const theirs = (text.length / wallMs) * 1000;
  return [
    plainFigure(
      `redact, ${name}: pace`,
      `${megabytes(bytesPerSecond)}/s, support-bundle ${(theirs / 1e6).toFixed(2)} MB/s`,
    ),
    timesFigure(`redact, ${name}`, bytesPerSecond / theirs, goal),
  ];
}

/** What redactors of a spec add to the time of the whole command. */
async function timeCustom(text: Buffer, folder: string): Promise<readonly Figure[]> {
  const bundle = join(folder, 'bundle.tar.gz');
  await writeBundle(bundle, [textOf('a.log', text)]);
  const document = join(folder, 'redactors.yaml');
  writeRedactors(document, customRedactors(REDACTORS));
  const figures: Figure[] = [];
  for (const flags of [['--upstream'], []]) {
    const without: Timed[] = [];
    const withAll: Timed[] = [];
    for (let number = 1; number <= RUNS; number++) {
      without.push(await redactByAgent(bundle, { flags }));
      withAll.push(await redactByAgent(bundle, { flags: [...flags, '--redactors', document] }));
    }
    const [long, short] = [medianOf(withAll), medianOf(without)];
    const seconds = [long, short].map(({ wallMs }) => `${(wallMs / 1000).toFixed(2)} s`);
    const name = ['redact', ...flags, `with ${REDACTORS} redactors`].join(' ');
    figures.push(
      plainFigure(`${name}: time`, seconds.join(', without them ')),
      ratioFigure(`${name}: wall`, long.wallMs / short.wallMs, MOST_RATIO),
      ratioFigure(`${name}: CPU`, long.cpuMs / short.cpuMs, MOST_RATIO),
    );
  }
  return figures;
}

/** The same of the rules alone, in a process that is warm: without reading, unpacking, packing and writing. */
async function measureCustom(text: Buffer, folder: string): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const rules of ['troubleshoot', 'all'] as const) {
    const without = await measure(text, { folder, rules });
    const withAll = await measure(text, { folder, rules, redactors: REDACTORS });
    if (withAll.rules < without.rules + REDACTORS / 2) {
      throw new Error(`too few of ${REDACTORS} redactors have found anything`);
    }
    const paces = [withAll, without].map(({ bytesPerSecond }) => `${megabytes(bytesPerSecond)}/s`);
    const ratio = without.bytesPerSecond / withAll.bytesPerSecond;
    figures.push(
      plainFigure(
        `rules alone, ${REDACTORS} redactors beside ${TITLES[rules]}`,
        `${ratio.toFixed(2)}x: ${paces.join(', without them ')}`,
      ),
    );
  }
  return figures;
}

const TITLES = { troubleshoot: "troubleshoot's rules", all: 'all rules' } as const;

interface Measuring {
  readonly folder: string;
  readonly rules: keyof typeof TITLES;
  readonly redactors?: number;
}

async function measure(text: Buffer, { folder, rules, redactors = 0 }: Measuring): Promise<Pace> {
  const file = join(folder, 'text');
  writeFileSync(file, text);
  const output = await outputOf('redact-inputs-process', [file, rules, String(redactors)]);
  return shaped<Pace>({ bytesPerSecond: count, hidden: count, rules: count })(
    JSON.parse(output),
    'pace',
  );
}
