/** Two states that went apart: what is stored for all pods, and what one pod did while it could not reach that. */

import type { RunOutcome, RunRecord } from '../run/record.ts';
import { cutHistory } from './history.ts';
import type { AgentState, Claim, Cursor } from './state.ts';

/** How far a run has come. What is further on is the truth: a run never goes back. */
const PROGRESS: Readonly<Record<RunOutcome, number>> = {
  running: 0,
  skipped: 1,
  failed: 2,
  spooled: 3,
  lost: 4,
  delivered: 5,
};

/**
 * The shared state with what the pod did on its own: of two records of a run, the one that has come
 * further; of two claims the shared one, unless its run is known to be over; of two cursors the later.
 */
export function mergeStates(shared: AgentState, own: AgentState, history: number): AgentState {
  const records = cutHistory(mergeRecords(shared.records, own.records), history);
  const cursor = laterCursor(shared.cursor, own.cursor);
  const claim = standingClaim(shared, own);
  return { ...(cursor && { cursor }), ...(claim && { claim }), records };
}

function mergeRecords(
  shared: readonly RunRecord[],
  own: readonly RunRecord[],
): readonly RunRecord[] {
  const byId = new Map(shared.map((record) => [record.id, record]));
  for (const record of own) {
    const other = byId.get(record.id);
    byId.set(record.id, other === undefined ? record : furtherOf(other, record));
  }
  return [...byId.values()].toSorted(
    (first, second) => Date.parse(second.startedAt) - Date.parse(first.startedAt),
  );
}

/** The pod's own where nothing tells them apart: it has the bundle. */
function furtherOf(shared: RunRecord, own: RunRecord): RunRecord {
  const step = PROGRESS[own.outcome] - PROGRESS[shared.outcome];
  if (step !== 0) return step > 0 ? own : shared;
  return (own.delivery?.attempts ?? 0) >= (shared.delivery?.attempts ?? 0) ? own : shared;
}

/** Each side's claim stands until the other side knows that its run is over. */
function standingClaim(shared: AgentState, own: AgentState): Claim | undefined {
  // The same run's: nobody but the pod itself renews or gives up its claim.
  if (shared.claim?.runId === own.claim?.runId) return own.claim;
  return unlessOver(shared.claim, own.records) ?? unlessOver(own.claim, shared.records);
}

function unlessOver(claim: Claim | undefined, records: readonly RunRecord[]): Claim | undefined {
  const record = records.find(({ id }) => id === claim?.runId);
  return record === undefined || record.outcome === 'running' ? claim : undefined;
}

function laterCursor(shared: Cursor | undefined, own: Cursor | undefined): Cursor | undefined {
  if (shared === undefined || own === undefined) return own ?? shared;
  return Date.parse(shared.scheduledAt) > Date.parse(own.scheduledAt) ? shared : own;
}
