/** Pods that a collector has made: waits for their end, and reads what they wrote. */

import { type Body, storeBody } from '../../body/body.ts';
import { type ApiObject, isObject, objectsAt, textAt } from '../../kube/object-fields.ts';
import type { CollectContext } from '../collector.ts';
import type { TimeLimit } from '../time-limit.ts';

export const POLL_MS = 1_000;

/** Pods that are waited for at once: they are asked for within the budget of requests. */
export const MOST_PODS = 50;

export interface Bounds {
  readonly context: CollectContext;
  readonly limit: TimeLimit;
}

/** What was made for every node must also run on those of the control plane. */
export const TOLERATIONS = ['master', 'control-plane'].map((role) => ({
  key: `node-role.kubernetes.io/${role}`,
  operator: 'Exists',
  effect: 'NoSchedule',
}));

export function podPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}

export function hasEnded(pod: unknown): boolean {
  return ['Failed', 'Succeeded'].includes(textAt(pod, 'status', 'phase'));
}

/** Of what a DaemonSet runs: its pods are started again for ever. */
export function hasEndedOnce(pod: unknown): boolean {
  const [first] = objectsAt(pod, 'status', 'containerStatuses');
  const restarts = isObject(first) ? first['restartCount'] : 0;
  return hasEnded(pod) || (typeof restarts === 'number' && restarts > 0);
}

/**
 * The pod as it is once it has ended.
 *
 * @throws {Error} Its image cannot be had, in troubleshoot's words; `timeout`.
 */
export async function waitForEnd(
  path: string,
  { context, limit }: Bounds,
  isAtEnd = hasEnded,
): Promise<unknown> {
  for (;;) {
    const pod = await limit.bound((signal) => context.kube.get(path, signal));
    if (isAtEnd(pod)) return pod;
    if (waitingReasons(pod).includes('ImagePullBackOff')) {
      throw new Error("wait for pod aborted after getting pod status 'ImagePullBackOff'");
    }
    await limit.pause(POLL_MS);
  }
}

/** Whether a count in a status says that there are some. */
export function isSome(count: unknown): boolean {
  return typeof count === 'number' && count > 0;
}

/** Why its containers do not run yet. */
export function waitingReasons(pod: unknown): readonly string[] {
  return objectsAt(pod, 'status', 'containerStatuses').map((status: ApiObject) =>
    textAt(status, 'state', 'waiting', 'reason'),
  );
}

/** The whole log, until the container ends. The body is to be removed. */
export async function readLog(
  path: string,
  container: string,
  { context, limit }: Bounds,
): Promise<Body> {
  const query = `container=${encodeURIComponent(container)}&follow=true`;
  return await limit.bound(async (signal) => {
    const options = { isLongLived: true };
    const { body } = await context.kube.stream(`${path}/log?${query}`, options, signal);
    return await storeBody(body, context.workDir);
  });
}
