/** The `timeout` of a collector's entry in the spec: what bounds its work, but not its clean-up. */

import { deadlineSignal } from '../clock.ts';
import { AgentError } from '../errors.ts';
import type { CollectContext, Fields } from './collector.ts';
import { textOf } from './fields.ts';
import { goDurationError, parseGoDuration } from './go-duration.ts';

/**
 * As in the spec; undefined where it has none.
 *
 * @param wrapping What Go puts before its words.
 * @throws {AgentError} SPEC_INVALID: it is no duration, in Go's words.
 */
export function readTimeoutMs(fields: Fields, wrapping = ''): number | undefined {
  const text = textOf(fields, 'timeout');
  if (text === '') return undefined;
  const timeoutMs = parseGoDuration(text);
  if (timeoutMs === undefined) {
    throw new AgentError('SPEC_INVALID', `${wrapping}${goDurationError(text)}`);
  }
  return timeoutMs;
}

/** Ends work after a time, or with the collector. */
export class TimeLimit {
  /** Aborts when the time is over, and with the collector's own. */
  readonly signal: AbortSignal;
  readonly #context: Pick<CollectContext, 'clock' | 'signal'>;
  readonly #deadline: AbortSignal | undefined;
  readonly #endsAtMs: number;

  /** @param timeoutMs Undefined: until the collector's own end. */
  constructor(context: Pick<CollectContext, 'clock' | 'signal'>, timeoutMs: number | undefined) {
    this.#context = context;
    this.#endsAtMs = context.clock.elapsed() + (timeoutMs ?? Number.POSITIVE_INFINITY);
    this.#deadline = timeoutMs === undefined ? undefined : deadlineSignal(Math.max(0, timeoutMs));
    this.signal =
      this.#deadline === undefined
        ? context.signal
        : AbortSignal.any([context.signal, this.#deadline]);
  }

  /** The time is over; the collector itself may go on. */
  get isOver(): boolean {
    return this.#deadline?.aborted === true || this.#context.clock.elapsed() >= this.#endsAtMs;
  }

  /**
   * A wait between two looks at something.
   *
   * @throws {Error} `timeout`, in troubleshoot's word; the signal's reason when the collector is to end.
   */
  async pause(ms: number): Promise<void> {
    const leftMs = this.#endsAtMs - this.#context.clock.elapsed();
    await this.#context.clock
      .sleep(Math.min(ms, Math.max(0, leftMs)), this.signal)
      .catch((error: unknown) => this.#explain(error));
    if (this.isOver) this.#explain(undefined);
  }

  /** What the work gives; its error in other words where it was this limit that ended it. */
  async bound<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.isOver) this.#explain(undefined);
    try {
      return await work(this.signal);
    } catch (error) {
      return this.#explain(error);
    }
  }

  #explain(error: unknown): never {
    this.#context.signal.throwIfAborted();
    if (this.isOver) throw new Error('timeout');
    throw error;
  }
}
