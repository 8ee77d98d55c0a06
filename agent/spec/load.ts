/** Loads the specs a run collects by: reads the sources, parses, merges, and withholds what is not allowed. */

import type { Readable } from 'node:stream';

import { AgentError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { BundleSpec } from './types.ts';

export interface LoadSpecOptions {
  /** REFs as in SPEC and `--spec`. */
  readonly refs: readonly string[];
  /** SPEC_SELECTOR: discovers more specs. */
  readonly selector?: string;
  /** SPEC_NAMESPACES: where; `*` = all, absent = the own one. */
  readonly namespaces?: readonly string[];
  readonly ownNamespace: string | undefined;
  /** SPEC_REMOTE. */
  readonly allowRemote: boolean;
  /** COLLECTORS_ALLOWED. */
  readonly collectorsAllowed: readonly string[];
  /** NAMESPACES: absent = all. */
  readonly restrictToNamespaces?: readonly string[];
  /** Called only when a REF or the discovery needs the cluster. */
  readonly kube: () => Promise<KubeClient>;
  /** For the REF `-`. */
  readonly stdin: Readable;
}

/** Loads the spec. */
export async function loadSpec(options: LoadSpecOptions, signal: AbortSignal): Promise<BundleSpec> {
  signal.throwIfAborted();
  throw new AgentError('SPEC_EMPTY', options.refs.join(' '));
}
