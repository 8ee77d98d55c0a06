/**
 * How fast a text is redacted, as JSON on stdout: `redact-inputs-process <text file> <rules> [<count>]`. By troubleshoot's
 * rules alone or `all` of ours, and so many redactors of a spec, once V8 has compiled what it wants to.
 */

import { readFileSync } from 'node:fs';

import { ruleSets, troubleshootSets } from '../../agent/redact/rule-sets.ts';
import { redactText } from '../../agent/redact/text.ts';
import { median } from './figure.ts';
import { customRedactors } from './redact-texts.ts';

/** As bodies are read from WORK_DIR. */
const CHUNK_BYTES = 64 * 1024;
const WARM_UP_MS = 1_500;
const MEASURED_MS = 3_000;
const FEWEST_PASSES = 3;

const [textFile = '', rules, count = '0'] = process.argv.slice(2);
const text = readFileSync(textFile);
const redactors = customRedactors(Number(count));
const { sets } =
  rules === 'all'
    ? await ruleSets({ redactors, disabled: [], enabled: [] })
    : await troubleshootSets(redactors);

const hidden = new Map<string, number>();
await pass((rule) => hidden.set(rule, (hidden.get(rule) ?? 0) + 1));
await passesFor(WARM_UP_MS);
const passMs = median(await passesFor(MEASURED_MS));
process.stdout.write(
  JSON.stringify({
    bytesPerSecond: (text.length / passMs) * 1000,
    hidden: [...hidden.values()].reduce((sum, times) => sum + times, 0),
    rules: hidden.size,
  }),
);

async function pass(onHidden: (rule: string) => void): Promise<void> {
  let bytes = 0;
  for await (const chunk of redactText(sets, { path: 'a.log', onHidden }, chunks())) {
    bytes += chunk.length;
  }
  if (bytes === 0) throw new Error('nothing came out');
}

async function* chunks(): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += CHUNK_BYTES) yield text.subarray(at, at + CHUNK_BYTES);
}

/** An odd number of passes, each in ms. */
async function passesFor(ms: number): Promise<readonly number[]> {
  const passes: number[] = [];
  const until = performance.now() + ms;
  while (performance.now() < until || passes.length < FEWEST_PASSES || passes.length % 2 === 0) {
    const startedAt = performance.now();
    await pass(() => undefined);
    passes.push(performance.now() - startedAt);
  }
  return passes;
}
