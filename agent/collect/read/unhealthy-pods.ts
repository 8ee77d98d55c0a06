/** Which pods are unhealthy, so that their logs are collected; and a test of the bytes that spares healthy ones the parsing. */

import { type ApiObject, objectAt, objectsAt, textAt } from '../../kube/object-fields.ts';

const UNHEALTHY_PHASES = ['Failed', 'Pending', 'Unknown'];

/**
 * Whether the pod failed, waits, starts, is being deleted, or is not ready.
 *
 * What `kubectl get pods` shows as its status must be Completed, or Running with every container ready.
 * Source: troubleshoot v0.133.0, pkg/k8sutil/pod.go.
 */
export function isUnhealthy(pod: unknown): boolean {
  if (UNHEALTHY_PHASES.includes(textAt(pod, 'status', 'phase'))) return true;
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== '' || isInitializing(pod)) return true;
  const shown = statusByContainers(pod);
  if (shown === 'Completed') return false;
  if (shown !== 'Running') return true;
  return objectsAt(pod, 'status', 'containerStatuses').some(({ ready }) => ready !== true);
}

function isInitializing(pod: unknown): boolean {
  const containers = objectsAt(pod, 'spec', 'initContainers');
  return objectsAt(pod, 'status', 'initContainerStatuses').some((status, index) => {
    const terminated = objectAt(status, 'state', 'terminated');
    if (terminated !== undefined) return (terminated['exitCode'] ?? 0) !== 0;
    // A sidecar in Kubernetes' own sense: started with the init containers, it goes on.
    const isSidecar = textAt(containers[index], 'restartPolicy') === 'Always';
    return !(isSidecar && objectAt(status, 'state', 'running') !== undefined);
  });
}

/** The first container that says something decides; else the pod itself. */
function statusByContainers(pod: unknown): string {
  const statuses = objectsAt(pod, 'status', 'containerStatuses');
  const said = statuses.map(statusByState).find((status) => status !== undefined);
  const status = said ?? (textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase'));
  const hasRunning = statuses.some(
    (one) =>
      statusByState(one) === undefined &&
      one['ready'] === true &&
      objectAt(one, 'state', 'running') !== undefined,
  );
  if (status !== 'Completed' || !hasRunning) return status;
  const isReady = objectsAt(pod, 'status', 'conditions').some(
    (condition) => condition['type'] === 'Ready' && condition['status'] === 'True',
  );
  return isReady ? 'Running' : 'NotReady';
}

function statusByState(status: ApiObject): string | undefined {
  const waiting = textAt(status, 'state', 'waiting', 'reason');
  if (waiting !== '') return waiting;
  const terminated = objectAt(status, 'state', 'terminated');
  // kubectl goes on with the exit code; any other word than the two will do.
  return terminated === undefined ? undefined : textAt(terminated, 'reason') || 'ExitCode';
}

/**
 * Whether the pod may be unhealthy, by its JSON as the API server writes it: compact, its fields in their order.
 *
 * Never false for an unhealthy pod; true also for some healthy ones, such as those that were restarted or have
 * sidecars among their init containers. Quotes inside of texts are escaped, so what is looked for here is
 * never part of a text.
 */
export function mayBeUnhealthy(raw: Uint8Array): boolean {
  const json = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  // Conditions have a status too, but theirs is a text. No other part of a pod has an object of that name.
  const start = json.indexOf('"status":{');
  if (start === -1 || json.includes('"status":{', start + 1)) return true;
  // `latin1`: a character for each byte.
  return json.includes('"deletionTimestamp":') || !isWell(json.toString('latin1', start));
}

/** @param status From the word on. */
function isWell(status: string): boolean {
  const phase = PHASE.exec(status)?.[1];
  const [head = '', containers] = status.split('"containerStatuses":[', 2);
  if (phase === undefined || containers === undefined) return false;
  const [pod = '', initContainers = ''] = head.split('"initContainerStatuses":[', 2);
  if (!isEach(TERMINATED_WELL, initContainers)) return false;
  if (phase === 'Succeeded') return isEach(COMPLETED, containers);
  return !pod.includes('"reason":') && !NOT_RUNNING.test(containers);
}

/** The phase comes first in a status, or after one other field. */
const PHASE = /^"status":\{(?:"observedGeneration":\d+,)?"phase":"(Running|Succeeded)"/;
const TERMINATED_WELL = /"state":\{"terminated":\{"exitCode":0/g;
const COMPLETED = /"state":\{"terminated":\{"exitCode":\d+,(?:"signal":\d+,)?"reason":"Completed"/g;
const NOT_RUNNING = /"(?:waiting|terminated)":|"ready":false/;

/** Whether every container of these statuses is in that state; each has one count of restarts. */
function isEach(state: RegExp, statuses: string): boolean {
  return countOf(state, statuses) === countOf(/"restartCount":/g, statuses);
}

function countOf(pattern: RegExp, text: string): number {
  return text.match(pattern)?.length ?? 0;
}
