/** Who may use the admin routes: people at this pod's loopback address, and holders of the token. */

import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { hasCode, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { answerError, answerNoRoute } from './answer.ts';

/** Sends an answer, or lets the request pass. */
export type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** With any port: `kubectl port-forward` takes one of the caller's. */
const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/** Methods that change nothing. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What browsers say of requests that a page of another origin did not start. */
const OWN_SITES = new Set(['same-origin', 'none']);

/** A page whose name was rebound to 127.0.0.1 sends its own name as `Host`. */
export async function requireLoopbackHost(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  if (LOOPBACK_HOST.test(request.headers.host ?? '')) return undefined;
  return answerError(reply, 403, 'the Host header must name localhost, 127.0.0.1 or [::1]');
}

/** A page of another origin may send requests that change something, though it cannot read the answers. */
export async function requireOwnOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  if (SAFE_METHODS.has(request.method)) return undefined;
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const isOwn =
    (origin === undefined || URL.parse(origin)?.host === host?.toLowerCase()) &&
    (site === undefined || OWN_SITES.has(site));
  return isOwn ? undefined : answerError(reply, 403, 'the request comes from another origin');
}

/**
 * Lets those pass who send the token in the file, as a bearer token or as the password of any user.
 * The file is read for each request: a Secret's file changes in place. Without a token in it, or
 * without a file, the routes behind the guard are not there.
 */
export function requireToken(file: string | undefined, log: Logger): Guard {
  return async (request, reply) => {
    const token = file === undefined ? undefined : await readToken(file, log);
    if (token === undefined) return answerNoRoute(reply);
    const credential = parseCredential(request.headers.authorization ?? '');
    if (credential !== undefined && isSame(credential, token)) return undefined;
    reply.header('www-authenticate', 'Basic realm="cron-support-bundle", Bearer');
    return answerError(reply, 401, 'a bearer token is required, or the token as Basic password');
  };
}

async function readToken(file: string, log: Logger): Promise<string | undefined> {
  try {
    const token = (await readFile(file, 'utf8')).trim();
    return token === '' ? undefined : token;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) {
      log.warn({ file, reason: messageOf(error) }, 'HTTP_TOKEN_FILE cannot be read');
    }
    return undefined;
  }
}

function parseCredential(authorization: string): string | undefined {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+) *$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const userAndPassword = Buffer.from(value, 'base64').toString();
  const colon = userAndPassword.indexOf(':');
  return colon === -1 ? undefined : userAndPassword.slice(colon + 1);
}

/** Takes as long for a near miss as for a wide one: digests have one length. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
