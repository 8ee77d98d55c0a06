/** Who runs a due instant: pure rules over the state that all pods of a release share. */

import { toRfc3339 } from '../clock.ts';
import type { AgentState, Claim, Cursor } from '../state/state.ts';
import type { RunRecord } from './record.ts';

/** How often the claim of a run under way is renewed. */
export const RENEW_MS = 30_000;

/** A claim that was not renewed for this long belongs to nobody: its pod is gone or stuck. */
const STALE_MS = 120_000;

/** An instant is run twice at the most: a run that exhausts the memory must not be repeated for ever. */
const MAX_STARTS = 2;

/** Whether another pod's run is under way. A clock that was set back makes a claim no fresher than it was. */
export function isHeldByOther(claim: Claim | undefined, pod: string, nowMs: number): boolean {
  if (claim === undefined || claim.pod === pod) return false;
  return Math.abs(nowMs - Date.parse(claim.renewedAt)) <= STALE_MS;
}

/** Whether the cursor has reached this instant of the same schedule. */
export function isPassed(state: AgentState, cursor: Cursor): boolean {
  const current = state.cursor;
  return (
    current !== undefined &&
    current.expression === cursor.expression &&
    current.timeZone === cursor.timeZone &&
    Date.parse(current.scheduledAt) >= Date.parse(cursor.scheduledAt)
  );
}

/** A claim of which nobody may be sure any more: the next start settles it at once. */
export function abandon(state: AgentState, runId: string): AgentState {
  if (state.claim?.runId !== runId) return state;
  return { ...state, claim: { ...state.claim, renewedAt: toRfc3339(0) } };
}

export function renew(state: AgentState, runId: string, nowMs: number): AgentState {
  if (state.claim?.runId !== runId) return state;
  return { ...state, claim: { ...state.claim, renewedAt: toRfc3339(nowMs) } };
}

export function release(state: AgentState, runId: string): AgentState {
  if (state.claim?.runId !== runId) return state;
  const { claim: _released, ...rest } = state;
  return rest;
}

/** What an interrupted run leaves behind: its record, closed, and whether it is worth one repetition. */
export interface Interrupted {
  readonly record: RunRecord;
  readonly claim: Claim;
  readonly mayRepeat: boolean;
}

/** The claim that nobody can be working on: this pod's own (it has just started) or a stale one. */
export function findInterrupted(
  state: AgentState,
  pod: string,
  nowMs: number,
): Interrupted | undefined {
  const { claim } = state;
  if (claim === undefined || isHeldByOther(claim, pod, nowMs)) return undefined;
  const found = state.records.find((record) => record.id === claim.runId) ?? newRecord(claim);
  return {
    claim,
    mayRepeat: claim.startNumber < MAX_STARTS,
    record: found.outcome === 'running' ? interrupted(found, claim, nowMs) : found,
  };
}

function interrupted(record: RunRecord, { pod }: Claim, nowMs: number): RunRecord {
  return {
    ...record,
    outcome: 'failed',
    finishedAt: toRfc3339(nowMs),
    error: {
      code: 'RUN_INTERRUPTED',
      message: `the run of pod ${pod} ended without a word: the process was killed, or its container ran out of memory`,
    },
  };
}

/** The record of a run that has just been claimed. */
export function newRecord(
  claim: Pick<Claim, 'runId' | 'trigger' | 'scheduledAt' | 'claimedAt'>,
): RunRecord {
  return {
    id: claim.runId,
    trigger: claim.trigger,
    scheduledAt: claim.scheduledAt,
    startedAt: claim.claimedAt,
    finishedAt: null,
    outcome: 'running',
    reason: null,
    partial: false,
    engine: null,
    error: null,
    phases: [],
    bundle: null,
    collectors: [],
    delivery: null,
  };
}
