/** clickhouse: whether a ClickHouse server can be reached, and its version. Source: troubleshoot v0.133.0, pkg/collect/clickhouse.go. */

import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { deadlineSignal } from '../../clock.ts';
import { messageOf } from '../../errors.ts';
import type { CollectContext, Collector, Fields } from '../collector.ts';
import { entryOf, textOf } from '../fields.ts';
import { askOverHttp } from './clickhouse-http.ts';
import { queryText } from './clickhouse-native.ts';
import { type ClickhouseSettings, parseClickhouseUri } from './clickhouse-settings.ts';
import { type ClientTls, loadClientTls } from './client-tls.ts';
import { passwordsOfUrl, splitHostPort } from './connection-url.ts';
import { type DatabaseAnswer, databaseCollector } from './database.ts';
import { GuardedSocket } from './network.ts';

export const clickhouse: Collector = databaseCollector({
  type: 'clickhouse',
  ask,
  secrets: passwordsOfUrl,
});

const QUERY = 'SELECT version()';

async function ask(fields: Fields, context: CollectContext): Promise<DatabaseAnswer> {
  const { settings, tls } = await readFields(fields, context);
  let failure: unknown;
  // The driver goes on to the next address only until it is logged in; a query that fails then is as good a reason.
  for (const address of settings.addresses) {
    try {
      return { version: await askAddress(address, { settings, tls }, context) };
    } catch (error) {
      context.signal.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

interface Connection {
  readonly settings: ClickhouseSettings;
  readonly tls: ClientTls | undefined;
}

async function readFields(fields: Fields, context: CollectContext): Promise<Connection> {
  try {
    const uri = textOf(fields, 'uri');
    if (uri === '') throw new Error('clickhouse uri cannot be empty');
    const settings = parseSettings(uri);
    const tls = entryOf(fields, 'tls');
    return {
      settings,
      tls: tls === undefined ? tlsOf(settings) : await loadClientTls(tls, context),
    };
  } catch (error) {
    context.signal.throwIfAborted();
    const message = `failed to create clickhouse connection config: ${messageOf(error)}`;
    throw new Error(message, { cause: error });
  }
}

function parseSettings(uri: string): ClickhouseSettings {
  try {
    return parseClickhouseUri(uri);
  } catch (error) {
    throw new Error(`couldn't parse clickhouse URI: ${messageOf(error)}`, { cause: error });
  }
}

function tlsOf({ tls }: ClickhouseSettings): ClientTls | undefined {
  return tls === 'none' ? undefined : { rejectUnauthorized: tls === 'verified' };
}

async function askAddress(
  address: string,
  { settings, tls }: Connection,
  context: CollectContext,
): Promise<string> {
  const signal = AbortSignal.any([context.signal, deadlineSignal(settings.dialTimeoutMs)]);
  if (settings.protocol !== 'native') {
    return await askOverHttp({ address, settings, tls, query: QUERY }, { ...context, signal });
  }
  const { host, port } = splitHostPort(address, 0);
  if (port === 0) throw new Error(`dial tcp: address ${address}: missing port in address`);
  const socket = new GuardedSocket(context.network, signal);
  try {
    socket.connect(port, host);
    await once(socket, 'connect');
    const stream = tls === undefined ? socket : await secure(socket, { host, settings, tls });
    return await queryText(stream, settings, QUERY);
  } finally {
    socket.destroy();
  }
}

async function secure(
  socket: Socket,
  { host, settings, tls }: Connection & { readonly host: string },
): Promise<Socket> {
  const name = settings.serverName === '' ? host : settings.serverName;
  const stream = connectTls({
    ...tls,
    socket,
    host: name,
    ...(isIP(name) === 0 ? { servername: name } : {}),
  });
  await once(stream, 'secureConnect');
  return stream;
}
