/** `collect`: one run without upload. `serve` starts each of its runs as this command, in a process of its own. */

import { rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Readable } from 'node:stream';

import { writeArchive } from '../archive/archive.ts';
import { bundleName, MANIFEST_PATH } from '../archive/layout.ts';
import type { ManifestFacts } from '../archive/manifest.ts';
import { asArchiveError } from '../archive/tar-writer.ts';
import { systemClock, toRfc3339 } from '../clock.ts';
import type { AgentConfig } from '../config/fields.ts';
import { loadConfig } from '../config/load.ts';
import { AgentError } from '../errors.ts';
import type { KubeApi } from '../kube/client.ts';
import { connectKube } from '../kube/connect.ts';
import { createLogger, type Logger, silentLogger } from '../log.ts';
import { chooseEngine, type Engine, type EngineName, type Engines } from '../run/engine.ts';
import { readInstallationId } from '../run/installation.ts';
import { newRunId, type RunRecord } from '../run/record.ts';
import { type Archived, run } from '../run/run.ts';
import { loadSpec } from '../spec/load.ts';
import type { BundleSpec } from '../spec/types.ts';
import { VERSION } from '../version.ts';
import type { CommandContext } from './context.ts';
import { assertAnswers, makeEngines, readProgramVersion } from './engines.ts';
import { releaseOf, specRefs } from './identity.ts';
import { Progress } from './progress.ts';
import { exitCodeOf } from './run.ts';
import { makeWorkFolder } from './work-folder.ts';

export interface CollectOptions {
  readonly spec?: readonly string[];
  readonly output?: string;
  readonly engine?: 'auto' | EngineName;
  /** Given by `serve`, which names the run and takes over both files. */
  readonly runId?: string;
  readonly manifest?: string;
}

