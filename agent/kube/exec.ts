/** A command in a container, over a WebSocket. */

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { addAbortSignal, type Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import { deadlineSignal } from '../clock.ts';
import { AgentError } from '../errors.ts';
import {
  answerError,
  connectionError,
  KubeAnswerError,
  type RequestName,
  timeoutError,
} from './api-error.ts';
import type { ExecEnding, ExecTarget, Execution } from './client.ts';
import { endingOf } from './exec-ending.ts';
import { MAX_ERROR_BODY_BYTES, readBody, type Transport, urlOf } from './request.ts';

/**
 * v4 and not v5: the API server hands its bytes on to the kubelet, so that refusals are the kubelet's own
 * words, and every version knows it. All that v5 adds is closing stdin, and stdin is not asked for.
 */
const PROTOCOL = 'v4.channel.k8s.io';

const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

/** The other side sends at most 32 KiB at once. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** A command may be silent for long; load balancers close what is silent for a minute. */
const PING_MS = 15_000;

export interface ExecConnection {
  readonly server: URL;
  readonly transport: Transport;
  /** Until the command is started. */
  readonly timeoutMs: number;
}

/**
 * Starts the command: no stdin, no terminal. The connection is closed when the output has been read,
 * is left, or the signal aborts. An execution whose output nobody reads stays until the signal aborts.
 *
 * On `ws` itself, which client-node's Exec is built on too: Exec writes into streams without heeding
 * that they are full (a copy of gigabytes would lie in memory), drops the answer of a refused handshake
 * and with it the API's words, and says nothing of a connection that breaks.
 *
 * @throws {KubeAnswerError} The API or the kubelet refuses.
 * @throws {AgentError} KUBE_UNREACHABLE, KUBE_TIMEOUT; when the signal aborts, what Node rejects with.
 */
export async function openExecution(
  target: ExecTarget,
  { server, transport, timeoutMs }: ExecConnection,
  signal: AbortSignal,
): Promise<Execution> {
  signal.throwIfAborted();
  // Imported here: most runs execute nothing.
  const { WebSocket, createWebSocketStream } = await import('ws');
  const request: RequestName = { method: 'GET', path: pathOf(target), server };
  const url = urlOf(request);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  const { headers, ...connection } = transport;
  const socket = new WebSocket(url, PROTOCOL, {
    ...connection,
    headers: textHeaders(headers),
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  // Pauses the connection while nobody reads.
  const messages = createWebSocketStream(socket, { readableObjectMode: true });
  messages.on('error', () => undefined);
  addAbortSignal(signal, messages);
  try {
    await handshake(socket, { request, timeoutMs }, signal);
  } catch (error) {
    messages.destroy();
    throw error;
  }
  keepOpen(socket);
  return executionOf(messages, request, signal);
}

function pathOf({ namespace, pod, container, command }: ExecTarget): string {
  const query = new URLSearchParams({ container, stdout: 'true', stderr: 'true' });
  for (const word of command) query.append('command', word);
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec?${query.toString()}`;
}

function textHeaders(headers: Transport['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(value)] as const),
  );
}

async function handshake(
  socket: WebSocket,
  { request, timeoutMs }: { readonly request: RequestName; readonly timeoutMs: number },
  signal: AbortSignal,
): Promise<void> {
  const deadline = deadlineSignal(timeoutMs);
  const refusal = new Promise<never>((_resolve, reject) => {
    socket.once('unexpected-response', (_outgoing, response) => {
      refusalOf(request, response).then(reject, reject);
    });
  });
  try {
    const opened = once(socket, 'open', { signal: AbortSignal.any([signal, deadline]) });
    await Promise.race([opened, refusal]);
  } catch (error) {
    if (signal.aborted || error instanceof AgentError) throw error;
    if (deadline.aborted) throw timeoutError(request, timeoutMs);
    throw connectionError(request, error);
  }
}

/** With the words that client-go's SPDY puts before it. */
async function refusalOf(
  request: RequestName,
  response: IncomingMessage,
): Promise<KubeAnswerError> {
  const { statusCode = 0, headers } = response;
  const retryAfter = headers['retry-after'];
  const { body } = await readBody(response, MAX_ERROR_BODY_BYTES);
  const error = answerError(request, { statusCode, body, retryAfter });
  const apiMessage = `unable to upgrade connection: ${error.apiMessage.trim()}`;
  const answer = { statusCode, apiMessage, isStatus: true, retryAfter };
  return new KubeAnswerError(error.code, error.message, answer);
}

function keepOpen(socket: WebSocket): void {
  const timer = setInterval(() => socket.ping(), PING_MS);
  socket.once('close', () => clearInterval(timer));
}

function executionOf(messages: Duplex, request: RequestName, signal: AbortSignal): Execution {
  const { promise: ending, resolve, reject } = Promise.withResolvers<ExecEnding>();
  // Whoever reads the output meets the error there, and may not ask for the ending any more.
  ending.catch(() => undefined);
  messages.once('close', () => {
    if (signal.aborted) reject(signal.reason);
  });
  async function* read(): AsyncGenerator<Output> {
    try {
      const status = yield* outputIn(messages);
      if (status === undefined) throw new Error('the connection ended before the command did');
      resolve(endingOf(status));
    } catch (error) {
      const isOurs = signal.aborted || error instanceof AgentError;
      const failure = isOurs ? error : connectionError(request, error);
      reject(failure);
      throw failure;
    } finally {
      resolve({ kind: 'left' });
      messages.destroy();
    }
  }
  return { output: read(), ending };
}

type Output = Execution['output'] extends AsyncIterable<infer Part> ? Part : never;

// Returns the Status, which comes last; undefined: it did not come.
async function* outputIn(messages: Duplex): AsyncGenerator<Output, Uint8Array | undefined> {
  for await (const message of messages) {
    const bytes = Buffer.isBuffer(message) ? message : Buffer.from(message);
    const chunk = bytes.subarray(1);
    // A channel is opened with an empty message.
    if (chunk.length === 0) continue;
    if (bytes[0] === STATUS) return chunk;
    if (bytes[0] === STDOUT) yield { stream: 'stdout', chunk };
    else if (bytes[0] === STDERR) yield { stream: 'stderr', chunk };
  }
  return undefined;
}
