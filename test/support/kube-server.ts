/** A local HTTP server that stands for the API server, and real clients of it. */

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { KubeApi } from '../../agent/kube/client.ts';
import { type ConnectOptions, connectKube } from '../../agent/kube/connect.ts';

/** One that rejects breaks the connection. */
export type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

export class KubeServer {
  readonly http: Server;
  readonly url: string;
  /** `GET /path?query`, in order. */
  readonly requests: string[] = [];
  readonly #folder: string;

  private constructor(http: Server, url: string, folder: string) {
    this.http = http;
    this.url = url;
    this.#folder = folder;
  }

  /** @param port 0: any that is free. */
  static async start(listener: Listener, port = 0): Promise<KubeServer> {
    const http = createServer();
    http.listen(port, '127.0.0.1');
    await once(http, 'listening');
    const address = http.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const folder = await mkdtemp(join(tmpdir(), 'kube-server-'));
    const server = new KubeServer(http, `http://127.0.0.1:${address.port}`, folder);
    http.on('request', (incoming, outgoing) => {
      server.requests.push(`${incoming.method} ${incoming.url}`);
      Promise.resolve(listener(incoming, outgoing)).catch(() => outgoing.destroy());
    });
    return server;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async connect(options: ConnectOptions & KubeconfigOptions = {}): Promise<KubeApi> {
    const kubeconfigFile = join(this.#folder, `kubeconfig-${Math.random()}`);
    await writeFile(kubeconfigFile, kubeconfig(options.server ?? this.url, options));
    return await connectKube({ timeoutMs: 3_000, ...options, kubeconfigFile });
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    this.http.close();
    await rm(this.#folder, { recursive: true });
  }
}

export interface KubeconfigOptions {
  /** Default: the server's address. */
  readonly server?: string;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly namespace?: string;
  readonly proxyUrl?: string;
}

function kubeconfig(server: string, options: KubeconfigOptions): string {
  const { user = { token: 'token-1' }, namespace, proxyUrl } = options;
  const cluster = { server, 'insecure-skip-tls-verify': true, 'proxy-url': proxyUrl };
  return JSON.stringify({
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace } }],
    'current-context': 'x',
  });
}

/** The text of a request's body. */
export async function bodyText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
