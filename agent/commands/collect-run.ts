/** One run without upload, its phases put together from the settings: what `collect` and `preview` do. */

import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';

import { type Archived, writeArchive } from '../archive/archive.ts';
import { bundleName } from '../archive/layout.ts';
import type { ManifestFacts } from '../archive/manifest.ts';
import { cutText } from '../bundle.ts';
import { systemClock, toRfc3339 } from '../clock.ts';
import type { AgentConfig } from '../config/fields.ts';
import type { KubeApi } from '../kube/client.ts';
import { connectKube } from '../kube/connect.ts';
import { type Logger, silentLogger } from '../log.ts';
import { MASK } from '../mask.ts';
import { chooseEngine, type Engine, type EngineName, type Engines } from '../run/engine.ts';
import { readInstallationId } from '../run/installation.ts';
import { newRunId, type RunRecord } from '../run/record.ts';
import { run } from '../run/run.ts';
import { loadSpec } from '../spec/load.ts';
import type { BundleSpec } from '../spec/types.ts';
import { VERSION } from '../version.ts';
import type { CommandContext } from './context.ts';
import { assertAnswers, makeEngines, readProgramVersion } from './engines.ts';
import { releaseOf, specRefs } from './identity.ts';
import { assertWritable, moveTo } from './output.ts';
import type { Progress } from './progress.ts';
import { makeRedaction, type Redaction } from './redaction.ts';
import { makeWorkFolder } from './work-folder.ts';

export interface CollectOptions {
  readonly spec?: readonly string[];
  readonly output?: string;
  readonly engine?: 'auto' | EngineName;
  /** Given by `serve`, which names the run and takes over both files. */
  readonly runId?: string;
  readonly manifest?: string;
}

export interface CollectParts {
  readonly config: AgentConfig;
  readonly context: CommandContext;
  readonly options: CollectOptions;
  readonly log: Logger;
  readonly progress: Progress;
}

export class CollectRun {
  readonly output: string;
  readonly #parts: CollectParts;
  readonly #startedAtMs = systemClock.now();
  readonly #runId: string;
  readonly #engines: Engines;
  #kube: Promise<KubeApi> | undefined;
  /** For clear text. */
  #folder: string | undefined;
  #archived: Archived | undefined;
  /** Made before anything is collected. */
  #redaction: Redaction | undefined;

  constructor(parts: CollectParts) {
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

  /** What is in the bundle; undefined while there is none. */
  get archived(): Archived | undefined {
    return this.#archived;
  }

  run(signal: AbortSignal): Promise<RunRecord> {
    const { config, log } = this.#parts;
    return run(
      {
        loadSpec: (runSignal) => this.#loadSpec(runSignal),
        makeRedaction: async (spec, runSignal) => {
          const workFolder = (): Promise<string> => this.#workFolder();
          const redactionParts = { config, log, connect: this.#connect, workFolder };
          this.#redaction = await makeRedaction(spec, redactionParts, runSignal);
          return this.#redaction.redact;
        },
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
    if (engine.name === 'native') await assertAnswers(await this.#connect(), log, signal);
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
      log.warn({ source, lineNumber, reason: cutText(message) }, `spec: ${kind}`);
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
    this.#archived = archived;
    return archived;
  }

  #words(text: string): string {
    return cutText(this.#redaction?.words(text) ?? MASK);
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
      notices: spec.notices.map((notice) => ({ ...notice, message: this.#words(notice.message) })),
    };
  }
}
