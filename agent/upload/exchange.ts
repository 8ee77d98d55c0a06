/** One upload request with got: the body from a file, the answer read also where it comes early. */

import { type FileHandle, open } from 'node:fs/promises';
import { Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';

import got, { type Request } from 'got';

/** Proxy variables by name, as the environment has them. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

export interface ExchangeOptions {
  readonly url: URL;
  readonly method: 'PUT' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly file: string;
  readonly bytes: number;
  /** Ask before the body is sent: who refuses does so without having to take it. */
  readonly asksFirst: boolean;
  /** For the look-up, the connection and TLS each. */
  readonly connectTimeoutMs: number;
  /** Without a byte in either direction. */
  readonly idleTimeoutMs: number;
  /** PEM; undefined = Node's own. */
  readonly trusted: string[] | undefined;
  readonly proxyEnvironment: ProxyEnvironment;
}

export interface RawAnswer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  /** At most the first 64 KiB of the body. */
  readonly text: string;
  /** The whole body was sent, and the answer came to its end or exceeds what is read of it. */
  readonly isComplete: boolean;
}

const READ_BYTES = 256 * 1024;
const MAX_ANSWER_BYTES = 64 * 1024;

/** Servers that know nothing of `Expect` say nothing. Source: RFC 9110, section 10.1.1; curl waits as long. */
const CONTINUE_TIMEOUT_MS = 1_000;

/**
 * Sends the request and reads the answer.
 *
 * An answer other than 2xx ends the sending, whenever it comes; after it, errors of the connection
 * do not matter. Rejects when there is no answer, or a 2xx that the connection did not outlive.
 */
export async function exchange(options: ExchangeOptions, signal: AbortSignal): Promise<RawAnswer> {
  const file = await open(options.file, 'r');
  const agent = createAgents(options.proxyEnvironment);
  try {
    const { size } = await file.stat();
    if (size !== options.bytes) {
      throw new Error(`the spooled file has ${size} bytes instead of ${options.bytes}`);
    }
    const conversation = new Conversation(startRequest(options, agent, signal), {
      file,
      bytes: size,
    });
    try {
      return await conversation.run(options.asksFirst);
    } finally {
      await conversation.end();
    }
  } finally {
    agent.http.destroy();
    agent.https.destroy();
    await file.close();
  }
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Used for one request: a connection that was idle for the back-off may be dead without a word. */
function createAgents(proxyEnvironment: ProxyEnvironment): Agents {
  const proxyEnv = { ...proxyEnvironment };
  return { http: new HttpAgent({ proxyEnv }), https: new HttpsAgent({ proxyEnv }) };
}

function startRequest(options: ExchangeOptions, agent: Agents, signal: AbortSignal): Request {
  const { url, method, headers, bytes, trusted, connectTimeoutMs, idleTimeoutMs } = options;
  return got.stream(url, {
    method,
    headers: {
      ...headers,
      'content-length': String(bytes),
      ...(options.asksFirst ? { expect: '100-continue' } : {}),
    },
    agent,
    https: {
      rejectUnauthorized: true,
      ...(trusted === undefined ? {} : { certificateAuthority: trusted }),
    },
    timeout: {
      lookup: connectTimeoutMs,
      connect: connectTimeoutMs,
      secureConnect: connectTimeoutMs,
      socket: idleTimeoutMs,
    },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
    signal,
  });
}

/** A request under way. */
class Conversation {
  readonly #request: Request;
  readonly #file: FileHandle;
  /** Rejects when the connection fails. */
  readonly #failed: Promise<never>;
  /** Resolves when nothing more can happen. */
  readonly #over: Promise<void>;
  readonly #answered: Promise<{ statusCode: number; headers: IncomingHttpHeaders }>;
  readonly #chunks: Buffer[] = [];
  #sending: Promise<unknown> = Promise.resolve();
  #isRefused = false;
  #isOver = false;
  #leftBytes: number;

  constructor(
    request: Request,
    { file, bytes }: { readonly file: FileHandle; readonly bytes: number },
  ) {
    this.#leftBytes = bytes;
    this.#request = request;
    this.#file = file;
    this.#failed = new Promise((_resolve, reject) => request.on('error', reject));
    this.#over = new Promise((resolve) => {
      const settle = (): void => {
        this.#isOver = true;
        resolve();
      };
      request.once('close', settle).once('error', settle);
    });
    this.#answered = new Promise((resolve) =>
      request.once('response', (response) => {
        this.#isRefused = response.statusCode >= 300;
        resolve(response);
      }),
    );
    // Each is awaited only for as long as it matters.
    this.#failed.catch(() => undefined);
  }

  async run(asksFirst: boolean): Promise<RawAnswer> {
    const sending = this.#send(asksFirst);
    this.#sending = sending.catch(() => undefined);
    const sendingFailed = sending.then(() => this.#failed);
    const { statusCode, headers } = await Promise.race([
      this.#answered,
      this.#failed,
      sendingFailed,
    ]);
    const reading = this.#read();
    // After a refusal it does not matter whether the connection outlives the answer.
    await (this.#isRefused
      ? Promise.race([reading.catch(() => undefined), this.#over])
      : Promise.race([reading, this.#failed, sendingFailed]));
    return { statusCode, headers, text: this.#text(), isComplete: this.#leftBytes === 0 };
  }

  /** Closes the connection; resolves when the file is no longer read. */
  async end(): Promise<void> {
    this.#request.destroy();
    await this.#sending;
  }

  async #send(asksFirst: boolean): Promise<void> {
    if (asksFirst) await this.#permission();
    // One buffer for all of it: each write is over before the next read.
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    while (this.#leftBytes > 0) {
      const { bytesRead } = await this.#file.read(buffer);
      if (bytesRead === 0) throw new Error('the spooled file became shorter while it was sent');
      // An answer that has arrived is seen before the write that would fail for it.
      await nextTurn();
      if (this.#isRefused || this.#isOver) return;
      await Promise.race([this.#write(buffer.subarray(0, bytesRead)), this.#over]);
    }
    this.#request.end();
  }

  async #permission(): Promise<void> {
    const granted = new Promise((resolve) => this.#request.once('continue', resolve));
    const waiting = new AbortController();
    await Promise.race([
      granted,
      this.#answered,
      this.#over,
      wait(CONTINUE_TIMEOUT_MS, undefined, { signal: waiting.signal }).catch(() => undefined),
    ]);
    waiting.abort();
  }

  /** Resolves when the chunk is on its way, or never will be: the error comes as an event. */
  #write(chunk: Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.#request.write(chunk, (error) => {
        if (error === null || error === undefined) this.#leftBytes -= chunk.length;
        resolve();
      });
    });
  }

  async #read(): Promise<void> {
    let bytes = 0;
    for await (const chunk of this.#request.iterator({ destroyOnReturn: false })) {
      if (!(chunk instanceof Buffer)) throw new TypeError('a body without an encoding is bytes');
      this.#chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_ANSWER_BYTES) return;
    }
    // The last write and the end of the answer may come in the same turn.
    await nextTurn();
  }

  #text(): string {
    return Buffer.concat(this.#chunks).subarray(0, MAX_ANSWER_BYTES).toString();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
