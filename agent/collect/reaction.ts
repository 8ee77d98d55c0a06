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
      const next = await Promise.race([source.next(), deafness.reached]);
      if (next === undefined) throw signal.reason;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Left in the middle: by the reader, or by what is thrown above, and then it is not waited for again.
    const closed = source.return(undefined).catch(() => undefined);
    await Promise.race([closed, deafness.reached]);
    deafness.end();
  }
}

class Deafness {
  /** Resolves when the time to react is over. */
  readonly reached: Promise<undefined>;
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(signal: AbortSignal, reactionMs: number) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.reached = promise;
    this.#signal = signal;
    this.#onAbort = () => {
      this.#timer = setTimeout(() => resolve(undefined), reactionMs);
    };
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
