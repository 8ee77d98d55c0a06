/**
 * A real HTTP server that takes uploads, tells whole ones from cut ones, and answers whatever a test
 * wants. Bodies are hashed as they stream, so their size does not matter.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { makeCertificate } from './certificate.ts';
import { portOf } from './ports.ts';
import { removeFolder, temporaryFolder } from './processes.ts';
import { readUploadBody, type UploadBody } from './upload-body.ts';

/** What the receiver does with one request. Byte counts are exceeded by at most one chunk. */
export type ReceiverAnswer =
  /** Reads the body, stores it if the status is 2xx, then answers. */
  | {
      readonly kind: 'answer';
      readonly statusCode?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly delayMs?: number;
      /** Answers before reading, as servers that refuse do; then closes. */
      readonly isEarly?: boolean;
    }
  /** Closes the connection, in order or by RST, after so many bytes of the body. */
  | { readonly kind: 'cut' | 'reset'; readonly afterBytes: number }
  /** Reads so many bytes (default all of them), then nothing more happens. */
  | { readonly kind: 'silence'; readonly afterBytes?: number }
  /** Stores the whole body, but the connection ends before the answer. */
  | { readonly kind: 'lose-answer' };

export interface ReceivedRequest {
  readonly method: string;
  /** Path without its leading slash, decoded; no query. */
  readonly key: string;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly startedAt: Date;
  /** Of the body, so far. */
  readonly bytes: number;
  readonly isComplete: boolean;
  /** Absent when there was no answer. */
  readonly statusCode?: number;
}

export interface ReceivedObject {
  readonly key: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly headers: IncomingMessage['headers'];
  /** How often this key was stored. */
  readonly puts: number;
  readonly receivedAt: Date;
  /** With `keep: 'folder'`. */
  readonly file?: string;
}

export interface ReceiverOptions {
  /** `folder` (the default) keeps each body as a file, `hash` only its SHA-256 and size. */
  readonly keep?: 'folder' | 'hash';
  /** Default a temporary one, removed by stop(). */
  readonly folder?: string;
  /** Default a free one. */
  readonly port?: number;
  /** With a self-signed certificate; `names` as in subjectAltName, for a certificate of another host. */
  readonly tls?: { readonly names?: readonly string[] };
  /** Only `PUT` with this User-Agent is let in, as by an S3 bucket policy; all else is 403. */
  readonly policy?: { readonly userAgent: string };
  /** Asked for each request that `answerNext` says nothing on; undefined = as usual. */
  readonly answer?: (request: ReceivedRequest) => ReceiverAnswer | undefined;
}

export interface Receiver {
  /** Without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** With `tls`. */
  readonly caFile?: string;
  /** By key. Only bodies that arrived whole are objects. */
  readonly objects: ReadonlyMap<string, ReceivedObject>;
  /** All of them, oldest first. */
  readonly requests: readonly ReceivedRequest[];
  /** For the next requests, one each. */
  answerNext(...answers: readonly ReceiverAnswer[]): void;
  /** Comes back when so many objects are stored. */
  waitForObjects(count: number, withinMs?: number): Promise<readonly ReceivedObject[]>;
  stop(): Promise<void>;
}

interface State {
  readonly options: ReceiverOptions;
  readonly folder: string;
  readonly objects: Map<string, ReceivedObject>;
  readonly requests: Writable<ReceivedRequest>[];
  readonly answers: ReceiverAnswer[];
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

const DEFAULT_WAIT_MS = 30_000;
const WAIT_POLL_MS = 20;

export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const temporary = temporaryFolder('receiver');
  const state: State = {
    options,
    folder: options.folder ?? temporary,
    objects: new Map(),
    requests: [],
    answers: [],
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    serve(state, request, response).catch(() => request.destroy());
  };
  const certificate =
    options.tls === undefined ? undefined : await makeCertificate(temporary, options.tls.names);
  const server: Server =
    certificate === undefined
      ? createServer(handle)
      : createTlsServer({ cert: certificate.certificate, key: certificate.key }, handle);
  server.requestTimeout = 0;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);

  return {
    port,
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    ...(certificate === undefined ? {} : { caFile: certificate.certificateFile }),
    objects: state.objects,
    requests: state.requests,
    answerNext: (...answers) => void state.answers.push(...answers),
    waitForObjects: (count, withinMs = DEFAULT_WAIT_MS) => waitForObjects(state, count, withinMs),
    stop: async () => {
      if (server.listening) {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      }
      await removeFolder(temporary);
    },
  };
}

