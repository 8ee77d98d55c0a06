/** What proves to a registry who asks: a password, or a token that another server gives for it. */

import { isIP } from 'node:net';

import { hostRefusal } from '../../address.ts';
import { isObject } from '../../kube/object-fields.ts';
import { wholeMessageOf } from './go-net-error.ts';
import type { ImageName } from './image-name.ts';
import type { Challenge } from './registry-challenge.ts';
import { assertAnswer } from './registry-error.ts';
import { type Registry, send } from './registry-request.ts';

/** Undefined where there is nobody to be. */
export function basic({ credentials, addSecret }: Registry): string | undefined {
  const { user = '', password = '' } = credentials ?? {};
  if (user === '' || password === '') return undefined;
  const encoded = Buffer.from(`${user}:${password}`).toString('base64');
  addSecret(password);
  addSecret(encoded);
  return `Basic ${encoded}`;
}

export interface Session {
  readonly image: ImageName;
  readonly registry: Registry;
  readonly scheme: string;
  readonly challenge: Challenge | undefined;
  readonly scopes: readonly string[];
}

/** A header with a token of whom the registry trusts. */
export async function bearer({
  image,
  registry,
  scheme,
  challenge,
  scopes,
}: Session): Promise<string> {
  const realm = challenge?.parameters.get('realm');
  if (realm === undefined) throw new Error('malformed www-authenticate, missing realm');
  const url = readRealm(realm, { image, scheme });
  url.searchParams.delete('scope');
  for (const scope of scopes) url.searchParams.append('scope', scope);
  url.searchParams.set('service', challenge?.parameters.get('service') ?? '');
  url.searchParams.sort();
  const authorization = basic(registry);
  const headers: Readonly<Record<string, string>> =
    authorization === undefined ? {} : { authorization };
  const way = {
    ...registry.way,
    checkRedirect: (_: URL, to: URL) => assertRealm(to, { image, scheme }),
  };
  const answer = await send({ method: 'GET', url, headers }, { ...registry, way });
  assertAnswer(answer, [200]);
  const token = tokenIn(answer.body);
  // What the server said stays out: it may hold other secrets.
  if (token === '') throw new Error('no token in bearer response');
  registry.addSecret(token);
  return `Bearer ${token}`;
}

interface Asked {
  readonly image: ImageName;
  readonly scheme: string;
}

function readRealm(realm: string, asked: Asked): URL {
  try {
    const url = URL.parse(realm);
    if (url === null) throw new Error(`parsing realm ${JSON.stringify(realm)}`);
    assertRealm(url, asked);
    return url;
  } catch (error) {
    throw new Error(`invalid realm in www-authenticate: ${wholeMessageOf(error)}`, {
      cause: error,
    });
  }
}

/** The registry says who is to get the password: never without TLS where it has TLS, never an address within the network. */
function assertRealm(url: URL, { image, scheme }: Asked): void {
  const own = url.protocol.slice(0, -1);
  if (own !== 'https' && own !== 'http') {
    throw new Error(
      `realm scheme "${own}" not allowed; must be https (or http for insecure registries)`,
    );
  }
  if (own === 'http' && scheme !== 'http') {
    throw new Error('realm scheme "http" not allowed for a secure registry; use https');
  }
  if (url.host !== image.registry && isInside(url.hostname)) {
    throw new Error(`realm host "${url.hostname}" is a private or link-local address`);
  }
}

function isInside(hostname: string): boolean {
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  if (isIP(host) === 0) return false;
  const isPrivate = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/.test(host);
  return isPrivate || hostRefusal(host) !== undefined;
}

function tokenIn(body: Buffer): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString());
  } catch {
    return '';
  }
  if (!isObject(parsed)) return '';
  const { token, access_token: accessToken } = parsed;
  const found = [accessToken, token].find((one) => typeof one === 'string' && one !== '');
  return typeof found === 'string' ? found : '';
}
