/** The URI of `clickhouse`: `clickhouse://user:password@host:9000,other:9000/database?secure=true`, as clickhouse-go reads it. */

import { goDurationError, parseGoDuration } from '../go-duration.ts';
import { type ConnectionUrl, parseConnectionUrl } from './connection-url.ts';

export interface ClickhouseSettings {
  readonly protocol: 'native' | 'http' | 'https';
  /** `host:port` each, to be tried in this order; over HTTP the port may be missing. */
  readonly addresses: readonly string[];
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: 'none' | 'verified' | 'unverified';
  /** Of the certificate, where it is not the host's; empty for the host's. */
  readonly serverName: string;
  /** For one address. */
  readonly dialTimeoutMs: number;
  /** Of HTTP requests, empty for none. */
  readonly httpPath: string;
}

const DIAL_TIMEOUT_MS = 30_000;
const DEFAULT_USER = 'default';

/**
 * Settings of the session and compression are passed over: the question for the version needs neither.
 *
 * @throws {Error} In the driver's words.
 * Source: fromDSN of clickhouse-go v2.48.0, clickhouse_options.go.
 */
export function parseClickhouseUri(uri: string): ClickhouseSettings {
  const url = parseConnectionUrl(uri);
  if (url.host === '') throw new Error('parse dsn address failed');
  const { query } = url;
  const protocol = url.scheme === 'http' || url.scheme === 'https' ? url.scheme : 'native';
  const tls = tlsOf(query);
  assertSecurity(protocol, { isSecure: tls !== 'none', isNamed: query.has('tls_server_name') });
  const dialTimeoutMs = durationOf(query, 'dial_timeout', 'clickhouse [dsn parse]: dial timeout: ');
  durationOf(query, 'read_timeout', 'clickhouse [dsn parse]:read timeout: ');
  return {
    protocol,
    addresses: url.host.split(','),
    ...loginOf(url),
    tls,
    serverName: (query.get('tls_server_name') ?? '').trim(),
    dialTimeoutMs: dialTimeoutMs > 0 ? dialTimeoutMs : DIAL_TIMEOUT_MS,
    httpPath: (query.get('http_path') ?? '').replace(/^(?=[^/])/, '/'),
  };
}

function assertSecurity(
  protocol: ClickhouseSettings['protocol'],
  { isSecure, isNamed }: { readonly isSecure: boolean; readonly isNamed: boolean },
): void {
  if (isNamed && !isSecure) {
    throw new Error('clickhouse [dsn parse]: tls_server_name requires secure=true');
  }
  if (protocol === 'http' && isSecure) {
    throw new Error('clickhouse [dsn parse]: http with TLS specify');
  }
  if (protocol === 'https' && !isSecure) {
    throw new Error('clickhouse [dsn parse]: https without TLS');
  }
}

function loginOf({
  user = '',
  password = '',
  path,
  query,
}: ConnectionUrl): Pick<ClickhouseSettings, 'user' | 'password' | 'database'> {
  const named = query.get('username') ?? user;
  return {
    user: named === '' ? DEFAULT_USER : named,
    password: query.get('password') ?? password,
    database: query.get('database') ?? path.replace(/^\//, ''),
  };
}

function tlsOf(query: URLSearchParams): ClickhouseSettings['tls'] {
  const isUnverified = flagIn(query, 'skip_verify', 'clickhouse [dsn parse]:verify: ');
  if (!flagIn(query, 'secure', 'clickhouse [dsn parse]:secure: ')) return 'none';
  return isUnverified ? 'unverified' : 'verified';
}

/** As Go's strconv.ParseBool reads it; empty is true. */
function flagIn(query: URLSearchParams, name: string, prefix: string): boolean {
  const text = query.get(name) ?? 'false';
  if (['', '1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  throw new Error(`${prefix}strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function durationOf(query: URLSearchParams, name: string, prefix: string): number {
  const text = query.get(name);
  if (text === null) return 0;
  const durationMs = parseGoDuration(text);
  if (durationMs === undefined) throw new Error(`${prefix}${goDurationError(text)}`);
  return durationMs;
}
