/** Bytes to be read from front to back: a look ahead, a given number of them, or what is left. */

const NOTHING = new Uint8Array(0);

export class Input {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal;
  /** Come, and not taken. */
  #held: Uint8Array = NOTHING;
  #position = 0;
  #isAtEnd = false;
  #failure: { readonly error: unknown } | undefined;

  /** @param source Is closed by `close`. */
  constructor(source: AsyncIterable<Uint8Array>, signal: AbortSignal) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  /** How many bytes have been taken. */
  get position(): number {
    return this.#position;
  }

  /** The next bytes, which stay where they are. Fewer where the source ends. */
  async peek(bytes: number): Promise<Buffer> {
    return (await this.ahead(bytes)).subarray(0, bytes);
  }

  /** As `peek`, with whatever more has come. */
  async ahead(bytes: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let heldBytes = this.#held.length;
    while (heldBytes < bytes && !this.#isAtEnd) {
      // A copy: the source may use its memory again for what comes next.
      parts.push(Uint8Array.from(this.#held));
      await this.#advance();
      heldBytes += this.#held.length;
    }
    if (parts.length > 0) this.#held = Buffer.concat([...parts, this.#held]);
    return bufferOf(this.#held);
  }

  /** The next bytes; fewer where the source ends. To be looked at before more is asked for. */
  async take(bytes: number): Promise<Buffer> {
    const taken = await this.peek(bytes);
    this.#drop(taken.length);
    return taken;
  }

  /**
   * What is left, or so many bytes of it. Leaving early loses nothing but the last chunk.
   *
   * @yields Chunks as the source has them.
   */
  async *chunks(bytes = Infinity): AsyncGenerator<Uint8Array> {
    let leftBytes = bytes;
    while (leftBytes > 0) {
      if (this.#held.length === 0) await this.#advance();
      if (this.#held.length === 0) return;
      const chunk = this.#held.subarray(0, Math.min(leftBytes, this.#held.length));
      this.#drop(chunk.length);
      leftBytes -= chunk.length;
      yield chunk;
    }
  }

  /** Or to the end, where that comes earlier. */
  async skipTo(position: number): Promise<void> {
    for await (const chunk of this.chunks(position - this.#position)) void chunk;
  }

  /** May be called twice. */
  async close(): Promise<void> {
    this.#held = NOTHING;
    if (this.#isAtEnd) return;
    this.#isAtEnd = true;
    await this.#chunks.return?.();
  }

  #drop(bytes: number): void {
    this.#held = this.#held.subarray(bytes);
    this.#position += bytes;
  }

  /** The next chunk that is not empty takes the place of what is held. */
  async #advance(): Promise<void> {
    // A reader of a part may have taken a broken source for a broken part: the next one is told again.
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#held = NOTHING;
    while (this.#held.length === 0 && !this.#isAtEnd) {
      const next = await this.#next();
      if (next.done === true) this.#isAtEnd = true;
      else this.#held = next.value;
    }
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    try {
      this.#signal.throwIfAborted();
      return await this.#chunks.next();
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
