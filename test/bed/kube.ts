/** A small client of the Kubernetes API for tests: writes what a test needs and reads it back. */
import { Agent } from 'node:https';

import { parseAllDocuments } from 'yaml';

import { sendRequest } from './http.ts';

const APPLY_CONCURRENCY = 16;
const FIELD_MANAGER = 'test-bed';
/** A kind is served some time after its CustomResourceDefinition was written. */
const KIND_SERVED_WITHIN_MS = 10_000;

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** What names one object. */
export type KubeReference = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

export interface KubeRequest {
  readonly method?: string;
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface KubeAnswer {
  readonly statusCode: number;
  /** Parsed if it is JSON, else text. */
  readonly body: unknown;
}

export interface KubeClient {
  /**
   * Server-side apply of objects, or of YAML with any number of documents; then of the `status` of
   * each that has one. Namespaces and CustomResourceDefinitions go first, the rest at once.
   */
  apply(objects: readonly KubeObject[] | string): Promise<void>;
  applyStatus(object: KubeObject): Promise<void>;
  create(object: KubeObject): Promise<KubeObject>;
  /** Undefined when there is no such object. */
  get(reference: KubeReference): Promise<KubeObject | undefined>;
  list(apiVersion: string, kind: string, namespace?: string): Promise<readonly KubeObject[]>;
  /** Comes back when it is asked for, not when it is gone; absent is fine. */
  delete(reference: KubeReference): Promise<void>;
  /** Any request; does not throw for a status code. */
  request(request: KubeRequest): Promise<KubeAnswer>;
  close(): void;
}

export interface KubeAccess {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
}

interface Resource {
  readonly plural: string;
  readonly isNamespaced: boolean;
}

export function kubeClient(access: KubeAccess): KubeClient {
  const agent = new Agent({ keepAlive: true, ca: access.ca, maxSockets: APPLY_CONCURRENCY });
  const resources = new Map<string, Resource>();

  async function send(call: KubeRequest): Promise<KubeAnswer> {
    const { statusCode, body } = await sendRequest(new URL(call.path, access.url), {
      agent,
      method: call.method ?? 'GET',
      headers: {
        authorization: `Bearer ${access.token}`,
        accept: 'application/json',
        'content-type': call.contentType ?? 'application/json',
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    return { statusCode, body: parseBody(body.toString('utf8')) };
  }

  async function demand(call: KubeRequest): Promise<unknown> {
    const answer = await send(call);
    if (answer.statusCode >= 300) {
      const path = `${call.method ?? 'GET'} ${call.path}`;
      throw new Error(`${path}: ${answer.statusCode} ${messageOf(answer.body)}`);
    }
    return answer.body;
  }

  async function findResource(apiVersion: string, kind: string): Promise<Resource> {
    const key = `${apiVersion} ${kind}`;
    const deadlineMs = performance.now() + KIND_SERVED_WITHIN_MS;
    while (!resources.has(key)) {
      const answer = await send({ path: groupPath(apiVersion) });
      for (const found of parseResources(answer.body)) {
        resources.set(`${apiVersion} ${found.kind}`, found);
      }
      if (resources.has(key)) break;
      if (performance.now() > deadlineMs) throw new Error(`the API does not serve ${key}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const resource = resources.get(key);
    if (resource === undefined) throw new Error(`the API does not serve ${key}`);
    return resource;
  }

  async function collectionPath(reference: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string | undefined;
  }): Promise<string> {
    const { plural, isNamespaced } = await findResource(reference.apiVersion, reference.kind);
    const base = groupPath(reference.apiVersion);
    if (!isNamespaced) return `${base}/${plural}`;
    return `${base}/namespaces/${reference.namespace ?? 'default'}/${plural}`;
  }

  async function objectPath({ apiVersion, kind, metadata }: KubeReference): Promise<string> {
    const path = await collectionPath({ apiVersion, kind, namespace: metadata.namespace });
    return `${path}/${metadata.name}`;
  }

  async function patch(path: string, body: unknown): Promise<void> {
    const query = `fieldManager=${FIELD_MANAGER}&force=true`;
    const contentType = 'application/apply-patch+yaml'; // JSON is YAML
    await demand({ method: 'PATCH', path: `${path}?${query}`, body, contentType });
  }

  async function applyStatus(object: KubeObject): Promise<void> {
    const { apiVersion, kind, metadata, status } = object;
    const { name, namespace } = metadata;
    const path = `${await objectPath(object)}/status`;
    await patch(path, { apiVersion, kind, metadata: { name, namespace }, status });
  }

  async function applyOne(object: KubeObject): Promise<void> {
    const { status, ...wanted } = object;
    await patch(await objectPath(object), wanted);
    if (status !== undefined) await applyStatus(object);
  }

  return {
    apply: async (objects) => {
      const all = typeof objects === 'string' ? parseYaml(objects) : objects;
      const isFirst = ({ kind }: KubeObject): boolean =>
        kind === 'Namespace' || kind === 'CustomResourceDefinition';
      await inParallel(all.filter(isFirst), applyOne);
      await inParallel(
        all.filter((object) => !isFirst(object)),
        applyOne,
      );
    },
    applyStatus,
    create: async (object) => {
      const { apiVersion, kind, metadata } = object;
      const path = await collectionPath({ apiVersion, kind, namespace: metadata.namespace });
      return parseObject(await demand({ method: 'POST', path, body: object }));
    },
    get: async (reference) => {
      const path = await objectPath(reference);
      const answer = await send({ path });
      if (answer.statusCode === 404) return undefined;
      if (answer.statusCode !== 200) {
        throw new Error(`GET ${path}: ${answer.statusCode} ${messageOf(answer.body)}`);
      }
      return parseObject(answer.body);
    },
    list: async (apiVersion, kind, namespace) => {
      const { plural } = await findResource(apiVersion, kind);
      const path =
        namespace === undefined
          ? `${groupPath(apiVersion)}/${plural}`
          : await collectionPath({ apiVersion, kind, namespace });
      const body = await demand({ path });
      return fieldOf(body, 'items').map((entry) =>
        parseObject({ ...asRecord(entry), apiVersion, kind }),
      );
    },
    delete: async (reference) => {
      const path = await objectPath(reference);
      const answer = await send({ method: 'DELETE', path });
      if (answer.statusCode >= 300 && answer.statusCode !== 404) {
        throw new Error(`DELETE ${path}: ${answer.statusCode} ${messageOf(answer.body)}`);
      }
    },
    request: send,
    close: () => agent.destroy(),
  };
}

/** The objects of YAML text; empty documents are passed over. */
export function parseYaml(yaml: string): readonly KubeObject[] {
  return parseAllDocuments(yaml)
    .map((document): unknown => document.toJS())
    .filter((value) => value !== null && value !== undefined)
    .map(parseObject);
}

async function inParallel(
  objects: readonly KubeObject[],
  work: (object: KubeObject) => Promise<void>,
): Promise<void> {
  const queue = [...objects];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: APPLY_CONCURRENCY }, worker));
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function parseResources(body: unknown): readonly (Resource & { readonly kind: string })[] {
  return fieldOf(body, 'resources')
    .map(asRecord)
    .filter(({ name }) => !String(name).includes('/'))
    .map(({ name, kind, namespaced }) => ({
      kind: String(kind),
      plural: String(name),
      isNamespaced: namespaced === true,
    }));
}

function parseObject(value: unknown): KubeObject {
  const { apiVersion, kind, metadata, ...rest } = asRecord(value);
  const { name, ...otherMetadata } = asRecord(metadata);
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') {
    throw new Error(`not a Kubernetes object: ${JSON.stringify(value).slice(0, 200)}`);
  }
  return { ...rest, apiVersion, kind, metadata: { ...otherMetadata, name } };
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body; // not every route answers JSON
  }
}

function messageOf(body: unknown): string {
  if (typeof body === 'string') return body;
  const { message } = asRecord(body);
  return typeof message === 'string' ? message : JSON.stringify(body);
}

function fieldOf(body: unknown, name: string): readonly unknown[] {
  const value = asRecord(body)[name];
  return Array.isArray(value) ? value : [];
}

/** The value's fields; none if it is not an object. */
export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
