/** One request to the Kubernetes API over node:https: deadline, size limit, and every failure as an AgentError. */

import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

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
  readonly body?: { readonly text: string; readonly contentType: string };
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly transport: Transport;
}

/** Enough for a Status object. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/**
 * The parsed JSON of a 2xx answer. Sent once more when a kept-alive connection turns out to have
 * been closed by the server: reads and merge patches may be repeated.
 *
 * @throws {AgentError} KUBE_…; when the signal aborts, what Node rejects with.
 */
export async function sendKubeRequest(request: KubeRequest, signal: AbortSignal): Promise<unknown> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  try {
    return await exchange(request, AbortSignal.any([signal, deadline]));
  } catch (error) {
    if (signal.aborted || error instanceof AgentError) throw error;
    if (deadline.aborted) throw timeoutError(request, request.timeoutMs);
    throw connectionError(request, error);
  }
}

async function exchange(request: KubeRequest, signal: AbortSignal): Promise<unknown> {
  const response = await send(request, signal);
  const statusCode = response.statusCode ?? 0;
  if (statusCode < 200 || statusCode > 299) {
    const { body } = await readBody(response, MAX_ERROR_BODY_BYTES);
    throw answerError(request, statusCode, body);
  }
  const { body, isWhole } = await readBody(response, request.maxResponseBytes);
  if (!isWhole) {
    const what = `the answer is larger than ${request.maxResponseBytes} bytes`;
    throw unusableAnswerError(request, what);
  }
  return parseJson(request, body);
}

/** The answer's head; its body is yet to be read. */
async function send(request: KubeRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const first = open(request, signal);
  try {
    return await responseTo(first, request.body?.text);
  } catch (error) {
    const isReset = hasCode(error, 'ECONNRESET') || hasCode(error, 'EPIPE');
    if (signal.aborted || !isReset || !first.reusedSocket) throw error;
    return await responseTo(open(request, signal), request.body?.text);
  }
}

function open(request: KubeRequest, signal: AbortSignal): ClientRequest {
  const { server, path, method, body, transport } = request;
  // A server behind a path (Rancher) keeps it: the path of the request is appended.
  const url = new URL(`${server.href.replace(/\/$/, '')}${path}`);
  const start = url.protocol === 'http:' ? httpRequest : httpsRequest;
  const headers: OutgoingHttpHeaders = { ...transport.headers, accept: 'application/json' };
  if (body !== undefined) {
    headers['content-type'] = body.contentType;
    headers['content-length'] = Buffer.byteLength(body.text);
  }
  return start(url, { ...transport, method, signal, headers });
}

function responseTo(outgoing: ClientRequest, text: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Stays after the answer has begun: an error that comes late would otherwise end the process.
    outgoing.on('error', reject);
    outgoing.once('response', resolve);
    outgoing.end(text);
  });
}

interface Body {
  readonly body: Uint8Array;
  readonly isWhole: boolean;
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    // Leaving the loop closes the connection: the rest is not waited for.
    if (bytes > maxBytes) return { body: Buffer.concat(chunks), isWhole: false };
    chunks.push(part);
  }
  return { body: Buffer.concat(chunks), isWhole: true };
}

function parseJson(request: KubeRequest, body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw unusableAnswerError(request, 'the answer is not JSON');
  }
}
