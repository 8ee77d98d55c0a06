/** Users of image registries, from pull secrets: names, never passwords. A part of `clusterResources`. */

import { messageOf } from '../../errors.ts';
import { apiMessageOf } from '../../kube/api-error.ts';
import { type ApiObject, isObject, objectAt, textAt } from '../../kube/object-fields.ts';
import type { CollectContext, Piece } from '../collector.ts';
import { decodeGoBase64 } from '../go-base64.ts';
import { goJson } from '../go-json.ts';
import { listObjects } from '../list-objects.ts';
import { filePiece, jsonPiece, problem } from '../pieces.ts';
import { isWithheld, withheldPieces } from './withheld.ts';

const TYPE = 'kubernetes.io/dockerconfigjson';
const FOLDER = 'cluster-resources/image-pull-secrets';
const ERRORS = `${FOLDER}-errors.json`;

interface PullSecret {
  readonly namespace: string;
  readonly name: string;
  /** Base64 of the Docker configuration. */
  readonly encoded: string;
}

/** What there is, and by namespace, secret or registry, what went wrong. */
interface Found {
  readonly secrets: readonly PullSecret[];
  readonly failures: ReadonlyMap<string, unknown>;
}

/**
 * One list for the whole cluster; where rights do not reach that far, one for each namespace.
 *
 * @yields `image-pull-secrets/<namespace>/<secret>.json`, `{"<registry>":"<user>"}`, and errors. Of several registries in one
 *   secret the first by name counts; troubleshoot takes a random one.
 * Source: troubleshoot v0.133.0, pkg/collect/cluster_resources.go.
 */
export async function* collectPullSecrets(
  context: CollectContext,
  namespaces: readonly string[],
): AsyncGenerator<Piece> {
  const { secrets, failures } = await findSecrets(namespaces, context);
  const errors = new Map([...failures].map(([key, error]) => [key, apiMessageOf(error)] as const));
  for (const secret of secrets) {
    const user = userOf(secret, errors);
    if (user === undefined) continue;
    yield filePiece(`${FOLDER}/${secret.namespace}/${secret.name}.json`, goJson(user));
  }
  if (errors.size === 0) return;
  yield jsonPiece(ERRORS, errors);
  yield* withheldPieces(ERRORS, failures.values());
  for (const [key, message] of errors) {
    if (!isWithheld(failures.get(key))) yield problem('partial', `${ERRORS}: ${key}: ${message}`);
  }
}

async function findSecrets(namespaces: readonly string[], context: CollectContext): Promise<Found> {
  try {
    if (namespaces.length > 1) {
      const wanted = new Set(namespaces);
      const secrets = await listSecrets('/api/v1/secrets', context);
      return {
        secrets: secrets.filter(({ namespace }) => wanted.has(namespace)),
        failures: new Map(),
      };
    }
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isWithheld(error)) {
      return { secrets: [], failures: new Map(namespaces.map((name) => [name, error])) };
    }
  }
  return await findByNamespace(namespaces, context);
}

/** All at once: the client bounds how many requests are in flight. */
async function findByNamespace(
  namespaces: readonly string[],
  context: CollectContext,
): Promise<Found> {
  const answers = await Promise.all(
    namespaces.map(async (namespace) => {
      try {
        const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
        return { namespace, secrets: await listSecrets(path, context) };
      } catch (error) {
        context.signal.throwIfAborted();
        return { namespace, secrets: [], error };
      }
    }),
  );
  const failed = answers.filter((answer) => 'error' in answer);
  return {
    secrets: answers.flatMap(({ secrets }) => secrets),
    failures: new Map(failed.map(({ namespace, error }) => [namespace, error])),
  };
}

async function listSecrets(path: string, context: CollectContext): Promise<readonly PullSecret[]> {
  return await listObjects({ path, query: { fieldSelector: `type=${TYPE}` }, keep }, context);
}

function keep(secret: ApiObject): PullSecret | undefined {
  if (secret['type'] !== TYPE) return undefined;
  return {
    namespace: textAt(secret, 'metadata', 'namespace'),
    name: textAt(secret, 'metadata', 'name'),
    encoded: textAt(secret, 'data', '.dockerconfigjson'),
  };
}

/** Registry → user; undefined where no registry of the secret has one. What cannot be read is added to the errors. */
function userOf(
  { namespace, name, encoded }: PullSecret,
  errors: Map<string, string>,
): Readonly<Record<string, string>> | undefined {
  let registries: ApiObject;
  try {
    registries = registriesIn(Buffer.from(encoded, 'base64').toString());
  } catch (error) {
    errors.set(`${namespace}/${name}`, messageOf(error));
    return undefined;
  }
  const users = Object.keys(registries)
    .toSorted()
    .flatMap((registry) => {
      try {
        const user = decodeGoBase64(textAt(registries[registry], 'auth')).toString().split(':', 1);
        return [{ [registry]: user[0] ?? '' }];
      } catch (error) {
        errors.set(`${namespace}/${name}/${registry}`, messageOf(error));
        return [];
      }
    });
  return users[0];
}

/** @throws {Error} Without a word of the text: it holds passwords. */
function registriesIn(text: string): ApiObject {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    throw new Error('the Docker configuration is not JSON');
  }
  const auths = objectAt(config, 'auths');
  const hasNone = config === null || (isObject(config) && (config['auths'] ?? null) === null);
  if (auths === undefined && !hasNone) {
    throw new Error('the Docker configuration has no list of registries');
  }
  return auths ?? {};
}
