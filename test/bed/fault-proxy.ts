/** Stands between a client and an API server, hands everything on, and answers some requests wrongly. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { makeCertificate } from './certificate.ts';
import { type ControlPlane, kubeconfigFor } from './control-plane.ts';
import { portOf } from './ports.ts';
import { removeFolder, temporaryFolder } from './processes.ts';

/** What happens to a request. */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly statusCode: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Accepted, and nothing more. */
  | { readonly kind: 'silence' }
  /** The true answer, cut off after so many bytes of its body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** 200 and these chunks, as fast as they come and are read; they may have no end. */
  | { readonly kind: 'stream'; readonly chunks: () => Iterable<string> | AsyncIterable<string> };

export interface FaultProxy {
  readonly url: string;
  readonly kubeconfigFile: string;
  /** `GET /path?query`, in order. */
  readonly requests: readonly string[];
  /** The fault for a request, asked for each; undefined: none. */
  fault: (method: string, path: string) => Fault | undefined;
  stop(): Promise<void>;
}

/** @param token The client's identity at the API server; default the admin's. */
export async function startFaultProxy(
  plane: ControlPlane,
  token: string = plane.adminToken,
): Promise<FaultProxy> {
  const folder = temporaryFolder('fault-proxy');
  const { certificate, key, certificateFile } = await makeCertificate(folder);
  const agent = new Agent({ keepAlive: true, ca: await readFile(plane.caFile, 'utf8') });
  const requests: string[] = [];
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const [method = 'GET', path = '/'] = [request.method, request.url];
    requests.push(`${method} ${path}`);
    const fault = proxy.fault(method, path);
    const answered = answer({ request, response, fault, upstream: { plane, agent } });
    // A client that leaves in the middle, or a server that is gone: the client sees it.
    answered.catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${portOf(server)}`;
  const kubeconfigFile = join(folder, 'kubeconfig');
  await writeFile(kubeconfigFile, kubeconfigFor({ url, caFile: certificateFile, token }));
  const proxy: FaultProxy = {
    url,
    kubeconfigFile,
    requests,
    fault: () => undefined,
    stop: async () => {
      server.closeAllConnections();
      agent.destroy();
      await once(server.close(), 'close');
      await removeFolder(folder);
    },
  };
  return proxy;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly fault: Fault | undefined;
  readonly upstream: { readonly plane: ControlPlane; readonly agent: Agent };
}

async function answer({ request, response, fault, upstream }: Exchange): Promise<void> {
  switch (fault?.kind) {
    case 'silence':
      return;
    case 'answer':
      response.writeHead(fault.statusCode, {
        'content-type': 'application/json',
        ...fault.headers,
      });
      response.end(fault.body ?? '');
      return;
    case 'stream':
      response.writeHead(200, { 'content-type': 'application/json' });
      await pipeline(fault.chunks(), response);
      return;
    case 'cut':
    case undefined:
      await handOn({ request, response, fault, upstream });
  }
}

async function handOn({ request, response, fault, upstream }: Exchange): Promise<void> {
  const { plane, agent } = upstream;
  const outgoing = httpsRequest(new URL(request.url ?? '/', plane.url), {
    agent,
    method: request.method ?? 'GET',
    headers: { ...request.headers, host: `${plane.host}:${plane.port}` },
  });
  const answered = once(outgoing, 'response');
  await pipeline(request, outgoing);
  const [incoming] = await answered;
  if (!(incoming instanceof IncomingMessage)) throw new TypeError('no response');
  response.writeHead(incoming.statusCode ?? 502, incoming.headers);
  if (fault?.kind === 'cut') {
    let leftBytes = fault.afterBytes;
    for await (const chunk of incoming) {
      const part = Buffer.from(chunk).subarray(0, leftBytes);
      leftBytes -= part.length;
      response.write(part);
      if (leftBytes === 0) break;
    }
    response.destroy();
    return;
  }
  await pipeline(incoming, response);
}