/** The command. Prints the record on stdout, also of a run that failed. */
export async function collect(context: CommandContext, options: CollectOptions): Promise<number> {
  const config = loadConfig(context.environment);
  const isOwn = options.runId === undefined;
  const signal = isOwn
    ? context.signal
    : AbortSignal.any([context.signal, whenClosed(context.stdin)]);
  const progress = new Progress(context.stderr);
  const log = createLogger({
    level: config.logLevel,
    format: isOwn ? 'text' : config.logFormat,
    stream: progress,
  });
  const job = new CollectJob({ config, context, options, log, progress });
  try {
    const record = await job.run(signal);
    progress.end();
    if (isOwn) explain(record, job.output, context);
    context.stdout.write(`${JSON.stringify(record, null, isOwn ? 2 : undefined)}\n`);
    return exitCodeOf(record);
  } finally {
    progress.end();
    await job.cleanUp();
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

/** Before anything is collected: where the bundle is to go. */
async function assertWritable(output: string): Promise<void> {
  const [there, folder] = await Promise.all(
    [output, dirname(output)].map((path) => stat(path).catch(() => undefined)),
  );
  if (there?.isDirectory() === true) {
    throw new AgentError('ARCHIVE_WRITE', `${output} is a folder: --output names a file`);
  }
  if (folder?.isDirectory() !== true) {
    throw new AgentError('ARCHIVE_WRITE', `${output}: there is no folder ${dirname(output)}`);
  }
}

async function moveTo(output: string, partial: string): Promise<void> {
  try {
    await rename(partial, output);
  } catch (error) {
    await rm(partial, { force: true });
    throw asArchiveError(error, output);
  }
}

function explain(record: RunRecord, output: string, { stderr }: CommandContext): void {
  for (const { name, outcome, errors } of record.collectors) {
    if (outcome === 'ok') continue;
    stderr.write(`${name}: ${outcome}${errors.length === 0 ? '' : `: ${errors.join('; ')}`}\n`);
  }
  const leftOut = record.bundle?.leftOut ?? 0;
  if (leftOut > 0) {
    stderr.write(`left out: ${leftOut} files, each with its reason in ${MANIFEST_PATH}\n`);
  }
  if (record.error !== null) stderr.write(`${record.error.code}: ${record.error.message}\n`);
  else stderr.write(`${record.partial ? 'partial bundle' : 'bundle'} in ${output}\n`);
}

interface JobParts {
  readonly config: AgentConfig;
  readonly context: CommandContext;
  readonly options: CollectOptions;
  readonly log: Logger;
  readonly progress: Progress;
}

/** The phases of one run, put together. */
class CollectJob {
  readonly output: string;
  readonly #parts: JobParts;
  readonly #startedAtMs = systemClock.now();
  readonly #runId: string;
  readonly #engines: Engines;
  #kube: Promise<KubeApi> | undefined;
  /** For clear text. */
  #folder: string | undefined;

  constructor(parts: JobParts) {
    this.#parts = parts;
    this.#runId = parts.options.runId ?? newRunId(this.#startedAtMs);
    this.output = resolve(parts.options.output ?? `${bundleName(this.#startedAtMs)}.tar.gz`);
    const { config, context, options, log, progress } = parts;
    this.#engines = makeEngines({
      config,
      environment: context.environment,
      // What the bar shows needs no line for each collector; what went wrong is told in the end.
      log: progress.isShown ? silentLogger : log,
      runId: this.#runId,
      isOwnGroup: options.runId === undefined,
      connect: this.#connect,
      workFolder: () => this.#workFolder(),
    });
  }

  run(signal: AbortSignal): Promise<RunRecord> {
    const { config } = this.#parts;
    return run(
      {
        loadSpec: (runSignal) => this.#loadSpec(runSignal),
        chooseEngine: (spec, runSignal) => this.#chooseEngine(spec, runSignal),
        archive: (collected, context, runSignal) => this.#archive(collected, context, runSignal),
        clock: systemClock,
        runTimeoutMs: config.runTimeoutMs,
      },
      { id: this.#runId, trigger: 'command' },
      signal,
    );
  }

  async #chooseEngine(spec: BundleSpec, signal: AbortSignal): Promise<Engine> {
    const { config, options, log, progress } = this.#parts;
    const engine = await chooseEngine(options.engine ?? config.engine, spec, this.#engines);
    if (engine.name === 'native') {
      log.warn({ engine: engine.name }, 'this bundle is not redacted: keep it to yourself');
      await assertAnswers(await this.#connect(), log, signal);
    }
    return { ...engine, collect: (...parameters) => progress.count(engine.collect(...parameters)) };
  }

  /** Removes the clear text. */
  async cleanUp(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  /** Made once, inside the run: a folder that cannot be made is the run's error. */
  async #workFolder(): Promise<string> {
    this.#folder ??= await makeWorkFolder(this.#parts.config, systemClock);
    return this.#folder;
  }

  /** One connection for the whole run, made when something first needs the cluster. */
  readonly #connect = (): Promise<KubeApi> => {
    this.#kube ??= connectKube({
      concurrency: this.#parts.config.kubeConcurrency,
      outlastsOutages: true,
    });
    return this.#kube;
  };

  async #loadSpec(signal: AbortSignal): Promise<BundleSpec> {
    const { config, context, options, log } = this.#parts;
    await assertWritable(this.output);
    await this.#workFolder();
    const spec = await loadSpec(
      {
        refs: options.spec ?? specRefs(config),
        selector: config.specSelector,
        namespaces: config.specNamespaces,
        ownNamespace: config.podNamespace,
        allowRemote: config.specRemote,
        collectorsAllowed: config.collectorsAllowed,
        restrictToNamespaces: config.namespaces,
        kube: this.#connect,
        stdin: context.stdin,
      },
      signal,
    );
    for (const { kind, source, lineNumber, message } of spec.notices) {
      log.warn({ source, lineNumber, reason: message }, `spec: ${kind}`);
    }
    return spec;
  }

  async #archive(
    collected: Parameters<typeof writeArchive>[0],
    { spec, engine }: { readonly spec: BundleSpec; readonly engine: Engine },
    signal: AbortSignal,
  ): Promise<Archived> {
    const { config, options } = this.#parts;
    // `serve` hands over a partial file and renames it itself.
    const file = options.runId === undefined ? `${this.output}.partial` : this.output;
    const archived = await writeArchive(
      collected,
      {
        topFolder: bundleName(this.#startedAtMs),
        file,
        ...(options.manifest === undefined ? {} : { manifestFile: options.manifest }),
        maxUncompressedBytes: config.maxBundleBytes,
        facts: await this.#facts(spec, engine, signal),
      },
      signal,
    );
    if (file !== this.output) await moveTo(this.output, file);
    return archived;
  }

  async #facts(spec: BundleSpec, engine: Engine, signal: AbortSignal): Promise<ManifestFacts> {
    const { config, context } = this.#parts;
    const kube = await this.#connect();
    const version =
      engine.name === 'native' ? VERSION : await readProgramVersion(config, context, signal);
    return {
      agentVersion: VERSION,
      engine: { kind: engine.name, version },
      runId: this.#runId,
      installationId: await readInstallationId(kube, releaseOf(config), signal),
      createdAt: toRfc3339(this.#startedAtMs),
      specs: spec.sources,
      notices: spec.notices,
    };
  }
}
