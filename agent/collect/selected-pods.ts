/** The pods that `namespace` and `selector` of a collector's entry mean. */

import { hasCode } from '../errors.ts';
import { apiMessageOf } from '../kube/api-error.ts';
import type { ApiRule, Fields, Piece, ProblemPiece } from './collector.ts';
import { textOf, textsOf } from './fields.ts';
import { listObjects } from './list-objects.ts';
import type { ListContext } from './list-stream.ts';
import { errorPieces, problem } from './pieces.ts';
import { type LoggedPod, loggedPod } from './pod-logs.ts';

/** In the server's order; of all namespaces where none is named. */
export async function listSelectedPods(
  fields: Fields,
  context: ListContext,
): Promise<readonly LoggedPod[]> {
  const namespace = textOf(fields, 'namespace');
  const within = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const labelSelector = textsOf(fields, 'selector').join(',');
  const listing = {
    path: `/api/v1${within}/pods`,
    query: labelSelector === '' ? {} : { labelSelector },
    keep: loggedPod,
  };
  return await listObjects(listing, context);
}

/** Commands in these pods. Starting one is a GET by WebSocket, which API servers judge as `get`, newer ones as `create` too. */
export function execRules(fields: Fields): readonly ApiRule[] {
  const namespace = textOf(fields, 'namespace');
  const where = namespace === '' ? {} : { namespace };
  return [
    { apiGroups: [''], resources: ['pods'], verbs: ['list'], ...where, isRequired: true },
    { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'], ...where, isRequired: true },
    { apiGroups: [''], resources: ['pods/exec'], verbs: ['get'], ...where },
  ];
}

/** Troubleshoot's file for pods that cannot be listed, of `exec` and `copy`. */
export function listErrorPieces(fields: Fields, error: unknown): Iterable<Piece> {
  const name = textOf(fields, 'name') || textOf(fields, 'collectorName');
  const outcome = hasCode(error, 'KUBE_FORBIDDEN') ? 'forbidden' : 'failed';
  return errorPieces(
    name === '' ? 'errors.json' : `${name}-errors.json`,
    [apiMessageOf(error)],
    outcome,
  );
}

/** Said where there is nothing to do: the selector may be wrong. */
export function nobodyPiece(fields: Fields): ProblemPiece {
  const [namespace, selector] = [textOf(fields, 'namespace'), textsOf(fields, 'selector')];
  const where = namespace === '' ? 'in any namespace' : `in the namespace ${namespace}`;
  const which = selector.length === 0 ? 'no pod' : `no pod with ${selector.join(',')}`;
  return problem('named', `there is ${which} ${where}`);
}
