/** Puts a text together of its parts. */

/** So many are joined at once: a text that is put together of a million small ones is slow to clear away. */
const MANY = 512;

export class Parts {
  readonly #joined: string[] = [];
  #parts: string[] = [];

  /** What is kept, and what takes the place of what follows it. */
  add(kept: string, replacement: string): void {
    this.#parts.push(kept, replacement);
    if (this.#parts.length < MANY) return;
    this.#joined.push(this.#parts.join(''));
    this.#parts = [];
  }

  /** All of them, and the rest behind them. */
  with(rest: string): string {
    return this.#joined.join('') + this.#parts.join('') + rest;
  }
}
