/** A bundle of 2 GiB on its way through archive, spool, upload and verify: memory and pace of each. */

import { mkdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { CHILD_NODE_FLAGS } from '../../agent/run/child.ts';
import { parseRunRecord } from '../../agent/run/parse-record.ts';
import type { RunRecord } from '../../agent/run/record.ts';
import { removeFolder, startProcess, temporaryFolder } from '../bed/processes.ts';
import { startReceiver } from '../bed/receiver.ts';
import { builtAgent, builtProcess, programEnvironment } from './built.ts';
import { type Figure, megabytes, memoryFigure, plainFigure } from './figure.ts';
import { RECORD_FILE, RUN_FOLDER, SPOOL_FOLDER } from './large-bundle-sizes.ts';
import { groupOf, watchPeaks } from './memory.ts';
import { startServe } from './serve.ts';

const GOAL_MEGABYTES = 150;
const MEBIBYTES = 2048;
const UPLOADED_WITHIN_MS = 600_000;

export async function largeBundle(): Promise<readonly Figure[]> {
  const folder = temporaryFolder('bench-large');
  try {
    for (const name of [RUN_FOLDER, SPOOL_FOLDER]) mkdirSync(join(folder, name));
    const stepProcess = await builtProcess('large-bundle-process');
    const agent = await builtAgent();
    const archived = await runStep(folder, [
      ...CHILD_NODE_FLAGS,
      stepProcess,
      'archive',
      folder,
      String(MEBIBYTES),
    ]);
    const record = parseRunRecord(
      JSON.parse(readFileSync(join(folder, RUN_FOLDER, RECORD_FILE), 'utf8')),
    );
    const spooled = await runStep(folder, [stepProcess, 'spool', folder]);
    const verified = await runStep(folder, [agent, 'verify', await spooledFile(folder)]);
    const uploaded = await upload(folder, record);
    const { bytes = 0, uncompressedBytes = 0, files = 0 } = record.bundle ?? {};
    return [
      plainFigure(
        'bundle',
        `${megabytes(uncompressedBytes)} in ${files} files, ${megabytes(bytes)} compressed`,
      ),
      ...figuresOf('archive', archived, uncompressedBytes),
      ...figuresOf('spool, with check of the hash', spooled, bytes),
      ...figuresOf('verify', verified, bytes),
      ...figuresOf('serve that uploads, by TLS', uploaded, bytes),
    ];
  } finally {
    await removeFolder(folder);
  }
}

interface Step {
  readonly peakBytes: number;
  readonly seconds: number;
}

function figuresOf(name: string, { peakBytes, seconds }: Step, bytes: number): readonly Figure[] {
  const pace = `${seconds.toFixed(1)} s, ${megabytes(bytes / seconds)}/s`;
  return [
    memoryFigure(`${name}: peak`, peakBytes, GOAL_MEGABYTES),
    plainFigure(`${name}: pace`, pace),
  ];
}

async function runStep(folder: string, words: readonly string[]): Promise<Step> {
  const startedMs = performance.now();
  const logFile = join(folder, 'step.log');
  const running = await startProcess({
    name: words.join(' '),
    command: process.execPath,
    arguments: words,
    env: programEnvironment(),
    logFile,
  });
  const watch = watchPeaks(groupOf(running.pid));
  const ending = await running.exited;
  const { leaderBytes: peakBytes } = watch.end();
  if (ending !== 0) {
    throw new Error(`${words.join(' ')} ended with ${ending}: ${readFileSync(logFile, 'utf8')}`);
  }
  return { peakBytes, seconds: (performance.now() - startedMs) / 1000 };
}

async function spooledFile(folder: string): Promise<string> {
  const spoolFolder = join(folder, SPOOL_FOLDER);
  const name = (await readdir(spoolFolder)).find((one) => one.endsWith('.tar.gz'));
  if (name === undefined) throw new Error('there is no bundle in the spool');
  return join(spoolFolder, name);
}

/** By the agent as a whole, to a receiver in this process. */
async function upload(folder: string, { bundle }: RunRecord): Promise<Step> {
  const receiver = await startReceiver({ keep: 'hash', tls: {} });
  const startedMs = performance.now();
  const serving = await startServe(folder, {
    SPEC: join(folder, 'no-spec.yaml'),
    UPLOAD_URL: `${receiver.url}/bundles/`,
    UPLOAD_CA_FILE: receiver.caFile ?? '',
    MAX_BUNDLE_SIZE: '3Gi',
    SPOOL_MAX_SIZE: '6Gi',
  });
  try {
    const watch = watchPeaks(groupOf(serving.process.pid));
    const [object] = await receiver.waitForObjects(1, UPLOADED_WITHIN_MS);
    const { leaderBytes: peakBytes } = watch.end();
    if (object?.sha256 !== bundle?.sha256) throw new Error('another bundle arrived than was sent');
    return { peakBytes, seconds: (performance.now() - startedMs) / 1000 };
  } finally {
    await serving.process.stop();
    await receiver.stop();
  }
}
