/** mysql: whether a MySQL or MariaDB server can be reached, its version, and system variables. Source: troubleshoot v0.133.0, pkg/collect/mysql.go. */

import { isIP } from 'node:net';

import type { Connection, ConnectionOptions } from 'mysql2/promise';

import { deadlineSignal } from '../../clock.ts';
import { hasCode, messageOf } from '../../errors.ts';
import type { CollectContext, Collector, Fields } from '../collector.ts';
import { entryOf, textOf, textsOf } from '../fields.ts';
import { loadClientTls } from './client-tls.ts';
import { type DatabaseAnswer, databaseCollector, failureText } from './database.ts';
import { type MysqlSettings, parseMysqlUri, passwordsOfMysqlUri } from './mysql-settings.ts';
import { GuardedSocket } from './network.ts';

export const mysql: Collector = databaseCollector({
  type: 'mysql',
  ask,
  secrets: passwordsOfMysqlUri,
});

type Ssl = Exclude<ConnectionOptions['ssl'], string>;

async function ask(fields: Fields, context: CollectContext): Promise<DatabaseAnswer> {
  const uri = textOf(fields, 'uri');
  if (uri === '') throw new Error('mysql uri cannot be empty');
  const settings = parseSettings(uri);
  const tls = entryOf(fields, 'tls');
  const ssl = tls === undefined ? sslOf(settings) : await loadClientTls(tls, context);
  const connection = await connect(settings, ssl, context);
  try {
    const [versions] = await connection.query({ sql: 'select version()', rowsAsArray: true });
    const version = textAt(versions, 0, 0);
    const wanted = textsOf(fields, 'parameters');
    return { version, ...(wanted.length === 0 ? {} : await readVariables(connection, wanted)) };
  } finally {
    connection.destroy();
  }
}

function parseSettings(uri: string): MysqlSettings {
  try {
    return parseMysqlUri(uri);
  } catch (error) {
    throw new Error(`failed to parse mysql config: ${messageOf(error)}`, { cause: error });
  }
}

function sslOf({ tls }: MysqlSettings): Ssl | undefined {
  if (tls === 'none') return undefined;
  return { rejectUnauthorized: tls === 'verified' };
}

async function connect(
  settings: MysqlSettings,
  ssl: Ssl | undefined,
  context: CollectContext,
): Promise<Connection> {
  try {
    return await open(settings, ssl, context);
  } catch (error) {
    context.signal.throwIfAborted();
    const hasNoTls = hasCode(error, 'HANDSHAKE_NO_SSL_SUPPORT');
    if (settings.tls !== 'preferred' || !hasNoTls) throw inDriversWords(error);
    return await open(settings, undefined, context);
  }
}

/** What the server says, in the driver's words. */
function inDriversWords(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (hasCode(error, 'HANDSHAKE_NO_SSL_SUPPORT')) {
    return new Error('TLS requested but server does not support TLS', { cause: error });
  }
  if (!('errno' in error && 'sqlState' in error)) return error;
  const state = `Error ${String(error.errno)} (${String(error.sqlState)})`;
  return new Error(`${state}: ${error.message}`, { cause: error });
}

async function open(
  {
    host,
    port,
    user,
    password,
    database,
    allowsCleartextPassword,
    connectTimeoutMs,
  }: MysqlSettings,
  ssl: Ssl | undefined,
  { network, signal }: CollectContext,
): Promise<Connection> {
  const { createConnection } = await import('mysql2/promise');
  const timeouts = connectTimeoutMs === undefined ? [] : [deadlineSignal(connectTimeoutMs)];
  const socket = new GuardedSocket(network, AbortSignal.any([signal, ...timeouts]));
  socket.connect(port, host);
  try {
    const connection = await createConnection({
      // The driver checks the certificate of an address only where it takes it for a name; Node sees through the dot.
      host: isIP(host) === 4 ? `${host}.` : host,
      port,
      user,
      password,
      ...(database === '' ? {} : { database }),
      ...(ssl === undefined
        ? {}
        : { ssl: { ...ssl, verifyIdentity: ssl.rejectUnauthorized !== false } }),
      enableCleartextPlugin: allowsCleartextPassword,
      charset: 'UTF8MB4_GENERAL_CI',
      // Those would show in the session's variables.
      flags: ['-IGNORE_SPACE', '-FOUND_ROWS'],
      stream: socket,
    });
    // Of a connection that breaks when nobody waits for it any more.
    connection.on('error', () => undefined);
    return connection;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Of the wanted ones, those that there are. */
async function readVariables(
  connection: Connection,
  wanted: readonly string[],
): Promise<Pick<DatabaseAnswer, 'variables' | 'error'>> {
  try {
    const [rows] = await connection.query({ sql: 'SHOW VARIABLES', rowsAsArray: true });
    const names = new Set(wanted);
    const pairs = rowsOf(rows).map(([name, value]) => [String(name), String(value)] as const);
    return { variables: new Map(pairs.filter(([name]) => names.has(name))) };
  } catch (error) {
    return { error: failureText(inDriversWords(error)) };
  }
}

function textAt(rows: unknown, row: number, column: number): string {
  return String(rowsOf(rows)[row]?.[column]);
}

function rowsOf(rows: unknown): readonly (readonly unknown[])[] {
  return Array.isArray(rows) ? rows.filter((row) => Array.isArray(row)) : [];
}
