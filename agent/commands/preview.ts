/** `preview`: everything a run does but for sending, then what would be sent. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { systemClock } from '../clock.ts';
import { createLogger } from '../log.ts';
import type { RunRecord } from '../run/record.ts';
import { type CollectOptions, CollectRun } from './collect-run.ts';
import type { CommandContext } from './context.ts';
import { Progress } from './progress.ts';
import {
  describeCollectors,
  describeFiles,
  describeHidden,
  describeLeftOut,
} from './redaction-report.ts';
import { readSettings } from './settings.ts';
import { makeWorkFolder } from './work-folder.ts';

/**
 * 0: the tables are on stdout; 1: there would be no bundle, and why is on stderr.
 *
 * @throws {AgentError} CONFIG_INVALID, WORK_DIR_UNUSABLE: before the run; what ends the run is told, with its code, on stderr.
 */
export async function preview(
  context: CommandContext,
  options: Pick<CollectOptions, 'spec' | 'engine'>,
): Promise<number> {
  const config = readSettings(context);
  const progress = new Progress(context.stderr);
  const log = createLogger({ level: config.logLevel, format: 'text', stream: progress });
  const folder = await makeWorkFolder(config, systemClock);
  const output = join(folder, 'preview.tar.gz');
  const run = new CollectRun({ config, context, options: { ...options, output }, log, progress });
  try {
    const record = await run.run(context.signal);
    progress.end();
    return explain(record, run, context);
  } finally {
    progress.end();
    await run.cleanUp();
    await rm(folder, { recursive: true, force: true });
  }
}

function explain(record: RunRecord, run: CollectRun, { stdout, stderr }: CommandContext): number {
  const { archived } = run;
  if (archived === undefined || record.bundle === null) {
    const { code, message } = record.error ?? { code: 'RUN_CRASHED', message: 'no bundle' };
    stderr.write(`${code}: ${message}\n`);
    return 1;
  }
  const { files, leftOut } = archived;
  const { bytes, uncompressedBytes } = record.bundle;
  const sections = [
    describeCollectors(record.collectors),
    describeFiles(files),
    describeHidden(files),
    describeLeftOut(leftOut),
    `${record.bundle.files} files of ${uncompressedBytes} bytes, ${bytes} bytes compressed, by the engine ${record.engine}; nothing was sent\n`,
  ];
  stdout.write(sections.filter((section) => section !== '').join('\n'));
  return 0;
}
