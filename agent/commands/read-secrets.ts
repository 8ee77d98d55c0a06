/** SECRET_SCAN=values: reads what to look for. */

import { AgentError, hasCode, messageOf } from '../errors.ts';
import { KubeAnswerError } from '../kube/api-error.ts';
import type { KubeApi } from '../kube/client.ts';
import { isObject, textAt } from '../kube/object-fields.ts';
import { trimmed } from '../redact/secret-values.ts';

/** A Secret has 1 MiB at most, and an answer may have 16. */
const PAGE_SIZE = 8;
/** A list that expires between two pages begins anew; after so many times it is given up. */
const MAX_ATTEMPTS = 3;
const HELM_RELEASE = 'helm.sh/release.v1';
const TOKEN = 'kubernetes.io/service-account-token';

/**
 * The values of the cluster's Secrets, without those that are none: certificates (`*.crt`, and what holds nothing but what
 * anyone may see), a token's `namespace`, and what is the name of a Secret, of its key or of a namespace. Helm's releases are
 * left out too: a whole chart, compressed, of which nothing would be found.
 *
 * @param namespaces Undefined: all of the cluster.
 * @yields Decoded values, after all have been read; some may be alike.
 * @throws {AgentError} KUBE_…; KUBE_FORBIDDEN names the right that is missing.
 */
export async function* readSecretValues(
  kube: Pick<KubeApi, 'get'>,
  namespaces: readonly string[] | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const secrets: ReadSecret[] = [];
  for (const namespace of namespaces ?? [undefined]) {
    secrets.push(...(await listSecrets(kube, namespace, signal)));
  }
  const names = new Set(
    secrets.flatMap((secret) => [secret.name, secret.namespace, ...secret.data.keys()]),
  );
  for (const { data } of secrets) {
    for (const value of data.values()) {
      if (!names.has(trimmed(value.toString('latin1')))) yield value;
    }
  }
}

interface ReadSecret {
  readonly name: string;
  readonly namespace: string;
  /** Decoded, by key; those that may be secrets. */
  readonly data: ReadonlyMap<string, Buffer>;
}

async function listSecrets(
  kube: Pick<KubeApi, 'get'>,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<readonly ReadSecret[]> {
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  for (let attemptNumber = 1; ; attemptNumber++) {
    try {
      return await listPages(kube, `/api/v1${place}/secrets`, signal);
    } catch (error) {
      if (hasCode(error, 'KUBE_FORBIDDEN')) throw missingRight(namespace, error);
      const isExpired = error instanceof KubeAnswerError && error.statusCode === 410;
      if (!isExpired || attemptNumber === MAX_ATTEMPTS) throw error;
    }
  }
}

function missingRight(namespace: string | undefined, error: unknown): AgentError {
  const place = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`;
  const message = `the right to list secrets in ${place} is missing: ${messageOf(error)}`;
  return new AgentError('KUBE_FORBIDDEN', message, { cause: error });
}

async function listPages(
  kube: Pick<KubeApi, 'get'>,
  path: string,
  signal: AbortSignal,
): Promise<readonly ReadSecret[]> {
  const secrets: ReadSecret[] = [];
  let continueToken = '';
  do {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
    // Asked of the server, since they are large.
    query.set('fieldSelector', `type!=${HELM_RELEASE}`);
    if (continueToken !== '') query.set('continue', continueToken);
    const page = await kube.get(`${path}?${query.toString()}`, signal);
    const items: unknown = isObject(page) ? page['items'] : undefined;
    if (!Array.isArray(items)) throw new AgentError('KUBE_FAILED', `GET ${path}: no list`);
    secrets.push(...items.filter(isObject).map(readSecret));
    continueToken = textAt(page, 'metadata', 'continue');
  } while (continueToken !== '');
  return secrets;
}

function readSecret(secret: Readonly<Record<string, unknown>>): ReadSecret {
  const type = textAt(secret, 'type');
  const fields = isObject(secret['data']) ? Object.entries(secret['data']) : [];
  const data = new Map<string, Buffer>();
  for (const [key, text] of type === HELM_RELEASE ? [] : fields) {
    const isPublic = key.endsWith('.crt') || (type === TOKEN && key === 'namespace');
    if (typeof text === 'string' && !isPublic) data.set(key, Buffer.from(text, 'base64'));
  }
  const [name, namespace] = [
    textAt(secret, 'metadata', 'name'),
    textAt(secret, 'metadata', 'namespace'),
  ];
  return { name, namespace, data };
}
