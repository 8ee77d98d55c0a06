/** Starts runs inside `serve`: one at a time, each claimed before it starts and recorded when it ends. */

import type { Clock } from '../clock.ts';
import { toRfc3339 } from '../clock.ts';
import { AgentError, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { findRecord, putRecord } from '../state/history.ts';
import { type AgentState, type Cursor, LEAVING_WRITE_MS, type StateStore } from '../state/state.ts';
import type { ChildResult } from './child.ts';
import {
  abandon,
  findInterrupted,
  isHeldByOther,
  isPassed,
  newRecord,
  RENEW_MS,
  release,
  renew,
} from './claim.ts';
import { newRunId, type RunRecord, type RunTrigger, type SkipReason } from './record.ts';

/** What a run is asked for. */
export interface RunRequest {
  readonly trigger: RunTrigger;
  readonly scheduledAtMs?: number;
  /** With an instant of a schedule: moved together with the claim, so that no other pod runs it too. */
  readonly cursor?: Cursor;
  /** 2 for the repetition of an interrupted run. */
  readonly startNumber?: number;
}

/** `claimed-elsewhere`: another pod has this instant. */
export type StartResult =
  | { readonly kind: 'started'; readonly id: string; readonly finished: Promise<RunRecord> }
  | { readonly kind: 'under-way'; readonly id: string }
  | { readonly kind: 'skipped'; readonly record: RunRecord }
  | { readonly kind: 'claimed-elsewhere' };

/** The part of the spool that a run needs. */
export interface RunSpool {
  /** @throws {AgentError} SPOOL_FULL: when a bundle of the largest size might not fit. */
  reserve(): Promise<void>;
  /** Takes over the bundle that the child left as partial files. */
  commit(record: RunRecord): Promise<RunRecord>;
  /** The record of a bundle that is in the spool already. */
  find(runId: string): RunRecord | undefined;
  /** Removes the partial files of a run that gave no bundle. */
  discard(runId: string): Promise<void>;
}

export interface RunnerParts {
  readonly state: StateStore;
  readonly spool: RunSpool;
  readonly collectInChild: (runId: string, signal: AbortSignal) => Promise<ChildResult>;
  /** Told of every record that is final as far as the run goes. */
  readonly onRecord: (record: RunRecord) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly pod: string;
  readonly history: number;
}

export class Runner {
  readonly #parts: RunnerParts;
  readonly #signal: AbortSignal;
  #current: { readonly id: string; readonly finished: Promise<RunRecord> } | undefined;

  /** @param signal Ends a run under way so that the next start repeats it. */
  constructor(parts: RunnerParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  get currentRunId(): string | undefined {
    return this.#current?.id;
  }

  /** Resolves when no run is under way. */
  async settled(): Promise<void> {
    await this.#current?.finished;
  }

  async start(request: RunRequest): Promise<StartResult> {
    const current = this.#current;
    if (current !== undefined) {
      if (request.trigger === 'request') return { kind: 'under-way', id: current.id };
      return { kind: 'skipped', record: await this.skip(request, 'overlap') };
    }
    const { promise: finished, resolve } = Promise.withResolvers<RunRecord>();
    // Set before the first wait: two requests at once must not both start.
    const record = this.#draft(request);
    this.#current = { id: record.id, finished };
    const claimed = await this.#claim(record, request).catch((error: unknown) => {
      this.#current = undefined;
      resolve(record);
      throw error;
    });
    if (claimed !== 'claimed') {
      this.#current = undefined;
      resolve(record);
      if (claimed === 'passed') return { kind: 'claimed-elsewhere' };
      if (request.trigger === 'request') return { kind: 'under-way', id: claimed.otherRunId };
      return { kind: 'skipped', record: await this.skip(request, 'overlap') };
    }
    void this.#carryOut(record).then(resolve);
    return { kind: 'started', id: record.id, finished };
  }

  /** Records an instant that does not run, and why. */
  async skip(request: RunRequest, reason: SkipReason): Promise<RunRecord> {
    const { clock, log } = this.#parts;
    const record: RunRecord = {
      ...this.#draft(request),
      outcome: 'skipped',
      reason,
      finishedAt: toRfc3339(clock.now()),
    };
    log.warn({ runId: record.id, scheduledAt: record.scheduledAt, reason }, 'run skipped');
    await this.#update((state) => this.#put(moveCursor(state, request.cursor), record));
    this.#parts.onRecord(record);
    return record;
  }

  /** Moves the cursor over an instant of which no record is made. */
  async pass(cursor: Cursor): Promise<void> {
    await this.#update((state) => moveCursor(state, cursor));
  }

  /**
   * Closes what a killed process left under way and gives back the request that repeats it, once.
   * Undefined when there is nothing to repeat, or another pod is still at it.
   */
  async settleInterrupted(): Promise<RunRequest | undefined> {
    const { state, spool, clock, log, pod, history } = this.#parts;
    if (this.#current !== undefined) return undefined;
    const found = findInterrupted(await state.read(this.#signal), pod, clock.now());
    if (found === undefined) return undefined;
    // Killed between the spool and the record: the run is done, only nobody has written it down.
    const spooled = spool.find(found.record.id);
    if (spooled !== undefined) {
      await this.#update((current) =>
        putRecord(release(current, found.record.id), spooled, history),
      );
      return undefined;
    }
    let isOurs = false;
    await this.#update((current) => {
      isOurs = current.claim?.runId === found.claim.runId;
      return isOurs ? this.#put(release(current, found.claim.runId), found.record) : current;
    });
    // Another pod was faster to settle it.
    if (!isOurs) return undefined;
    await spool.discard(found.record.id);
    this.#parts.onRecord(found.record);
    log.warn({ runId: found.record.id, code: found.record.error?.code }, 'run was interrupted');
    if (!found.mayRepeat) return undefined;
    const { trigger, scheduledAt, startNumber } = found.claim;
    return {
      trigger,
      startNumber: startNumber + 1,
      ...(scheduledAt === null ? {} : { scheduledAtMs: Date.parse(scheduledAt) }),
    };
  }

  #draft(request: RunRequest): RunRecord {
    const nowMs = this.#parts.clock.now();
    return newRecord({
      runId: newRunId(request.scheduledAtMs ?? nowMs),
      trigger: request.trigger,
      scheduledAt: request.scheduledAtMs === undefined ? null : toRfc3339(request.scheduledAtMs),
      claimedAt: toRfc3339(nowMs),
    });
  }

  async #claim(
    record: RunRecord,
    { cursor, startNumber = 1 }: RunRequest,
  ): Promise<'claimed' | 'passed' | { readonly otherRunId: string }> {
    const { pod, clock } = this.#parts;
    const after = await this.#update((state) => {
      if (isHeldByOther(state.claim, pod, clock.now())) return state;
      if (cursor !== undefined && isPassed(state, cursor)) return state;
      const { id: runId, trigger, scheduledAt, startedAt } = record;
      const claim = {
        runId,
        pod,
        trigger,
        scheduledAt,
        claimedAt: startedAt,
        renewedAt: startedAt,
        startNumber,
      };
      return this.#put({ ...moveCursor(this.#close(state), cursor), claim }, record);
    });
    if (after.claim?.runId === record.id) return 'claimed';
    const isPassedBy = cursor !== undefined && isPassed(after, cursor);
    return isPassedBy || after.claim === undefined ? 'passed' : { otherRunId: after.claim.runId };
  }

  /** A claim that is replaced must not leave its record running for ever; the new run serves for its repetition. */
  #close(state: AgentState): AgentState {
    const found = findInterrupted(state, this.#parts.pod, this.#parts.clock.now());
    if (found === undefined) return state;
    return this.#put(state, this.#parts.spool.find(found.record.id) ?? found.record);
  }

  /**
   * From the claim to the record; never rejects. A run that the shutdown ends keeps its claim,
   * abandoned, for the next start.
   */
  async #carryOut(draft: RunRecord): Promise<RunRecord> {
    const { log, onRecord } = this.#parts;
    const over = new AbortController();
    const renewing = this.#renewClaim(draft.id, AbortSignal.any([this.#signal, over.signal]));
    log.info({ runId: draft.id, trigger: draft.trigger }, 'run started');
    const record = await this.#collectIntoSpool(draft);
    over.abort();
    await renewing;
    const end = record.error?.code === 'RUN_ABORTED' ? abandon : release;
    await this.#update((state) => {
      const stored = findRecord(state, draft.id);
      const ended = end(state, draft.id);
      // The delivery may have gone further meanwhile: what it wrote stands.
      const isNews = stored === undefined || stored.outcome === 'running';
      return isNews ? this.#put(ended, record) : ended;
    }).catch((error: unknown) =>
      log.error({ runId: draft.id, reason: messageOf(error) }, 'run not recorded'),
    );
    this.#current = undefined;
    logRecord(log, record);
    onRecord(record);
    return record;
  }

  async #collectIntoSpool(draft: RunRecord): Promise<RunRecord> {
    const { spool, collectInChild } = this.#parts;
    try {
      await spool.reserve();
      const result = await collectInChild(draft.id, this.#signal);
      if (result.kind === 'record' && result.record.bundle !== null) {
        return await spool.commit(this.#merge(draft, result.record));
      }
      await spool.discard(draft.id);
      if (result.kind === 'record') return this.#merge(draft, result.record);
      return this.#failed(draft, new AgentError(result.error.code, result.error.message));
    } catch (error) {
      await spool.discard(draft.id).catch(() => undefined);
      return this.#failed(draft, error);
    }
  }

  /** The child knows how it went; when and why it was started is known here. */
  #merge(draft: RunRecord, fromChild: RunRecord): RunRecord {
    const { id, trigger, scheduledAt, startedAt } = draft;
    return { ...fromChild, id, trigger, scheduledAt, startedAt };
  }

  #failed(draft: RunRecord, error: unknown): RunRecord {
    const finishedAt = toRfc3339(this.#parts.clock.now());
    if (error instanceof AgentError && error.code === 'SPOOL_FULL') {
      return { ...draft, outcome: 'skipped', reason: 'spool-full', finishedAt };
    }
    const code = error instanceof AgentError ? error.code : 'RUN_CRASHED';
    return { ...draft, outcome: 'failed', finishedAt, error: { code, message: messageOf(error) } };
  }

  async #renewClaim(runId: string, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    while (!signal.aborted) {
      await clock.sleep(RENEW_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#update((state) => renew(state, runId, clock.now())).catch((error: unknown) =>
        log.warn({ runId, reason: messageOf(error) }, 'claim not renewed'),
      );
    }
  }

  #put(state: AgentState, record: RunRecord): AgentState {
    return putRecord(state, record, this.#parts.history);
  }

  /** The state is written even while the process is leaving: what happened must not be forgotten. */
  #update(change: (state: AgentState) => AgentState): Promise<AgentState> {
    return this.#parts.state.update(change, AbortSignal.timeout(LEAVING_WRITE_MS));
  }
}

function moveCursor(state: AgentState, cursor: Cursor | undefined): AgentState {
  return cursor === undefined || isPassed(state, cursor) ? state : { ...state, cursor };
}

function logRecord(log: Logger, record: RunRecord): void {
  const { id: runId, outcome, partial, phases, bundle, error } = record;
  const durations = Object.fromEntries(
    phases.map(({ name, durationMs }) => [`${name}Ms`, durationMs]),
  );
  if (error !== null) {
    log.error({ runId, ...durations, code: error.code, reason: error.message }, 'run failed');
  } else if (outcome === 'skipped') {
    log.warn({ runId, reason: record.reason }, 'run skipped');
  } else {
    const { bytes, files } = bundle ?? {};
    log.info({ runId, outcome, partial, ...durations, bytes, files }, 'run finished');
  }
}
