/** Connections for requests to one URL: through the proxy that the environment names for it, or straight to the host. */

import type { AgentOptions } from 'node:https';

import {
  type Agents,
  assertReachable,
  guardedAgents,
  type Network,
  proxiedAgents,
} from './network.ts';
import { proxyFor } from './proxy.ts';

/** @throws {Error} The host may not be reached, or the proxy is no URL. */
export function routedAgents(url: URL, network: Network, options: AgentOptions = {}): Agents {
  assertReachable(url.hostname, network);
  const proxy = proxyFor(url, network.proxyEnvironment);
  return proxy === undefined ? guardedAgents(network, options) : proxiedAgents(proxy, options);
}
