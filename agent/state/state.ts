/** The port to what must survive the pod: history, the claim of a run under way, the last scheduled instant. */

import type { RunRecord } from '../run/record.ts';

/** The latest instant that was claimed or passed over, and the schedule it belongs to: another one starts counting anew. */
export interface Cursor {
  readonly expression: string;
  readonly timeZone: string;
  /** RFC 3339. */
  readonly scheduledAt: string;
}

/** A run under way. Renewed every 30 s; one that is older than 2 min belongs to nobody. */
export interface Claim {
  readonly runId: string;
  readonly pod: string;
  readonly trigger: RunRecord['trigger'];
  readonly scheduledAt: string | null;
  readonly claimedAt: string;
  readonly renewedAt: string;
  /** 1 for the first start of this instant, 2 for its only repetition. */
  readonly startNumber: number;
}

export interface AgentState {
  readonly cursor?: Cursor;
  readonly claim?: Claim;
  /** Newest first, at most HISTORY. Destinations are stored as null: clusterResources collects ConfigMaps. */
  readonly records: readonly RunRecord[];
}

/** For an update that goes on while the process leaves: within the 10 s that a shutdown has. */
export const LEAVING_WRITE_MS = 5_000;

export const EMPTY_STATE: AgentState = { records: [] };

/**
 * Where the state is kept. One writer a pod, several pods at once.
 */
export interface StateStore {
  /** For logs: `configmap/<namespace>/<name>` or the file. */
  readonly location: string;
  read(signal: AbortSignal): Promise<AgentState>;
  /**
   * The state after the change. On a conflict reads again and applies `change` to what it finds, so
   * `change` must be pure and may be called several times. Returning the same object writes nothing.
   */
  update(change: (state: AgentState) => AgentState, signal: AbortSignal): Promise<AgentState>;
}
