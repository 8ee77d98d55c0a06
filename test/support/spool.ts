/** A spool in memory for tests of the delivery, and records to put into it. */

import type { RunRecord } from '../../agent/run/record.ts';
import type { DeliverableBundle, DeliverySpool } from '../../agent/upload/deliver.ts';
import type { DeliverableRecord } from '../../agent/upload/delivery-record.ts';

/** The nth run's id, `2026-11-22T02:00:00Z` and then one a minute. */
export function runId(index: number): string {
  return `20261122T02${String(index).padStart(2, '0')}00Z-${String(index).padStart(4, '0')}`;
}

/** The record of a run whose bundle was spooled. */
export function spooledRecord(id: string, changed: Partial<RunRecord> = {}): DeliverableRecord {
  const startedAt = id.replace(/^(....)(..)(..T..)(..)(..)Z.*$/, '$1-$2-$3:$4:$5Z');
  const record: DeliverableRecord = {
    id,
    trigger: 'schedule',
    scheduledAt: startedAt,
    startedAt,
    finishedAt: startedAt,
    outcome: 'spooled',
    reason: null,
    partial: false,
    engine: 'cli',
    error: null,
    phases: [{ name: 'collect', durationMs: 812 }],
    bundle: {
      name: 'support-bundle',
      sha256: 'ab12',
      bytes: 10,
      files: 3,
      uncompressedBytes: 100,
      redactions: 2,
      leftOut: 0,
      findings: [],
    },
    collectors: [
      { name: 'cluster-info', outcome: 'ok', durationMs: 5, files: 1, bytes: 50, errors: [] },
    ],
    delivery: {
      state: 'pending',
      destination: null,
      key: `${id}.tar.gz`,
      attempts: 0,
      statusCode: null,
      deliveredAt: null,
      nextAttemptAt: null,
      receipt: null,
    },
  };
  return { ...record, ...changed, bundle: record.bundle, delivery: record.delivery };
}

export class MemorySpool implements DeliverySpool {
  readonly bundles = new Map<string, DeliverableBundle>();
  /** Ids whose bytes are not those that were spooled. */
  readonly damaged = new Set<string>();
  /** Ids that are too old at the next look. */
  readonly old = new Set<string>();
  /** What saving fails with. */
  failure: Error | undefined;
  /** How often each bundle was read. */
  readonly checks: string[] = [];

  constructor(...ids: readonly string[]) {
    for (const id of ids) this.put(id);
  }

  put(id: string, changed: Partial<DeliverableBundle> = {}): void {
    const record = spooledRecord(id);
    this.bundles.set(id, { id, file: `/spool/${id}`, key: `${id}.tar.gz`, record, ...changed });
  }

  list(): readonly DeliverableBundle[] {
    return [...this.bundles.values()].toSorted((first, second) => (first.id < second.id ? -1 : 1));
  }

  get(id: string): DeliverableBundle | undefined {
    return this.bundles.get(id);
  }

  async check(id: string): Promise<RunRecord | undefined> {
    this.checks.push(id);
    return this.damaged.has(id) ? this.#lose(id, 'SPOOL_DAMAGED') : undefined;
  }

  async saveDelivery(
    id: string,
    changed: { readonly record: DeliverableRecord; readonly destinationHash: string },
  ): Promise<boolean> {
    const bundle = this.bundles.get(id);
    if (bundle === undefined) return false;
    this.bundles.set(id, { ...bundle, ...changed });
    if (this.failure !== undefined) throw this.failure;
    return true;
  }

  async expire(): Promise<readonly RunRecord[]> {
    return [...this.old].flatMap((id) => this.#lose(id, 'SPOOL_EXPIRED') ?? []);
  }

  async prune(): Promise<readonly RunRecord[]> {
    for (const { id, record } of this.list()) {
      if (record.delivery.state === 'delivered') this.bundles.delete(id);
    }
    return [];
  }

  #lose(id: string, code: 'SPOOL_DAMAGED' | 'SPOOL_EXPIRED'): RunRecord | undefined {
    const record = this.bundles.get(id)?.record;
    this.bundles.delete(id);
    return record && { ...record, outcome: 'lost', error: { code, message: 'gone' } };
  }
}
