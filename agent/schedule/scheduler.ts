/** The scheduler: on every beat, hands the newest due instant to whoever starts runs, once. */

import type { Clock } from '../clock.ts';
import { toRfc3339 } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type Beat, minuteBeat } from './beat.ts';
import { judge, type PassReason, type SchedulePolicy } from './judge.ts';
import type { Schedule } from './schedule.ts';

/** An instant that is to run now. Those between the cursor and it, if any, are covered by it. */
interface DueInstant {
  readonly scheduledAtMs: number;
  /** `missed`: it is more than a minute late, because the agent was down or the clock was moved. */
  readonly trigger: 'schedule' | 'missed';
}

interface PassedInstant {
  readonly scheduledAtMs: number;
  readonly reason: PassReason;
}

export interface SchedulerParts {
  readonly schedule: Schedule;
  readonly policy: SchedulePolicy;
  /** Starts that much after each instant, from `jitterMs()`. */
  readonly jitterMs: number;
  /** The newest instant that was dealt with; before the first, when the schedule was first seen. */
  readonly cursorAtMs: () => number;
  /** What the last run was scheduled for, else when it started; undefined when there was none. */
  readonly lastRunAtMs: () => number | undefined;
  /**
   * Claims the instant, which moves the cursor, and starts a run. Resolves once that is recorded, before the run is
   * over, and also when another pod was faster. When it rejects, the instant comes again with the next beat.
   */
  readonly onDue: (due: DueInstant) => Promise<void>;
  /** Moves the cursor over an instant that does not run, and records why. */
  readonly onPassed: (passed: PassedInstant) => Promise<void>;
  /** Sets the cursor back to this moment: it was moved under a clock that was far ahead. */
  readonly onCursorAhead: (nowMs: number) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Tests pass one that they beat by hand. */
  readonly beat?: Beat;
}

/** A clock is corrected by seconds or by years. Up to this much back, what ran is not run again. */
const CLOCK_AHEAD_MS = 3_600_000;

const MINUTE_MS = 60_000;

export class Scheduler {
  readonly #parts: SchedulerParts;
  /** The newest instant handed over here: another pod's claim moves no cursor of ours. */
  #handedOverAtMs = Number.NEGATIVE_INFINITY;
  #scanning: Promise<void> | undefined;
  /** On the clock that never jumps; undefined while nothing is due. */
  #waitingSinceMs: number | undefined;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** Scans at once and with every beat. Resolves when the signal has aborted and nothing is being handed over. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, beat = minuteBeat({ clock, log }) } = this.#parts;
    const scan = () => void this.#scanUntilExact(signal);
    scan();
    await beat(scan, signal);
    await this.#scanning;
  }

  /** When the next run starts, jitter and MIN_INTERVAL included; undefined while suspended. */
  nextRunAt(): number | undefined {
    const { schedule, policy, jitterMs, clock, lastRunAtMs } = this.#parts;
    if (policy.isSuspended) return undefined;
    const fromMs = Math.max(this.#cursorAtMs(), clock.now() - jitterMs);
    const nextMs = schedule.after(fromMs);
    const lastMs = lastRunAtMs();
    if (lastMs === undefined || lastMs > nextMs) return nextMs + jitterMs;
    return Math.max(nextMs, schedule.after(lastMs + policy.minIntervalMs - 1)) + jitterMs;
  }

  /** For how long, in ms, something due has been neither started nor passed over, counted from when it was noticed; 0 = nothing is. */
  overdueMs(): number {
    const { clock } = this.#parts;
    if (this.#findDue() === undefined) {
      this.#waitingSinceMs = undefined;
      return 0;
    }
    this.#waitingSinceMs ??= clock.elapsed();
    return clock.elapsed() - this.#waitingSinceMs;
  }

  /** Beats come on the minute; a start that jitter puts between two of them is waited for. */
  async #scanUntilExact(signal: AbortSignal): Promise<void> {
    await this.#scan();
    const { jitterMs, clock } = this.#parts;
    if (jitterMs % MINUTE_MS === 0) return;
    const waitMs = (this.nextRunAt() ?? Number.POSITIVE_INFINITY) - clock.now();
    if (waitMs <= 0 || waitMs >= MINUTE_MS) return;
    await clock.sleep(waitMs, signal).catch(() => undefined);
    if (!signal.aborted) await this.#scan();
  }

  /** One at a time: a beat during a scan is answered by that scan. Never rejects. */
  #scan(): Promise<void> {
    this.#scanning ??= this.#handOver()
      .catch((error: unknown) => {
        this.#parts.log.error({ reason: messageOf(error) }, 'due instant not handed over');
      })
      .finally(() => {
        this.#scanning = undefined;
      });
    return this.#scanning;
  }

  async #handOver(): Promise<void> {
    const { clock, log, policy, jitterMs, lastRunAtMs, onDue, onPassed, onCursorAhead } =
      this.#parts;
    const nowMs = clock.now();
    if (this.#cursorAtMs() - nowMs > CLOCK_AHEAD_MS) {
      log.warn({ cursorAt: toRfc3339(this.#cursorAtMs()) }, 'clock was far ahead; counting anew');
      await onCursorAhead(nowMs);
      this.#handedOverAtMs = nowMs;
    }
    const scheduledAtMs = this.#findDue();
    if (scheduledAtMs === undefined) return;
    const lateMs = nowMs - scheduledAtMs - jitterMs;
    const verdict = judge({ scheduledAtMs, lateMs }, policy, lastRunAtMs());
    if (verdict.kind === 'run') await onDue({ scheduledAtMs, trigger: verdict.trigger });
    else await onPassed({ scheduledAtMs, reason: verdict.reason });
    this.#handedOverAtMs = scheduledAtMs;
    this.#waitingSinceMs = undefined;
  }

  /** The newest instant whose time has come and that nobody has dealt with. */
  #findDue(): number | undefined {
    const { schedule, clock, jitterMs } = this.#parts;
    const latestMs = schedule.latest(clock.now() - jitterMs);
    return latestMs > this.#cursorAtMs() ? latestMs : undefined;
  }

  #cursorAtMs(): number {
    return Math.max(this.#parts.cursorAtMs(), this.#handedOverAtMs);
  }
}
