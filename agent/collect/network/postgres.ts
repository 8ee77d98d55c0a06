/** postgres: whether a PostgreSQL server can be reached, and its version. Source: troubleshoot v0.133.0, pkg/collect/postgres.go; pgx v5.10.0, pgconn. */

import type { ConnectionOptions } from 'node:tls';

import { deadlineSignal } from '../../clock.ts';
import { hasCode } from '../../errors.ts';
import type { CollectContext, Collector, Fields } from '../collector.ts';
import { entryOf, textOf } from '../fields.ts';
import { certificatesIn, clientPair, loadTlsTexts, type TlsTexts } from './client-tls.ts';
import { type HostAndPort, joinHostPort, passwordsOfUrl } from './connection-url.ts';
import { type DatabaseAnswer, databaseCollector, failureText } from './database.ts';
import { wholeMessageOf } from './go-net-error.ts';
import { GuardedSocket } from './network.ts';
import {
  type PostgresSettings,
  parsePostgresUri,
  passwordsOfKeywords,
  type SslMode,
} from './postgres-settings.ts';

export const postgres: Collector = databaseCollector({
  type: 'postgres',
  ask,
  secrets: (uri) => [...passwordsOfUrl(uri), ...passwordsOfKeywords(uri)],
});

/** A server that knows who asks will not answer otherwise on the next try: wrong password, no such database, no right to connect. */
const FINAL_CODES = ['28P01', '3D000', '42501'];

/** Of node-postgres, for a server without. */
const NO_TLS = 'The server does not support SSL connections';

const NO_TEXTS: TlsTexts = { caCert: '', clientCert: '', clientKey: '' };

type Tls = ConnectionOptions | false;

async function ask(fields: Fields, context: CollectContext): Promise<DatabaseAnswer> {
  const uri = textOf(fields, 'uri');
  if (uri === '') throw new Error('postgres uri cannot be empty');
  const tls = entryOf(fields, 'tls');
  const texts = tls === undefined ? NO_TEXTS : await loadTlsTexts(tls, context);
  const { settings, attempts } = readAttempts(uri, texts);
  const failures: string[] = [];
  for (const attempt of attempts) {
    try {
      return toAnswer(await readVersion(settings, attempt, context));
    } catch (error) {
      context.signal.throwIfAborted();
      failures.push(wholeMessageOf(error));
      if (error instanceof Error && isFinal(error.cause)) break;
    }
  }
  throw new Error(connectText(settings, failures));
}

function connectText({ user = '', database = '' }: PostgresSettings, failures: string[]): string {
  const named = `failed to connect to \`user=${user} database=${database}\`:`;
  return failures.length > 1 ? [named, ...failures].join('\n\t') : `${named} ${failures.join('')}`;
}

interface Attempt {
  readonly host: HostAndPort;
  readonly tls: Tls;
}

/** Each host with each kind of connection, in the order in which they are tried. */
function readAttempts(uri: string, texts: TlsTexts) {
  try {
    const settings = parsePostgresUri(uri);
    const kinds = tlsAttempts(settings, texts);
    const attempts = settings.hosts.flatMap((host) => kinds.map((tls): Attempt => ({ host, tls })));
    return { settings, attempts };
  } catch (error) {
    throw new Error(`failed to parse postgres config: ${failureText(error)}`, { cause: error });
  }
}

function isFinal(error: unknown): boolean {
  return FINAL_CODES.some((code) => hasCode(error, code));
}

/** In the driver's words: where to, which step, and why. */
function attemptText({ host, port }: HostAndPort, address: string, error: unknown): string {
  const where = `${joinHostPort(address, port)} (${host})`;
  const text = failureText(error);
  if (!(error instanceof Error)) return `${where}: ${text}`;
  if ('severity' in error && 'code' in error) {
    const step = error.code === '28P01' ? 'failed SASL auth' : 'server error';
    return `${where}: ${step}: ${String(error.severity)}: ${text} (SQLSTATE ${String(error.code)})`;
  }
  if ('hostname' in error) return `hostname resolving error: ${text.replace(/^dial tcp: /, '')}`;
  if (text.startsWith('dial tcp')) return `${where}: dial error: ${text}`;
  if (text === NO_TLS) return `${where}: tls error: server refused TLS connection`;
  if (text.startsWith('tls: ')) {
    return `${where}: failed to write startup message: write failed: ${text}`;
  }
  return `${where}: ${text}`;
}

/** What libpq's sslmode asks for, in the order in which it is tried. */
function tlsAttempts({ sslMode, isDirectTls }: PostgresSettings, texts: TlsTexts): readonly Tls[] {
  const mode = isDirectTls && sslMode === 'prefer' ? 'require' : sslMode;
  if (mode === 'disable') return [false];
  const tls = { ...trust(mode, texts), ...clientPair(texts) };
  if (mode === 'allow') return [false, tls];
  return mode === 'prefer' ? [tls, false] : [tls];
}

function trust(mode: SslMode, { caCert }: TlsTexts): ConnectionOptions {
  const ca = certificatesIn(caCert);
  if (caCert !== '' && ca.length === 0) {
    throw new Error('failed to configure TLS (unable to add CA to cert pool)');
  }
  const trusted = ca.length === 0 ? {} : { ca };
  if (mode === 'verify-full') return { rejectUnauthorized: true, ...trusted };
  // With an authority to check against, `require` is as `verify-ca`: its certificate, whatever its name.
  const isChecked = mode === 'verify-ca' || (mode === 'require' && ca.length > 0);
  if (!isChecked) return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, checkServerIdentity: () => undefined, ...trusted };
}

async function readVersion(
  { user, password, database, options, connectTimeoutMs, isDirectTls }: PostgresSettings,
  { host, tls }: Attempt,
  { network, signal }: CollectContext,
): Promise<string> {
  const { default: pg } = await import('pg');
  const timeouts = connectTimeoutMs === undefined ? [] : [deadlineSignal(connectTimeoutMs)];
  const socket = new GuardedSocket(network, AbortSignal.any([signal, ...timeouts]));
  const client = new pg.Client({
    ...host,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(options === undefined ? {} : { options }),
    ...(isDirectTls ? { sslnegotiation: 'direct' as const } : {}),
    ssl: tls,
    stream: () => socket,
  });
  // Of a connection that breaks when nobody waits for it any more.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ readonly version: unknown }>('select version()');
    return String(rows[0]?.version);
  } catch (error) {
    signal.throwIfAborted();
    const text = attemptText(host, addressOf(error, socket.remoteAddress ?? host.host), error);
    throw new Error(text, { cause: error });
  } finally {
    socket.destroy();
  }
}

/** That a connection failed to; a socket that is not connected has none. */
function addressOf(error: unknown, known: string): string {
  return error instanceof Error && 'address' in error ? String(error.address) : known;
}

function toAnswer(text: string): DatabaseAnswer {
  const version = /PostgreSQL ([0-9.]*)/.exec(text)?.[1];
  if (version !== undefined) return { version };
  return {
    version: 'Unknown',
    error: `postgres version did not match regex: ${JSON.stringify(text)}`,
  };
}
