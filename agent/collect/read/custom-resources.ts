/** Custom resources: a list for each definition, split by namespace. A part of `clusterResources`. */

import { apiMessageOf } from '../../kube/api-error.ts';
import { ArrayFiles } from '../array-files.ts';
import type { CollectContext, FilePiece, Piece } from '../collector.ts';
import { Indenter } from '../indent.ts';
import { streamList } from '../list-stream.ts';
import { findNamespace } from '../namespace-of.ts';
import { interleavePieces, jsonPiece, problem } from '../pieces.ts';
import { type CustomResourceDefinition, parseDefinition } from './custom-resource-definition.ts';
import type { Discovery } from './discovery.ts';

const FOLDER = 'cluster-resources/custom-resources';
const ERRORS = `${FOLDER}/custom-resources-errors.json`;
const API_GROUP = 'apiextensions.k8s.io';

export interface CustomResourcesOptions {
  /** Whose objects are collected. */
  readonly namespaces: readonly string[];
  /** Absent: they are listed. */
  readonly crds?: readonly CustomResourceDefinition[];
  /** Absent: the API is taken to be there. */
  readonly discovery?: Discovery;
}

/**
 * One list for each definition, several at once, as many as there may be requests. Definitions without objects give nothing.
 *
 * @yields `custom-resources/<definition>/<namespace>.json`, or `<definition>.json` for those of the cluster, each with
 *   a link that ends in `.yaml`; errors by definition.
 * Source: troubleshoot v0.133.0, pkg/collect/cluster_resources.go.
 */
export async function* collectCustomResources(
  context: CollectContext,
  options: CustomResourcesOptions,
): AsyncGenerator<Piece> {
  const errors = new Map<string, string>();
  const definitions = options.crds ?? (await listDefinitions(options.discovery, errors, context));
  const resources = new CustomResources(new Set(options.namespaces), errors, context);
  yield* interleavePieces(resources.lanes(definitions), context.concurrency);
  if (errors.size === 0) return;
  yield jsonPiece(ERRORS, errors);
  for (const [key, message] of errors) yield problem('partial', `${ERRORS}: ${key}: ${message}`);
}

async function listDefinitions(
  discovery: Discovery | undefined,
  errors: Map<string, string>,
  context: CollectContext,
): Promise<readonly CustomResourceDefinition[]> {
  const isServed = discovery?.has(`${API_GROUP}/v1`, 'CustomResourceDefinition') ?? true;
  if (!isServed && discovery?.error !== undefined) {
    errors.set(`discover ${API_GROUP}/v1`, discovery.error);
    return [];
  }
  let definitions: CustomResourceDefinition[] = [];
  try {
    const version = isServed ? 'v1' : 'v1beta1';
    const path = `/apis/${API_GROUP}/${version}/customresourcedefinitions`;
    for await (const event of streamList(path, context)) {
      if (event.kind === 'start') definitions = [];
      else definitions.push(...event.jsons.map(parseDefinition));
    }
  } catch (error) {
    context.signal.throwIfAborted();
    errors.set('crdList', apiMessageOf(error));
    return [];
  }
  return definitions;
}

class CustomResources {
  readonly #namespaces: ReadonlySet<string>;
  readonly #errors: Map<string, string>;
  readonly #context: CollectContext;
  readonly #indenter = new Indenter();

  constructor(
    namespaces: ReadonlySet<string>,
    errors: Map<string, string>,
    context: CollectContext,
  ) {
    this.#namespaces = namespaces;
    this.#errors = errors;
    this.#context = context;
  }

  *lanes(definitions: readonly CustomResourceDefinition[]): Generator<AsyncGenerator<Piece>> {
    for (const definition of definitions) {
      // A subresource: it has no objects of its own.
      if (!definition.name.includes('/')) yield this.#collect(definition);
    }
  }

  async *#collect(definition: CustomResourceDefinition): AsyncGenerator<Piece> {
    try {
      yield* this.#read(definition);
    } catch (error) {
      this.#context.signal.throwIfAborted();
      this.#errors.set(definition.name, apiMessageOf(error));
    }
  }

  /** @yields A namespace's file when the next one begins: the server orders objects by namespace. */
  async *#read(definition: CustomResourceDefinition): AsyncGenerator<Piece> {
    const files = new ArrayFiles(this.#context.workDir, this.#indenter);
    try {
      for await (const event of streamList(definition.path, this.#context)) {
        if (event.kind === 'start') await files.beginAnew();
        for (const json of event.kind === 'start' ? [] : event.jsons) {
          yield* withLinks(files.add(json, this.#pathOf(definition, json)));
        }
      }
      yield* withLinks(files.close());
    } finally {
      await files.discard();
    }
  }

  /** Undefined: its namespace is not collected. */
  #pathOf({ name, isNamespaced }: CustomResourceDefinition, json: Uint8Array): string | undefined {
    if (!isNamespaced) return `${FOLDER}/${name}.json`;
    const namespace = findNamespace(json);
    return this.#namespaces.has(namespace) ? `${FOLDER}/${name}/${namespace}.json` : undefined;
  }
}

async function* withLinks(files: AsyncIterable<FilePiece>): AsyncGenerator<Piece> {
  for await (const file of files) {
    yield file;
    const path = file.path.replace(/\.json$/, '.yaml');
    yield { kind: 'link', path, target: file.path };
  }
}
