/** Which proxy a request goes through, by the variables of the environment and Go's rules for them. */

import { BlockList, isIP } from 'node:net';

import type { Network } from './network.ts';

/**
 * The proxy for a URL, or undefined.
 *
 * Source: Go's golang.org/x/net/http/httpproxy: NO_PROXY holds `*`, addresses, networks as `10.0.0.0/8`, names (with all below
 * them), names with a dot in front (only those below), each with or without a port.
 *
 * @throws {Error} The variable holds no URL of a proxy.
 */
export function proxyFor(url: URL, environment: Network['proxyEnvironment']): URL | undefined {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = variable(name, environment);
  if (proxy === '' || isDirect(url, variable('NO_PROXY', environment))) return undefined;
  return parseProxy(proxy);
}

/** @throws {Error} */
export function parseProxy(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null) throw new Error('the proxy is no URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`proxies of the kind ${url.protocol} are not supported`);
  }
  return url;
}

function variable(name: string, environment: Network['proxyEnvironment']): string {
  const values = [environment[name], environment[name.toLowerCase()]];
  return values.find((value) => value !== undefined && value !== '') ?? '';
}

function isDirect(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(entry, host);
  const [, name = entry, wantedPort] =
    /^(.*[^:\]]|\[.*\]):(\d+)$/.exec(isIP(entry) === 6 ? '' : entry) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  return isSameHost(name.replace(/^\[|\]$/g, '').replace(/^\*\./, '.'), host);
}

function isSameHost(name: string, host: string): boolean {
  if (isIP(name) !== 0) return name === host;
  if (name.startsWith('.')) return host.endsWith(name);
  return host === name || host.endsWith(`.${name}`);
}

function isInNetwork(entry: string, host: string): boolean {
  const [address = '', bits] = entry.split('/');
  const [network, version] = [isIP(address), isIP(host)];
  if (network === 0 || version !== network) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  try {
    list.addSubnet(address, Number(bits), family);
  } catch {
    // Go passes over what it cannot read.
    return false;
  }
  return list.check(host, family);
}
