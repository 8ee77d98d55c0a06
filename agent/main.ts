#!/usr/bin/env node
/** Commands: reads the command line, owns the process, and hands everything else to `commands/`. */

import process from 'node:process';
import { setFlagsFromString } from 'node:v8';

import { Command, CommanderError, Option } from 'commander';

import type { CommandContext } from './commands/context.ts';
import type { RedactCommandOptions } from './commands/redact.ts';
import { ConfigError } from './config/load.ts';
import { AgentError, messageOf } from './errors.ts';
import { VERSION } from './version.ts';

/** Exit codes are part of the contract: 1 = could not, 2 = the command line is wrong. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** As `engines` of package.json has it. */
const LEAST_NODE = 24;

/** Kubernetes and users are promised 10 s. */
const LEAVE_WITHIN_MS = 9_500;

const shutdown = new AbortController();
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The first asks for an orderly end, the second is out of patience.
    if (shutdown.signal.aborted) process.exit(EXIT_FAILED);
    shutdown.abort(new Error(name));
    // What still waits by then, for an API server that hangs, say, is found again at the next start.
    setTimeout(() => process.exit(EXIT_FAILED), LEAVE_WITHIN_MS).unref();
  });
}

const context: CommandContext = {
  environment: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  self: [process.execPath, ...process.execArgv, process.argv[1] ?? import.meta.filename],
  signal: shutdown.signal,
};

process.exitCode = isNodeTooOld() ? EXIT_FAILED : await main(process.argv.slice(2));
// What was asked to end is ended: a connection that lingers must not keep the process.
if (shutdown.signal.aborted) process.exit();

/** An older one fails at the first pattern that it does not know, with a stack that helps nobody. */
function isNodeTooOld(): boolean {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) >= LEAST_NODE) return false;
  process.stderr.write(`cron-support-bundle needs Node ${LEAST_NODE} or newer, this is ${node}\n`);
  return true;
}

