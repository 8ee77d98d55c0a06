/** A Kubernetes API in memory: objects by path, with the answers a test asks for. */

import { AgentError, type AgentErrorCode } from '../../agent/errors.ts';
import { KubeAnswerError } from '../../agent/kube/api-error.ts';
import type {
  DeleteOptions,
  ExecEnding,
  ExecTarget,
  Execution,
  KubeApi,
  KubeStream,
  StreamOptions,
} from '../../agent/kube/client.ts';

/** `/api/v1/secrets`, `/apis/apps/v1/namespaces/shop/deployments`, … */
const COLLECTION = /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/]+)?\/[a-z]+$/;

export interface FakeObject {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
  };
  readonly [field: string]: unknown;
}

/** What a command in a container writes, and how it ends. */
export interface FakeExecution {
  readonly stdout?: string | Uint8Array;
  readonly stderr?: string | Uint8Array;
  readonly ending?: ExecEnding;
}

/**
 * Objects are put and got by their path, e.g. `/api/v1/namespaces/default/configmaps/state`.
 * A collection's path lists what lies below it, also over all namespaces; `labelSelector` (`a=b,c!=d,e`),
 * `limit` and `continue` are understood.
 */
export class FakeKube implements KubeApi {
  readonly server = new URL('https://kube.test:6443');
  readonly namespace = 'agent';
  /** `GET /path?query`, in order. */
  readonly requests: string[] = [];
  readonly #objects = new Map<string, FakeObject>();
  readonly #texts = new Map<string, string | Uint8Array>();
  readonly #failures = new Map<string, AgentErrorCode | Error>();
  /** Every command that was started, in order. */
  readonly executed: ExecTarget[] = [];
  /** What a command does; by default nothing, and it succeeds. */
  onExec: (target: ExecTarget) => FakeExecution = () => ({});
  /** The answer to a POST that creates nothing (a review); undefined: the body is stored as a new object. */
  onPost: (path: string, body: unknown) => unknown = () => undefined;
  /** Every object that was created, as it was sent, in order. */
  readonly created: { readonly path: string; readonly object: FakeObject }[] = [];
  /** Every DELETE that was answered, in order. */
  readonly deleted: { readonly path: string; readonly options: DeleteOptions }[] = [];
  /** Called before an object is deleted; what it throws is the answer. */
  onDelete: (path: string) => void = () => {};
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

  /** Of all objects that are there, in the order in which they came. */
  get paths(): readonly string[] {
    return [...this.#objects.keys()];
  }

  /** What `stream` gives for the path; looked for with its query, then without. */
  putText(path: string, text: string | Uint8Array): void {
    this.#texts.set(path, text);
  }

  /** From now on every request for the path (without its query) rejects. */
  fail(path: string, failure: AgentErrorCode | Error): void {
    this.#failures.set(path, failure);
  }

  /** The path answers again. */
  heal(path: string): void {
    this.#failures.delete(path);
  }

  async get(path: string, signal: AbortSignal): Promise<unknown> {
    this.#begin('GET', path, signal);
    return this.#read(path);
  }

  #read(path: string): unknown {
    const { pathname: resource, searchParams: query } = new URL(path, this.server);
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

  async stream(path: string, _options: StreamOptions, signal: AbortSignal): Promise<KubeStream> {
    const [resource] = this.#begin('GET', path, signal);
    const text = this.#texts.get(path) ?? this.#texts.get(resource);
    const body = Buffer.from(text ?? JSON.stringify(this.#read(path)));
    return {
      statusCode: 200,
      contentType: text === undefined ? 'application/json' : 'text/plain',
      body: once(body),
    };
  }

  async post(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const [resource] = this.#begin('POST', path, signal);
    const answer = this.onPost(resource, body);
    if (answer !== undefined) return structuredClone(answer);
    if (!isRecord(body)) throw new Error('a POST must have an object');
    const metadata = isRecord(body['metadata']) ? body['metadata'] : {};
    const { name, generateName } = metadata;
    const given = typeof name === 'string' ? name : `${String(generateName)}${this.#latestVersion}`;
    const place = `${resource}/${given}`;
    if (this.#objects.has(place)) {
      const apiMessage = `${given} already exists`;
      const message = `POST ${resource}: 409 ${apiMessage}`;
      throw new KubeAnswerError('KUBE_CONFLICT', message, { statusCode: 409, apiMessage });
    }
    this.created.push({ path: place, object: structuredClone(body) });
    this.put(place, { ...body, metadata: { ...metadata, name: given } });
    return structuredClone(this.#objects.get(place));
  }

  async delete(path: string, options: DeleteOptions, signal: AbortSignal): Promise<void> {
    const [resource] = this.#begin('DELETE', path, signal);
    this.onDelete(resource);
    this.deleted.push({ path: resource, options });
    this.remove(resource);
  }

  async exec(target: ExecTarget, signal: AbortSignal): Promise<Execution> {
    this.#begin('EXEC', `/${target.namespace}/${target.pod}/${target.container}`, signal);
    this.executed.push(target);
    const { stdout = '', stderr = '', ending = { kind: 'succeeded' } } = this.onExec(target);
    return { output: outputOf(stdout, stderr), ending: Promise.resolve(ending) };
  }

  #begin(method: string, path: string, signal: AbortSignal): [string, URLSearchParams] {
    signal.throwIfAborted();
    this.requests.push(`${method} ${path}`);
    const { pathname, searchParams } = new URL(path, this.server);
    const failure = this.#failures.get(pathname);
    if (failure instanceof Error) throw failure;
    if (failure !== undefined) throw new AgentError(failure, `${method} ${pathname}: ${failure}`);
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

async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  if (body.length > 0) yield body;
}

async function* outputOf(
  stdout: string | Uint8Array,
  stderr: string | Uint8Array,
): AsyncGenerator<{ readonly stream: 'stdout' | 'stderr'; readonly chunk: Uint8Array }> {
  if (stdout.length > 0) yield { stream: 'stdout', chunk: Buffer.from(stdout) };
  if (stderr.length > 0) yield { stream: 'stderr', chunk: Buffer.from(stderr) };
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
