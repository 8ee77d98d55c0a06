/** The way out: connections of network collectors, which may not reach the pod, the node's link or cloud metadata. */

import { lookup } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction, Socket } from 'node:net';

import { hostRefusal } from '../../address.ts';

/** What a collector may connect to, and through what. */
export interface Network {
  /** Why a host (a name, or an address, also one that a name resolved to) may not be reached, or undefined. */
  refusal(host: string): string | undefined;
  /** HTTP_PROXY, HTTPS_PROXY, NO_PROXY as the environment has them, in both cases. */
  readonly proxyEnvironment: Readonly<Record<string, string | undefined>>;
}

export function clusterNetwork(proxyEnvironment: Network['proxyEnvironment'] = {}): Network {
  return { refusal: hostRefusal, proxyEnvironment };
}

/** @throws {Error} The host, as it is written, may not be reached. */
export function assertReachable(host: string, network: Network): void {
  const reason = network.refusal(host);
  if (reason !== undefined) throw new Error(reason);
}

/**
 * Resolves names, and refuses one that has a forbidden address among its addresses. The connection is made to
 * what was checked: nobody resolves the name again. Node does not call it for a host that is an address.
 *
 * @param resolve Node's own, but for tests.
 */
export function guardedLookup(network: Network, resolve: typeof lookup = lookup): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) {
        callback(error ?? new Error(`${host} has no address`), '');
        return;
      }
      const reason = addresses
        .map(({ address }) => network.refusal(address))
        .find((refusal) => refusal !== undefined);
      if (reason !== undefined) {
        callback(new Error(`${host} resolves to what is forbidden: ${reason}`), '');
      } else if (options.all === true) {
        callback(null, addresses);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}

/** A socket whose `connect(port, host)` is guarded. Aborting destroys it. */
export class GuardedSocket extends Socket {
  readonly #network: Network;

  constructor(network: Network, signal: AbortSignal) {
    super({ signal });
    this.#network = network;
  }

  override connect(...parameters: readonly unknown[]): this {
    const [port, host] = parameters;
    if (typeof port !== 'number' || typeof host !== 'string') {
      throw new TypeError('only a port and a host are taken');
    }
    const reason = this.#network.refusal(host);
    if (reason !== undefined) this.destroy(new Error(reason));
    else super.connect({ port, host, lookup: guardedLookup(this.#network) });
    return this;
  }
}

/** Connections for HTTP, one for each request. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Straight to the host, guarded. */
export function guardedAgents(network: Network, options: AgentOptions = {}): Agents {
  return {
    http: guard(new HttpAgent({ keepAlive: false }), network),
    https: guard(new HttpsAgent({ keepAlive: false, ...options }), network),
  };
}

function guard<T extends HttpAgent>(agent: T, network: Network): T {
  const createConnection = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const host = options.host ?? 'localhost';
    assertReachable(host, network);
    // An address is not looked up, so it must not depend on the hook alone.
    const lookedUp = isIP(host) === 0 ? { lookup: guardedLookup(network) } : {};
    return createConnection({ ...options, ...lookedUp }, callback);
  };
  return agent;
}

/** Through a proxy, which makes the connection: it is the one who resolves names. */
export function proxiedAgents(proxy: URL, options: AgentOptions = {}): Agents {
  const proxyEnv = { HTTP_PROXY: proxy.href, HTTPS_PROXY: proxy.href };
  return {
    // By `keepAlive` Node also asks the proxy to keep the connection.
    http: new HttpAgent({ keepAlive: options.keepAlive ?? false, proxyEnv }),
    https: new HttpsAgent({ keepAlive: false, proxyEnv, ...options }),
  };
}

/**
 * A proxy that a spec names, its name replaced by an address that may be reached: Node's proxied agents resolve
 * names themselves. Only a proxy behind TLS keeps its name, which its certificate must have.
 *
 * @throws {Error} It may not be reached, or has no address.
 */
export async function pinProxy(proxy: URL, network: Network, signal: AbortSignal): Promise<URL> {
  const host = proxy.hostname.replace(/^\[|\]$/g, '');
  assertReachable(host, network);
  if (isIP(host) !== 0) return proxy;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  guardedLookup(network)(host, {}, (error, address) => {
    if (error !== null) reject(error);
    else if (typeof address === 'string') resolve(address);
    else reject(new Error(`${host} has no address`));
  });
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  const address = await promise;
  if (proxy.protocol === 'https:') return proxy;
  const pinned = new URL(proxy);
  pinned.hostname = isIP(address) === 6 ? `[${address}]` : address;
  return pinned;
}

export function closeAgents({ http, https }: Agents): void {
  http.destroy();
  https.destroy();
}
