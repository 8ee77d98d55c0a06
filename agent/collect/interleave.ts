/** Several generators as one: what is ready first comes first. */

/**
 * At most `limit` of the sources are under way at once; further ones start as others end.
 *
 * Each source stands still from the moment one of its values is handed out until the next value is asked for,
 * while the others work on. A source that throws ends all of them; all are closed in the end.
 *
 * @yields All that the sources yield, each source's values in their order.
 */
export async function* interleave<T>(
  sources: Iterable<AsyncGenerator<T>>,
  limit: number,
): AsyncGenerator<T> {
  const lanes = new Lanes(sources[Symbol.iterator]());
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

class Lanes<T> {
  readonly #waiting: Iterator<AsyncGenerator<T>>;
  readonly #underWay = new Map<AsyncGenerator<T>, Promise<Step<T>>>();

  constructor(waiting: Iterator<AsyncGenerator<T>>) {
    this.#waiting = waiting;
  }

  get isEmpty(): boolean {
    return this.#underWay.size === 0;
  }

  startNext(): void {
    const next = this.#waiting.next();
    if (next.done !== true) this.pull(next.value);
  }

  pull(source: AsyncGenerator<T>): void {
    // To the end of the line, so that none is always the first.
    this.#underWay.delete(source);
    this.#underWay.set(
      source,
      source.next().then((result) => ({ source, result })),
    );
  }

  firstReady(): Promise<Step<T>> {
    return Promise.race(this.#underWay.values());
  }

  end(source: AsyncGenerator<T>): void {
    this.#underWay.delete(source);
  }

  async close(): Promise<void> {
    const sources = [...this.#underWay.keys()];
    await Promise.allSettled(sources.map((source) => source.return(undefined)));
  }
}
