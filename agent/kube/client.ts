/** The door to the Kubernetes API: what the phases may ask of it. */

/** JSON as it came off the wire; whoever asked checks it. Rejects with AgentError KUBE_…. */
export interface KubeClient {
  /** The API server's origin and host, for NO_PROXY and messages; no credentials. */
  readonly server: URL;
  /** @param path With its query, e.g. `/api/v1/namespaces/default/configmaps/state`. */
  get(path: string, signal: AbortSignal): Promise<unknown>;
  /** JSON merge patch (RFC 7386). With `metadata.resourceVersion` in it, a stale one rejects with KUBE_CONFLICT. */
  patch(path: string, patch: unknown, signal: AbortSignal): Promise<unknown>;
}

/**
 * What collecting asks of the API beside. Requests in flight share one budget, KUBE_CONCURRENCY: each
 * counts until its answer has been read. Those that stay open while something else happens (`follow`,
 * `exec`) do not count: whoever waits for them must still be able to ask. Retry-After is obeyed, and
 * what a restart of the server broke off before its answer is asked again: see `nextWaitMs`.
 */
export interface KubeApi extends KubeClient {
  /** Of the current context or of the pod; `default` where that names none. */
  readonly namespace: string;
  /**
   * A GET whose body is read as it comes. Answers other than 2xx reject. Whoever reads it should not wait
   * for another request meanwhile; one that is not read at all is closed after the request timeout.
   */
  stream(path: string, options: StreamOptions, signal: AbortSignal): Promise<KubeStream>;
  /** The created object, or the review's answer. */
  post(path: string, body: unknown, signal: AbortSignal): Promise<unknown>;
  /** What is not there counts as deleted. */
  delete(path: string, options: DeleteOptions, signal: AbortSignal): Promise<void>;
  /**
   * Starts a command in a container, over WebSocket. Rejects when it cannot be started. The right it takes
   * is `get` on pods/exec, where client-go's way takes `create`; servers from 1.35 on want both.
   */
  exec(target: ExecTarget, signal: AbortSignal): Promise<Execution>;
}

export interface StreamOptions {
  /** Default `application/json`. */
  readonly accept?: string;
  /** The answer goes on until the other side ends it (`follow`): no deadline of its own, and outside of the budget. */
  readonly isLongLived?: boolean;
}

export interface KubeStream {
  readonly statusCode: number;
  readonly contentType: string;
  /** Decompressed. Rejects with KUBE_… when the connection breaks; leaving the loop closes it. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Fields of Kubernetes' DeleteOptions. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
}

export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
}

export interface Execution {
  /** What the command writes, as it comes; the reader sets the pace. Leaving the loop ends the connection. */
  readonly output: AsyncIterable<{
    readonly stream: 'stdout' | 'stderr';
    readonly chunk: Uint8Array;
  }>;
  /** Settled once `output` has ended. */
  readonly ending: Promise<ExecEnding>;
}

export type ExecEnding =
  | { readonly kind: 'succeeded' }
  /** `message` as client-go words it, e.g. `command terminated with exit code 3`. */
  | { readonly kind: 'failed'; readonly message: string; readonly exitCode?: number }
  /** The reader left before it was over: nobody knows. */
  | { readonly kind: 'left' };
