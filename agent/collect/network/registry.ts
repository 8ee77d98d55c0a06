/** A registry's manifest of an image, asked for as Docker does. Source: go-containerregistry v0.21.9, pkg/v1/remote. */

import { createHash } from 'node:crypto';

import { wholeMessageOf } from './go-net-error.ts';
import type { HttpAnswer } from './http-receive.ts';
import { type ImageName, mayBePlain } from './image-name.ts';
import { type Challenge, parseChallenges } from './registry-challenge.ts';
import { assertAnswer } from './registry-error.ts';
import { type Registry, send } from './registry-request.ts';
import { basic, bearer } from './registry-token.ts';

const MEDIA_TYPES = [
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.index.v1+json',
];

/** A registry that may be without TLS has this long to answer with it. */
const FALLBACK_MS = 300;

/**
 * Resolves when the image is there.
 *
 * @throws {RegistryError} What the registry said instead.
 * @throws {Error} It could not be asked.
 */
export async function assertManifest(image: ImageName, registry: Registry): Promise<void> {
  const { scheme, challenge } = await ping(image, registry);
  const scopes = [`repository:${image.repository}:pull`];
  const isBearer = challenge?.scheme === 'bearer';
  const session = { image, registry, scheme, challenge, scopes };
  const path = `/v2/${image.repository}/manifests/${image.identifier}`;
  const url = new URL(`${scheme}://${image.registry}${path}`);
  const headers = { accept: MEDIA_TYPES.join(',') };
  const authorization = isBearer ? await bearer(session) : basic(registry);
  const authorized = { ...headers, ...(authorization === undefined ? {} : { authorization }) };
  let answer = await send({ method: 'GET', url, headers: authorized }, registry);
  const [more] = isBearer && answer.url.host === url.host ? challengesOf(answer) : [];
  if (more !== undefined) {
    const wanted = more.parameters.get('scope');
    const wider = wanted === undefined || scopes.includes(wanted) ? scopes : [wanted, ...scopes];
    const token = await bearer({ ...session, scopes: wider });
    answer = await send(
      { method: 'GET', url, headers: { ...headers, authorization: token } },
      registry,
    );
  }
  assertAnswer(answer, [200]);
  assertDigest(image, answer.body);
}

function assertDigest({ isDigest, identifier, text }: ImageName, body: Buffer): void {
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  if (!isDigest || digest === identifier) return;
  throw new Error(
    `manifest digest: "${digest}" does not match requested digest: "${identifier}" for "${text}"`,
  );
}

interface Ping {
  readonly scheme: string;
  /** Undefined: it asks for nobody. */
  readonly challenge: Challenge | undefined;
}

/** With TLS, or where that does not answer and the registry may do without, as plain HTTP. */
async function ping(image: ImageName, registry: Registry): Promise<Ping> {
  if (!mayBePlain(image)) return await pingOnce('https', image, registry);
  const loser = new AbortController();
  const signal = AbortSignal.any([registry.way.signal, loser.signal]);
  const bounded = { ...registry, way: { ...registry.way, signal } };
  const secure = pingOnce('https', image, bounded);
  const fallback = Promise.race([hasFailed(secure), registry.clock.sleep(FALLBACK_MS, signal)]);
  try {
    return await Promise.any([secure, fallback.then(() => pingOnce('http', image, bounded))]);
  } catch (error) {
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    throw new Error(errors.map(wholeMessageOf).join('; '), { cause: error });
  } finally {
    loser.abort();
  }
}

/** Resolves when it fails, and never otherwise. */
async function hasFailed(work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  work.catch(resolve);
  await promise;
}

async function pingOnce(scheme: string, image: ImageName, registry: Registry): Promise<Ping> {
  const url = new URL(`${scheme}://${image.registry}/v2/`);
  const answer = await send({ method: 'GET', url }, registry);
  assertAnswer(answer, [200, 401]);
  const challenges = challengesOf(answer);
  const known = challenges.find((one) => one.scheme === 'basic' || one.scheme === 'bearer');
  return { scheme: answer.url.protocol.slice(0, -1), challenge: known ?? challenges[0] };
}

function challengesOf({ statusCode, headers }: HttpAnswer): readonly Challenge[] {
  return statusCode === 401 ? parseChallenges(headers.get('Www-Authenticate') ?? '') : [];
}
