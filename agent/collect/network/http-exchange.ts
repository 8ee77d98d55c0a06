/** HTTP requests of collectors: guarded or through a proxy, bounded in size, with redirects by the rules of Go's client. */

import type { AgentOptions } from 'node:https';

import { goNetError, isConnectFailure, wholeMessageOf } from './go-net-error.ts';
import {
  BrokenBodyError,
  type HttpAnswer,
  type HttpRequest,
  isRedirect,
  receive,
  withoutUser,
} from './http-receive.ts';
import {
  type Agents,
  assertReachable,
  closeAgents,
  guardedAgents,
  type Network,
  pinProxy,
  proxiedAgents,
} from './network.ts';

/** As Go's client. */
const MOST_REQUESTS = 10;

/** A proxy of the spec is guarded as any other host. */
export interface Proxy {
  readonly url: URL;
  readonly isFromSpec: boolean;
}

/** How requests are sent. */
export interface Way {
  readonly network: Network;
  /** Aborts at the request's deadline too: what is thrown then does not matter. */
  readonly signal: AbortSignal;
  readonly tls: AgentOptions;
  readonly findProxy: (url: URL) => Proxy | undefined;
  /** Throws where a redirect may not be followed. */
  readonly checkRedirect?: (from: URL, to: URL) => void;
}

/** There is no answer. Its message is that of Go's url.Error: `Get "http://host/": EOF`. */
export class ExchangeError extends Error {
  /** Without the URL. */
  readonly reason: string;
  readonly #method: string;
  readonly #label: string;

  constructor(
    method: string,
    label: string,
    { reason, cause }: { reason: string; cause?: unknown },
  ) {
    const name = method.charAt(0) + method.slice(1).toLowerCase();
    super(`${name} ${JSON.stringify(label)}: ${reason}`, { cause });
    this.name = new.target.name;
    this.reason = reason;
    this.#method = method;
    this.#label = label;
  }

  /** The same request, another reason. */
  because(reason: string): ExchangeError {
    return new ExchangeError(this.#method, this.#label, { reason, cause: this });
  }
}

/**
 * The answer, whatever its status.
 *
 * Source: Client.do in Go's net/http/client.go.
 *
 * @throws {ExchangeError} No answer, a host that may not be reached, too large a body.
 * @throws {BrokenBodyError}
 */
export async function exchange(request: HttpRequest, way: Way): Promise<HttpAnswer> {
  let hop = request;
  for (let sent = 1; ; sent++) {
    const answer = await sendOne(hop, request.method, way);
    const location = answer.headers.get('Location') ?? '';
    if (!isRedirect(answer.statusCode, location)) return answer;
    try {
      const url = targetOf(location, hop.url, sent);
      way.checkRedirect?.(hop.url, url);
      hop = nextHop(hop, url, answer.statusCode);
    } catch (error) {
      const reason = wholeMessageOf(error);
      throw new ExchangeError(request.method, withoutPassword(location), { reason, cause: error });
    }
  }
}

function targetOf(location: string, from: URL, sent: number): URL {
  const url = URL.parse(location, from.href);
  if (url === null) throw new Error('failed to parse Location header');
  if (sent === MOST_REQUESTS) throw new Error(`stopped after ${MOST_REQUESTS} redirects`);
  return url;
}

/** For messages: the password of a URL is not to be read there. */
export function withoutPassword(url: string): string {
  return url.replace(/^([^:/?#]+:\/\/[^/?#:@]*):[^/?#]*@/, '$1:***@');
}

/** Never sent on to another host. */
const SENSITIVE = ['authorization', 'www-authenticate', 'cookie', 'cookie2', 'proxy-authorization'];
/** Gone with the body. */
const OF_BODY = ['content-type', 'content-encoding', 'content-language', 'content-location'];

function nextHop(from: HttpRequest, url: URL, statusCode: number): HttpRequest {
  const isKept = statusCode === 307 || statusCode === 308;
  const dropped = [...(isWithin(url, from.url) ? [] : SENSITIVE), ...(isKept ? [] : OF_BODY)];
  const headers = Object.entries(from.headers ?? {}).filter(([name]) => !dropped.includes(name));
  const isDowngrade = from.url.protocol === 'https:' && url.protocol === 'http:';
  const referer = isDowngrade ? {} : { referer: withoutUser(from.url).href };
  const hop = { url, headers: { ...referer, ...Object.fromEntries(headers) } };
  if (!isKept) return { ...hop, method: 'GET' };
  const { method, body } = from;
  return body === undefined ? { ...hop, method } : { ...hop, method, body };
}

function isWithin(url: URL, domain: URL): boolean {
  return url.hostname === domain.hostname || url.hostname.endsWith(`.${domain.hostname}`);
}

async function sendOne(request: HttpRequest, firstMethod: string, way: Way): Promise<HttpAnswer> {
  const { url } = request;
  const label = request.label ?? withoutPassword(url.href);
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== 'http' && scheme !== 'https') {
    const reason = `unsupported protocol scheme "${scheme}"`;
    throw new ExchangeError(firstMethod, label, { reason });
  }
  let proxy: Proxy | undefined;
  try {
    assertReachable(url.hostname, way.network);
    proxy = way.findProxy(url);
    const agents = await agentsFor(proxy, way);
    try {
      return await receive(request, agents, way.signal);
    } finally {
      closeAgents(agents);
    }
  } catch (error) {
    if (error instanceof BrokenBodyError) throw error;
    const prefix = proxy !== undefined && isConnectFailure(error) ? 'proxyconnect tcp: ' : '';
    const reason = prefix + goNetError(error);
    throw new ExchangeError(firstMethod, label, { reason, cause: error });
  }
}

async function agentsFor(proxy: Proxy | undefined, { network, tls, signal }: Way): Promise<Agents> {
  if (proxy === undefined) return guardedAgents(network, tls);
  return proxiedAgents(proxy.isFromSpec ? await pinProxy(proxy.url, network, signal) : proxy.url, {
    ...tls,
    // Else servers behind it say in their answer that they close the connection.
    keepAlive: true,
  });
}