async function waitForObjects(
  { objects, requests }: State,
  count: number,
  withinMs: number,
): Promise<readonly ReceivedObject[]> {
  const deadlineMs = performance.now() + withinMs;
  while (objects.size < count) {
    if (performance.now() > deadlineMs) {
      const seen = requests.map((request) => `${request.method} ${request.statusCode ?? 'cut'}`);
      throw new Error(
        `${objects.size} of ${count} objects after ${withinMs} ms; requests: ${seen.join(', ')}`,
      );
    }
    await sleep(WAIT_POLL_MS);
  }
  return [...objects.values()];
}

async function serve(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const record = recordOf(request);
  state.requests.push(record);
  const answer =
    state.answers.shift() ?? state.options.answer?.(record) ?? usualAnswer(state, record);

  if (answer.kind === 'answer' && answer.isEarly === true) {
    response.shouldKeepAlive = false;
    return reply(record, response, answer);
  }
  const body = await readUploadBody(request, {
    file:
      state.options.keep === 'hash' ? undefined : join(state.folder, `.${randomUUID()}.partial`),
    limitBytes: ('afterBytes' in answer ? answer.afterBytes : undefined) ?? Infinity,
    onBytes: (bytes) => {
      record.bytes += bytes;
    },
  });
  record.isComplete = body.isComplete;
  await finish(state, { request, response, record, body, answer });
}

function recordOf(request: IncomingMessage): Writable<ReceivedRequest> {
  const url = new URL(request.url ?? '/', 'http://receiver');
  return {
    method: request.method ?? '',
    key: decodeURIComponent(url.pathname.slice(1)),
    query: url.search.slice(1),
    headers: request.headers,
    startedAt: new Date(),
    bytes: 0,
    isComplete: false,
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly record: Writable<ReceivedRequest>;
  readonly body: UploadBody;
  readonly answer: ReceiverAnswer;
}

async function finish(
  state: State,
  { request, response, record, body, answer }: Exchange,
): Promise<void> {
  switch (answer.kind) {
    case 'cut':
      request.socket.destroy();
      break;
    case 'reset':
      request.socket.resetAndDestroy();
      break;
    case 'silence':
      break;
    case 'lose-answer':
      await store(state, record, body);
      request.socket.destroy();
      return;
    case 'answer': {
      if ((answer.statusCode ?? 200) < 300) await store(state, record, body);
      await sleep(answer.delayMs ?? 0);
      reply(record, response, answer);
    }
  }
  if (body.file !== undefined) await rm(body.file, { force: true });
}

function reply(
  record: Writable<ReceivedRequest>,
  response: ServerResponse,
  answer: Extract<ReceiverAnswer, { readonly kind: 'answer' }>,
): void {
  record.statusCode = answer.statusCode ?? 200;
  response.writeHead(record.statusCode, {
    'x-amz-request-id': randomBytes(8).toString('hex').toUpperCase(),
    ...answer.headers,
  });
  response.end(answer.body);
}

/** What a server that accepts uploads does, or one with a bucket policy when there is one. */
function usualAnswer(
  { options: { policy }, objects }: State,
  request: ReceivedRequest,
): ReceiverAnswer {
  if (policy !== undefined) {
    const isUpload = request.method === 'PUT' && request.query === '';
    if (!isUpload || request.headers['user-agent'] !== policy.userAgent) {
      return s3Error(403, 'AccessDenied', 'Access Denied');
    }
    if (request.headers['content-length'] === undefined) {
      return s3Error(
        411,
        'MissingContentLength',
        'You must provide the Content-Length HTTP header.',
      );
    }
  }
  if (!['PUT', 'POST'].includes(request.method)) return { kind: 'answer', statusCode: 405 };
  if (request.headers['if-none-match'] === '*' && objects.has(request.key)) {
    return s3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions did not hold');
  }
  return { kind: 'answer', headers: { etag: `"${randomBytes(16).toString('hex')}"` } };
}

/** An answer in the form that S3 gives its errors. */
function s3Error(statusCode: number, code: string, message: string): ReceiverAnswer {
  const requestId = randomBytes(8).toString('hex').toUpperCase();
  return {
    kind: 'answer',
    statusCode,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
    body:
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<Error><Code>${code}</Code><Message>${message}</Message>` +
      `<RequestId>${requestId}</RequestId></Error>`,
  };
}

async function store(
  { folder, objects }: State,
  { key, bytes, headers }: ReceivedRequest,
  { sha256, file: partialFile }: UploadBody,
): Promise<void> {
  const file = join(folder, encodeURIComponent(key));
  if (partialFile !== undefined) await rename(partialFile, file);
  objects.set(key, {
    key,
    bytes,
    sha256,
    headers,
    puts: (objects.get(key)?.puts ?? 0) + 1,
    receivedAt: new Date(),
    ...(partialFile === undefined ? {} : { file }),
  });
}
