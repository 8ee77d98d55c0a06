/** The URI of `postgres`: a URL, or `host=db user=x password='a b'`, as libpq and pgx read it. */

import {
  type HostAndPort,
  parseConnectionUrl,
  parsePort,
  splitHostPort,
} from './connection-url.ts';

export const SSL_MODES = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
] as const;
export type SslMode = (typeof SSL_MODES)[number];

export interface PostgresSettings {
  /** To be tried in this order. */
  readonly hosts: readonly HostAndPort[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly sslMode: SslMode;
  /** TLS from the first byte. */
  readonly isDirectTls: boolean;
  /** For one host. */
  readonly connectTimeoutMs: number | undefined;
  /** `options` of the startup message. */
  readonly options: string | undefined;
}

const DEFAULT_PORT = 5432;

/** They would name files of the agent's own. */
const FILES = ['passfile', 'servicefile', 'service', 'sslcert', 'sslkey', 'sslrootcert'];

/** @throws {Error} The text cannot be read, or wants what is not served. */
export function parsePostgresUri(uri: string): PostgresSettings {
  const settings = /^postgres(ql)?:\/\//.test(uri) ? urlSettings(uri) : keywordSettings(uri);
  for (const name of FILES) {
    if (name in settings && settings[name] !== 'system') {
      throw new Error(`${name} names a file: certificates belong in the tls of the collector`);
    }
  }
  const { user, password, database, options } = settings;
  return {
    hosts: hostsOf(settings),
    user,
    password,
    database,
    sslMode: settings['sslrootcert'] === 'system' ? 'verify-full' : sslModeOf(settings['sslmode']),
    isDirectTls: settings['sslnegotiation'] === 'direct',
    connectTimeoutMs: timeoutOf(settings['connect_timeout']),
    options,
  };
}

/** Passwords in it, as they are written and decoded. */
export function passwordsOfKeywords(uri: string): readonly string[] {
  return [...uri.matchAll(/\bpassword\s*=\s*(?:'((?:\\.|[^'])*)'|((?:\\.|\S)*))/gi)].flatMap(
    ([, quoted, plain]) => {
      const written = quoted ?? plain ?? '';
      return [written, unquoted(written)];
    },
  );
}

type Settings = Readonly<Record<string, string>>;

function urlSettings(uri: string): Settings {
  const { user, password, host, path, query } = parseConnectionUrl(uri);
  const parts = host.split(',').filter((part) => part !== '');
  const split = parts.map((part) => splitHostPort(part, DEFAULT_PORT));
  const database = path.replace(/^\/+/, '');
  return {
    ...(user === undefined || user === '' ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(parts.length === 0 ? {} : { host: split.map((one) => one.host).join(',') }),
    ...(parts.length === 0 ? {} : { port: split.map(({ port }) => String(port)).join(',') }),
    ...(database === '' ? {} : { database }),
    ...Object.fromEntries([...query].map(([name, value]) => [canonical(name), value])),
  };
}

const KEYWORD =
  /\s*([^=]*?)\s*=\s*(?:'((?:\\[^]|[^'\\])*)'|((?:\\[^]|[^\s\\'])(?:\\[^]|[^\s\\])*)|(?=\s|$))/y;

function keywordSettings(text: string): Settings {
  const settings: Record<string, string> = {};
  const pattern = new RegExp(KEYWORD);
  const trimmed = text.trimEnd();
  while (pattern.lastIndex < trimmed.length) {
    const match = pattern.exec(trimmed);
    const [, name = '', quoted, plain = ''] = match ?? [];
    if (name === '') throw new Error('failed to parse as keyword/value (invalid keyword/value)');
    settings[canonical(name)] = unquoted(quoted ?? plain);
  }
  if (settings['user'] === '') delete settings['user'];
  return settings;
}

function unquoted(text: string): string {
  return text.replaceAll('\\\\', '\\').replaceAll("\\'", "'");
}

function canonical(name: string): string {
  return name === 'dbname' ? 'database' : name;
}

function hostsOf({ host = 'localhost', port = '' }: Settings): readonly HostAndPort[] {
  const ports = port.split(',');
  return host.split(',').map((name, index) => {
    if (name.startsWith('/')) throw new Error('sockets of this machine are not served');
    const text = ports[index] ?? ports[0] ?? '';
    return {
      host: name.replace(/^\[|\]$/g, ''),
      port: text === '' ? DEFAULT_PORT : parsePort(text),
    };
  });
}

function sslModeOf(text = 'prefer'): SslMode {
  const mode = SSL_MODES.find((known) => known === (text || 'prefer'));
  if (mode === undefined) throw new Error('failed to configure TLS (sslmode is invalid)');
  return mode;
}

/** In seconds; 0 is none. */
function timeoutOf(text: string | undefined): number | undefined {
  if (text === undefined || Number(text) === 0) return undefined;
  if (!/^\d+$/.test(text)) throw new Error('invalid connect_timeout');
  return Number(text) * 1000;
}
