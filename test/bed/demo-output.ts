/** How the demo speaks, and how it leaves. */

const startedAtMs = performance.now();

function elapsed(): string {
  return `[${((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(5)} s]`;
}

/** Says what begins, with how long it usually takes, and when it is done. */
export async function step<Result>(text: string, work: () => Promise<Result>): Promise<Result> {
  console.log(`${elapsed()} ${text}`);
  const result = await work();
  console.log(`${elapsed()}   done`);
  return result;
}

export function heading(text: string): void {
  console.log(`\n${text}`);
}

export function lines(texts: readonly string[]): void {
  for (const text of texts) console.log(text === '' ? '' : `  ${text}`);
}

/** What is to be undone at the end, or at Ctrl-C; the last first. */
export class CleanUp {
  readonly #steps: (() => Promise<void>)[] = [];
  #isRunning = false;

  constructor() {
    for (const [signal, exitCode] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      process.on(signal, () => {
        // The second is out of patience: what runs ends with this process all the same.
        if (this.#isRunning) process.exit(exitCode);
        console.log(`\n${elapsed()} stopping`);
        void this.run().finally(() => process.exit(exitCode));
      });
    }
  }

  add(undo: () => Promise<void>): void {
    this.#steps.push(undo);
  }

  /** So that what breaks because of it is no news. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  async run(): Promise<void> {
    this.#isRunning = true;
    for (let next = this.#steps.pop(); next !== undefined; next = this.#steps.pop()) {
      await next().catch((error: unknown) => console.error('demo: cleaning up:', error));
    }
  }
}
