/** A clock that tests move by hand. */

import type { Clock } from '../../agent/clock.ts';

/** Every sleep returns at once and moves the time by what was asked for. */
export class FakeClock implements Clock {
  readonly sleptMs: number[] = [];
  #nowMs: number;

  constructor(startAt = '2026-11-22T02:00:00Z') {
    this.#nowMs = Date.parse(startAt);
  }

  now(): number {
    return this.#nowMs;
  }

  elapsed(): number {
    return this.#nowMs;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.sleptMs.push(ms);
    this.#nowMs += ms;
    await Promise.resolve();
  }
}
