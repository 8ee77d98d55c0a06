/** What every command is handed: the process's edges, so that a command can be run in a test. */

import type { Readable, Writable } from 'node:stream';

import type { Environment } from '../config/load.ts';

export interface CommandContext {
  readonly environment: Environment;
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Program and arguments that start this program again, to which a command is appended. */
  readonly self: readonly string[];
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
}
