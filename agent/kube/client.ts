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
