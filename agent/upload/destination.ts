/** The port to where bundles go: one attempt, and what it came to. */

/** A finished bundle as an attempt needs it. */
export interface UploadSource {
  /** Opened afresh for each attempt. */
  readonly file: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly runId: string;
  /** What is appended to the destination's path; fixed when spooled; empty = the URL as it is. */
  readonly key: string;
}

/** What one attempt to deliver a bundle came to. `reason`: one line, redacted, at most 300 bytes. */
export type UploadOutcome =
  | {
      readonly kind: 'delivered';
      readonly statusCode: number;
      readonly receipt: string | undefined;
    }
  | { readonly kind: 'blocked'; readonly statusCode?: number; readonly reason: string }
  | { readonly kind: 'rejected'; readonly statusCode?: number; readonly reason: string }
  | {
      readonly kind: 'retryable';
      readonly statusCode?: number;
      readonly retryAfterMs?: number;
      readonly reason: string;
      readonly cause?: unknown;
    };

/** Never rejects but for an aborted signal: whatever happens on the way is an outcome. */
export interface Destination {
  /** Origin and path, without query and credentials. */
  readonly name: string;
  attempt(source: UploadSource, signal: AbortSignal): Promise<UploadOutcome>;
  /** Hex; changes with the settings that decide how a bundle is received, and shows none of them. */
  settingsHash(): Promise<string>;
}
