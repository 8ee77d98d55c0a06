/** One run, start to finish: spec, collect, redact, archive. The page to read first. */

import type { Collected, CollectorReport } from '../bundle.ts';
import { type Clock, deadlineSignal, toRfc3339 } from '../clock.ts';
import { AgentError, messageOf } from '../errors.ts';
import { redactLine } from '../redact-line.ts';
import type { BundleSpec } from '../spec/types.ts';
import type { Engine } from './engine.ts';
import type { BundleFacts, PhaseFacts, RunRecord, RunTrigger } from './record.ts';

/** What a bundle came to when it was archived. */
export interface Archived {
  readonly bundle: BundleFacts;
  readonly collectors: readonly CollectorReport[];
}

/** Takes secrets out of what an engine gives; no clear text passes where it fails. */
export type Redact = (
  collected: AsyncIterable<Collected>,
  signal: AbortSignal,
) => AsyncGenerator<Collected>;

export interface RunParts {
  readonly loadSpec: (signal: AbortSignal) => Promise<BundleSpec>;
  /** Compiles the rules: before anything is collected, since without them there is no bundle. */
  readonly makeRedaction: (spec: BundleSpec, signal: AbortSignal) => Promise<Redact>;
  readonly chooseEngine: (spec: BundleSpec, signal: AbortSignal) => Promise<Engine>;
  /** Creates the bundle's file and removes it again when it rejects. */
  readonly archive: (
    collected: AsyncIterable<Collected>,
    context: { readonly spec: BundleSpec; readonly engine: Engine },
    signal: AbortSignal,
  ) => Promise<Archived>;
  readonly clock: Clock;
  readonly runTimeoutMs: number;
}

/** Less than what `serve` waits for before it takes the process for hung. */
const ARCHIVE_OVERTIME_MS = 10_000;

/**
 * The record of the run; `outcome` is `spooled` or `failed`.
 *
 * Never rejects: what goes wrong is the record's error.
 *
 * @param signal The process's own; the run's deadline is added here.
 */
export async function run(
  parts: RunParts,
  { id, trigger }: { readonly id: string; readonly trigger: RunTrigger },
  signal: AbortSignal,
): Promise<RunRecord> {
  const { clock, runTimeoutMs } = parts;
  const deadline = deadlineSignal(runTimeoutMs);
  const runSignal = AbortSignal.any([signal, deadline]);
  // What an engine has by the deadline is still archived.
  const archiveSignal = AbortSignal.any([
    signal,
    deadlineSignal(runTimeoutMs + ARCHIVE_OVERTIME_MS),
  ]);
  const phases = new PhaseTimes(clock);
  const started = { id, trigger, startedAt: toRfc3339(clock.now()) };
  let engine: Engine | undefined;
  try {
    const spec = await phases.time('spec', () => parts.loadSpec(runSignal));
    const redact = await phases.time('spec', () => parts.makeRedaction(spec, runSignal));
    engine = await parts.chooseEngine(spec, runSignal);
    const collected = phases.timePulls('collect', engine.collect(spec, { signal, deadline }));
    const redacted = phases.timePulls('redact', redact(collected, archiveSignal));
    const context = { spec, engine };
    const archived = await phases.time('archive', () =>
      parts.archive(redacted, context, archiveSignal),
    );
    return finish(started, { engine, phases, clock, archived });
  } catch (error) {
    const reason = deadline.aborted && !signal.aborted ? pastDeadline(runTimeoutMs) : error;
    return finish(started, {
      engine,
      phases,
      clock,
      error: signal.aborted ? aborted(signal) : reason,
    });
  }
}

function finish(
  started: Pick<RunRecord, 'id' | 'trigger' | 'startedAt'>,
  ending: {
    readonly engine: Engine | undefined;
    readonly phases: PhaseTimes;
    readonly clock: Clock;
    readonly archived?: Archived;
    readonly error?: unknown;
  },
): RunRecord {
  const { engine, phases, clock, archived, error } = ending;
  return {
    ...started,
    scheduledAt: null,
    finishedAt: toRfc3339(clock.now()),
    outcome: archived === undefined ? 'failed' : 'spooled',
    reason: null,
    partial: archived !== undefined && isPartial(archived),
    engine: engine?.name ?? null,
    error: archived === undefined ? toRunError(error) : null,
    phases: phases.facts(),
    bundle: archived?.bundle ?? null,
    collectors: archived?.collectors ?? [],
    delivery: null,
  };
}

/**
 * Whether the bundle lacks something that the spec asked for and the owner allows. What the owner
 * withholds on purpose (COLLECTORS_ALLOWED, NAMESPACES) is named in the record and makes nothing partial.
 */
export function isPartial({ bundle, collectors }: Archived): boolean {
  return (
    bundle.leftOut > 0 ||
    collectors.some(({ outcome }) => !['ok', 'denied', 'excluded'].includes(outcome))
  );
}

function pastDeadline(runTimeoutMs: number): AgentError {
  return new AgentError(
    'RUN_TIMEOUT',
    `the run did not end within RUN_TIMEOUT of ${runTimeoutMs / 1000} s`,
  );
}

function aborted(signal: AbortSignal): AgentError {
  return new AgentError('RUN_ABORTED', `the run was stopped: ${messageOf(signal.reason)}`);
}

function toRunError(error: unknown): RunRecord['error'] {
  const code = error instanceof AgentError ? error.code : 'RUN_CRASHED';
  return { code, message: redactLine(messageOf(error)) };
}

/** How long each phase took. Phases that pull from one another run at once: time is counted where it is spent. */
class PhaseTimes {
  readonly #clock: Clock;
  readonly #ms = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const startedAt = this.#clock.elapsed();
    const countedMs = this.#sum();
    this.#add(name, 0);
    try {
      return await work();
    } finally {
      // What an inner phase has counted meanwhile is not counted again.
      this.#add(name, this.#clock.elapsed() - startedAt - (this.#sum() - countedMs));
    }
  }

  timePulls<T>(name: string, source: AsyncGenerator<T>): AsyncGenerator<T> {
    this.#add(name, 0);
    return this.#pull(name, source);
  }

  async *#pull<T>(name: string, source: AsyncGenerator<T>): AsyncGenerator<T> {
    try {
      for (;;) {
        const next = await this.time(name, () => source.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await source.return(undefined);
    }
  }

  facts(): readonly PhaseFacts[] {
    return [...this.#ms].map(([name, ms]) => ({ name, durationMs: Math.round(ms) }));
  }

  #add(name: string, ms: number): void {
    this.#ms.set(name, (this.#ms.get(name) ?? 0) + ms);
  }

  #sum(): number {
    return [...this.#ms.values()].reduce((sum, ms) => sum + ms, 0);
  }
}
