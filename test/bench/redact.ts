/** A bundle of 2,000 pods, redacted: what the command takes, and how many times less than `support-bundle redact`. */

import { createReadStream, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';

import { startControlPlane } from '../bed/control-plane.ts';
import { largeWorkload } from '../bed/large-workload.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { makeUpstreamArchive } from '../integration/parity/run-both.ts';
import { RESOURCES_SPEC } from './engines.ts';
import { type Figure, megabytes, plainFigure, timesFigure } from './figure.ts';
import { redactByAgent, redactByProgram } from './redact-programs.ts';
import { medianOf, type Timed } from './timed.ts';

const SIZE = { pods: 2_000, namespaces: 50 };
/** Of ours. The program takes a minute, and runs once. */
const RUNS = 3;

export async function redact(): Promise<readonly Figure[]> {
  const folder = temporaryFolder('bench-redact');
  try {
    console.error('  collecting a bundle');
    const bundle = await collectClear(folder);
    console.error('  redacting it');
    const same: Timed[] = [];
    const whole: Timed[] = [];
    for (let number = 1; number <= RUNS; number++) {
      same.push(await redactByAgent(bundle, { flags: ['--upstream'] }));
      whole.push(await redactByAgent(bundle));
    }
    const upstream = await redactByProgram(bundle);
    return [
      plainFigure('bundle, clear', await describeSize(bundle)),
      plainFigure('support-bundle redact', describe(upstream)),
      ...compare('redact --upstream', { ours: medianOf(same), upstream }, { wall: 45, cpu: 60 }),
      ...compare('redact', { ours: medianOf(whole), upstream }, { wall: 30, cpu: 40 }),
    ];
  } finally {
    await removeFolder(folder);
  }
}

async function collectClear(folder: string): Promise<string> {
  const plane = await startControlPlane();
  try {
    await plane.kube.apply(largeWorkload(SIZE));
    return await makeUpstreamArchive(plane.kubeconfigFile, JSON.stringify(RESOURCES_SPEC), folder);
  } finally {
    await plane.stop();
  }
}

async function describeSize(bundle: string): Promise<string> {
  let tarBytes = 0;
  for await (const chunk of createReadStream(bundle).pipe(createGunzip())) {
    if (chunk instanceof Uint8Array) tarBytes += chunk.length;
  }
  return `${megabytes(tarBytes)}, ${megabytes(statSync(bundle).size)} compressed`;
}

function compare(
  name: string,
  { ours, upstream }: Readonly<Record<'ours' | 'upstream', Timed>>,
  goals: { readonly wall: number; readonly cpu: number },
): readonly Figure[] {
  return [
    plainFigure(name, describe(ours)),
    timesFigure(`${name}: wall`, upstream.wallMs / ours.wallMs, goals.wall),
    timesFigure(`${name}: CPU`, upstream.cpuMs / ours.cpuMs, goals.cpu),
  ];
}

function describe({ wallMs, cpuMs, peakBytes }: Timed): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  return `wall ${seconds(wallMs)}, CPU ${seconds(cpuMs)}, peak ${megabytes(peakBytes)}`;
}
