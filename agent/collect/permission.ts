/** Asks the API whether a collector has the rights it must have, before it starts. */

import type { KubeApi } from '../kube/client.ts';
import type { ApiRule } from './collector.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/**
 * A line for each right that is missing, in troubleshoot's words. Only rules with `isRequired` are asked for.
 *
 * A rule without a namespace is asked for in `default`, as troubleshoot does.
 * Source: troubleshoot v0.133.0, pkg/collect/rbac.go.
 *
 * @throws {AgentError} KUBE_…: the API does not answer the question.
 */
export async function findMissingRights(
  { title, rules }: { readonly title: string; readonly rules: readonly ApiRule[] },
  kube: KubeApi,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const attributes of rules.filter(({ isRequired }) => isRequired === true).flatMap(spread)) {
    if (await isAllowed(attributes, kube, signal)) continue;
    const { verb, resource, namespace } = attributes;
    missing.push(
      `cannot collect ${title}: action "${verb}" is not allowed on resource "${resource}" in the "${namespace}" namespace`,
    );
  }
  return missing;
}

interface Attributes {
  readonly namespace: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
}

/** One review for each verb, group, resource and name of a rule. */
function spread(rule: ApiRule): readonly Attributes[] {
  const { namespace = 'default', resourceNames = [undefined] } = rule;
  return rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((path) =>
      rule.verbs.flatMap((verb) =>
        resourceNames.map((name) => {
          const [resource = '', subresource] = path.split('/');
          return {
            namespace,
            verb,
            group,
            resource,
            ...(subresource === undefined ? {} : { subresource }),
            ...(name === undefined ? {} : { name }),
          };
        }),
      ),
    ),
  );
}

async function isAllowed(
  resourceAttributes: Attributes,
  kube: KubeApi,
  signal: AbortSignal,
): Promise<boolean> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const answer = await kube.post(REVIEWS, review, signal);
  const status = fieldOf(answer, 'status');
  return fieldOf(status, 'allowed') === true;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
