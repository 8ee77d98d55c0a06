/** The spool: the folder of finished bundles that are not yet delivered, each with its manifest and sidecar. */

import type { ReadStream } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';

import { type Clock, toRfc3339 } from '../clock.ts';
import { syncFolder, writeDurably } from '../durable.ts';
import { AgentError, hasCode } from '../errors.ts';
import { isRunId, type RunRecord } from '../run/record.ts';
import { commitFiles, discardFiles } from './commit.ts';
import { listDamaged, setAside } from './damaged.ts';
import { hashFile, onDisk, removeFile } from './disk.ts';
import { parseSpoolName, spoolPaths } from './layout.ts';
import {
  findExpired,
  findOldManifests,
  findSurplus,
  finishedAtMs,
  isDelivered,
  lostRecord,
} from './prune.ts';
import { type Recovery, recover } from './recover.ts';
import { formatSidecar, type KeyFacts, type Sidecar, type SpooledBundle } from './sidecar.ts';

export interface SpoolOptions {
  readonly directory: string;
  readonly maxBytes: number;
  /** Undelivered bundles expire at this age. */
  readonly maxAgeMs: number;
  /** How many delivered bundles stay; in a ring, how many stay at all, 0 = all. */
  readonly keep: number;
  /** Nothing is delivered from this spool: it keeps the newest `keep` bundles. */
  readonly isRing: boolean;
  /** How many manifests stay of runs whose bundle is gone. */
  readonly history: number;
  readonly keyFor: (facts: KeyFacts) => string;
  readonly clock: Clock;
}

export interface SpoolUsage {
  /** Not yet delivered. */
  readonly bundles: number;
  readonly bytes: number;
  /** When the oldest undelivered one was finished, RFC 3339. */
  readonly oldestAt: string | null;
}

/** Whether a run may start, and the records of what had to go for it. */
export interface Reservation {
  readonly hasRoom: boolean;
  readonly lost: readonly RunRecord[];
}

/**
 * Opens the folder and repairs what a killed process left in it.
 *
 * @throws {AgentError} SPOOL_UNUSABLE, SPOOL_VERSION, SPOOL_DISK_FULL.
 */
export async function openSpool(
  options: SpoolOptions,
  signal: AbortSignal,
): Promise<{ readonly spool: Spool; readonly recovery: Recovery }> {
  const { directory } = options;
  return onDisk(directory, async () => {
    if (!(await stat(directory)).isDirectory()) {
      throw new AgentError('SPOOL_UNUSABLE', `spool ${directory} is not a folder`);
    }
    const { bundles, recovery } = await recover(options, signal);
    return { spool: new Spool(options, bundles), recovery };
  });
}

