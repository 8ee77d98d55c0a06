/** `exec`: what a command in a container writes. */

import { hasCode } from '../../errors.ts';
import { apiMessageOf } from '../../kube/api-error.ts';
import type { Collector, Fields, Piece } from '../collector.ts';
import { textOf, textsOf } from '../fields.ts';
import { errorPieces } from '../pieces.ts';
import type { LoggedPod } from '../pod-logs.ts';
import { execRules, listErrorPieces, listSelectedPods, nobodyPiece } from '../selected-pods.ts';
import { readTimeoutMs, TimeLimit } from '../time-limit.ts';
import { capture } from './captured.ts';
import type { Bounds } from './made-pods.ts';

/**
 * Runs in the first of the selected pods. What the command wrote until its `timeout`, or the collector's end, is kept.
 *
 * Source: troubleshoot v0.133.0, pkg/collect/exec.go.
 */
export const exec: Collector = {
  rules: execRules,

  async *collect(fields, context) {
    const limit = new TimeLimit(context, readTimeoutMs(fields));
    let pods: readonly LoggedPod[];
    try {
      pods = await limit.bound((signal) => listSelectedPods(fields, { ...context, signal }));
    } catch (error) {
      context.signal.throwIfAborted();
      if (limit.isOver) throw error;
      yield* listErrorPieces(fields, error);
      return;
    }
    const [pod] = pods;
    if (pod === undefined) yield nobodyPiece(fields);
    else yield* runIn(pod, fields, { context, limit });
  },
};

async function* runIn(
  pod: LoggedPod,
  fields: Fields,
  { context, limit }: Bounds,
): AsyncGenerator<Piece> {
  const container = textOf(fields, 'containerName') || (pod.containers[0] ?? '');
  const prefix = textOf(fields, 'collectorName') || container;
  const place = `${textOf(fields, 'name')}/${pod.namespace}/${pod.name}/${prefix}`;
  const target = {
    namespace: pod.namespace,
    pod: pod.name,
    container,
    command: [...textsOf(fields, 'command'), ...textsOf(fields, 'args')],
  };
  const { stdout, stderr, failure } = await capture(target, context, limit.signal);
  try {
    if (stdout.bytes > 0) yield { kind: 'file', path: `${place}-stdout.txt`, body: stdout };
    if (stderr.bytes > 0) yield { kind: 'file', path: `${place}-stderr.txt`, body: stderr };
  } finally {
    await Promise.all([stdout.remove(), stderr.remove()]);
  }
  context.signal.throwIfAborted();
  if (failure === undefined) return;
  if (limit.isOver) throw new Error('timeout');
  const outcome = hasCode(failure, 'KUBE_FORBIDDEN') ? 'forbidden' : 'partial';
  yield* errorPieces(`${place}-errors.json`, [apiMessageOf(failure)], outcome);
}
