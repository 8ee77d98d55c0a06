/** The URI of `mysql`: `user:password@tcp(host:port)/database?tls=true`, as go-sql-driver reads it. */

import { parseGoDuration } from '../go-duration.ts';
import { type HostAndPort, splitHostPort } from './connection-url.ts';

export interface MysqlSettings extends HostAndPort {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `preferred`: without TLS where the server has none. */
  readonly tls: 'none' | 'verified' | 'unverified' | 'preferred';
  readonly allowsCleartextPassword: boolean;
  readonly connectTimeoutMs: number | undefined;
}

const DEFAULT_PORT = 3306;
const DEFAULT_ADDRESS = '127.0.0.1:3306';

/**
 * What follows the last slash is the database, what precedes the last `@` before it the user.
 *
 * @throws {Error} In the driver's words.
 * Source: go-sql-driver v1.10.0, dsn.go.
 */
export function parseMysqlUri(uri: string): MysqlSettings {
  const slash = uri.lastIndexOf('/');
  if (slash < 0) {
    throw new Error('invalid DSN: missing the slash separating the database name');
  }
  const before = uri.slice(0, slash);
  const [, database = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(uri.slice(slash + 1)) ?? [];
  const at = before.lastIndexOf('@');
  const [, user = '', password = ''] =
    /^([^:]*):?(.*)$/s.exec(before.slice(0, Math.max(0, at))) ?? [];
  const parameters = parseParameters(query);
  return {
    ...parseAddress(before.slice(at + 1)),
    user,
    password,
    database: decodedName(database),
    tls: tlsOf(parameters.get('tls')),
    allowsCleartextPassword: isTrue(parameters.get('allowCleartextPasswords')),
    connectTimeoutMs: timeoutOf(parameters.get('timeout')),
  };
}

function decodedName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new Error('invalid dbname: invalid URL escape', { cause: error });
  }
}

export function passwordsOfMysqlUri(uri: string): readonly string[] {
  const before = uri.slice(0, Math.max(0, uri.lastIndexOf('/')));
  const user = before.slice(0, Math.max(0, before.lastIndexOf('@')));
  return user.includes(':') ? [user.slice(user.indexOf(':') + 1)] : [];
}

function parseParameters(query: string): ReadonlyMap<string, string> {
  const pairs = query.split('&').filter((pair) => pair.includes('='));
  return new Map(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

function parseAddress(text: string): HostAndPort {
  const [, network = text, inBrackets] = /^([^(]*)\((.*)$/s.exec(text) ?? [];
  if (inBrackets !== undefined && !inBrackets.endsWith(')')) {
    throw new Error(
      inBrackets.includes(')')
        ? 'invalid DSN: did you forget to escape a param value?'
        : 'invalid DSN: network address not terminated (missing closing brace)',
    );
  }
  if (!['', 'tcp', 'tcp6', 'tcp4'].includes(network)) {
    throw new Error(`addresses of the network ${network} are not served`);
  }
  const address = (inBrackets ?? ')').slice(0, -1);
  return splitHostPort(address === '' ? DEFAULT_ADDRESS : address, DEFAULT_PORT);
}

function tlsOf(text = 'false'): MysqlSettings['tls'] {
  if (isTrue(text)) return 'verified';
  if (isFalse(text) || text === '') return 'none';
  const name = text.toLowerCase();
  if (name === 'skip-verify') return 'unverified';
  if (name === 'preferred') return 'preferred';
  throw new Error(`invalid value / unknown config name: ${text}`);
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && ['1', 'true', 'TRUE', 'True'].includes(text);
}

function isFalse(text: string): boolean {
  return ['0', 'false', 'FALSE', 'False'].includes(text);
}

function timeoutOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeoutMs = parseGoDuration(text);
  if (timeoutMs === undefined) throw new Error(`time: invalid duration "${text}"`);
  return timeoutMs > 0 ? timeoutMs : undefined;
}
