/** A bundle with 1 GiB of logs, redacted: how much memory that takes. */

import { join } from 'node:path';

import { CHILD_NODE_FLAGS } from '../../agent/run/child.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { type Figure, megabytes, memoryFigure, plainFigure } from './figure.ts';
import { type BundleText, writeBundle } from './redact-bundle.ts';
import { redactByAgent } from './redact-programs.ts';
import { logLine, textFrom } from './redact-texts.ts';

const GOAL_MEGABYTES = 200;
const MEBIBYTE = 2 ** 20;

/** 1 GiB: one large log, some of a usual size, many short ones. */
const LOGS = [
  { count: 1, mebibytes: 512 },
  { count: 8, mebibytes: 32 },
  { count: 256, mebibytes: 1 },
] as const;

export async function redactMemory(): Promise<readonly Figure[]> {
  const folder = temporaryFolder('bench-redact-memory');
  try {
    const bundle = join(folder, 'bundle.tar.gz');
    const logs = manyLogs();
    await writeBundle(bundle, logs);
    const bytes = logs.reduce((sum, log) => sum + log.bytes, 0);
    const { wallMs, peakBytes } = await redactByAgent(bundle);
    const child = await redactByAgent(bundle, { nodeFlags: CHILD_NODE_FLAGS });
    return [
      memoryFigure('redact, 1 GiB of logs: peak', peakBytes, GOAL_MEGABYTES),
      memoryFigure(
        "redact, 1 GiB of logs, with the flags of serve's child: peak",
        child.peakBytes,
        GOAL_MEGABYTES,
      ),
      plainFigure('redact, 1 GiB of logs: pace', `${megabytes((bytes / wallMs) * 1000)}/s`),
    ];
  } finally {
    await removeFolder(folder);
  }
}

function manyLogs(): readonly BundleText[] {
  // Whole lines but for the last: no more memory than this, however many logs.
  const block = textFrom(logLine, MEBIBYTE).subarray(0, MEBIBYTE);
  return LOGS.flatMap(({ count, mebibytes }) =>
    Array.from({ length: count }, (_, index) => ({
      path: `cluster-resources/pods/logs/team-${mebibytes}/orders-${index}/main.log`,
      bytes: mebibytes * MEBIBYTE,
      read: () => Array.from({ length: mebibytes }, () => block),
    })),
  );
}
