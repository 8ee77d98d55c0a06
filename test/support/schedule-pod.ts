/** An agent around a scheduler, as far as it remembers: cursor, last run, and what it was told. */

import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { toRfc3339 } from '../../agent/clock.ts';
import { silentLogger } from '../../agent/log.ts';
import type { Beat } from '../../agent/schedule/beat.ts';
import type { SchedulePolicy } from '../../agent/schedule/judge.ts';
import { compileSchedule } from '../../agent/schedule/schedule.ts';
import { Scheduler, type SchedulerParts } from '../../agent/schedule/scheduler.ts';
import { FakeClock } from './clock.ts';

const MINUTE_MS = 60_000;

export interface PodOptions {
  readonly expression?: string;
  readonly timeZone?: string;
  readonly at: string;
  /** Else the moment of the start. */
  readonly cursorAt?: string;
  readonly lastRunAt?: string;
  readonly jitterMs?: number;
  readonly policy?: Partial<SchedulePolicy>;
}

/** A scheduler with the part of an agent that remembers, and a beat that the test gives. */
export class Pod {
  readonly clock: FakeClock;
  readonly scheduler: Scheduler;
  /** What it was told, in order: trigger or reason, and the instant. */
  readonly events: string[] = [];
  readonly startedAt: string[] = [];
  cursorAtMs: number;
  failsToClaim = false;
  movesCursor = true;
  claiming: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();
  #lastRunAtMs: number | undefined;
  #onBeat: () => void = () => undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: PodOptions) {
    const { expression = '0 2 * * *', timeZone = 'UTC', at, cursorAt, lastRunAt } = options;
    this.clock = new FakeClock(at);
    this.cursorAtMs = Date.parse(cursorAt ?? at);
    this.#lastRunAtMs = lastRunAt === undefined ? undefined : Date.parse(lastRunAt);
    this.scheduler = new Scheduler({
      schedule: compileSchedule(expression, timeZone),
      policy: {
        missedRun: 'run',
        missedRunDeadlineMs: undefined,
        minIntervalMs: 0,
        isSuspended: false,
        ...options.policy,
      },
      jitterMs: options.jitterMs ?? 0,
      clock: this.clock,
      log: silentLogger,
      ...this.#ports(),
    });
  }

  async start(): Promise<void> {
    this.#ended = this.scheduler.run(this.#stop.signal);
    await nextTurn();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async beat(): Promise<void> {
    this.#onBeat();
    await nextTurn();
  }

  /** Beats on each full minute up to and including this instant. */
  async beatUntil(instant: string): Promise<void> {
    for (;;) {
      const toNextMs = MINUTE_MS - (this.clock.now() % MINUTE_MS);
      if (this.clock.now() + toNextMs > Date.parse(instant)) return;
      this.clock.advance(toNextMs);
      await this.beat();
    }
  }

  nextRunAt(): string | undefined {
    const nextMs = this.scheduler.nextRunAt();
    return nextMs === undefined ? undefined : toRfc3339(nextMs);
  }

  #ports(): Pick<
    SchedulerParts,
    'cursorAtMs' | 'lastRunAtMs' | 'onDue' | 'onPassed' | 'onCursorAhead' | 'beat'
  > {
    const beat: Beat = async (onBeat, signal) => {
      this.#onBeat = onBeat;
      if (!signal.aborted) await once(signal, 'abort');
    };
    return {
      beat,
      cursorAtMs: () => this.cursorAtMs,
      lastRunAtMs: () => this.#lastRunAtMs,
      onDue: async ({ scheduledAtMs, trigger }) => {
        const failed = this.failsToClaim;
        this.events.push(`${failed ? 'failed' : trigger} ${toRfc3339(scheduledAtMs)}`);
        this.startedAt.push(toRfc3339(this.clock.now()));
        await this.claiming;
        if (failed) throw new Error('the API server is away');
        this.#lastRunAtMs = scheduledAtMs;
        if (this.movesCursor) this.cursorAtMs = scheduledAtMs;
      },
      onPassed: async ({ scheduledAtMs, reason }) => {
        const word = reason === 'missed' ? 'missed-skipped' : reason;
        this.events.push(`${word} ${toRfc3339(scheduledAtMs)}`);
        this.cursorAtMs = scheduledAtMs;
        await Promise.resolve();
      },
      onCursorAhead: async (nowMs) => {
        this.events.push(`cursor set to ${toRfc3339(nowMs)}`);
        this.cursorAtMs = nowMs;
        await Promise.resolve();
      },
    };
  }
}
