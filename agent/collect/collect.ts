/** The native engine: runs the collectors of a spec through the Kubernetes API, side by side and within bounds. */

import { WorkFolder } from '../body/body.ts';
import { type Collected, type CollectorResult, cutText } from '../bundle.ts';
import { type Clock, toRfc3339 } from '../clock.ts';
import { hasCode, messageOf } from '../errors.ts';
import { apiMessageOf } from '../kube/api-error.ts';
import type { KubeApi } from '../kube/client.ts';
import type { Logger } from '../log.ts';
import { redactLine } from '../redact-line.ts';
import type { BundleSpec, CollectorSpec } from '../spec/types.ts';
import { Tally } from '../tally.ts';
import type { ApiRule, CollectContext, Piece } from './collector.ts';
import { CollectorDeadline } from './collector-deadline.ts';
import { ownFile, Paths, toEntries } from './entries.ts';
import { textOf } from './fields.ts';
import { untilGraceEnds } from './grace.ts';
import { type ImageMap, replaceImage } from './images.ts';
import { interleave } from './interleave.ts';
import type { Network } from './network/network.ts';
import {
  collectorErrorFile,
  type Skipped,
  skippedFile,
  summaryFile,
  versionFile,
} from './own-files.ts';
import { findMissingRights } from './permission.ts';
import { discardPiece } from './pieces.ts';
import {
  type FindCollector,
  type Plan,
  type PlannedCollector,
  planCollectors,
  runningOrder,
} from './plan.ts';
import { Settlements } from './settlements.ts';
import { type Found, tidyUp } from './workload/leftovers.ts';

export interface NativeOptions {
  readonly kube: KubeApi;
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Logger;
  /** Exists. For bodies that are too large for memory; nothing is left in it in the end. */
  readonly workDir: string;
  /** MAX_BUNDLE_SIZE: as much may lie in it at once. */
  readonly maxWorkBytes: number;
  /** KUBE_CONCURRENCY. */
  readonly concurrency: number;
  /** RUN_TIMEOUT: what a run made that began before is left over. */
  readonly runTimeoutMs: number;
  /** COLLECTOR_TIMEOUT. */
  readonly collectorTimeoutMs: number;
  /** COLLECTOR_IMAGES. */
  readonly images: ImageMap;
  readonly runId: string;
  /** Undefined where it cannot be read. */
  readonly installationId: string | undefined;
  /** NAMESPACES; undefined: all. */
  readonly namespaces?: readonly string[] | undefined;
  /** For `version.yaml`. */
  readonly version: string;
  readonly find?: FindCollector;
}

export interface NativeSignals {
  /** Aborts when the run is to be given up: what is made in the cluster is removed, then it rejects. */
  readonly signal: AbortSignal;
  /** Aborts at RUN_TIMEOUT: collectors that have not ended are cut off and named, and the bundle is still made. */
  readonly deadline: AbortSignal;
}

/** Collectors at once: each holds a few MiB at most, and the API is asked within its own budget. */
const MOST_AT_ONCE = 8;

/**
 * Runs all collectors: first those that read, then those that make objects or run commands in the
 * cluster, `copy` last, since it may fetch what the others wrote.
 *
 * @yields Entries as they are ready, then the engine's own files, then how each collector ended.
 * @throws The signal's reason, when it aborts.
 */
export async function* collectNatively(
  spec: BundleSpec,
  options: NativeOptions,
  signals: NativeSignals,
): AsyncGenerator<Collected> {
  yield* new NativeRun(spec, options, signals).collect();
}

class NativeRun {
  readonly #spec: BundleSpec;
  readonly #options: NativeOptions;
  readonly #signals: NativeSignals;
  readonly #plan: Plan;
  readonly #workFolder: WorkFolder;
  readonly #startedAt: number;
  readonly #paths = new Paths();
  readonly #settlements: Settlements;
  readonly #tallies = new Map<string, Tally>();
  /** By the collector that was not started. */
  readonly #skipped = new Map<CollectorSpec, Skipped>();

  constructor(spec: BundleSpec, options: NativeOptions, signals: NativeSignals) {
    this.#spec = spec;
    this.#options = options;
    this.#signals = signals;
    this.#startedAt = options.clock.elapsed();
    this.#workFolder = new WorkFolder(options.workDir, options.maxWorkBytes);
    this.#plan = planCollectors(spec, options.find);
    this.#settlements = new Settlements(this.#plan.readers.flat().map(({ type }) => type));
    for (const { title } of spec.collectors) this.#tally(title);
  }

