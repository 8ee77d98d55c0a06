/** Several generators as one: what is ready first comes first. */

/**
 * At most `limit` of the sources are under way at once; further ones start as others end.
 *
 * Each source stands still from the moment one of its values is handed out until the next value is asked for,
 * while the others work on. A source that throws ends all of them; all are closed in the end.
 *
 * @param onDropped Lets go of a value that was ready and that nobody asked for.
 * @yields All that the sources yield, each source's values in their order.
 */
export async function* interleave<T>(
  sources: Iterable<AsyncGenerator<T>>,
  limit: number,
  onDropped: (value: T) => Promise<void> = ignore,
): AsyncGenerator<T> {
  const lanes = new Lanes(sources[Symbol.iterator](), onDropped);
  try {
    for (let started = 0; started < limit; started++) lanes.startNext();
    while (!lanes.isEmpty) {
      const { source, result } = await lanes.firstReady();
      if (result.done === true) {
        lanes.end(source);
        lanes.startNext();
      } else {
        yield result.value;
        lanes.pull(source);
      }
    }
  } finally {
    await lanes.close();
  }
}

interface Step<T> {
  readonly source: AsyncGenerator<T>;
  readonly result: IteratorResult<T>;
}

/**
 * The sources under way, and what they have ready. Not `Promise.race`: a source that is slow to answer would
 * keep every value that won over it, bodies of files among them.
 */
class Lanes<T> {
  readonly #waiting: Iterator<AsyncGenerator<T>>;
  readonly #underWay = new Set<AsyncGenerator<T>>();
  readonly #ready: (Step<T> | Failure)[] = [];
  readonly #onDropped: (value: T) => Promise<void>;
  #wake: () => void = wakeNobody;

  constructor(waiting: Iterator<AsyncGenerator<T>>, onDropped: (value: T) => Promise<void>) {
    this.#waiting = waiting;
    this.#onDropped = onDropped;
  }

  get isEmpty(): boolean {
    return this.#underWay.size === 0;
  }

  startNext(): void {
    const next = this.#waiting.next();
    if (next.done !== true) this.pull(next.value);
  }

  pull(source: AsyncGenerator<T>): void {
    this.#underWay.add(source);
    source.next().then(
      (result) => this.#put({ source, result }),
      (error: unknown) => this.#put({ error }),
    );
  }

  /** In the order in which they became ready. Rejects as the source does. */
  async firstReady(): Promise<Step<T>> {
    if (this.#ready.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = wakeNobody;
    }
    const step = this.#ready.shift();
    if (step === undefined) throw new Error('woken for nothing');
    if ('error' in step) throw step.error;
    return step;
  }

  end(source: AsyncGenerator<T>): void {
    this.#underWay.delete(source);
  }

  async close(): Promise<void> {
    const sources = [...this.#underWay];
    await Promise.allSettled(sources.map((source) => source.return(undefined)));
    for (const step of this.#ready.splice(0)) {
      if (!('error' in step) && step.result.done !== true) await this.#onDropped(step.result.value);
    }
  }

  #put(step: Step<T> | Failure): void {
    this.#ready.push(step);
    this.#wake();
  }
}

interface Failure {
  readonly error: unknown;
}

function wakeNobody(): void {
  // Nobody waits.
}

async function ignore(): Promise<void> {
  // Most values hold nothing.
}
