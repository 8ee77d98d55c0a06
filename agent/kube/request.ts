/** One request to the Kubernetes API over node:https: deadline, size limit, and every failure as an AgentError. */

import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { AgentError, hasCode } from '../errors.ts';
import {
  answerError,
  connectionError,
  type RequestName,
  timeoutError,
  unusableAnswerError,
} from './api-error.ts';

/** TLS, credentials and agent. */
export type Transport = Omit<RequestOptions, 'headers'> & { readonly headers: OutgoingHttpHeaders };

export interface KubeRequest extends RequestName {
  /** Default `application/json`. */
  readonly accept?: string;
  readonly body?: { readonly text: string; readonly contentType: string };
  /** Sending it twice does what sending it once does. */
  readonly isRepeatable: boolean;
  readonly transport: Transport;
}

/** A 2xx whose body is yet to be read. */
export interface Answer {
  readonly statusCode: number;
  readonly contentType: string;
  /** Decompressed. Destroying it closes the connection. */
  readonly body: Readable;
  /** As it comes off the wire; emits `close` when the exchange is over, whatever its end. */
  readonly response: IncomingMessage;
}

export interface ReadLimits {
  /** For the whole answer. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

/** Enough for a Status object. */
export const MAX_ERROR_BODY_BYTES = 64 * 1024;

/**
 * The parsed JSON of a 2xx answer.
 *
 * @throws {AgentError} KUBE_…; when the signal aborts, what Node rejects with.
 */
export async function sendKubeRequest(
  request: KubeRequest & ReadLimits,
  signal: AbortSignal,
): Promise<unknown> {
  const { timeoutMs } = request;
  return await within({ request, timeoutMs }, signal, async (deadline) => {
    const answer = await exchange(request, deadline);
    const { body, isWhole } = await readBody(answer.body, request.maxResponseBytes);
    if (!isWhole) {
      const what = `the answer is larger than ${request.maxResponseBytes} bytes`;
      throw unusableAnswerError(request, what);
    }
    return parseJson(request, body);
  });
}

/**
 * A 2xx answer, as soon as it begins. The signal stays in force until the body has been read.
 *
 * @param timeoutMs Until the answer begins; undefined: as long as the signal allows.
 * @throws {AgentError} KUBE_…; when the signal aborts, what Node rejects with.
 */
export async function openKubeRequest(
  request: KubeRequest & { readonly timeoutMs: number | undefined },
  signal: AbortSignal,
): Promise<Answer> {
  const { timeoutMs } = request;
  return await within({ request, timeoutMs }, signal, (deadline) => exchange(request, deadline));
}

/** Runs the exchange under the signal and a deadline that is lifted when it returns; failures become AgentErrors. */
async function within<T>(
  { request, timeoutMs }: { readonly request: KubeRequest; readonly timeoutMs: number | undefined },
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => deadline.abort(), timeoutMs);
  try {
    return await run(AbortSignal.any([signal, deadline.signal]));
  } catch (error) {
    if (signal.aborted || error instanceof AgentError) throw error;
    if (timeoutMs !== undefined && deadline.signal.aborted) throw timeoutError(request, timeoutMs);
    throw connectionError(request, error);
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(request: KubeRequest, signal: AbortSignal): Promise<Answer> {
  const response = await send(request, signal);
  const { statusCode = 0, headers } = response;
  const body = decompressed(response);
  if (statusCode < 200 || statusCode > 299) {
    const { body: said } = await readBody(body, MAX_ERROR_BODY_BYTES);
    throw answerError(request, { statusCode, body: said, retryAfter: headers['retry-after'] });
  }
  return { statusCode, contentType: headers['content-type'] ?? '', body, response };
}

/** The answer's head. A kept-alive connection that the server closed in that moment is no failure: it is sent again. */
async function send(request: KubeRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const first = open(request, signal);
  try {
    return await responseTo(first, request.body?.text);
  } catch (error) {
    const isReset = hasCode(error, 'ECONNRESET') || hasCode(error, 'EPIPE');
    const isStale = isReset && first.reusedSocket && request.isRepeatable;
    if (signal.aborted || !isStale) throw error;
    return await responseTo(open(request, signal), request.body?.text);
  }
}

function open(request: KubeRequest, signal: AbortSignal): ClientRequest {
  const { method, body, transport } = request;
  const url = urlOf(request);
  const start = url.protocol === 'http:' ? httpRequest : httpsRequest;
  const headers: OutgoingHttpHeaders = {
    ...transport.headers,
    accept: request.accept ?? 'application/json',
    'accept-encoding': 'gzip',
  };
  if (body !== undefined) {
    headers['content-type'] = body.contentType;
    headers['content-length'] = Buffer.byteLength(body.text);
  }
  return start(url, { ...transport, method, signal, headers });
}

/** A server behind a path (Rancher) keeps it: the path of the request is appended. */
export function urlOf({ server, path }: RequestName): URL {
  return new URL(`${server.href.replace(/\/$/, '')}${path}`);
}

function responseTo(outgoing: ClientRequest, text: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Stays after the answer has begun: an error that comes late would otherwise end the process.
    outgoing.on('error', reject);
    outgoing.once('response', resolve);
    outgoing.end(text);
  });
}

/** Each costs a job for another thread. */
const GUNZIP_CHUNK_BYTES = 128 * 1024;

function decompressed(response: IncomingMessage): Readable {
  // Whoever reads meets the error too; without a listener one that nobody reads would end the process.
  response.on('error', () => undefined);
  if (response.headers['content-encoding'] !== 'gzip') return response;
  const gunzip = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES });
  pipeline(response, gunzip, () => undefined);
  return gunzip;
}

interface Body {
  readonly body: Uint8Array;
  readonly isWhole: boolean;
}

/** @param maxBytes Of what is decompressed. */
export async function readBody(source: Readable, maxBytes: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    bytes += part.length;
    // Leaving the loop closes the connection: the rest is not waited for.
    if (bytes > maxBytes) return { body: Buffer.concat(chunks), isWhole: false };
    chunks.push(part);
  }
  return { body: Buffer.concat(chunks), isWhole: true };
}

function parseJson(request: KubeRequest, body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  } catch {
    throw unusableAnswerError(request, 'the answer is not JSON');
  }
}
