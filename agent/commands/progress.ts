/** Progress of a run on a terminal: one line that is written over; nothing where the output is not a terminal. */

import type { Collected } from '../bundle.ts';
import type { CommandContext } from './context.ts';

const FRAMES = ['|', '/', '-', '\\'];
const INTERVAL_MS = 200;

export class Progress {
  readonly #stderr: CommandContext['stderr'];
  readonly #startedAtMs = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;
  /** Whose entry came last. */
  #collector: string | undefined;
  #files = 0;
  #bytes = 0;
  #frame = 0;

  constructor(stderr: CommandContext['stderr']) {
    this.#stderr = stderr;
    if (stderr.isTTY === true) this.#timer = setInterval(() => this.#draw(), INTERVAL_MS).unref();
  }

  /** @yields Everything, counted. */
  async *count(collected: AsyncGenerator<Collected>): AsyncGenerator<Collected> {
    for await (const one of collected) {
      if (one.kind === 'file') {
        this.#files++;
        this.#bytes += one.bytes;
        this.#collector = one.collector ?? this.#collector;
      }
      yield one;
    }
  }

  /** Whether there is a bar: then a line for each collector would only disturb. */
  get isShown(): boolean {
    return this.#timer !== undefined;
  }

  /** A line of the log, in the place of the bar until that is drawn again. */
  write(line: string): void {
    this.#stderr.write(this.isShown ? `\r\u001b[K${line}` : line);
  }

  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#stderr.write('\r\u001b[K');
  }

  #draw(): void {
    const seconds = Math.round((performance.now() - this.#startedAtMs) / 1000);
    const archived =
      this.#files === 0
        ? 'collecting'
        : `${this.#collector ?? 'archiving'}: ${this.#files} files, ${(this.#bytes / 2 ** 20).toFixed(1)} MiB`;
    this.#frame = (this.#frame + 1) % FRAMES.length;
    this.#stderr.write(`\r\u001b[K${FRAMES[this.#frame]} ${archived}, ${seconds} s`);
  }
}
