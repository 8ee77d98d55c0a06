/** redis: whether a Redis server can be reached, and its version. Source: troubleshoot v0.133.0, pkg/collect/redis.go. */

import { isIP } from 'node:net';

import type { CollectContext, Collector, Fields } from '../collector.ts';
import { entryOf, textOf } from '../fields.ts';
import { type ClientTls, loadClientTls } from './client-tls.ts';
import {
  type HostAndPort,
  parseConnectionUrl,
  passwordsOfUrl,
  splitHostPort,
} from './connection-url.ts';
import { type DatabaseAnswer, databaseCollector } from './database.ts';
import { assertReachable, guardedLookup } from './network.ts';

export const redis: Collector = databaseCollector({ type: 'redis', ask, secrets: passwordsOfUrl });

interface RedisSettings extends HostAndPort {
  readonly user: string;
  readonly password: string;
  readonly database: number;
  readonly isTls: boolean;
}

const DEFAULT_PORT = 6379;

async function ask(fields: Fields, context: CollectContext): Promise<DatabaseAnswer> {
  const settings = parseRedisUri(textOf(fields, 'uri'));
  const tls = entryOf(fields, 'tls');
  const fromSpec = tls === undefined ? undefined : await loadClientTls(tls, context);
  return { version: versionIn(await readServerInfo(settings, fromSpec, context)) };
}

/**
 * @throws {Error} In the driver's words.
 * Source: ParseURL of go-redis v7.4.1, options.go.
 */
export function parseRedisUri(uri: string): RedisSettings {
  const { scheme, user = '', password = '', host, path, query } = parseConnectionUrl(uri);
  if (scheme !== 'redis' && scheme !== 'rediss') {
    throw new Error(`invalid redis URL scheme: ${scheme}`);
  }
  if (query.size > 0) throw new Error('no options supported');
  const names = path.split('/').filter((name) => name !== '');
  if (names.length > 1) throw new Error(`invalid redis URL path: ${path}`);
  const [number = '0'] = names;
  if (!/^[+-]?\d+$/.test(number)) throw new Error(`invalid redis database number: "${number}"`);
  const address = splitHostPort(host, DEFAULT_PORT);
  return {
    host: address.host || 'localhost',
    port: address.port,
    user,
    password,
    database: Number(number),
    isTls: scheme === 'rediss',
  };
}

async function readServerInfo(
  { host, port, user, password, database, isTls }: RedisSettings,
  tls: ClientTls | undefined,
  { network, signal }: CollectContext,
): Promise<string> {
  assertReachable(host, network);
  signal.throwIfAborted();
  const { createClient } = await import('redis');
  const socket = {
    host,
    port,
    // An address is not looked up; it has been checked above.
    ...(isIP(host) === 0 ? { lookup: guardedLookup(network) } : {}),
    reconnectStrategy: false as const,
  };
  const client = createClient({
    // The old protocol, which every server knows.
    RESP: 2,
    socket: isTls || tls !== undefined ? { ...socket, ...tls, tls: true as const } : socket,
    // Go's driver sends a user only together with a password.
    ...(user === '' || password === '' ? {} : { username: user }),
    ...(password === '' ? {} : { password }),
    ...(database > 0 ? { database } : {}),
    disableClientInfo: true,
    disableOfflineQueue: false,
  });
  // Every failure is the connection's or the command's, and both reject.
  client.on('error', () => undefined);
  function onAbort(): void {
    client.destroy();
  }
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await client.connect();
    const info: unknown = await client.sendCommand(['INFO', 'server']);
    return typeof info === 'string' ? info : '';
  } finally {
    signal.removeEventListener('abort', onAbort);
    client.destroy();
  }
}

/** Empty where the server does not tell. */
function versionIn(info: string): string {
  const line = info.split('\n').find((text) => text.startsWith('redis_version:')) ?? '';
  const parts = line.trim().split(':');
  return parts.length === 2 ? (parts[1] ?? '').trim() : '';
}
