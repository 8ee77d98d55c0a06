/** `collect`: one run without upload. `serve` starts each of its runs as this command, in a process of its own. */

import type { Readable } from 'node:stream';

import { MANIFEST_PATH } from '../archive/layout.ts';
import { loadConfig } from '../config/load.ts';
import { createLogger } from '../log.ts';
import type { RunRecord } from '../run/record.ts';
import { type CollectOptions, CollectRun } from './collect-run.ts';
import type { CommandContext } from './context.ts';
import { Progress } from './progress.ts';
import { exitCodeOf } from './run.ts';
import { readSettings } from './settings.ts';

/** The command. Prints the record on stdout, also of a run that failed. */
export async function collect(context: CommandContext, options: CollectOptions): Promise<number> {
  const isOwn = options.runId === undefined;
  const config = isOwn ? readSettings(context) : loadConfig(context.environment);
  const signal = isOwn
    ? context.signal
    : AbortSignal.any([context.signal, whenClosed(context.stdin)]);
  const progress = new Progress(context.stderr);
  const log = createLogger({
    level: config.logLevel,
    format: isOwn ? 'text' : config.logFormat,
    stream: progress,
  });
  const run = new CollectRun({ config, context, options, log, progress });
  try {
    const record = await run.run(signal);
    progress.end();
    if (isOwn) explain(record, run.output, context);
    context.stdout.write(`${JSON.stringify(record, null, isOwn ? 2 : undefined)}\n`);
    return exitCodeOf(record);
  } finally {
    progress.end();
    await run.cleanUp();
    if (!isOwn) context.stdin.destroy();
  }
}

/** Aborts when the other end of the pipe is gone: `serve` was killed. */
function whenClosed(stdin: Readable): AbortSignal {
  const gone = new AbortController();
  stdin.once('close', () => gone.abort(new Error('the agent has ended')));
  stdin.once('end', () => gone.abort(new Error('the agent has ended')));
  stdin.once('error', () => gone.abort(new Error('the agent has ended')));
  stdin.resume();
  return gone.signal;
}

function explain(record: RunRecord, output: string, { stderr }: CommandContext): void {
  for (const { name, outcome, errors } of record.collectors) {
    if (outcome === 'ok') continue;
    stderr.write(`${name}: ${outcome}${errors.length === 0 ? '' : `: ${errors.join('; ')}`}\n`);
  }
  const leftOut = record.bundle?.leftOut ?? 0;
  if (leftOut > 0) {
    stderr.write(`left out: ${leftOut}, each with its reason in ${MANIFEST_PATH}\n`);
  }
  if (record.error !== null) stderr.write(`${record.error.code}: ${record.error.message}\n`);
  else stderr.write(`${record.partial ? 'partial bundle' : 'bundle'} in ${output}\n`);
}
