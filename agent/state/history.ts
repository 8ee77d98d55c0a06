/** The history of runs inside the state: pure functions over records, newest first. */

import type { RunRecord } from '../run/record.ts';
import type { AgentState } from './state.ts';

/**
 * The state with the record in it: in its old place where the run is known, else at the front when
 * the run has just begun or was skipped, else by its start.
 *
 * The front and not the start decides for a new run: a clock that was set back must not push it down
 * or out.
 *
 * @param history How many records stay.
 */
export function putRecord(state: AgentState, record: RunRecord, history: number): AgentState {
  const { records } = state;
  const index = records.findIndex(({ id }) => id === record.id);
  const place = index === -1 ? placeOf(record, records) : index;
  const after = index === -1 ? place : place + 1;
  const changed = [...records.slice(0, place), record, ...records.slice(after)];
  return { ...state, records: cutHistory(changed, history) };
}

/**
 * At most `history` records, the oldest dropped first: but for the newest delivered one, which answers "when
 * did it last work", and those under way or still to be delivered, which must not be lost unnoticed. Of these
 * the oldest go only when there is nothing else to drop.
 */
export function cutHistory(records: readonly RunRecord[], history: number): readonly RunRecord[] {
  const surplus = records.length - history;
  if (surplus <= 0) return records;
  const lastArrived = records.find(({ outcome }) => outcome === 'delivered');
  const oldestFirst = records.toReversed();
  const idle = oldestFirst.filter(
    (record) => record !== lastArrived && !['spooled', 'running'].includes(record.outcome),
  );
  const dropped = new Set(idle.slice(0, surplus));
  return records.filter((record) => !dropped.has(record)).slice(0, history);
}

export function findRecord({ records }: AgentState, id: string): RunRecord | undefined {
  return records.find((record) => record.id === id);
}

/** The last run that was not skipped; it may still be under way. */
export function lastRun({ records }: AgentState): RunRecord | undefined {
  return records.find(({ outcome }) => outcome !== 'skipped');
}

/** The newest run whose bundle has arrived. */
export function lastDelivered({ records }: AgentState): RunRecord | undefined {
  return records.find(({ outcome }) => outcome === 'delivered');
}

function placeOf({ outcome, startedAt }: RunRecord, records: readonly RunRecord[]): number {
  if (outcome === 'running' || outcome === 'skipped') return 0;
  const startedMs = Date.parse(startedAt);
  const place = records.findIndex((other) => Date.parse(other.startedAt) <= startedMs);
  return place === -1 ? records.length : place;
}
