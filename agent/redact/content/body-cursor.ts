/** Reads a body from any place on. Going forward reads on; going back starts again at the beginning. */

import type { Body } from '../../body/body.ts';
import { Input } from './input.ts';

export class BodyCursor {
  readonly #body: Body;
  readonly #signal: AbortSignal;
  #input: Input | undefined;

  /** @param body Stays its owner's. */
  constructor(body: Body, signal: AbortSignal) {
    this.#body = body;
    this.#signal = signal;
  }

  get bytes(): number {
    return this.#body.bytes;
  }

  /** From where on `seek` need not start again. */
  get position(): number {
    return this.#input?.position ?? 0;
  }

  /** The bytes from there on. What an earlier call has given must not be read any more. */
  async seek(position: number): Promise<Input> {
    if (position < this.position) await this.close();
    this.#input ??= new Input(this.#body.read(), this.#signal);
    await this.#input.skipTo(position);
    return this.#input;
  }

  /** It may be used again, from the beginning. */
  async close(): Promise<void> {
    await this.#input?.close();
    this.#input = undefined;
  }
}
