/** JSON schemas of the kinds that a running API server knows, for kubeconform: its own are not reachable offline. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { KubeClient, KubeObject } from './kube.ts';

const REF_PREFIX = '#/components/schemas/';

type Schemas = Readonly<Record<string, unknown>>;

/**
 * Writes a schema for each kind among the objects and returns kubeconform's `-schema-location`.
 * Fields that the API server does not know are refused.
 */
export async function writeSchemas(
  kube: KubeClient,
  objects: readonly KubeObject[],
  folder: string,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const byVersion = Map.groupBy(objects, ({ apiVersion }) => apiVersion);
  for (const [apiVersion, ofVersion] of byVersion) {
    const schemas = await readSchemas(kube, apiVersion);
    for (const kind of new Set(ofVersion.map((object) => object.kind))) {
      const name = findKind(schemas, apiVersion, kind);
      const file = `${kind.toLowerCase()}-${kindSuffix(apiVersion)}.json`;
      await writeFile(join(folder, file), JSON.stringify(standalone(schemas, name)));
    }
  }
  return join(folder, '{{ .ResourceKind }}{{ .KindSuffix }}.json');
}

/** As kubeconform has it: of a group's name only what is before the first dot. */
function kindSuffix(apiVersion: string): string {
  const [group = '', version] = apiVersion.split('/');
  return version === undefined ? group : `${group.replace(/\..*/, '')}-${version}`;
}

async function readSchemas(kube: KubeClient, apiVersion: string): Promise<Schemas> {
  const group = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
  const { statusCode, body } = await kube.request({ path: `/openapi/v3/${group}` });
  const schemas = asRecord(asRecord(asRecord(body)['components'])['schemas']);
  if (statusCode !== 200) throw new Error(`/openapi/v3/${group}: ${statusCode}`);
  return schemas;
}

function findKind(schemas: Schemas, apiVersion: string, kind: string): string {
  const [version, group = ''] = apiVersion.split('/').toReversed();
  for (const [name, schema] of Object.entries(schemas)) {
    const kinds = asRecord(schema)['x-kubernetes-group-version-kind'];
    const isIt = (Array.isArray(kinds) ? kinds : [])
      .map(asRecord)
      .some((its) => its['group'] === group && its['version'] === version && its['kind'] === kind);
    if (isIt) return name;
  }
  throw new Error(`the API server knows no ${apiVersion} ${kind}`);
}

/** One schema with all it refers to, in one document. */
function standalone(schemas: Schemas, root: string): unknown {
  const reachable = new Map<string, unknown>();
  const queue = [root];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reachable.has(name)) continue;
    const schema = closed(schemas[name]);
    reachable.set(name, schema);
    for (const [, reference] of JSON.stringify(schema).matchAll(
      /"#\/components\/schemas\/([^"]+)"/g,
    )) {
      if (reference !== undefined) queue.push(reference);
    }
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    allOf: [{ $ref: `${REF_PREFIX}${root}` }],
    components: { schemas: Object.fromEntries(reachable) },
  };
}

/** Nothing beyond the properties that are named. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) copy[key] = closed(value);
  const isOpen = copy['x-kubernetes-preserve-unknown-fields'] === true;
  if (copy['properties'] !== undefined && !isOpen) copy['additionalProperties'] ??= false;
  return copy;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
