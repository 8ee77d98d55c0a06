/** Blocks of memory for bodies, used again and again: garbage the size of all that is collected would cost time and memory. */

/** A power of two, as all sizes here. */
const SMALLEST_BLOCK_BYTES = 2 * 1024;
export const LARGEST_BLOCK_BYTES = 256 * 1024;

/** Bodies that are under way at once take about as much. */
const MOST_FREE_BYTES = 4 * 1024 * 1024;

export class Blocks {
  readonly #free = new Map<number, Buffer[]>();
  #freeBytes = 0;

  /** At least so long, where the largest is; contents are whatever they were. */
  take(wantedBytes: number): Buffer {
    const bytes = sizeFor(wantedBytes);
    const block = this.#free.get(bytes)?.pop();
    if (block === undefined) return Buffer.allocUnsafeSlow(bytes);
    this.#freeBytes -= bytes;
    return block;
  }

  /** Whoever gives a block back must not look at it again. */
  give(block: Buffer): void {
    if (this.#freeBytes + block.length > MOST_FREE_BYTES) return;
    this.#freeBytes += block.length;
    const free = this.#free.get(block.length) ?? [];
    free.push(block);
    this.#free.set(block.length, free);
  }
}

function sizeFor(wantedBytes: number): number {
  let bytes = SMALLEST_BLOCK_BYTES;
  while (bytes < wantedBytes && bytes < LARGEST_BLOCK_BYTES) bytes *= 2;
  return bytes;
}
