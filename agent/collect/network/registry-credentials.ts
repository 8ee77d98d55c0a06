/** Who asks a registry: user and password from a pull secret, inline or in the cluster. Source: troubleshoot v0.133.0, pkg/collect/registry.go. */

import { messageOf } from '../../errors.ts';
import { apiMessageOf } from '../../kube/api-error.ts';
import { type ApiObject, isObject, objectAt, textAt } from '../../kube/object-fields.ts';
import type { CollectContext, Fields } from '../collector.ts';
import { entryOf, textOf } from '../fields.ts';
import { decodeGoBase64 } from '../go-base64.ts';
import { DOCKER_HUB } from './image-name.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** A Docker configuration, by registry. */
export type Registries = ApiObject;

const TYPE = 'kubernetes.io/dockerconfigjson';
const KEY = '.dockerconfigjson';

export function secretNamespace(fields: Fields): string {
  return textOf(fields, 'namespace') || 'default';
}

/**
 * Undefined where the spec has no pull secret.
 *
 * @throws {Error} In the words of troubleshoot, with nothing of the secret in them.
 */
export async function loadRegistries(
  fields: Fields,
  context: CollectContext,
): Promise<Registries | undefined> {
  const secret = entryOf(fields, 'imagePullSecret');
  if (secret === undefined) return undefined;
  const data = entryOf(secret, 'data');
  if (data !== undefined) {
    return wrapping('failed to get auth from data', () =>
      parseConfig(textOf(secret, 'type'), textOf(data, KEY)),
    );
  }
  const name = textOf(secret, 'name');
  if (name === '') throw new Error('image pull secret spec is not valid');
  const found = await readSecret(secretNamespace(fields), name, context);
  return wrapping('failed to get auth from secret: failed to get auth from secret data', () =>
    parseConfig(textAt(found, 'type'), textAt(found, 'data', KEY)),
  );
}

/** Undefined where the registry has no entry: public and private images may be mixed. */
export function credentialsFor(registry: string, registries: Registries): Credentials | undefined {
  const names = registry === DOCKER_HUB ? [registry, 'docker.io'] : [registry];
  const key = names.find((name) => Object.hasOwn(registries, name));
  if (key === undefined) return undefined;
  const entry = registries[key];
  const [user, password] = [textAt(entry, 'username'), textAt(entry, 'password')];
  if (user !== '' && password !== '') return { user, password };
  const parts = decoded(textAt(entry, 'auth')).split(':');
  const [first = '', second = ''] = parts;
  if (parts.length !== 2) {
    throw new Error(`expected 2 parts in the auth string, but found ${parts.length}`);
  }
  // oxlint-disable-next-line no-control-regex -- some tools pad the password with it
  return { user: first, password: second.replaceAll(/^\0+|\0+$/g, '') };
}

function decoded(text: string): string {
  try {
    return decodeGoBase64(text).toString();
  } catch {
    // It may stand there as it is.
    return text;
  }
}

async function readSecret(
  namespace: string,
  name: string,
  { kube, signal }: CollectContext,
): Promise<unknown> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
  try {
    return await kube.get(path, signal);
  } catch (error) {
    signal.throwIfAborted();
    const reason = `failed to get auth from secret: failed to get secret: ${apiMessageOf(error)}`;
    throw new Error(reason, { cause: error });
  }
}

function parseConfig(type: string, encoded: string): Registries {
  if (type !== TYPE) throw new Error(`secret type is not supported: ${type}`);
  const text = wrapping('failed to decode docker config string', () =>
    decodeGoBase64(encoded).toString(),
  );
  if (text.trim() === '') {
    throw new Error('failed to unmarshal config json: unexpected end of JSON input');
  }
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    // Without the parser's words: they quote the text.
    throw new Error('failed to unmarshal config json: it is not JSON');
  }
  if (config !== null && !isObject(config)) {
    throw new Error('failed to unmarshal config json: it is no object');
  }
  return objectAt(config, 'auths') ?? {};
}

function wrapping<T>(text: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`${text}: ${messageOf(error)}`, { cause: error });
  }
}
