/** A container's environment as the kubelet would resolve it from the objects in the API server. */
import { asRecord, type KubeClient } from './kube.ts';

export interface EnvironmentOptions {
  readonly kube: KubeClient;
  readonly container: Readonly<Record<string, unknown>>;
  /** What `fieldRef` may name; `metadata.namespace` is also where Secrets and ConfigMaps are read. */
  readonly fields: Readonly<Record<string, string>> & { readonly 'metadata.namespace': string };
}

/** Throws, naming the variable, where the kubelet would not start the container. */
export async function resolveEnvironment(
  options: EnvironmentOptions,
): Promise<Readonly<Record<string, string>>> {
  const { env, envFrom } = options.container;
  if (envFrom !== undefined) throw new Error('the bed does not resolve envFrom');
  const entries: readonly unknown[] = Array.isArray(env) ? env : [];
  const variables: Record<string, string> = {};
  for (const { name, value, valueFrom } of entries.map(asRecord)) {
    const text =
      valueFrom === undefined
        ? (textOf(value) ?? '')
        : await resolve(options, { name: String(name), source: asRecord(valueFrom) });
    if (text !== undefined) variables[String(name)] = text;
  }
  return variables;
}

interface Variable {
  readonly name: string;
  readonly source: Readonly<Record<string, unknown>>;
}

/** Undefined: an optional one that is not there. */
async function resolve(
  options: EnvironmentOptions,
  { name, source }: Variable,
): Promise<string | undefined> {
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = source;
  if (fieldRef !== undefined) {
    const { fieldPath } = asRecord(fieldRef);
    const text = options.fields[String(fieldPath)];
    if (text === undefined) throw new Error(`${name}: the bed has no ${String(fieldPath)}`);
    return text;
  }
  if (resourceFieldRef !== undefined) {
    return resourceOf(options.container, { name, source: asRecord(resourceFieldRef) });
  }
  const kind = secretKeyRef === undefined ? 'ConfigMap' : 'Secret';
  const reference = asRecord(secretKeyRef ?? configMapKeyRef);
  const namespace = options.fields['metadata.namespace'];
  const files = await readFiles(options.kube, { kind, namespace, name: String(reference['name']) });
  const text = files?.get(String(reference['key']))?.toString('utf8');
  if (text === undefined && reference['optional'] !== true) {
    const wanted = `${kind} ${namespace}/${String(reference['name'])}`;
    throw new Error(`${name}: there is no key ${String(reference['key'])} in ${wanted}`);
  }
  return text;
}

/** `limits.memory` and the like as a whole number of divisors. */
function resourceOf(
  { resources }: Readonly<Record<string, unknown>>,
  { name, source }: Variable,
): string {
  const [group = '', resource = ''] = String(source['resource']).split('.');
  const quantity = textOf(asRecord(asRecord(resources)[group])[resource]);
  // The kubelet takes the node's allocatable for an absent limit; there is no node.
  if (quantity === undefined) throw new Error(`${name}: ${group}.${resource} is not set`);
  const divisor = textOf(source['divisor']) ?? '0';
  // The API server fills in 0 for an absent divisor, and means 1.
  return String(Math.ceil(parseQuantity(quantity) / (parseQuantity(divisor) || 1)));
}

const FACTORS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

function parseQuantity(quantity: string): number {
  const [, number, suffix = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(quantity) ?? [];
  const factor = FACTORS[suffix];
  if (number === undefined || factor === undefined) throw new Error(`not a quantity: ${quantity}`);
  return Number(number) * factor;
}

export interface FilesReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly namespace: string;
  readonly name: string;
}

/** Values by key; undefined when there is no such object. */
export async function readFiles(
  kube: KubeClient,
  { kind, namespace, name }: FilesReference,
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  const object = await kube.get({ apiVersion: 'v1', kind, metadata: { name, namespace } });
  if (object === undefined) return undefined;
  const encoding = kind === 'Secret' ? 'base64' : 'utf8';
  return new Map(
    Object.entries(asRecord(object['data'])).map(([key, value]) => [
      key,
      Buffer.from(String(value), encoding),
    ]),
  );
}

/** Text and numbers as text, else undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