  async *collect(): AsyncGenerator<Collected> {
    const { readers, workloads, excluded } = this.#plan;
    for (const { title, reason } of this.#plan.unsupported) {
      this.#tally(title).addOutcome('unsupported', [reason]);
    }
    for (const collector of excluded) {
      this.#tally(collector.title).addOutcome('excluded');
      this.#skip(collector, 'excluded', null);
    }
    const [copies, makers] = [
      workloads.filter(([first]) => first?.type === 'copy'),
      workloads.filter(([first]) => first?.type !== 'copy'),
    ];
    yield* this.#runAtOnce(readers, MOST_AT_ONCE);
    if (workloads.length > 0) await this.#removeLeftovers(workloads.flat());
    for (const turn of [makers, copies]) {
      yield* this.#runAtOnce(turn, this.#options.concurrency);
    }
    yield* this.#ownFiles();
    yield* this.#results();
  }

  /** Of runs that were killed; without an id none can be told to be of this installation. */
  async #removeLeftovers(workloads: readonly PlannedCollector[]): Promise<void> {
    const { kube, clock, log, runId, installationId, runTimeoutMs, namespaces } = this.#options;
    if (installationId === undefined) return;
    const named = workloads.map(({ fields }) => textOf(fields, 'namespace'));
    const places = namespaces ?? [kube.namespace, 'default', ...named];
    const options = {
      installationId,
      namespaces: places.filter((name) => name !== ''),
      isLeftover: (found: Found) =>
        found.runId !== runId && found.createdAtMs < clock.now() - runTimeoutMs,
      log,
    };
    const { signal, deadline } = this.#signals;
    await tidyUp(async () => kube, options, AbortSignal.any([signal, deadline]));
    signal.throwIfAborted();
  }

  #runAtOnce(
    lanes: readonly (readonly PlannedCollector[])[],
    limit: number,
  ): AsyncGenerator<Collected> {
    return interleave(
      lanes.map((lane) => this.#runLane(lane)),
      limit,
    );
  }

  async *#runLane(lane: readonly PlannedCollector[]): AsyncGenerator<Collected> {
    for (const collector of lane) yield* this.#runOne(collector);
  }

  async *#runOne(collector: PlannedCollector): AsyncGenerator<Collected> {
    const { title, type } = collector;
    const { clock, collectorTimeoutMs } = this.#options;
    const startedAt = clock.elapsed();
    using timeout = new CollectorDeadline(collectorTimeoutMs, clock);
    const { signal, deadline } = this.#signals;
    const ends = AbortSignal.any([signal, deadline, timeout.signal]);
    const context = this.#context(ends, timeout);
    // Otherwise the run is given up, and nothing that is said of this one would be true.
    let hasEnded = false;
    try {
      const pieces = untilGraceEnds(this.#pieces(collector, context), context.signal, {
        onDropped: discardPiece,
      });
      for await (const piece of pieces) {
        yield* this.#take(piece, title);
      }
      // Cut off in an orderly way: it named what is missing, and this says why.
      if (context.signal.aborted) throw context.signal.reason;
      hasEnded = true;
    } catch (error) {
      signal.throwIfAborted();
      yield* this.#fail(title, this.#describe(error, context.signal));
      hasEnded = true;
    } finally {
      this.#tally(title).addDuration(clock.elapsed() - startedAt);
      this.#settlements.settle(type);
      if (hasEnded) this.#report(title);
    }
  }

  async *#pieces(planned: PlannedCollector, context: CollectContext): AsyncGenerator<Piece> {
    const { title, fields } = planned;
    const collector = await planned.load();
    const missing = await this.#missingRights(title, collector.rules(fields), context.signal);
    if (missing.length > 0) {
      this.#tally(title).addOutcome('forbidden', missing);
      this.#skip(planned, 'insufficient RBAC permissions', missing);
      return;
    }
    this.#tally(title).addOutcome('ok');
    yield* collector.collect(fields, context);
  }

  /** Where the API does not say, the collector tries. */
  async #missingRights(
    title: string,
    rules: readonly ApiRule[],
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    try {
      return await findMissingRights({ title, rules }, this.#options.kube, signal);
    } catch (error) {
      signal.throwIfAborted();
      const reason = redactLine(messageOf(error));
      this.#options.log.warn({ collector: title, reason }, 'rights could not be asked for');
      return [];
    }
  }

  async *#take(piece: Piece, title: string): AsyncGenerator<Collected> {
    const tally = this.#tally(title);
    if (piece.kind === 'problem') {
      const outcome = piece.outcome === 'named' ? 'ok' : piece.outcome;
      tally.addOutcome(outcome, [piece.message]);
      return;
    }
    for await (const entry of toEntries(piece, title, this.#paths)) {
      if (entry.kind === 'file' || entry.kind === 'link') tally.addEntry(entry);
      yield entry;
    }
  }

  async *#fail(title: string, failure: Failure): AsyncGenerator<Collected> {
    const { outcome, message, fileText } = failure;
    this.#tally(title).addOutcome(outcome, [message]);
    const timestamp = toRfc3339(this.#options.clock.now());
    const path = `collector-errors/${title}-error.json`;
    yield* ownFile(path, collectorErrorFile(title, fileText, timestamp), this.#paths);
  }

  #describe(error: unknown, signal: AbortSignal): Failure {
    if (signal.aborted) {
      const isRun = this.#signals.deadline.aborted;
      const seconds = this.#options.collectorTimeoutMs / 1000;
      const message = isRun
        ? 'cut off: the run reached RUN_TIMEOUT'
        : `did not end within COLLECTOR_TIMEOUT of ${seconds} s`;
      return { outcome: 'timeout', message, fileText: message };
    }
    const outcome = hasCode(error, 'KUBE_FORBIDDEN') ? 'forbidden' : 'failed';
    return { outcome, message: messageOf(error), fileText: apiMessageOf(error) };
  }

  #context(signal: AbortSignal, timeout: CollectorDeadline): CollectContext {
    const { kube, network, clock, log, concurrency, runId, installationId, images } = this.#options;
    return {
      kube,
      network,
      signal,
      clock,
      log,
      workDir: this.#workFolder,
      concurrency,
      runId,
      installationId,
      image: (name) => replaceImage(name, images),
      settled: (type) => timeout.pausedWhile(this.#settlements.settled(type, signal)),
    };
  }

  async *#ownFiles(): AsyncGenerator<Collected> {
    const { version, clock } = this.#options;
    const results = [...this.#tallies.values()].map((tally) => tally.result());
    const durationMs = clock.elapsed() - this.#startedAt;
    const files: [string, string][] = [
      ['version.yaml', versionFile(version)],
      ['execution-data/summary.txt', summaryFile(results, durationMs)],
    ];
    if (this.#skipped.size > 0) {
      const skipped = runningOrder([...this.#skipped.keys()].toSorted(this.#bySpec));
      const rows = skipped.flatMap((collector) => this.#skipped.get(collector) ?? []);
      files.push(['skipped-collectors.json', skippedFile(rows)]);
    }
    // Where a spec has analyzers, readers must not take them for passed.
    if (this.#spec.analyzers.length + this.#spec.hostAnalyzers.length === 0) {
      files.push(['analysis.json', '[]']);
    }
    for (const [path, content] of files) yield* ownFile(path, content, this.#paths);
  }

  *#results(): Generator<CollectorResult> {
    for (const tally of this.#tallies.values()) yield tally.result();
    for (const { title, outcome, reason } of this.#spec.withheld) {
      const tally = new Tally(title);
      tally.addOutcome(outcome, [reason]);
      yield tally.result();
    }
  }

  #skip(collector: CollectorSpec, reason: Skipped['reason'], errors: Skipped['errors']): void {
    const timestamp = toRfc3339(this.#options.clock.now());
    this.#skipped.set(collector, { collector: collector.title, reason, errors, timestamp });
  }

  /** As they stand in the spec. */
  readonly #bySpec = (first: CollectorSpec, second: CollectorSpec): number =>
    this.#positionOf(first) - this.#positionOf(second);

  #positionOf({ fields }: CollectorSpec): number {
    return this.#spec.collectors.findIndex((collector) => collector.fields === fields);
  }

  #report(title: string): void {
    const { outcome, durationMs, files, bytes, errors } = this.#tally(title).result();
    const fields = { collector: title, outcome, durationMs, files, bytes };
    if (outcome === 'ok') this.#options.log.info(fields, 'collected');
    else this.#options.log.warn({ ...fields, reason: cutText(errors.join('; ')) }, 'collected');
  }

  #tally(title: string): Tally {
    const tally = this.#tallies.get(title) ?? new Tally(title);
    this.#tallies.set(title, tally);
    return tally;
  }
}

interface Failure {
  readonly outcome: 'failed' | 'forbidden' | 'timeout';
  readonly message: string;
  readonly fileText: string;
}
