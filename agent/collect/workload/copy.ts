/** copy: a file or a folder out of each of the selected pods. */

import { join } from 'node:path/posix';

import { hasCode } from '../../errors.ts';
import type { CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { textOf } from '../fields.ts';
import { errorPieces, interleavePieces } from '../pieces.ts';
import type { LoggedPod } from '../pod-logs.ts';
import { execRules, listErrorPieces, listSelectedPods, nobodyPiece } from '../selected-pods.ts';
import { below, goDirname, readPodFiles } from './pod-files.ts';

/** Source: troubleshoot v0.133.0, pkg/collect/copy.go. */
export const copy: Collector = {
  rules: execRules,

  async *collect(fields, context) {
    let pods: readonly LoggedPod[];
    try {
      pods = await listSelectedPods(fields, context);
    } catch (error) {
      context.signal.throwIfAborted();
      yield* listErrorPieces(fields, error);
      return;
    }
    if (pods.length === 0) yield nobodyPiece(fields);
    const lanes = pods.map((pod) => copyFrom(pod, fields, context));
    yield* interleavePieces(lanes, context.concurrency);
  },
};

async function* copyFrom(
  pod: LoggedPod,
  fields: Fields,
  context: CollectContext,
): AsyncGenerator<Piece> {
  const containerPath = textOf(fields, 'containerPath');
  const containerName = textOf(fields, 'containerName');
  const place = join(textOf(fields, 'name'), pod.namespace, pod.name, containerName);
  const files = readPodFiles(
    {
      namespace: pod.namespace,
      pod: pod.name,
      container: containerName || (pod.containers[0] ?? ''),
      containerPath,
    },
    context,
  );
  const failure = yield* below(join(place, goDirname(containerPath)), files);
  if (failure === undefined) return;
  const errors = new Map([[join(containerPath, 'error'), failure.message]]);
  if (failure.stderr !== '') errors.set(join(containerPath, 'stderr'), failure.stderr);
  const outcome = hasCode(failure.cause, 'KUBE_FORBIDDEN') ? 'forbidden' : 'partial';
  yield* errorPieces(join(place, `${containerPath}-errors.json`), errors, outcome);
}
