/** Builders for tests of specs. */

import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';

import type { LoadSpecOptions } from '../../agent/spec/load.ts';
import type { BundleSpec, CollectorSpec } from '../../agent/spec/types.ts';
import { FakeKube, type FakeObject } from './kube.ts';

/** The path of a file in `test/fixtures/specs/`. */
export function specFile(name: string): string {
  return new URL(`../fixtures/specs/${name}`, import.meta.url).pathname;
}

export async function specText(name: string): Promise<string> {
  return await readFile(specFile(name), 'utf8');
}

/** A Secret as the API server gives it back. */
export function secret(texts: Readonly<Record<string, string>>): FakeObject {
  return {
    kind: 'Secret',
    data: Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    ),
  };
}

export function configMap(texts: Readonly<Record<string, string>>): FakeObject {
  return { kind: 'ConfigMap', data: { ...texts } };
}

/** A SupportBundle document with these collectors, as YAML. */
export function bundleWith(...collectors: readonly unknown[]): string {
  return JSON.stringify({
    apiVersion: 'troubleshoot.sh/v1beta2',
    kind: 'SupportBundle',
    metadata: { name: 'test' },
    spec: { collectors },
  });
}

export function collector(
  type: string,
  fields: Readonly<Record<string, unknown>> = {},
  overrides: Partial<CollectorSpec> = {},
): CollectorSpec {
  return { type, title: type, fields, exclude: false, ...overrides };
}

/** Reads `text` from standard input, with everything allowed, unless told otherwise. */
export function loadOptions(
  text: string,
  overrides: Partial<LoadSpecOptions> = {},
): LoadSpecOptions {
  return {
    refs: ['-'],
    stdin: Readable.from([Buffer.from(text)]),
    ownNamespace: 'agent',
    allowRemote: false,
    collectorsAllowed: ['all'],
    kube: () => Promise.resolve(new FakeKube()),
    ...overrides,
  };
}

/** A merged spec that asks for nothing, unless told otherwise. */
export function mergedSpec(overrides: Partial<BundleSpec> = {}): BundleSpec {
  return {
    collectors: [],
    hostCollectors: [],
    analyzers: [],
    hostAnalyzers: [],
    redactors: [],
    runHostCollectorsInPod: false,
    withheld: [],
    notices: [],
    sources: [],
    ...overrides,
  };
}
