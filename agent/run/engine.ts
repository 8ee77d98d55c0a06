/** The seam between the engines: both collect a spec into the same kinds of things. */

import type { Collected } from '../bundle.ts';
import { AgentError } from '../errors.ts';
import type { BundleSpec } from '../spec/types.ts';

/** Entries, in the order in which they are archived, with how each collector ended and what was left out. */
export type Collect = (spec: BundleSpec, signal: AbortSignal) => AsyncGenerator<Collected>;

export type EngineName = 'native' | 'cli';

export interface Engine {
  readonly name: EngineName;
  readonly collect: Collect;
}

/**
 * The engine for a spec.
 *
 * @throws {AgentError} ENGINE_UNAVAILABLE: `native` is asked for; this version collects with troubleshoot's program.
 */
export function chooseEngine(setting: 'auto' | EngineName, cli: Collect): Engine {
  if (setting === 'native') {
    throw new AgentError(
      'ENGINE_UNAVAILABLE',
      'ENGINE=native is not there yet in this version; use cli or auto',
    );
  }
  return { name: 'cli', collect: cli };
}
