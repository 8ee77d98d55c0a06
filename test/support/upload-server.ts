/** Local servers that take uploads, or refuse them in whatever way a test wants. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createRawServer, type Server as RawServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

interface ReceivedUpload {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Answers one upload, which has been read whole. */
export type Answer = (response: ServerResponse, upload: ReceivedUpload) => void;

export interface LocalServer {
  /** Without a trailing slash. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

export interface UploadServer extends LocalServer {
  /** Oldest first; only those whose body arrived whole. */
  readonly uploads: readonly ReceivedUpload[];
}

/**
 * Takes uploads; answers the nth by the nth answer, and all later ones by the last.
 *
 * @param tls PEM.
 */
export async function startUploadServer(
  answers: readonly [Answer, ...Answer[]],
  tls?: { readonly cert: string; readonly key: string },
): Promise<UploadServer> {
  const uploads: ReceivedUpload[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const { method = '', url: target = '', headers } = request;
    const upload = { method, target, headers, body };
    const answer = answers[uploads.length] ?? answers.at(-1);
    uploads.push(upload);
    answer?.(response, upload);
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    take(request, response).catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle);
  const local = await listen(server, tls === undefined ? 'http' : 'https');
  return { ...local, uploads };
}

/** A server below HTTP: what it says and when is up to `talk`. */
export async function startRawUploadServer(talk: (socket: Socket) => void): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    // The client breaks off, or is broken off: that is what is tested.
    socket.on('error', () => undefined);
    talk(socket);
  });
  const local = await listen(server, 'http');
  return {
    ...local,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await local.stop();
    },
  };
}

/** The usual answer of one that has stored the object. */
export function stored(response: ServerResponse): void {
  response.setHeader('etag', '"5d41402a"').end();
}

/** An answer by status, headers and body. */
export function answering(
  statusCode: number,
  { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string } = {},
): Answer {
  return (response) => void response.writeHead(statusCode, headers).end(body);
}

async function listen(server: Server | RawServer, scheme: string): Promise<LocalServer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP server');
  return {
    port: address.port,
    url: `${scheme}://127.0.0.1:${address.port}`,
    stop: async () => {
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
