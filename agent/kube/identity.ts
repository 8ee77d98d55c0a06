/** Who the agent is to the Kubernetes API: address, credentials and namespace, from the pod or a kubeconfig. */

import type { OutgoingHttpHeaders } from 'node:http';

import type { Cluster, KubeConfig } from '@kubernetes/client-node';

import { AgentError } from '../errors.ts';
import { identityError } from './api-error.ts';
import type { Transport } from './request.ts';

export interface Identity {
  /** No credentials in it. */
  readonly server: URL;
  /** Of the current context or of the pod; `default` where that names none. */
  readonly namespace: string;
  /**
   * TLS and credentials; `agent` is there only for a server behind a proxy. Asked for with each request, and read
   * anew after some seconds: tokens and certificates are renewed while the agent runs.
   *
   * @throws {AgentError} KUBE_CONFIG: the credentials cannot be read.
   */
  transport(): Promise<Transport>;
}

/**
 * client-node is used for this alone: it reads a ServiceAccount's token file again every 60 s and runs
 * a kubeconfig's credential programs.
 *
 * @param kubeconfigFile Absent: KUBECONFIG, else `~/.kube/config`, else the pod's ServiceAccount.
 * @throws {AgentError} KUBE_CONFIG: there is no identity, or it cannot be read.
 */
export async function loadIdentity(kubeconfigFile?: string): Promise<Identity> {
  const config = await loadConfig(kubeconfigFile);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new AgentError('KUBE_CONFIG', 'the kubeconfig has no cluster for its current context');
  }
  const context = config.getContextObject(config.getCurrentContext());
  const namespace = (context?.namespace ?? '').trim();
  return {
    server: serverOf(cluster),
    namespace: namespace === '' ? 'default' : namespace,
    transport: remember(() => transportOf(config, cluster)),
  };
}

async function loadConfig(kubeconfigFile: string | undefined): Promise<KubeConfig> {
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

/** client-node reads the CA's file each time it is asked; a run asks hundreds of times within a second. */
const REMEMBERED_MS = 5_000;

function remember(read: () => Promise<Transport>): () => Promise<Transport> {
  let remembered: { readonly transport: Promise<Transport>; readonly readAt: number } | undefined;
  return async () => {
    const now = performance.now();
    if (remembered === undefined || now - remembered.readAt > REMEMBERED_MS) {
      remembered = { transport: read(), readAt: now };
    }
    try {
      const transport = await remembered.transport;
      return { ...transport, headers: { ...transport.headers } };
    } catch (error) {
      remembered = undefined;
      throw error;
    }
  };
}

async function transportOf(config: KubeConfig, cluster: Cluster): Promise<Transport> {
  const headers: OutgoingHttpHeaders = {};
  const transport: Transport = { headers };
  try {
    await config.applyToHTTPSOptions(transport);
  } catch (error) {
    throw identityError('the credentials for the Kubernetes API cannot be used', error);
  }
  // A token file written by hand ends with a line break, which no header may hold.
  if (typeof headers['Authorization'] === 'string') {
    headers['Authorization'] = headers['Authorization'].trim();
  }
  if (cluster.proxyUrl !== undefined) return transport;
  // client-node's own agent keeps no connection alive and remembers the first certificates.
  const { agent: _agent, ...direct } = transport;
  return direct;
}
