/** Keeps a run from waiting for a collector that does not notice that it is to end. */

/** A collector that is to end has this long to remove what it made in the cluster. */
const REACTION_MS = 5_000;

/**
 * The source until it ends; once the signal has aborted, no longer than its time to react.
 *
 * @yields What the source yields.
 * @throws The signal's reason, where the source did not end in time: it is left to itself.
 */
export async function* untilDeaf<T>(
  source: AsyncGenerator<T>,
  signal: AbortSignal,
  reactionMs = REACTION_MS,
): AsyncGenerator<T> {
  const deafness = new Deafness(signal, reactionMs);
  try {
    for (;;) {
      const next = await deafness.waitFor(source.next());
      if (next === undefined) throw signal.reason;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Left in the middle: by the reader, or by what is thrown above, and then it is not waited for again.
    await deafness.waitFor(source.return(undefined)).catch(() => undefined);
    deafness.end();
  }
}

class Deafness {
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isReached = false;
  #giveUp: () => void = ignore;

  constructor(signal: AbortSignal, reactionMs: number) {
    this.#signal = signal;
    this.#onAbort = () => {
      this.#timer = setTimeout(() => {
        this.#isReached = true;
        this.#giveUp();
      }, reactionMs);
    };
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /**
   * What the promise gives; undefined once the time to react is over. Not `Promise.race` with one promise for all of them:
   * that would keep everything that ever won.
   */
  async waitFor<T>(promise: Promise<T>): Promise<T | undefined> {
    if (this.#isReached) {
      promise.catch(ignore);
      return undefined;
    }
    const { promise: first, resolve, reject } = Promise.withResolvers<T | undefined>();
    this.#giveUp = () => resolve(undefined);
    promise.then(resolve, reject);
    try {
      return await first;
    } finally {
      this.#giveUp = ignore;
    }
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

function ignore(): void {
  // Nobody waits any more.
}
