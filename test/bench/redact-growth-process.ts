/**
 * How long adversarial texts take, of one length and of twice that: `redact-growth-process <rules>`. Each as one file in this
 * process, and as one line of JSON on stdout.
 */

import { RULES_OFF } from '../../agent/redact/names.ts';
import { ruleSets } from '../../agent/redact/rule-sets.ts';
import { SecondLook } from '../../agent/redact/second-look.ts';
import { redactText } from '../../agent/redact/text.ts';
import { median } from './figure.ts';
import {
  type Adversarial,
  CUSTOM_LINES,
  CUSTOM_REDACTORS,
  MORE_TROUBLESHOOT_LINES,
  OWN_LINES,
  PSEUDONYM_LINES,
  TROUBLESHOOT_LINES,
} from './redact-adversarial.ts';

/** Twice that is less than the longest line. */
const BYTES = 5_000_000;
/** Of one of many. */
const FEW_BYTES = BYTES / 4;
/** From here on it is doubled: what grows too fast is seen while it still ends. */
const FIRST_BYTES = BYTES / 512;
/** What takes longer is not tried with more. */
const TOO_LONG_MS = 2_000;

const SUSPICIOUS_GROWTH = 2.1;
/**
 * How often half and whole are counted, one after the other, so that a disturbance is in both. Where the median of their
 * ratios is suspicious, it is done more often.
 */
const ROUNDS = [1, 5, 15] as const;

const CASES: ReadonlyMap<string, { lines: readonly Adversarial[]; choice: object }> = new Map([
  [
    'default',
    { lines: [...TROUBLESHOOT_LINES, ...MORE_TROUBLESHOOT_LINES, ...OWN_LINES], choice: {} },
  ],
  ['pseudonyms', { lines: PSEUDONYM_LINES, choice: { enabled: RULES_OFF } }],
  ['custom', { lines: CUSTOM_LINES, choice: { redactors: CUSTOM_REDACTORS } }],
]);

const chosen = CASES.get(process.argv[2] ?? '');
if (chosen === undefined) throw new Error('no such rules');
const { sets } = await ruleSets({ redactors: [], disabled: [], enabled: [], ...chosen.choice });
for (const line of chosen.lines) {
  process.stdout.write(`${JSON.stringify(await growthOf(line))}\n`);
}

interface Growth {
  readonly name: string;
  readonly bytes: number;
  readonly wholeMs: number;
  readonly growth: number;
}

async function growthOf(line: Adversarial): Promise<Growth> {
  let bytes = FIRST_BYTES;
  while (bytes < FEW_BYTES && (await timeOf(line, line.text(bytes))) < TOO_LONG_MS) bytes *= 2;
  const few = await compare(line, bytes);
  const isEnough = line.isOneOfMany === true && few.growth <= SUSPICIOUS_GROWTH;
  return isEnough || few.wholeMs > TOO_LONG_MS ? few : await compare(line, BYTES);
}

async function compare(line: Adversarial, bytes: number): Promise<Growth> {
  const [half, whole] = [line.text(bytes), line.text(2 * bytes)];
  const growths: number[] = [];
  const times: number[] = [];
  for (const rounds of ROUNDS) {
    while (growths.length < rounds) {
      const halfMs = await timeOf(line, half);
      const wholeMs = await timeOf(line, whole);
      growths.push(wholeMs / halfMs);
      times.push(wholeMs);
    }
    if (median(growths) <= SUSPICIOUS_GROWTH || median(times) > TOO_LONG_MS) break;
  }
  return { name: line.name, bytes: 2 * bytes, wholeMs: median(times), growth: median(growths) };
}

/** CPU of this process: others on the machine count less than by the clock. */
async function timeOf({ path = 'a.log' }: Adversarial, text: string): Promise<number> {
  const source = [Buffer.from(text, 'latin1')];
  const look = new SecondLook();
  // What others have left is not to be cleared away at this one's cost.
  globalThis.gc?.();
  const before = process.cpuUsage();
  for await (const chunk of redactText(
    sets,
    { path, onHidden: () => undefined },
    toAsync(source),
  )) {
    look.push(chunk);
  }
  look.finish();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function* toAsync(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}
