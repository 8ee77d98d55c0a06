/** nodeMetrics: each kubelet's summary of what nodes, pods and containers use. */

import { storeBody } from '../../body/body.ts';
import { AgentError } from '../../errors.ts';
import { apiMessageOf, rawMessageOf } from '../../kube/api-error.ts';
import { textAt } from '../../kube/object-fields.ts';
import type { CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { textsOf } from '../fields.ts';
import { listObjects } from '../list-objects.ts';
import { interleavePieces, problem } from '../pieces.ts';

/** Source: troubleshoot v0.133.0, pkg/collect/k8s_node_metrics.go. */
export const nodeMetrics: Collector = {
  rules: () => [
    { apiGroups: [''], resources: ['nodes'], verbs: ['list'] },
    { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] },
  ],

  async *collect(fields, context) {
    const names = await findNodes(fields, context);
    const failures: unknown[] = [];
    const lanes = names.map((name) => readSummary(name, failures, context));
    yield* interleavePieces(lanes, context.concurrency);
    // One node that is away must not hide the others; where none answers, the reason is worth a file.
    if (failures.length > 0 && failures.length === names.length) throw failures[0];
  },
};

/** Those that are named, and those that the selector finds; all where the spec gives neither. */
async function findNodes(fields: Fields, context: CollectContext): Promise<readonly string[]> {
  const named = fields['nodeNames'] === undefined ? undefined : textsOf(fields, 'nodeNames');
  const selector = fields['selector'] === undefined ? undefined : textsOf(fields, 'selector');
  if (named !== undefined && selector === undefined) return [...new Set(named)];
  const labelSelector = selector?.join(',') ?? '';
  const found = await listObjects(
    {
      path: '/api/v1/nodes',
      query: labelSelector === '' ? {} : { labelSelector },
      keep: (node) => textAt(node, 'metadata', 'name'),
    },
    context,
  );
  return [...new Set([...(named ?? []), ...found])];
}

async function* readSummary(
  name: string,
  failures: unknown[],
  { kube, signal, workDir }: CollectContext,
): AsyncGenerator<Piece> {
  const endpoint = `/api/v1/nodes/${encodeURIComponent(name)}/proxy/stats/summary`;
  try {
    const { body } = await kube.stream(endpoint, {}, signal);
    const summary = await storeBody(body, workDir);
    yield { kind: 'file', path: `node-metrics/${name}.json`, body: summary };
  } catch (error) {
    signal.throwIfAborted();
    const message = `could not query endpoint ${endpoint}: ${rawMessageOf(error)}`;
    failures.push(error instanceof AgentError ? new AgentError(error.code, message) : error);
    yield problem('partial', `node-metrics/${name}.json: ${apiMessageOf(error)}`);
  }
}
