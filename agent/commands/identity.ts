/** Who this agent is where the environment does not say it: for runs outside a pod. */

import { hostname } from 'node:os';

import type { AgentConfig } from '../config/fields.ts';
import { AgentError } from '../errors.ts';

/** The Secret that the chart renders. */
const SPEC_SECRET = 'support-bundle-secret';

/**
 * SPEC, or the Secret in the own namespace.
 *
 * @throws {AgentError} SPEC_REF_INVALID: neither SPEC nor POD_NAMESPACE is set.
 */
export function specRefs({ spec, podNamespace }: AgentConfig): readonly string[] {
  if (spec !== undefined) return spec;
  if (podNamespace === undefined) {
    throw new AgentError(
      'SPEC_REF_INVALID',
      'no spec is named: give --spec, or set SPEC (or POD_NAMESPACE, for the Secret in it)',
    );
  }
  return [`secret/${podNamespace}/${SPEC_SECRET}`];
}

/** What claims are signed with: the same over restarts of a container, another for each pod. */
export function podName({ podName: given }: AgentConfig): string {
  return given ?? hostname();
}

/** What the installation id is made of, beside the cluster. */
export function releaseOf({ podNamespace, releaseName }: AgentConfig): {
  readonly namespace: string;
  readonly name: string;
} {
  return { namespace: podNamespace ?? 'default', name: releaseName ?? '' };
}
