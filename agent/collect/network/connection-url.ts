/** URLs of databases as Go's net/url reads them: several hosts are one text, and nothing is changed on the way. */

export interface ConnectionUrl {
  readonly scheme: string;
  /** Decoded; undefined where the URL has no `@`. */
  readonly user: string | undefined;
  /** Decoded; undefined where there is no `:` behind the user. */
  readonly password: string | undefined;
  /** As written: `db`, `db:5432`, `[::1]:5432`, `one:1,two:2`. */
  readonly host: string;
  /** Decoded, with its slash. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** @throws {Error} In Go's words, but without the URL, which holds the password. */
export function parseConnectionUrl(text: string): ConnectionUrl {
  // oxlint-disable-next-line no-control-regex -- what Go refuses
  if (/[\u0000-\u001f\u007f]/.test(text)) {
    throw new Error('net/url: invalid control character in URL');
  }
  const withoutFragment = text.replace(/#.*$/, '');
  if (withoutFragment.startsWith(':')) throw new Error('missing protocol scheme');
  const { scheme, authority, path, query } = splitUrl(withoutFragment);
  const at = authority.lastIndexOf('@');
  return {
    scheme: scheme.toLowerCase(),
    ...parseUser(at < 0 ? undefined : authority.slice(0, at)),
    host: authority.slice(at + 1),
    path: unescape(path),
    query: new URLSearchParams(query),
  };
}

function splitUrl(text: string) {
  const [, scheme = '', rest = text] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/.exec(text) ?? [];
  const [, hierarchy = '', query = ''] = /^([^?]*)\??(.*)$/.exec(rest) ?? [];
  const [, authority = '', path = hierarchy] = /^\/\/([^/]*)(.*)$/.exec(hierarchy) ?? [];
  return { scheme, authority, path, query };
}

function parseUser(text: string | undefined): Pick<ConnectionUrl, 'user' | 'password'> {
  if (text === undefined) return { user: undefined, password: undefined };
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(text)) throw new Error('net/url: invalid userinfo');
  const colon = text.indexOf(':');
  if (colon < 0) return { user: unescape(text), password: undefined };
  return { user: unescape(text.slice(0, colon)), password: unescape(text.slice(colon + 1)) };
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new Error('invalid URL escape', { cause: error });
  }
}

/** What may be in messages of a server or driver and must not reach the file: the passwords of a URL, as written and decoded. */
export function passwordsOfUrl(text: string): readonly string[] {
  const authority = /^[^:]*:\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
  const user = authority.slice(0, Math.max(0, authority.lastIndexOf('@')));
  const inUser = user.includes(':') ? [user.slice(user.indexOf(':') + 1)] : [];
  const inQuery = [...text.matchAll(/[?&](?:ssl)?password=([^&#]*)/gi)].map(([, one = '']) => one);
  return [...inUser, ...inQuery].flatMap((one) => [one, decodedOrSame(one)]);
}

function decodedOrSame(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Of `db`, `db:5432`, `::1`, `[::1]:5432`.
 *
 * @throws {Error} The port is no number between 1 and 65535.
 */
export function splitHostPort(text: string, defaultPort: number): HostAndPort {
  const isBareAddress = /^[^[\]]*:[^[\]]*:[^[\]]*$/.test(text);
  const [, host = text, port = ''] = isBareAddress ? [] : (/^(.*):([^:\]]*)$/.exec(text) ?? []);
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: port === '' ? defaultPort : parsePort(port),
  };
}

export function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** @throws {Error} */
export function parsePort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new Error('invalid port');
  return port;
}
