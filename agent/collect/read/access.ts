/** What the agent may do in each namespace, and which namespaces it can therefore collect. A part of `clusterResources`. */

import { apiMessageOf } from '../../kube/api-error.ts';
import { type ApiObject, objectAt, objectsAt, textAt } from '../../kube/object-fields.ts';
import type { CollectContext, Piece } from '../collector.ts';
import { interleave } from '../interleave.ts';
import { errorPieces, jsonPiece } from '../pieces.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
const FOLDER = 'cluster-resources/auth-cani-list';

/** A webhook that decides what is allowed cannot list it: then trying is the only way to know. */
const CANNOT_LIST = 'webhook authorizer does not support user rule resolution';

/**
 * Asks for the rights in each namespace, several at once.
 *
 * @param kept Gets the namespaces in which pods may be read, as far as the answers tell.
 * @yields `auth-cani-list/<namespace>.json`, and errors by namespace.
 * Source: troubleshoot v0.133.0, pkg/collect/cluster_resources.go.
 */
export async function* collectAccess(
  namespaces: readonly string[],
  kept: Set<string>,
  context: CollectContext,
): AsyncGenerator<Piece> {
  const errors = new Map<string, string>();
  const reviews = namespaces.map((namespace) => review(namespace, { kept, errors }, context));
  yield* interleave(reviews, context.concurrency);
  yield* errorPieces(`${FOLDER}-errors.json`, errors);
}

async function* review(
  namespace: string,
  { kept, errors }: { readonly kept: Set<string>; readonly errors: Map<string, string> },
  { kube, signal }: CollectContext,
): AsyncGenerator<Piece> {
  let status: ApiObject;
  try {
    status = await askForRights(namespace, kube, signal);
  } catch (error) {
    signal.throwIfAborted();
    // Nobody knows, so it is tried.
    kept.add(namespace);
    errors.set(namespace, apiMessageOf(error));
    return;
  }
  if (status['incomplete'] === true) errors.set(namespace, textAt(status, 'evaluationError'));
  if (mayReadPods(status)) kept.add(namespace);
  yield jsonPiece(`${FOLDER}/${namespace}.json`, policyRules(status));
}

async function askForRights(
  namespace: string,
  kube: CollectContext['kube'],
  signal: AbortSignal,
): Promise<ApiObject> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace },
  };
  return objectAt(await kube.post(REVIEWS, body, signal), 'status') ?? {};
}

/** Pods are the least that makes a namespace worth collecting. */
function mayReadPods(status: ApiObject): boolean {
  const isUnknown = status['incomplete'] === true && status['evaluationError'] === CANNOT_LIST;
  return (
    isUnknown ||
    objectsAt(status, 'resourceRules').some(
      (rule) =>
        holds(rule['verbs'], 'get') &&
        holds(rule['apiGroups'], '') &&
        holds(rule['resources'], 'pods'),
    )
  );
}

function holds(list: unknown, wanted: string): boolean {
  return Array.isArray(list) && (list.includes('*') || list.includes(wanted));
}

/** In the form of a Role's rules; empty lists are left out, but for the verbs. */
function policyRules(status: ApiObject): readonly object[] {
  const resourceRules = objectsAt(status, 'resourceRules').map((rule) => ({
    verbs: rule['verbs'] ?? null,
    apiGroups: filled(rule['apiGroups']),
    resources: filled(rule['resources']),
    resourceNames: filled(rule['resourceNames']),
  }));
  const nonResourceRules = objectsAt(status, 'nonResourceRules').map((rule) => ({
    verbs: rule['verbs'] ?? null,
    nonResourceURLs: filled(rule['nonResourceURLs']),
  }));
  return [...resourceRules, ...nonResourceRules];
}

function filled(list: unknown): unknown {
  return Array.isArray(list) && list.length > 0 ? list : undefined;
}
