/** Connects to the Kubernetes API with the identity of the pod or of a kubeconfig. */

import { Agent as HttpAgent, type OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

import type { Cluster, KubeConfig } from '@kubernetes/client-node';

import { AgentError } from '../errors.ts';
import { identityError } from './api-error.ts';
import type { KubeClient } from './client.ts';
import { type KubeRequest, sendKubeRequest, type Transport } from './request.ts';

export interface ConnectOptions {
  /** Absent: KUBECONFIG, else `~/.kube/config`, else the pod's ServiceAccount. */
  readonly kubeconfigFile?: string;
  /** For one request, its answer included. */
  readonly timeoutMs?: number;
  /** Larger answers are an error. */
  readonly maxResponseBytes?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_RESPONSE_BYTES = 16 * 1024 * 1024;
const IDLE_CONNECTION_MS = 30_000;

/**
 * A client for the cluster; sends nothing yet. client-node is used for identity alone: it reads a
 * ServiceAccount's token file again every 60 s and runs a kubeconfig's credential programs. Requests
 * go past proxies, unless the kubeconfig names one (`proxy-url`).
 *
 * @throws {AgentError} KUBE_CONFIG: there is no identity, or it cannot be read.
 */
export async function connectKube(options: ConnectOptions = {}): Promise<KubeClient> {
  const config = await loadIdentity(options.kubeconfigFile);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new AgentError('KUBE_CONFIG', 'the kubeconfig has no cluster for its current context');
  }
  return new HttpKubeClient(config, cluster, options);
}

class HttpKubeClient implements KubeClient {
  readonly server: URL;
  readonly #config: KubeConfig;
  readonly #cluster: Cluster;
  readonly #agent: HttpAgent;
  readonly #limits: Pick<KubeRequest, 'timeoutMs' | 'maxResponseBytes'>;

  constructor(config: KubeConfig, cluster: Cluster, options: ConnectOptions) {
    this.#config = config;
    this.#cluster = cluster;
    this.server = serverOf(cluster);
    const connections = { keepAlive: true, timeout: IDLE_CONNECTION_MS };
    this.#agent =
      this.server.protocol === 'http:' ? new HttpAgent(connections) : new HttpsAgent(connections);
    this.#limits = {
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      maxResponseBytes: options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
    };
  }

  async get(path: string, signal: AbortSignal): Promise<unknown> {
    return await this.#send({ method: 'GET', path }, signal);
  }

  async patch(path: string, patch: unknown, signal: AbortSignal): Promise<unknown> {
    const contentType = 'application/merge-patch+json';
    const body = { text: JSON.stringify(patch), contentType };
    return await this.#send({ method: 'PATCH', path, body }, signal);
  }

  async #send(
    request: Pick<KubeRequest, 'method' | 'path' | 'body'>,
    signal: AbortSignal,
  ): Promise<unknown> {
    const transport = await this.#transport();
    const { server } = this;
    return await sendKubeRequest({ ...request, ...this.#limits, server, transport }, signal);
  }

  /** Asked for anew with each request: tokens and certificates are renewed while the agent runs. */
  async #transport(): Promise<Transport> {
    const headers: OutgoingHttpHeaders = {};
    const transport: Transport = { headers };
    try {
      await this.#config.applyToHTTPSOptions(transport);
    } catch (error) {
      throw identityError('the credentials for the Kubernetes API cannot be used', error);
    }
    // A token file written by hand ends with a line break, which no header may hold.
    if (typeof headers['Authorization'] === 'string') {
      headers['Authorization'] = headers['Authorization'].trim();
    }
    // client-node's own agent keeps no connection alive and remembers the first certificates.
    return this.#cluster.proxyUrl === undefined ? { ...transport, agent: this.#agent } : transport;
  }
}

async function loadIdentity(kubeconfigFile: string | undefined): Promise<KubeConfig> {
  // Imported here: it takes up to a second and 80 MB from node_modules, and files as specs need no cluster.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  try {
    if (kubeconfigFile === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfigFile);
  } catch (error) {
    throw identityError('the kubeconfig cannot be read', error);
  }
  // What client-node answers with when it finds neither a kubeconfig nor a ServiceAccount.
  if (config.getCurrentCluster()?.server === 'http://localhost:8080') {
    throw new AgentError(
      'KUBE_CONFIG',
      'no identity for the Kubernetes API: not in a pod with a ServiceAccount, and neither KUBECONFIG nor ~/.kube/config is there',
    );
  }
  return config;
}

function serverOf(cluster: Cluster): URL {
  const server = URL.parse(cluster.server);
  if (server === null || !['https:', 'http:'].includes(server.protocol)) {
    throw new AgentError('KUBE_CONFIG', `the API server's address is not an https: URL`);
  }
  server.username = '';
  server.password = '';
  return server;
}
