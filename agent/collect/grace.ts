/** Keeps a run from waiting for a collector that does not notice that it is to end. */

/** So long a collector that is to end may take to remove what it made in the cluster. */
const GRACE_MS = 5_000;

export interface Grace<T> {
  readonly graceMs?: number;
  /** Lets go of a value that came too late. */
  readonly onDropped?: (value: T) => Promise<void>;
}

/**
 * The source until it ends; once the signal has aborted, no longer than its grace. Only what is spent waiting for the source
 * counts: it stands still while its reader is busy.
 *
 * @yields What the source yields.
 * @throws The signal's reason, where the source did not end in time: it is left to itself.
 */
export async function* untilGraceEnds<T>(
  source: AsyncGenerator<T>,
  signal: AbortSignal,
  { graceMs = GRACE_MS, onDropped = drop }: Grace<T> = {},
): AsyncGenerator<T> {
  const wait = new GraceWait(signal, graceMs);
  try {
    for (;;) {
      const next = source.next();
      const first = await wait.for(next);
      if (first === undefined) {
        next.then(({ done, value }) => (done === true ? undefined : onDropped(value))).catch(drop);
        throw signal.reason;
      }
      if (first.done === true) return;
      yield first.value;
    }
  } finally {
    // Left in the middle: by the reader, or by what is thrown above, and then it is not waited for again.
    await wait.for(source.return(undefined)).catch(drop);
  }
}

class GraceWait {
  readonly #signal: AbortSignal;
  #leftMs: number;

  constructor(signal: AbortSignal, graceMs: number) {
    this.#signal = signal;
    this.#leftMs = graceMs;
  }

  /**
   * What the promise gives; undefined once the grace is over. Not `Promise.race` with one promise for all of them:
   * that would keep everything that ever won.
   */
  async for<T>(promise: Promise<T>): Promise<T | undefined> {
    const { promise: first, resolve, reject } = Promise.withResolvers<T | undefined>();
    promise.then(resolve, reject);
    let timer: NodeJS.Timeout | undefined;
    let startedAt = 0;
    const count = (): void => {
      startedAt = performance.now();
      timer = setTimeout(() => resolve(undefined), this.#leftMs);
    };
    if (this.#signal.aborted) count();
    else this.#signal.addEventListener('abort', count, { once: true });
    try {
      return await first;
    } finally {
      this.#signal.removeEventListener('abort', count);
      clearTimeout(timer);
      if (timer !== undefined) {
        this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - startedAt));
      }
    }
  }
}

async function drop(): Promise<void> {
  // Nobody waits any more.
}
