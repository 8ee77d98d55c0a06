/** postgres: whether a PostgreSQL server can be reached, and its version. Source: troubleshoot v0.133.0, pkg/collect/postgres.go; pgx v5.10.0, pgconn. */

import type { ConnectionOptions } from 'node:tls';

import { deadlineSignal } from '../clock.ts';
import { hasCode } from '../errors.ts';
import { certificatesIn, clientPair, loadTlsTexts, type TlsTexts } from './client-tls.ts';
import type { CollectContext, Collector, Fields } from './collector.ts';
import { type HostAndPort, passwordsOfUrl } from './connection-url.ts';
import { type DatabaseAnswer, databaseCollector } from './database.ts';
import { entryOf, textOf } from './fields.ts';
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

const NO_TEXTS: TlsTexts = { caCert: '', clientCert: '', clientKey: '' };

type Tls = ConnectionOptions | false;

async function ask(fields: Fields, context: CollectContext): Promise<DatabaseAnswer> {
  const uri = textOf(fields, 'uri');
  if (uri === '') throw new Error('postgres uri cannot be empty');
  const tls = entryOf(fields, 'tls');
  const texts = tls === undefined ? NO_TEXTS : await loadTlsTexts(tls, context);
  const settings = parsePostgresUri(uri);
  const attempts = settings.hosts.flatMap((host) =>
    tlsAttempts(settings, texts).map((tlsOfAttempt) => ({ host, tls: tlsOfAttempt })),
  );
  const errors: unknown[] = [];
  for (const attempt of attempts) {
    try {
      return toAnswer(await readVersion(settings, attempt, context));
    } catch (error) {
      context.signal.throwIfAborted();
      errors.push(error);
      if (FINAL_CODES.some((code) => hasCode(error, code))) break;
    }
  }
  const named = `failed to connect to \`user=${settings.user ?? ''} database=${settings.database ?? ''}\``;
  throw new AggregateError(errors.map((error) => inFront(named, error)));
}

function inFront(text: string, error: unknown): Error {
  return new Error(`${text}: ${error instanceof Error ? error.message : String(error)}`);
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
  if (caCert !== '' && ca.length === 0) throw new Error('unable to add CA to cert pool');
  const trusted = ca.length === 0 ? {} : { ca };
  if (mode === 'verify-full') return { rejectUnauthorized: true, ...trusted };
  // With an authority to check against, `require` is as `verify-ca`: its certificate, whatever its name.
  const isChecked = mode === 'verify-ca' || (mode === 'require' && ca.length > 0);
  if (!isChecked) return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, checkServerIdentity: () => undefined, ...trusted };
}

async function readVersion(
  { user, password, database, options, connectTimeoutMs, isDirectTls }: PostgresSettings,
  { host, tls }: { readonly host: HostAndPort; readonly tls: Tls },
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
  } finally {
    socket.destroy();
  }
}

function toAnswer(text: string): DatabaseAnswer {
  const version = /PostgreSQL ([0-9.]*)/.exec(text)?.[1];
  if (version !== undefined) return { version };
  return {
    version: 'Unknown',
    error: `postgres version did not match regex: ${JSON.stringify(text)}`,
  };
}