/** One process at a time. Whatever changes the folder waits for what changes it already. */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #bundles: Map<string, SpooledBundle>;
  #changing: Promise<unknown> = Promise.resolve();

  /** @param bundles As `recover` found them. */
  constructor(options: SpoolOptions, bundles: readonly SpooledBundle[]) {
    this.#options = options;
    this.#bundles = new Map(bundles.map((bundle) => [bundle.id, bundle]));
  }

  /** Oldest first, delivered ones that are kept included. */
  list(): readonly SpooledBundle[] {
    // Ids begin with the run's instant.
    return [...this.#bundles.values()].toSorted((first, second) => (first.id < second.id ? -1 : 1));
  }

  get(id: string): SpooledBundle | undefined {
    return this.#bundles.get(id);
  }

  usage(): SpoolUsage {
    const waiting = this.list().filter((bundle) => !isDelivered(bundle));
    const [oldest] = waiting;
    return {
      bundles: waiting.length,
      bytes: sumBytes(waiting),
      oldestAt: oldest === undefined ? null : toRfc3339(finishedAtMs(oldest.record)),
    };
  }

  /**
   * Makes room for one more bundle: damaged ones go first, then delivered, then expired ones.
   * An empty spool always has room.
   */
  async reserve(maxBundleBytes: number): Promise<Reservation> {
    return this.#change(async () => {
      const { maxBytes } = this.#options;
      const allowedBytes = maxBytes - Math.min(maxBundleBytes, maxBytes);
      const damaged = await listDamaged(this.#options.directory);
      let usedBytes = sumBytes(this.list()) + damaged.reduce((sum, { bytes }) => sum + bytes, 0);
      for (const { file, bytes } of damaged) {
        if (usedBytes <= allowedBytes) break;
        await removeFile(file);
        usedBytes -= bytes;
      }
      for (const bundle of this.list().filter(isDelivered)) {
        if (usedBytes <= allowedBytes) break;
        await this.#remove(bundle.id);
        usedBytes -= bundle.record.bundle.bytes;
      }
      const lost = usedBytes <= allowedBytes ? [] : await this.#expire();
      return { hasRoom: sumBytes(this.list()) <= allowedBytes, lost };
    });
  }

  /**
   * Takes over the bundle and the manifest that a run left under `partialPaths`.
   *
   * @param record With its bundle's facts; comes back with outcome `spooled` and a pending delivery.
   * @throws {AgentError} SPOOL_DISK_FULL, SPOOL_UNUSABLE; SPOOL_DAMAGED: the file has another size.
   */
  async commit(record: RunRecord): Promise<SpooledBundle> {
    return this.#change(async () => {
      const bundle = await commitFiles(record, this.#options);
      this.#bundles.set(bundle.id, bundle);
      return bundle;
    });
  }

  /** Removes what a run without a bundle left under `partialPaths`. */
  async discard(runId: string): Promise<void> {
    await this.#change(() => discardFiles(runId, this.#options.directory));
  }

  /**
   * Stores how far the delivery has come. Holds in this process also where the disk refuses it.
   * False when the bundle has left the spool in the meantime.
   *
   * @throws {AgentError} SPOOL_DISK_FULL, SPOOL_UNUSABLE.
   */
  async saveDelivery(
    id: string,
    changed: Pick<Sidecar, 'record' | 'destinationHash'>,
  ): Promise<boolean> {
    return this.#change(async () => {
      const bundle = this.#bundles.get(id);
      if (bundle === undefined) return false;
      const sidecar = { ...bundle, ...changed };
      this.#bundles.set(id, sidecar);
      await writeDurably(spoolPaths(this.#options.directory, id).sidecar, formatSidecar(sidecar));
      return true;
    });
  }

  /** Drops a bundle whatever its state; its manifest stays. False when there is none. */
  async remove(id: string): Promise<boolean> {
    return this.#change(() => this.#remove(id));
  }

  /** Removes undelivered bundles past their age; their records, outcome `lost`. */
  async expire(): Promise<readonly RunRecord[]> {
    return this.#change(() => this.#expire());
  }

  /**
   * Removes what is kept beyond `keep` and `history`. The records of what was lost by that, which
   * happens only in a ring.
   */
  async prune(): Promise<readonly RunRecord[]> {
    return this.#change(async () => {
      const { directory, keep, history } = this.#options;
      const surplus = findSurplus(this.list(), this.#options);
      for (const { id } of surplus) await this.#remove(id);
      const names = (await readdir(directory)).flatMap((name) => parseSpoolName(name) ?? []);
      const manifests = names.filter(({ kind, state }) => kind === 'manifest' && state === 'final');
      const old = findOldManifests(
        manifests.map(({ runId }) => runId),
        { history, isSpooled: (runId) => this.#bundles.has(runId) },
      );
      for (const runId of old) await removeFile(spoolPaths(directory, runId).manifest);
      return surplus
        .filter((bundle) => !isDelivered(bundle))
        .map(({ record }) =>
          lostRecord(
            record,
            'SPOOL_EXPIRED',
            `the bundle made way for newer ones: SPOOL_KEEP is ${keep}`,
          ),
        );
    });
  }

  /**
   * Reads the whole bundle and compares it with its record. Undefined when it is intact; else it is
   * out of the spool (renamed to `.damaged`) and this is its record, outcome `lost`.
   */
  async check(id: string, signal: AbortSignal): Promise<RunRecord | undefined> {
    const bundle = this.#bundles.get(id);
    if (bundle === undefined) return undefined;
    const { file, record } = bundle;
    const sha256 = await onDisk(this.#options.directory, () => hashIfThere(file, signal));
    if (sha256 === record.bundle.sha256) return undefined;
    return this.#change(async () => {
      // A request may have removed it while it was read.
      if (!this.#bundles.has(id)) return undefined;
      if (sha256 !== undefined) await setAside(file);
      await this.#remove(id);
      return sha256 === undefined
        ? lostRecord(record, 'SPOOL_LOST', 'the bundle was gone before it was delivered')
        : lostRecord(record, 'SPOOL_DAMAGED', `the bundle is damaged`);
    });
  }

  /** The manifest's JSON text: of a bundle in the spool, or of one of the newest `history` without one. */
  async readManifest(id: string): Promise<string | undefined> {
    if (!isRunId(id)) return undefined;
    try {
      return await readFile(spoolPaths(this.#options.directory, id).manifest, 'utf8');
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /** The bundle for a download. The caller reads the stream to its end or destroys it. */
  async openBundle(
    id: string,
  ): Promise<{ readonly stream: ReadStream; readonly bytes: number } | undefined> {
    const bundle = this.#bundles.get(id);
    if (bundle === undefined) return undefined;
    const handle = await open(bundle.file, 'r');
    return { stream: handle.createReadStream(), bytes: (await handle.stat()).size };
  }

  /** The bundle first: a sidecar without a bundle is a loss, unless it says that it was delivered. */
  async #remove(id: string): Promise<boolean> {
    const bundle = this.#bundles.get(id);
    if (bundle === undefined) return false;
    const { directory } = this.#options;
    await removeFile(bundle.file);
    this.#bundles.delete(id);
    await removeFile(spoolPaths(directory, id).sidecar);
    await syncFolder(directory);
    return true;
  }

  async #expire(): Promise<readonly RunRecord[]> {
    const { maxAgeMs, clock } = this.#options;
    const nowMs = clock.now();
    const expired = findExpired(this.list(), { nowMs, maxAgeMs });
    for (const { id } of expired) await this.#remove(id);
    for (const { file, modifiedMs } of await listDamaged(this.#options.directory)) {
      if (nowMs - modifiedMs > maxAgeMs) await removeFile(file);
    }
    return expired.map(({ record }) =>
      lostRecord(record, 'SPOOL_EXPIRED', 'the bundle was not delivered within SPOOL_MAX_AGE'),
    );
  }

  /** One change at a time, in the order in which they were asked for. */
  async #change<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(() => onDisk(this.#options.directory, work));
    this.#changing = done.catch(() => undefined);
    return done;
  }
}

function sumBytes(bundles: readonly SpooledBundle[]): number {
  return bundles.reduce((sum, { record }) => sum + record.bundle.bytes, 0);
}

async function hashIfThere(file: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await hashFile(file, signal);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
