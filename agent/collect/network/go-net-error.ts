/** Failures of connections in the words that Go's net, tls and http packages have for them. */

import { isIPv6 } from 'node:net';

const CONNECT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
  ECONNRESET: 'connection reset by peer',
};

const LOOKUP: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'server misbehaving',
};

const UNKNOWN_AUTHORITY =
  'tls: failed to verify certificate: x509: certificate signed by unknown authority';

const OTHERS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED:
    'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
  EPIPE: 'write: broken pipe',
};

/** Known by their messages alone. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [
    /^.*(wrong version number|packet length too long).*$/s,
    'http: server gave HTTP response to HTTPS client',
  ],
  [/^.*proxy tunnel ended unexpectedly.*$/s, 'unexpected EOF'],
  [/^Failed to establish tunnel to .*: HTTP\/1\.\d \d+ (.*)$/s, '$1'],
];

interface Failure {
  readonly code: string;
  readonly syscall: string;
  readonly message: string;
  /** `127.0.0.1:80`; empty where there is none. */
  readonly address: string;
  readonly hostname: string;
}

/** One line, in Go's words where they are known. */
export function goNetError(error: unknown): string {
  const { code, syscall, message, address, hostname } = findFailure(error);
  if (syscall === 'connect') return `dial tcp ${address}: connect: ${CONNECT[code] ?? message}`;
  if (syscall === 'getaddrinfo') {
    return `dial tcp: lookup ${hostname}: ${LOOKUP[code] ?? message}`;
  }
  if (code === 'ECONNRESET') {
    return message === 'socket hang up' ? 'EOF' : 'read: connection reset by peer';
  }
  if (code.startsWith('HPE_')) return 'malformed HTTP response';
  const known = PHRASES.find(([pattern]) => pattern.test(message));
  return known === undefined ? (OTHERS[code] ?? message) : message.replace(...known);
}

/** As it is: `messageOf` puts it on one line, and what a server said may have several. */
export function wholeMessageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** No connection came about, to whatever it was to. */
export function isConnectFailure(error: unknown): boolean {
  return ['connect', 'getaddrinfo'].includes(findFailure(error).syscall);
}

/** Worth another try, by Go's rules. Source: go-containerregistry v0.21.9, pkg/v1/remote/options.go. */
export function isPassing(error: unknown): boolean {
  const { code, syscall } = findFailure(error);
  return ['ECONNRESET', 'EPIPE', 'EAI_AGAIN'].includes(code) && syscall !== 'connect';
}

/** The innermost one; of several addresses' failures the first. */
function findFailure(error: unknown): Failure {
  let found = error;
  for (let inner = innerOf(found); inner !== undefined; inner = innerOf(found)) found = inner;
  const port = fieldOf(found, 'port');
  const host = fieldOf(found, 'address');
  return {
    code: fieldOf(found, 'code'),
    syscall: fieldOf(found, 'syscall'),
    message: wholeMessageOf(found),
    address: host === '' ? '' : `${isIPv6(host) ? `[${host}]` : host}:${port}`,
    hostname: fieldOf(found, 'hostname'),
  };
}

function innerOf(error: unknown): unknown {
  if (error instanceof AggregateError) return error.errors[0];
  return error instanceof Error ? error.cause : undefined;
}

function fieldOf(value: unknown, name: string): string {
  const field: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : '';
  return typeof field === 'string' || typeof field === 'number' ? `${field}` : '';
}
