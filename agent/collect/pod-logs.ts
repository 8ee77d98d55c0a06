/** Logs of containers, current and previous, as `logs` and `clusterResources` write them. */

import { type Body, BodyWriter } from '../body/body.ts';
import { apiMessageOf } from '../kube/api-error.ts';
import { objectsAt, textAt } from '../kube/object-fields.ts';
import type { CollectContext, Piece, ProblemPiece } from './collector.ts';
import { filePiece, interleavePieces, problem } from './pieces.ts';

/** What is needed of a pod to read its logs. */
export interface LoggedPod {
  readonly namespace: string;
  readonly name: string;
  readonly initContainers: readonly string[];
  readonly containers: readonly string[];
}

/** As in the API's PodLogOptions; absent: no limit. */
export interface LogLimits {
  readonly tailLines?: number;
  readonly limitBytes?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
}

export interface ContainerLog {
  readonly pod: LoggedPod;
  /** Empty: the API takes the pod's only one, and the file is named after the first. */
  readonly container: string;
  readonly limits: LogLimits;
  readonly hasTimestamps: boolean;
  /** Read until the container has ended. */
  readonly follows?: true;
  /** Where links to the files are, without `.log`; absent: there are none. */
  readonly link?: string;
  readonly errorPieces: (message: string, outcome: ProblemPiece['outcome']) => Iterable<Piece>;
}

type Context = Pick<CollectContext, 'kube' | 'signal' | 'workDir' | 'concurrency'>;

const LOGS = 'cluster-resources/pods/logs';

/** Source: troubleshoot v0.133.0, pkg/collect/cluster_resources.go. */
const UNHEALTHY_LIMITS: LogLimits = { tailLines: 500, limitBytes: 5_000_000 };

/** No log is there yet, so nothing is missing. */
const WAITING = /\bcontainer \S+ in pod \S+ is waiting to start\b/;

export function loggedPod(pod: unknown): LoggedPod {
  return {
    namespace: textAt(pod, 'metadata', 'namespace'),
    name: textAt(pod, 'metadata', 'name'),
    initContainers: objectsAt(pod, 'spec', 'initContainers').map((one) => textAt(one, 'name')),
    containers: objectsAt(pod, 'spec', 'containers').map((one) => textAt(one, 'name')),
  };
}

/**
 * The end of each container's log, for pods that are unhealthy.
 *
 * @yields `cluster-resources/pods/logs/<namespace>/<pod>/<container>.log`, `-previous.log`, and where
 *   the log cannot be read, `-logs-errors.log`.
 */
export async function* collectUnhealthyPodLogs(
  pods: Iterable<LoggedPod>,
  context: Context,
): AsyncGenerator<Piece> {
  yield* readLogs(unhealthyLogs(pods), context);
}

function* unhealthyLogs(pods: Iterable<LoggedPod>): Generator<ContainerLog> {
  for (const pod of pods) {
    for (const container of [...pod.initContainers, ...pod.containers]) {
      const path = `${LOGS}/${pod.namespace}/${pod.name}/${container}-logs-errors.log`;
      yield {
        pod,
        container,
        limits: UNHEALTHY_LIMITS,
        hasTimestamps: false,
        *errorPieces(message, outcome) {
          yield filePiece(path, message);
          yield problem(outcome, `${path}: ${message}`);
        },
      };
    }
  }
}

/**
 * Several logs at once. Once the signal has aborted, what was read of a log is kept, and the others
 * are named as not read.
 *
 * @yields The files of each, links to them, and errors; never a throw for a log that cannot be read.
 */
export async function* readLogs(
  logs: Iterable<ContainerLog>,
  context: Context,
): AsyncGenerator<Piece> {
  yield* interleavePieces(lanesOf(logs, context), context.concurrency);
}

function* lanesOf(
  logs: Iterable<ContainerLog>,
  context: Context,
): Generator<AsyncGenerator<Piece>> {
  for (const log of logs) yield readLog(log, context);
}

/**
 * The current log, then that of the container's previous instance, which few have: that it cannot be read is no error.
 * Where the node is not known yet, the API answers with nothing, and both are empty files.
 *
 * @yields As `readLogs`.
 */
async function* readLog(log: ContainerLog, context: Context): AsyncGenerator<Piece> {
  const current = await read(requestPath(log, false), context, log.follows === true);
  yield* piecesOf(current, placesOf(log, '.log'));
  if (current.kind === 'refused') {
    yield* errorsOf(log, `failed to get log stream: ${current.message}`);
  } else if (current.kind === 'cut') {
    yield* errorsOf(log, `failed to copy log: ${current.message}`);
  } else {
    const previous = await read(requestPath(log, true), context, false);
    yield* piecesOf(previous, placesOf(log, '-previous.log'));
    if (previous.kind === 'cut') {
      yield* errorsOf(log, `failed to copy previous log: ${previous.message}`);
    }
  }
}

/** What came of a log, and whether that is all of it. */
type LogRead =
  | { readonly kind: 'whole'; readonly body: Body }
  | { readonly kind: 'cut'; readonly body: Body; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

async function read(
  path: string,
  { kube, signal, workDir }: Context,
  isLongLived: boolean,
): Promise<LogRead> {
  const writer = new BodyWriter(workDir);
  let isOpen = false;
  try {
    const options = { accept: 'application/json, */*', isLongLived };
    const { body } = await kube.stream(path, options, signal);
    isOpen = true;
    for await (const chunk of body) await writer.write(chunk);
    return { kind: 'whole', body: await writer.finish() };
  } catch (error) {
    const message = signal.aborted ? 'context deadline exceeded' : apiMessageOf(error);
    return isOpen
      ? { kind: 'cut', body: await writer.finish(), message }
      : { kind: 'refused', message };
  }
}

function requestPath(log: ContainerLog, isPrevious: boolean): string {
  const { pod, container, limits, hasTimestamps } = log;
  const parameters = new URLSearchParams();
  if (container !== '') parameters.set('container', container);
  if (isPrevious) parameters.set('previous', 'true');
  if (log.follows === true && !isPrevious) parameters.set('follow', 'true');
  if (hasTimestamps) parameters.set('timestamps', 'true');
  for (const [name, value] of Object.entries(limits)) parameters.set(name, String(value));
  const [namespace, name] = [pod.namespace, pod.name].map(encodeURIComponent);
  return `/api/v1/namespaces/${namespace}/pods/${name}/log?${parameters.toString()}`;
}

interface Places {
  readonly path: string;
  readonly link: string | undefined;
}

function placesOf({ pod, container, link }: ContainerLog, ending: string): Places {
  const name = container || (pod.containers[0] ?? '');
  const path = `${LOGS}/${pod.namespace}/${pod.name}/${name}${ending}`;
  return { path, link: link === undefined ? undefined : `${link}${ending}` };
}

function* piecesOf(log: LogRead, { path, link }: Places): Generator<Piece> {
  if (log.kind === 'refused') return;
  yield { kind: 'file', path, body: log.body };
  if (link !== undefined) yield { kind: 'link', path: link, target: path };
}

function errorsOf(log: ContainerLog, message: string): Iterable<Piece> {
  return log.errorPieces(message, WAITING.test(message) ? 'named' : 'partial');
}
