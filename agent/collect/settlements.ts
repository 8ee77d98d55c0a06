/** Tells collectors when all of another type have ended. */

import { once } from 'node:events';

export class Settlements {
  readonly #left = new Map<string, number>();
  readonly #settled = new Map<string, PromiseWithResolvers<void>>();

  /** @param types One for each collector that is to run. */
  constructor(types: readonly string[]) {
    for (const type of types) {
      this.#left.set(type, (this.#left.get(type) ?? 0) + 1);
      this.#settled.set(type, Promise.withResolvers());
    }
  }

  settle(type: string): void {
    const left = (this.#left.get(type) ?? 0) - 1;
    this.#left.set(type, left);
    if (left === 0) this.#settled.get(type)?.resolve();
  }

  /** Resolves at once for a type of which there is none. Rejects when the signal aborts first. */
  async settled(type: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const over = new AbortController();
    const aborted = once(signal, 'abort', { signal: over.signal }).catch(() => undefined);
    await Promise.race([this.#settled.get(type)?.promise, aborted]);
    over.abort();
    signal.throwIfAborted();
  }
}
