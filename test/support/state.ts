/** Parts of states, and the ConfigMap and the folder that tests keep them in. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Clock } from '../../agent/clock.ts';
import type { RunRecord } from '../../agent/run/record.ts';
import { type ConfigMapStateOptions, configMapState } from '../../agent/state/config-map.ts';
import type { AgentState, Claim, Cursor, StateStore } from '../../agent/state/state.ts';
import { FakeClock } from './clock.ts';
import { FakeKube } from './kube.ts';
import { RecordingLog } from './log.ts';
import { never } from './signal.ts';
import { runId, spooledRecord } from './spool.ts';

export const CONFIG_MAP = '/api/v1/namespaces/default/configmaps/state';

/** As the chart renders it. */
export function emptyConfigMap(): FakeKube {
  return new FakeKube({ [CONFIG_MAP]: { apiVersion: 'v1', kind: 'ConfigMap' } });
}

export function configMapWith(data: Readonly<Record<string, string>>): FakeKube {
  return new FakeKube({ [CONFIG_MAP]: { apiVersion: 'v1', kind: 'ConfigMap', data } });
}

/** Rejects when it is not there. */
export async function readData(kube: FakeKube): Promise<Readonly<Record<string, string>>> {
  const object = await kube.get(CONFIG_MAP, never());
  const data: unknown =
    typeof object === 'object' && object !== null && Reflect.get(object, 'data');
  return Object.fromEntries(
    Object.entries(data ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  );
}

export function stateIn(kube: FakeKube, changed: Partial<ConfigMapStateOptions> = {}): StateStore {
  return configMapState({
    kube,
    namespace: 'default',
    name: 'state',
    history: 50,
    clock: new FakeClock(),
    log: new RecordingLog(),
    random: () => 0.5,
    ...changed,
  });
}

/** The nth run's record as it is stored: newer ones have higher numbers. */
export function storedRecord(index: number, changed: Partial<RunRecord> = {}): RunRecord {
  return { ...spooledRecord(runId(index)), ...changed };
}

export function stateOf(...records: readonly RunRecord[]): AgentState {
  return { records };
}

export function idsOf({ records }: AgentState): readonly string[] {
  return records.map(({ id }) => id);
}

export function claimOf(index: number, changed: Partial<Claim> = {}): Claim {
  return {
    runId: runId(index),
    pod: 'pod-a',
    trigger: 'schedule',
    scheduledAt: '2026-11-22T02:00:00Z',
    claimedAt: '2026-11-22T02:00:00Z',
    renewedAt: '2026-11-22T02:00:30Z',
    startNumber: 1,
    ...changed,
  };
}

export function cursorAt(scheduledAt: string, expression = '0 2 * * *'): Cursor {
  return { expression, timeZone: 'UTC', scheduledAt };
}

/** Sleeps last until the test says so. */
export class HeldClock implements Clock {
  readonly askedMs: number[] = [];
  readonly #waking: (() => void)[] = [];

  now(): number {
    return Date.parse('2026-11-22T02:00:00Z');
  }

  elapsed(): number {
    return 0;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.askedMs.push(ms);
    return new Promise((resolve, reject) => {
      this.#waking.push(resolve);
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
  }

  /** Ends the sleeps under way. */
  wake(): void {
    for (const resolve of this.#waking.splice(0)) resolve();
  }
}

/** A folder of the test's own, for `file` and what belongs to it. */
export async function temporaryFolder(): Promise<{
  readonly folder: string;
  readonly file: string;
  remove(): Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'state-'));
  return {
    folder,
    file: join(folder, 'state.json'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
