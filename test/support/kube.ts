/** A Kubernetes API in memory: objects by path, with the answers a test asks for. */

import { AgentError, type AgentErrorCode } from '../../agent/errors.ts';
import type { KubeClient } from '../../agent/kube/client.ts';

/** `/api/v1/secrets`, `/apis/apps/v1/namespaces/shop/deployments`, … */
const COLLECTION = /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/]+)?\/[a-z]+$/;

export interface FakeObject {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
  };
  readonly [field: string]: unknown;
}

/**
 * Objects are put and got by their path, e.g. `/api/v1/namespaces/default/configmaps/state`.
 * A collection's path lists what lies below it, also over all namespaces; `labelSelector` (`a=b,c!=d,e`),
 * `limit` and `continue` are understood.
 */
export class FakeKube implements KubeClient {
  readonly server = new URL('https://kube.test:6443');
  /** `GET /path?query`, in order. */
  readonly requests: string[] = [];
  readonly #objects = new Map<string, FakeObject>();
  readonly #failures = new Map<string, AgentErrorCode>();
  #latestVersion = 0;

  constructor(objects: Readonly<Record<string, FakeObject>> = {}) {
    for (const [path, object] of Object.entries(objects)) this.put(path, object);
  }

  /** Writes as another client would: a new resourceVersion. */
  put(path: string, object: FakeObject): void {
    const [name] = path.split('/').slice(-1);
    const namespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1];
    const resourceVersion = String(++this.#latestVersion);
    const metadata = {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...object.metadata,
      resourceVersion,
    };
    this.#objects.set(path, { ...object, metadata });
  }

  remove(path: string): void {
    this.#objects.delete(path);
  }

  /** From now on every request for the path (without its query) rejects. */
  fail(path: string, code: AgentErrorCode): void {
    this.#failures.set(path, code);
  }

  /** The path answers again. */
  heal(path: string): void {
    this.#failures.delete(path);
  }

  async get(path: string, signal: AbortSignal): Promise<unknown> {
    const [resource, query] = this.#begin('GET', path, signal);
    const object = this.#objects.get(resource);
    if (object !== undefined) return structuredClone(object);
    const isCollection = COLLECTION.test(resource);
    if (isCollection) return this.#list(resource, query);
    throw new AgentError('KUBE_NOT_FOUND', `GET ${resource}: 404`);
  }

  async patch(path: string, patch: unknown, signal: AbortSignal): Promise<unknown> {
    const [resource] = this.#begin('PATCH', path, signal);
    const object = this.#objects.get(resource);
    if (object === undefined) throw new AgentError('KUBE_NOT_FOUND', `PATCH ${resource}: 404`);
    const wanted = versionIn(patch);
    if (wanted !== undefined && wanted !== object.metadata?.resourceVersion) {
      throw new AgentError('KUBE_CONFLICT', `PATCH ${resource}: 409`);
    }
    const merged = mergePatch(object, patch);
    if (!isRecord(merged)) throw new Error('a patch must leave an object');
    this.put(resource, merged);
    return structuredClone(this.#objects.get(resource));
  }

  #begin(method: string, path: string, signal: AbortSignal): [string, URLSearchParams] {
    signal.throwIfAborted();
    this.requests.push(`${method} ${path}`);
    const { pathname, searchParams } = new URL(path, this.server);
    const code = this.#failures.get(pathname);
    if (code !== undefined) throw new AgentError(code, `${method} ${pathname}: ${code}`);
    return [pathname, searchParams];
  }

  #list(path: string, query: URLSearchParams): unknown {
    const [, prefix = '', resource = ''] = /^(.*)\/([a-z]+)$/.exec(path) ?? [];
    const below = new RegExp(`^${prefix}(?:/namespaces/[^/]+)?/${resource}/[^/]+$`);
    const matching = [...this.#objects]
      .filter(([candidate]) => below.test(candidate))
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([, object]) => object)
      .filter((object) => matches(object, query.get('labelSelector') ?? ''));
    const start = Number(query.get('continue') ?? 0);
    const end = start + Number(query.get('limit') ?? matching.length);
    return {
      metadata: end < matching.length ? { continue: String(end) } : {},
      items: structuredClone(matching.slice(start, end)),
    };
  }
}

function matches(object: FakeObject, selector: string): boolean {
  const labels = object.metadata?.labels ?? {};
  return selector
    .split(',')
    .filter((requirement) => requirement !== '')
    .every((requirement) => {
      const [, key = '', operator, value] = /^([^=!]+)(!=|==?)?(.*)$/.exec(requirement) ?? [];
      if (operator === undefined) return key in labels;
      return operator === '!=' ? labels[key] !== value : labels[key] === value;
    });
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

function versionIn(patch: unknown): unknown {
  const metadata = isRecord(patch) ? patch['metadata'] : undefined;
  return isRecord(metadata) ? metadata['resourceVersion'] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
