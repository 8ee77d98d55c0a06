/** What the phases of a run hand to one another: paths, entries, and how each collector ended. */

import { redactLine } from './redact-line.ts';

declare const bundlePathBrand: unique symbol;

/**
 * A file's place inside the bundle, below its top folder: relative, `/` between
 * the parts, no empty part, no `.` and no `..`. Made only by `parseBundlePath`.
 */
export type BundlePath = string & { readonly [bundlePathBrand]: true };

/** The path, or undefined where a reader that trusts it could be led outside the bundle. */
export function parseBundlePath(text: string): BundlePath | undefined {
  const isUnsafe =
    text.includes('\0') ||
    text.split('/').some((part) => part === '' || part === '.' || part === '..');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where the brand is made
  return isUnsafe ? undefined : (text as BundlePath);
}

/** A file on its way into the archive. */
export interface FileEntry {
  readonly kind: 'file';
  readonly path: BundlePath;
  /** The collector it came from, as in the record; undefined for what the engine adds itself. */
  readonly collector: string | undefined;
  /** Exactly the length of the body: a tar header states it before the body. */
  readonly bytes: number;
  /** How often each rule hid something in it, by the rule's name; undefined where nothing of ours has redacted it. */
  readonly hidden?: ReadonlyMap<string, number>;
  /**
   * The body. May be read once, and only until the next entry is asked for;
   * whoever asks for the next entry without reading passes over the body.
   */
  read(): AsyncIterable<Uint8Array>;
}

/** A symbolic link to another path of the same bundle. */
export interface LinkEntry {
  readonly kind: 'link';
  readonly path: BundlePath;
  readonly collector: string | undefined;
  /** Relative to the link's own folder; never leads outside the bundle. */
  readonly target: string;
}

export type BundleEntry = FileEntry | LinkEntry;

/** Something that should be in the bundle and is not. Makes the run partial. */
export interface LeftOut {
  readonly kind: 'left-out';
  /** As its source named it, which may be why it is left out. */
  readonly path: string;
  readonly reason: string;
  /** The shape of a secret that was still there after redaction. */
  readonly finding?: string;
}

export type CollectorOutcome =
  | 'ok'
  | 'failed'
  | 'partial'
  | 'forbidden'
  | 'denied'
  | 'excluded'
  | 'timeout'
  | 'unsupported';

/** How one collector ended; the form it has in a RunRecord. */
export interface CollectorReport {
  /** Troubleshoot's title: `<type>` or `<type>/<collectorName>`, e.g. `cluster-resources`, `logs/api`. */
  readonly name: string;
  readonly outcome: CollectorOutcome;
  readonly durationMs: number;
  readonly files: number;
  readonly bytes: number;
  /** Redacted, one line each, at most 300 bytes. */
  readonly errors: readonly string[];
}

export interface CollectorResult extends CollectorReport {
  readonly kind: 'collector';
}

/** What an engine yields, in any order. */
export type Collected = BundleEntry | LeftOut | CollectorResult;

/** What texts from outside are cut to before they enter a record, a log, an Event or a page. */
const MAX_OUTSIDE_TEXT_BYTES = 300;

/** Of a text that is cut in the end, no more is looked at. */
const MAX_READ = 16 * 1024;

/**
 * The text on one line, without secrets, cut to `maxBytes` of UTF-8 without splitting a character: a secret that was cut
 * would not be known for one any more.
 */
export function cutText(text: string, maxBytes: number = MAX_OUTSIDE_TEXT_BYTES): string {
  const line = redactLine(
    text
      .slice(0, MAX_READ)
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .trim(),
  );
  const bytes = Buffer.from(line);
  if (bytes.length <= maxBytes) return line;
  // TextDecoder drops nothing in stream mode: an unfinished last character stays inside it.
  return `${new TextDecoder().decode(bytes.subarray(0, maxBytes - 3), { stream: true })}…`;
}
