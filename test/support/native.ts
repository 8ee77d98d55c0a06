/** Runs the native engine with collectors of a test, and gathers the bundle. */

import { tmpdir } from 'node:os';

import type { Collected, CollectorReport, FileEntry } from '../../agent/bundle.ts';
import { systemClock } from '../../agent/clock.ts';
import { collectNatively, type NativeOptions } from '../../agent/collect/collect.ts';
import type { CollectContext, Collector, Fields, Piece } from '../../agent/collect/collector.ts';
import { silentLogger } from '../../agent/log.ts';
import type { BundleSpec } from '../../agent/spec/types.ts';
import { FakeClock } from './clock.ts';
import { FakeKube } from './kube.ts';
import { OPEN_NETWORK } from './network.ts';
import { never } from './signal.ts';
import { collector, mergedSpec } from './spec.ts';

export interface NativeBundle {
  readonly files: Readonly<Record<string, { readonly text: string; readonly collector?: string }>>;
  readonly links: Readonly<Record<string, string>>;
  readonly leftOut: readonly Collected[];
  readonly results: Readonly<Record<string, Omit<CollectorReport, 'name'>>>;
}

export interface CollectOptions extends Partial<NativeOptions> {
  readonly spec?: BundleSpec;
  readonly signal?: AbortSignal;
  readonly deadline?: AbortSignal;
}

/** Collects a spec with these collectors, or the given one, and gathers what comes. */
export async function collectWith(
  collectors: Readonly<Record<string, Collector>>,
  {
    spec = mergedSpec({ collectors: Object.keys(collectors).map((type) => collector(type)) }),
    ...options
  }: CollectOptions = {},
): Promise<NativeBundle> {
  return await collectBundle({
    spec,
    clock: new FakeClock(),
    find: (key) => {
      const found = collectors[key];
      return found === undefined ? undefined : async () => found;
    },
    ...options,
  });
}

/** Collects a spec as the engine does, and gathers what comes. */
export async function collectBundle({
  spec = mergedSpec(),
  signal = never(),
  deadline = never(),
  ...options
}: CollectOptions): Promise<NativeBundle> {
  return await gatherBundle(
    collectNatively(spec, { ...DEFAULTS, kube: new FakeKube(), ...options }, { signal, deadline }),
  );
}

const DEFAULTS: Omit<NativeOptions, 'kube'> = {
  network: OPEN_NETWORK,
  clock: systemClock,
  log: silentLogger,
  workDir: tmpdir(),
  concurrency: 4,
  maxWorkBytes: 2 ** 30,
  runTimeoutMs: 600_000,
  collectorTimeoutMs: 60_000,
  images: new Map(),
  runId: '20261122T020000Z-1f3a',
  installationId: '0123456789abcdef',
  version: 'v9.9.9',
};

async function gatherBundle(collected: AsyncIterable<Collected>): Promise<NativeBundle> {
  const files: Record<string, { text: string; collector?: string }> = {};
  const links: Record<string, string> = {};
  const leftOut: Collected[] = [];
  const results: Record<string, Omit<CollectorReport, 'name'>> = {};
  for await (const one of collected) {
    switch (one.kind) {
      case 'left-out':
        leftOut.push(one);
        break;
      case 'link':
        links[one.path] = one.target;
        break;
      case 'collector': {
        const { kind: _kind, name, ...rest } = one;
        results[name] = rest;
        break;
      }
      case 'file': {
        const { path, collector: title } = one;
        files[path] = {
          text: await textOf(one),
          ...(title === undefined ? {} : { collector: title }),
        };
      }
    }
  }
  return { files, links, leftOut, results };
}

async function textOf(entry: FileEntry): Promise<string> {
  const chunks = [];
  for await (const chunk of entry.read()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Gives these. */
export function pieces(...given: readonly Piece[]): Collector {
  return {
    rules: () => [],
    async *collect() {
      yield* given;
    },
  };
}

/** Gives these, then throws. */
export function failing(error: Error, ...before: readonly Piece[]): Collector {
  return {
    rules: () => [],
    async *collect() {
      yield* before;
      throw error;
    },
  };
}

/** Gives a piece, then waits until its signal aborts. */
export function hanging(piece: Piece, onEnd: () => void = () => {}): Collector {
  return {
    rules: () => [],
    async *collect(_fields, { signal }) {
      try {
        yield piece;
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      } finally {
        onEnd();
      }
    },
  };
}

/** Does something and gives nothing. */
export function doing(
  work: (fields: Fields, context: CollectContext) => Promise<void> | void,
): Collector {
  return {
    rules: () => [],
    async *collect(fields, context) {
      await work(fields, context);
      yield* [];
    },
  };
}
