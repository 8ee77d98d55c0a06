/** The body of an answer that is read as it comes. */

import type { Readable } from 'node:stream';

import { AgentError } from '../errors.ts';
import { connectionError, idleError, type RequestName, unreadError } from './api-error.ts';
import type { Release } from './budget.ts';
import type { Answer } from './request.ts';

export interface StreamBodyOptions {
  readonly request: RequestName;
  /** How long the server may be silent, or the reader be away; undefined: any time. */
  readonly timeoutMs: number | undefined;
  readonly release: Release;
}

/**
 * The bytes in order, once; the reader sets the pace.
 *
 * The slot is given back when the exchange is over: read to its end, left early, broken or aborted. It
 * is also given back when the reader stays away for `timeoutMs` with the answer unfinished, which goes
 * on all the same: readers who wait for one another's slots would wait for ever. An answer that nobody
 * has begun to read by then is closed.
 *
 * Rejects with KUBE_UNREACHABLE when the connection breaks, with KUBE_TIMEOUT when the server is
 * silent for `timeoutMs`; when the signal of the request aborts, with whatever Node gives.
 */
export class StreamBody implements AsyncIterable<Uint8Array> {
  readonly #source: Readable;
  readonly #options: StreamBodyOptions;
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout | undefined;
  #waitsFor: 'reader to begin' | 'reader' | 'server' = 'reader to begin';

  constructor({ body, response }: Answer, options: StreamBodyOptions, signal: AbortSignal) {
    this.#source = body;
    this.#options = options;
    this.#signal = signal;
    const { timeoutMs, release } = options;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => this.#endPatience(timeoutMs), timeoutMs);
    this.#timer = timer;
    body.on('error', () => undefined);
    response.once('close', () => {
      clearTimeout(timer);
      release();
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      this.#waitFor('server');
      for await (const chunk of this.#source) {
        this.#waitFor('reader');
        yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
        this.#waitFor('server');
      }
      // An aborted answer is discarded by Node, and may then look like one that has ended.
      this.#signal.throwIfAborted();
    } catch (error) {
      if (this.#signal.aborted || error instanceof AgentError) throw error;
      throw connectionError(this.#options.request, error);
    }
  }

  #waitFor(whom: 'reader' | 'server'): void {
    this.#waitsFor = whom;
    this.#timer?.refresh();
  }

  #endPatience(timeoutMs: number): void {
    const { request, release } = this.#options;
    switch (this.#waitsFor) {
      case 'reader':
        release();
        break;
      case 'reader to begin':
        this.#source.destroy(unreadError(request, timeoutMs));
        break;
      case 'server':
        this.#source.destroy(idleError(request, timeoutMs));
    }
  }
}
