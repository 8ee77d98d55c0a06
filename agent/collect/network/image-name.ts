/** Names of images: which registry, repository and tag or digest they mean. Source: go-containerregistry v0.21.9, pkg/name. */

import { isIPv4 } from 'node:net';

export interface ImageName extends Place {
  /** As it is written. */
  readonly text: string;
  /** A tag or a digest. */
  readonly identifier: string;
  readonly isDigest: boolean;
}

interface Place {
  /** Host, with a port where the name has one; Docker Hub is `index.docker.io`. */
  readonly registry: string;
  readonly repository: string;
}

export const DOCKER_HUB = 'index.docker.io';

const DIGEST = /^([^@]*)@(sha256:[0-9a-f]{64})$/;
const TAG = /^[A-Za-z0-9_.-]{1,128}$/;
const REPOSITORY = /^[a-z0-9_./-]{2,255}$/;
const REGISTRY = /^(\[[0-9A-Fa-f:.%]+\]|[\w.~!$&'()*+,;=-]*)(:\d*)?$/;

/** @throws {Error} In the words of troubleshoot. */
export function parseImageName(text: string): ImageName {
  const tagged = parseTagged(text);
  if (tagged !== undefined) return { ...tagged, text, isDigest: false };
  const [, base = '', identifier = ''] = DIGEST.exec(text) ?? [];
  // A tag in front of a digest does not count.
  const place = identifier === '' ? undefined : (parseTagged(base) ?? parsePlace(base));
  if (place !== undefined) return { ...place, text, identifier, isDigest: true };
  throw new Error(`failed to parse image name ${text}: could not parse reference: ${text}`);
}

/** Whether the registry is taken for one that may not have TLS: on a private network or this machine. */
export function mayBePlain({ registry }: ImageName): boolean {
  const [host = ''] = registry.split(':');
  if (isIPv4(host) && /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host)) return true;
  return (
    registry.startsWith('localhost:') ||
    /\.localhost(:\d{1,5})?$/.test(registry) ||
    /^(127\.0\.0\.1(:\d{1,5})?|::1|\[::1\](:\d{1,5})?)$/.test(registry)
  );
}

function parseTagged(text: string): (Place & Pick<ImageName, 'identifier'>) | undefined {
  const [, base = text, identifier = 'latest'] = /^(.*):([^/:]*)$/s.exec(text) ?? [];
  const place = TAG.test(identifier) ? parsePlace(base) : undefined;
  return place === undefined ? undefined : { ...place, identifier };
}

/** The first part is a registry where it looks like a host; else the registry is Docker Hub. */
function parsePlace(name: string): Place | undefined {
  const [, first, rest] = /^(localhost|[^/]*[.:][^/]*)\/(.*)$/s.exec(name) ?? [];
  const [registry, repository] = [first ?? DOCKER_HUB, rest ?? name];
  if (!REPOSITORY.test(repository) || !REGISTRY.test(registry)) return undefined;
  if (registry !== 'docker.io' && registry !== DOCKER_HUB) return { registry, repository };
  const isShort = !repository.includes('/');
  return { registry: DOCKER_HUB, repository: isShort ? `library/${repository}` : repository };
}
