/** A delivery on a spool in memory, with a destination that answers as the test says. */

import { silentLogger } from '../../agent/log.ts';
import type { RunRecord } from '../../agent/run/record.ts';
import { createDelivery, type Delivery, type DeliveryOptions } from '../../agent/upload/deliver.ts';
import type { Destination, UploadOutcome, UploadSource } from '../../agent/upload/destination.ts';
import { FakeClock } from './clock.ts';
import type { MemorySpool } from './spool.ts';

/** Gives way after each sleep, so that a test sees what happens meanwhile. */
class TurningClock extends FakeClock {
  override async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await super.sleep(ms, signal);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Sleeps until it is woken. */
export class StandingClock extends FakeClock {
  sleeping = 0;

  override sleep(_ms: number, signal: AbortSignal): Promise<void> {
    this.sleeping++;
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('woken'))),
    );
  }
}

/** Never answers. */
export class HangingDestination implements Destination {
  readonly name = 'https://bundles.example.com/in';

  attempt(_source: UploadSource, signal: AbortSignal): Promise<UploadOutcome> {
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('broken off'))),
    );
  }

  async settingsHash(): Promise<string> {
    return 'settings';
  }
}

export interface SetUpOptions extends Partial<DeliveryOptions> {
  readonly spool: MemorySpool;
  readonly clock?: FakeClock;
  /** One an attempt. */
  readonly outcomes?: readonly UploadOutcome[];
  readonly outcome?: (source: UploadSource) => UploadOutcome;
}

export interface TestDelivery {
  readonly delivery: Delivery;
  readonly clock: FakeClock;
  readonly attempted: readonly string[];
  readonly sources: readonly UploadSource[];
  readonly changes: readonly RunRecord[];
  /** Runs the delivery until the condition holds. */
  runUntil(condition: () => boolean): Promise<void>;
  runUntilEmpty(): Promise<void>;
  until(condition: () => boolean): Promise<void>;
}

export function setUp({ spool, outcomes = [], outcome, ...changed }: SetUpOptions): TestDelivery {
  const clock = changed.clock ?? new TurningClock();
  const sources: UploadSource[] = [];
  const changes: RunRecord[] = [];
  const destination: Destination = {
    name: 'https://bundles.example.com/in',
    settingsHash: async () => 'settings',
    attempt: async (source) => {
      sources.push(source);
      const next = outcome?.(source) ?? outcomes[sources.length - 1];
      if (next === undefined) throw new Error(`attempt ${sources.length} was not expected`);
      return next;
    },
  };
  const delivery = createDelivery({
    spool,
    destination,
    isSuspended: false,
    policy: { initialMs: 1_000, maxMs: 8_000 },
    log: silentLogger,
    onChange: async (record) => void changes.push(record),
    random: () => 0.5,
    ...changed,
    clock,
  });
  const runUntil = async (condition: () => boolean): Promise<void> => {
    const stop = new AbortController();
    const running = delivery.run(stop.signal);
    await Promise.race([until(condition), running]);
    stop.abort();
    await running;
  };
  return {
    delivery,
    clock,
    sources,
    changes,
    get attempted() {
      return sources.map(({ runId: id }) => id);
    },
    runUntil,
    runUntilEmpty: () => runUntil(() => spool.bundles.size === 0),
    until,
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
