/** The seam between the engines: both collect a spec into the same kinds of things. */

import type { Collected } from '../bundle.ts';
import type { BundleSpec } from '../spec/types.ts';

export interface CollectSignals {
  /** Aborts when the run is to be given up. */
  readonly signal: AbortSignal;
  /** Aborts at RUN_TIMEOUT: an engine that can still make a bundle of what it has does so, another rejects. */
  readonly deadline: AbortSignal;
}

/** Entries, in the order in which they are archived, with how each collector ended and what was left out. */
export type Collect = (spec: BundleSpec, signals: CollectSignals) => AsyncGenerator<Collected>;

export type EngineName = 'native' | 'cli';

export interface Engine {
  readonly name: EngineName;
  readonly collect: Collect;
}

export interface NativeEngine extends Engine {
  /** What of a spec it cannot serve, for people; empty: it knows everything. */
  readonly lacks: (spec: BundleSpec) => readonly string[];
}

export interface Engines {
  readonly native: NativeEngine;
  readonly cli: Engine;
  /** Whether the cli engine's program can be started; asked only where it matters. */
  readonly hasProgram: () => Promise<boolean>;
}

/**
 * The engine for a spec. `auto`: native where it knows everything, cli where it does not and its program is there, else
 * native, which names what it does not know.
 */
export async function chooseEngine(
  setting: 'auto' | EngineName,
  spec: BundleSpec,
  { native, cli, hasProgram }: Engines,
): Promise<Engine> {
  if (setting === 'native') return native;
  if (setting === 'cli') return cli;
  return native.lacks(spec).length > 0 && (await hasProgram()) ? cli : native;
}
