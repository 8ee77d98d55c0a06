/** The delivery loop: sends what is in the spool, oldest first, until each bundle is delivered or lost. */

import type { BackoffPolicy } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { AgentError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { RunRecord } from '../run/record.ts';
import { type DeliverableRecord, recordAfter } from './delivery-record.ts';
import type { Destination, UploadOutcome } from './destination.ts';
import { Pace } from './pace.ts';

export interface DeliverableBundle {
  /** The run's. */
  readonly id: string;
  readonly file: string;
  readonly key: string;
  /** Of the destination's settings at the last attempt. */
  readonly destinationHash?: string;
  readonly record: DeliverableRecord;
}

/** The spool as the delivery sees it. */
export interface DeliverySpool {
  /** Oldest first, delivered ones included. */
  list(): readonly DeliverableBundle[];
  get(id: string): DeliverableBundle | undefined;
  /** Undefined when the bundle is intact; else it is out of the spool and this is its record. */
  check(id: string, signal: AbortSignal): Promise<RunRecord | undefined>;
  /** Holds in this process also when it rejects. False when the bundle is not in the spool any more. */
  saveDelivery(
    id: string,
    changed: { readonly record: DeliverableRecord; readonly destinationHash: string },
  ): Promise<boolean>;
  /** Removes what is too old; the records of what was lost by that. */
  expire(): Promise<readonly RunRecord[]>;
  /** Removes delivered bundles beyond the number that is kept; the records of what was lost by that. */
  prune(): Promise<readonly RunRecord[]>;
}

export interface DeliveryOptions {
  readonly spool: DeliverySpool;
  /** Undefined = nothing is sent, bundles only age. */
  readonly destination: Destination | undefined;
  /** Nothing is sent for now. */
  readonly isSuspended: boolean;
  readonly policy: BackoffPolicy;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of every record that changed, before anything of its bundle is removed; may be told twice. */
  readonly onChange: (record: RunRecord) => Promise<void>;
  /** Told of every attempt, for metrics. */
  readonly onAttempt?: (outcome: UploadOutcome) => void;
  readonly random?: () => number;
}

export type RetryAnswer = 'queued' | 'unknown' | 'delivered' | 'off';

export interface Delivery {
  /** Resolves when the signal aborts. An attempt under way is broken off and counts for nothing. */
  run(signal: AbortSignal): Promise<void>;
  /** A bundle was spooled. */
  wake(): void;
  /** Sends this bundle now, whatever it waits for. */
  retry(id: string): RetryAnswer;
  /** Breaks off the attempt under way for this bundle, after it was removed from the spool. */
  cancel(id: string): void;
}

/** Ages are looked at this often: a clock that was set forward wakes nobody. */
const RECHECK_MS = 60 * 60 * 1000;

export function createDelivery(options: DeliveryOptions): Delivery {
  return new DeliveryLoop(options);
}

class DeliveryLoop implements Delivery {
  readonly #options: DeliveryOptions;
  /** Bundles that were read and found intact by this process. */
  readonly #intact = new Set<string>();
  readonly #requested = new Set<string>();
  readonly #pace: Pace;
  /** Records that changed, oldest change first. */
  readonly #untold: RunRecord[] = [];
  #waking = new AbortController();
  #underWay: { readonly id: string; readonly attempt: AbortController } | undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#pace = new Pace(options);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { spool, destination } = this.#options;
    const records = spool.list().map(({ record }) => record);
    // A process that was killed between the delivery and its record has told nobody.
    this.#untold.push(...records.filter(isDelivered));
    if (destination !== undefined) await this.#resume(destination);
    while (!signal.aborted) {
      const waitMs = await this.#step(signal);
      if (waitMs !== 0) await this.#wait(waitMs, signal);
    }
  }

  wake(): void {
    this.#waking.abort();
  }

  retry(id: string): RetryAnswer {
    const { spool, destination, isSuspended } = this.#options;
    const bundle = spool.get(id);
    if (bundle === undefined) return 'unknown';
    if (isDelivered(bundle.record)) return 'delivered';
    if (destination === undefined || isSuspended) return 'off';
    this.#requested.add(id);
    this.wake();
    return 'queued';
  }

  cancel(id: string): void {
    if (this.#underWay?.id === id) this.#underWay.attempt.abort();
  }

  /** A wait ends early when the settings that led to it have changed. */
  async #resume(destination: Destination): Promise<void> {
    const settingsHash = await destination.settingsHash();
    const begun = this.#options.spool
      .list()
      .filter(({ destinationHash }) => destinationHash === settingsHash)
      .map(({ record }) => record.delivery.nextAttemptAt);
    this.#pace.resume(begun.filter((instant) => instant !== null));
  }

  /** One look at the spool and at most one attempt. How long to wait then; undefined = until woken. */
  async #step(signal: AbortSignal): Promise<number | undefined> {
    const { log, policy } = this.#options;
    try {
      return await this.#tryNext(signal);
    } catch (error) {
      if (signal.aborted) return 0;
      if (!(error instanceof AgentError)) throw error;
      log.error({ code: error.code, reason: error.message }, 'delivery stalls');
      return policy.maxMs;
    }
  }

  async #tryNext(signal: AbortSignal): Promise<number | undefined> {
    const { spool, destination, isSuspended } = this.#options;
    // Before anything is removed: what nobody was told of would count as lost.
    await this.#announce([]);
    await this.#announce(await spool.expire());
    await this.#announce(await spool.prune());
    const waiting = spool.list().filter(({ record }) => !isDelivered(record));
    const idleMs = waiting.length === 0 ? undefined : RECHECK_MS;
    if (destination === undefined || isSuspended) return idleMs;
    const settingsHash = await destination.settingsHash();
    const bundle = this.#choose(waiting, settingsHash);
    if (bundle === undefined) return idleMs;
    const waitMs = this.#requested.has(bundle.id) ? 0 : this.#pace.waitMs;
    if (waitMs > 0) return Math.min(waitMs, RECHECK_MS);
    await this.#deliver(bundle, { destination, settingsHash }, signal);
    return 0;
  }

  /** What was asked for, else the oldest that is not waiting for a person. */
  #choose(
    waiting: readonly DeliverableBundle[],
    settingsHash: string,
  ): DeliverableBundle | undefined {
    const requested = waiting.find(({ id }) => this.#requested.has(id));
    if (requested !== undefined) return requested;
    const eligible = waiting.filter(
      ({ record, destinationHash }) =>
        record.delivery.state !== 'rejected' || destinationHash !== settingsHash,
    );
    return this.#pace.choose(eligible);
  }

  async #deliver(
    bundle: DeliverableBundle,
    {
      destination,
      settingsHash,
    }: { readonly destination: Destination; readonly settingsHash: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { spool, clock, log, onAttempt } = this.#options;
    const { id } = bundle;
    this.#requested.delete(id);
    const lost = this.#intact.has(id) ? undefined : await spool.check(id, signal);
    if (lost !== undefined) return this.#announce([lost]);
    this.#intact.add(id);
    const outcome = await this.#attempt(bundle, destination, signal);
    if (outcome === undefined) return;
    onAttempt?.(outcome);
    const attemptNumber = bundle.record.delivery.attempts + 1;
    const delayMs = this.#pace.settle(outcome, attemptNumber);
    const record = recordAfter(bundle.record, outcome, { nowMs: clock.now(), delayMs });
    const isThere = await this.#save(id, record, settingsHash);
    logOutcome(log, outcome, { runId: id, destination: destination.name, attemptNumber, delayMs });
    if (isThere || outcome.kind === 'delivered') await this.#announce([record]);
  }

  /** Undefined when it was broken off because its bundle is gone. */
  async #attempt(
    { id, file, key, record }: DeliverableBundle,
    destination: Destination,
    signal: AbortSignal,
  ): Promise<UploadOutcome | undefined> {
    const { bytes, sha256 } = record.bundle;
    const attempt = new AbortController();
    this.#underWay = { id, attempt };
    try {
      return await destination.attempt(
        { file, bytes, sha256, runId: id, key },
        AbortSignal.any([signal, attempt.signal]),
      );
    } catch (error) {
      if (signal.aborted || !attempt.signal.aborted) throw error;
      return undefined;
    } finally {
      this.#underWay = undefined;
    }
  }

  /** Whether the bundle is still in the spool. A full disk must not keep the loop from emptying it. */
  async #save(id: string, record: DeliverableRecord, destinationHash: string): Promise<boolean> {
    const { spool, log } = this.#options;
    try {
      return await spool.saveDelivery(id, { record, destinationHash });
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      log.warn({ runId: id, code: error.code, reason: error.message }, 'delivery not saved');
      return true;
    }
  }

  /** Tells of these records and of those that could not be told before. */
  async #announce(records: readonly RunRecord[]): Promise<void> {
    const { log, onChange } = this.#options;
    for (const { id: runId, outcome, error } of records) {
      const fields = { runId, code: error?.code, reason: error?.message };
      if (outcome === 'lost') log.error(fields, 'bundle lost');
    }
    this.#untold.push(...records);
    for (let [record] = this.#untold; record !== undefined; [record] = this.#untold) {
      await onChange(record);
      this.#untold.shift();
    }
  }

  async #wait(waitMs: number | undefined, signal: AbortSignal): Promise<void> {
    const waking = this.#waking.signal;
    const either = AbortSignal.any([signal, waking]);
    if (waitMs !== undefined) {
      await this.#options.clock.sleep(waitMs, either).catch((error: unknown) => {
        if (!either.aborted) throw error;
      });
    } else if (!either.aborted) {
      await new Promise((resolve) => either.addEventListener('abort', resolve, { once: true }));
    }
    if (waking.aborted) this.#waking = new AbortController();
  }
}

function isDelivered({ delivery }: Pick<DeliverableRecord, 'delivery'>): boolean {
  return delivery.state === 'delivered';
}

function logOutcome(log: Logger, outcome: UploadOutcome, fields: object): void {
  const { kind, statusCode } = outcome;
  if (kind === 'delivered') log.info({ ...fields, statusCode }, 'bundle delivered');
  else log.warn({ ...fields, outcome: kind, statusCode, reason: outcome.reason }, 'upload failed');
}
