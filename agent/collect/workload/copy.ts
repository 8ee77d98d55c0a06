/** copy: a file or a folder out of each of the selected pods. */

import { dirname, join } from 'node:path/posix';

import { hasCode } from '../../errors.ts';
import type { CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { textOf } from '../fields.ts';
import { interleave } from '../interleave.ts';
import { errorPieces } from '../pieces.ts';
import type { LoggedPod } from '../pod-logs.ts';
import { readPodFiles } from './pod-files.ts';
import { execRules, listErrorPieces, listSelectedPods } from './selected-pods.ts';

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
    const lanes = pods.map((pod) => copyFrom(pod, fields, context));
    yield* interleave(lanes, context.concurrency);
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
  let next = await files.next();
  for (; next.done !== true; next = await files.next()) {
    const { path, body } = next.value;
    // Not joined: a path that leads upwards is left out by name, and must not become another one.
    yield { kind: 'file', path: `${join(place, dirname(containerPath))}/${path}`, body };
  }
  const failure = next.value;
  if (failure === undefined) return;
  const errors = new Map([[join(containerPath, 'error'), failure.message]]);
  if (failure.stderr !== '') errors.set(join(containerPath, 'stderr'), failure.stderr);
  const outcome = hasCode(failure.cause, 'KUBE_FORBIDDEN') ? 'forbidden' : 'partial';
  yield* errorPieces(join(place, `${containerPath}-errors.json`), errors, outcome);
}
