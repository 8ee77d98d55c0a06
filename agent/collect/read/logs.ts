/** `logs`: the logs of the pods that a selector finds. */

import { deadlineSignal, toRfc3339 } from '../../clock.ts';
import { hasCode } from '../../errors.ts';
import { apiMessageOf } from '../../kube/api-error.ts';
import type { ApiRule, Collector, Fields, LinkPiece, Piece } from '../collector.ts';
import { entryOf, flagOf, integerOf, textOf, textsOf } from '../fields.ts';
import { parseGoDuration } from '../go-duration.ts';
import { errorPieces } from '../pieces.ts';
import { type ContainerLog, type LoggedPod, type LogLimits, readLogs } from '../pod-logs.ts';
import { listSelectedPods, nobodyPiece } from '../selected-pods.ts';

/** Source: troubleshoot v0.133.0, pkg/constants/constants.go. */
const TIMEOUT_MS = 60_000;

const DEFAULT_LINES = 10_000;
const DEFAULT_BYTES = 5_000_000;

/**
 * Files are shared with `clusterResources` and other `logs`: `cluster-resources/pods/logs/<namespace>/<pod>/<container>.log`,
 * with links at `<name>/<pod>/<container>.log`. All of it ends after 60 s.
 *
 * Source: troubleshoot v0.133.0, pkg/collect/logs.go.
 */
export const logs: Collector = {
  rules(fields): readonly ApiRule[] {
    const namespace = textOf(fields, 'namespace');
    const where = namespace === '' ? {} : { namespace };
    return [
      { apiGroups: [''], resources: ['pods'], verbs: ['list'], ...where, isRequired: true },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'], ...where, isRequired: true },
    ];
  },

  async *collect(fields, context) {
    const signal = AbortSignal.any([context.signal, deadlineSignal(TIMEOUT_MS)]);
    const bounded = { ...context, signal };
    let pods: readonly LoggedPod[];
    try {
      pods = await listSelectedPods(fields, bounded);
    } catch (error) {
      context.signal.throwIfAborted();
      const message = signal.aborted ? 'context deadline exceeded' : apiMessageOf(error);
      const outcome = hasCode(error, 'KUBE_FORBIDDEN') ? 'forbidden' : 'failed';
      yield* errorPieces(errorsPath(fields), [message], outcome);
      return;
    }
    if (pods.length === 0) yield nobodyPiece(fields);
    const wanted = containerLogs(fields, pods, context.clock.now());
    yield* withOneLinkEach(readLogs(wanted, bounded), pods);
  },
};

function errorsPath(fields: Fields): string {
  const folder = textOf(fields, 'name') || textOf(fields, 'collectorName');
  return folder === '' ? 'errors.json' : `${folder}/errors.json`;
}

function* containerLogs(
  fields: Fields,
  pods: readonly LoggedPod[],
  nowMs: number,
): Generator<ContainerLog> {
  const name = textOf(fields, 'name');
  const folder = name === '' ? '' : `${name}/`;
  const named = textsOf(fields, 'containerNames');
  const limits = limitsOf(fields, nowMs);
  const hasTimestamps = flagOf(fields, 'timestamps');
  for (const pod of pods) {
    const containers = named.length > 0 ? named : [...pod.containers, ...pod.initContainers];
    for (const container of containers) {
      const place = `${folder}${pod.name}/${container}`;
      const link = container === '' ? `${folder}${pod.name}` : place;
      yield {
        pod,
        container,
        limits,
        hasTimestamps,
        link,
        errorPieces: (message, outcome) => errorPieces(`${place}-errors.json`, [message], outcome),
      };
    }
  }
}

/** The first that is set counts: since an instant, up to an age, or lines and bytes from the end. */
function limitsOf(fields: Fields, nowMs: number): LogLimits {
  const limits = entryOf(fields, 'limits');
  if (limits === undefined) return { tailLines: DEFAULT_LINES };
  const since = textOf(limits, 'sinceTime');
  if (since !== '') return { sinceTime: toRfc3339(Date.parse(since)) };
  const age = textOf(limits, 'maxAge');
  if (age !== '') {
    const ageMs = parseGoDuration(age);
    // An age that cannot be read limits nothing, with troubleshoot as well.
    return ageMs === undefined ? {} : { sinceTime: toRfc3339(nowMs - ageMs) };
  }
  return {
    tailLines: integerOf(limits, 'maxLines') || DEFAULT_LINES,
    limitBytes: integerOf(limits, 'maxBytes') || DEFAULT_BYTES,
  };
}

/**
 * A link does not name the namespace: of pods with the same name, the first that has a log gets it.
 * Logs come as they are read, so the links of such pods are kept back until the end.
 *
 * @yields The pieces.
 */
async function* withOneLinkEach(
  pieces: AsyncIterable<Piece>,
  pods: readonly LoggedPod[],
): AsyncGenerator<Piece> {
  const places = placesOfNamesakes(pods);
  const kept = new Map<string, { readonly place: number; readonly link: LinkPiece }>();
  for await (const piece of pieces) {
    const place = piece.kind === 'link' ? places.get(podFolder(piece.target)) : undefined;
    if (piece.kind !== 'link' || place === undefined) {
      yield piece;
      continue;
    }
    const first = kept.get(piece.path);
    if (first === undefined || place < first.place) kept.set(piece.path, { place, link: piece });
  }
  for (const { link } of kept.values()) yield link;
}

/** Namespace and name of each pod that shares its name with another → its place in the list. */
function placesOfNamesakes(pods: readonly LoggedPod[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of pods) counts.set(name, (counts.get(name) ?? 0) + 1);
  const places = pods.map(({ namespace, name }, place) => ({
    name,
    entry: `${namespace}/${name}`,
    place,
  }));
  return new Map(
    places.filter(({ name }) => counts.get(name) !== 1).map(({ entry, place }) => [entry, place]),
  );
}

/** Namespace and name, from the path of a log's file. */
function podFolder(path: string): string {
  return path.split('/').slice(-3, -1).join('/');
}