async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = buildProgram((code) => {
    exitCode = code;
  });
  try {
    // Not commander's default command: that would take a command that is misspelt for an argument of it.
    await program.parseAsync(args.length === 0 ? ['serve'] : [...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

/** What an operator can act on is said in a line each; only what nobody expected comes with its stack. */
function explain(error: unknown): number {
  // Whatever was broken off by Ctrl-C needs no explanation.
  if (shutdown.signal.aborted) return EXIT_FAILED;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof ConfigError) {
    for (const problem of error.problems) process.stderr.write(`${error.code}: ${problem}\n`);
  } else if (error instanceof AgentError) {
    process.stderr.write(`${error.code}: ${error.message}\n`);
  } else {
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}\n`,
    );
  }
  return EXIT_FAILED;
}

type Done = (exitCode: number) => void;

function buildProgram(done: Done): Command {
  const program = new Command('cron-support-bundle')
    .description(
      'Collects a troubleshoot support bundle on a schedule, redacts it, and delivers it.',
    )
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(see --help)');
  program
    .command('serve')
    .description(
      'the agent: schedule, delivery and HTTP (settings come from the environment); what runs without a command',
    )
    .addHelpText('after', '\nExit codes: 0 asked to end, 1 could not start or go on.')
    .action(async () => {
      keepYoungGenerationSmall();
      const { serve } = await import('./serve/serve.ts');
      done(await serve(context));
    });
  addCollect(program, done);
  addRun(program, done);
  addSchedule(program, done);
  addVerify(program, done);
  addRedact(program, done);
  addPreview(program, done);
  return program;
}

/**
 * V8 asks before it lets the young generation grow, which loading all the modules makes it do: about 10 MB less, for good,
 * and 100 MB less where buffers stream by. The flags for its size itself must be there before the process starts.
 */
function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

function addCollect(program: Command, done: Done): void {
  const engine = new Option('--engine <engine>', 'what collects (default: ENGINE)');
  program
    .command('collect')
    .description('one run without upload; prints its record as JSON')
    .option(
      '--spec <ref...>',
      'secret/<namespace>/<name>[/<key>], configmap/…, a file, - or an https: URL',
    )
    .option(
      '--output <file>',
      'where the bundle goes (default: named after the bundle, in this folder)',
    )
    .addOption(engine.choices(['auto', 'native', 'cli']))
    .addOption(new Option('--run-id <id>').hideHelp())
    .addOption(new Option('--manifest <file>').hideHelp())
    .addHelpText(
      'after',
      [
        '',
        'Everything else comes from the environment: KUBECONFIG, SPEC (the default of --spec), COLLECTORS_ALLOWED, NAMESPACES,',
        'RUN_TIMEOUT, ….',
        'REDACT_DISABLE, REDACT_ENABLE and REDACT_OPAQUE say what is hidden beside what the spec asks for.',
        '',
        'Exit codes: 0 complete, 3 partial (what is missing is named), 1 no bundle.',
      ].join('\n'),
    )
    .action(async (options: object) => {
      const { collect } = await import('./commands/collect.ts');
      done(await collect(context, options));
    });
}

function addRun(program: Command, done: Done): void {
  program
    .command('run')
    .description('asks the agent in this pod for a run now and prints its record')
    .addHelpText(
      'after',
      '\nExit codes: 0 complete, 3 partial, 1 failed, 4 a run is under way already.',
    )
    .action(async () => {
      const { requestRun } = await import('./commands/run.ts');
      done(await requestRun(context));
    });
}

function addSchedule(program: Command, done: Done): void {
  program
    .command('schedule')
    .description('the next runs by SCHEDULE and TIME_ZONE')
    .option('--count <number>', 'how many', '5')
    .option('--from <instant>', 'RFC 3339 (default: now)')
    .addHelpText(
      'after',
      '\nExit codes: 0 shown, 1 nothing is scheduled or a setting is wrong, 2 an option is.',
    )
    .action(async (options: { readonly count: string; readonly from?: string }) => {
      const { schedule } = await import('./commands/schedule.ts');
      done(schedule(context, options));
    });
}

function addVerify(program: Command, done: Done): void {
  program
    .command('verify')
    .description('checks a bundle against its manifest')
    .argument('<file>', 'a .tar.gz, or - for standard input')
    .addHelpText('after', '\nExit codes: 0 intact, 1 not (each difference is named).')
    .action(async (file: string) => {
      const { verify } = await import('./commands/verify.ts');
      done(await verify(context, file));
    });
}

function addRedact(program: Command, done: Done): void {
  program
    .command('redact')
    .description('takes secrets out of a bundle that is there already')
    .argument('<file>', "a .tar.gz, ours or troubleshoot's")
    .requiredOption('--output <file>', 'where the redacted bundle goes; replaced if it is there')
    .option(
      '--redactors <ref>',
      'a Redactor document, as --spec of collect names it; may be given again',
      (ref: string, refs: readonly string[] | undefined) => [...(refs ?? []), ref],
    )
    .option('--upstream', "troubleshoot's rules alone, with its very results; nothing of ours")
    .addHelpText(
      'after',
      [
        '',
        'REDACT_DISABLE and REDACT_ENABLE choose among our own rules, REDACT_OPAQUE says what becomes of files that cannot be looked',
        'into; MAX_BUNDLE_SIZE and WORK_DIR bound and hold what is unpacked.',
        '',
        'Exit codes: 0 redacted, 3 more was left out than before (each is named), 1 no bundle.',
      ].join('\n'),
    )
    .action(async (file: string, options: RedactCommandOptions) => {
      keepYoungGenerationSmall();
      const { redact } = await import('./commands/redact.ts');
      done(await redact(context, file, options));
    });
}

function addPreview(program: Command, done: Done): void {
  program
    .command('preview')
    .description('what a run would send: collectors, files, what is hidden in them; sends nothing')
    .option('--spec <ref...>', 'as for collect')
    .addOption(
      new Option('--engine <engine>', 'what collects (default: ENGINE)').choices([
        'auto',
        'native',
        'cli',
      ]),
    )
    .addHelpText(
      'after',
      [
        '',
        'Everything else comes from the environment, as for collect: REDACT_DISABLE, REDACT_ENABLE, REDACT_OPAQUE and SECRET_SCAN say',
        'what is hidden and what is left out.',
        '',
        'Exit codes: 0 shown, 1 there would be no bundle.',
      ].join('\n'),
    )
    .action(async (options: object) => {
      keepYoungGenerationSmall();
      const { preview } = await import('./commands/preview.ts');
      done(await preview(context, options));
    });
}
