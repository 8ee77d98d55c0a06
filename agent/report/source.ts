/** The port through which the HTTP routes see the agent. */

import type { Readable } from 'node:stream';

import type { RunRecord } from '../run/record.ts';
import type { LastRunView } from './last-run.ts';

/** `reason`: one line for people. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export type RunAnswer =
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'under-way'; readonly id: string };

/** `off`: suspended, or there is no destination. */
export type RetryAnswer = 'queued' | 'unknown' | 'delivered' | 'off';

export interface BundleDownload {
  /** Read to its end or destroyed by whoever asked for it. */
  readonly stream: Readable;
  readonly bytes: number;
  /** File name for the download, e.g. `support-bundle-2026-11-22T02_00_00.tar.gz`. */
  readonly name: string;
}

/**
 * Records come as they are to be shown, destinations filled in. Ids have the form of a run id.
 * An AgentError that a member rejects with is answered with 500, its code and its message.
 */
export interface ReportSource {
  /** Whether the process works; asked every few seconds, so it waits for nothing. */
  health(): Verdict;
  /** Whether settings are loaded and the schedule is armed, or the agent idles on purpose. */
  ready(): Verdict;
  lastRun(): Promise<LastRunView>;
  /** Newest first. */
  runs(): Promise<readonly RunRecord[]>;
  run(id: string): Promise<RunRecord | undefined>;
  /** The JSON text. */
  manifest(id: string): Promise<string | undefined>;
  /** Comes back when the run is claimed, not when it ends. */
  requestRun(): Promise<RunAnswer>;
  openBundle(id: string): Promise<BundleDownload | undefined>;
  /** False when there is no such bundle. */
  dropBundle(id: string): Promise<boolean>;
  retryBundle(id: string): Promise<RetryAnswer>;
}
