/** COLLECTOR_TIMEOUT of one collector: it stands still while the collector waits for others. */

import { type Clock, LONGEST_TIMER_MS } from '../clock.ts';

export class CollectorDeadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  #leftMs: number;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, clock: Clock) {
    this.#leftMs = timeoutMs;
    this.#clock = clock;
    this.#start();
  }

  /** Aborts when the time is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async pausedWhile<T>(waiting: Promise<T>): Promise<T> {
    this.#stop();
    try {
      return await waiting;
    } finally {
      this.#start();
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #start(): void {
    this.#startedAt = this.#clock.elapsed();
    this.#timer = setTimeout(
      () => this.#controller.abort(new Error('the time of the collector is over')),
      Math.min(this.#leftMs, LONGEST_TIMER_MS),
    );
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#leftMs = Math.max(0, this.#leftMs - (this.#clock.elapsed() - this.#startedAt));
  }
}
