/** What is known of one collector while a run goes on, and the result it comes to. */

import {
  type BundleEntry,
  type CollectorOutcome,
  type CollectorResult,
  cutText,
} from './bundle.ts';

/** A record is kept in a ConfigMap: of many errors the first are named and the rest are counted. */
const MAX_ERRORS = 20;

/** Of several things that are known of one title the last in this list counts. */
const RANKS: readonly CollectorOutcome[] = [
  'denied',
  'excluded',
  'ok',
  'unsupported',
  'partial',
  'failed',
  'forbidden',
  'timeout',
];

export class Tally {
  readonly title: string;
  #files = 0;
  #bytes = 0;
  #durationMs = 0;
  #outcome: CollectorOutcome | undefined;
  readonly #errors: string[] = [];

  constructor(title: string) {
    this.title = title;
  }

  /** Whether nothing at all is known of it. */
  get isUnknown(): boolean {
    return this.#files === 0 && this.#outcome === undefined;
  }

  addEntry(entry: BundleEntry): void {
    this.#files += 1;
    if (entry.kind === 'file') this.#bytes += entry.bytes;
  }

  addDuration(durationMs: number): void {
    this.#durationMs += durationMs;
  }

  addOutcome(outcome: CollectorOutcome, errors: readonly string[] = []): void {
    const known = this.#outcome ?? outcome;
    this.#outcome = RANKS.indexOf(outcome) > RANKS.indexOf(known) ? outcome : known;
    this.#errors.push(...errors.map((error) => cutText(error)));
  }

  result(): CollectorResult {
    // The archive's order changes from run to run.
    const errors = this.#errors.toSorted();
    const more = errors.length - MAX_ERRORS;
    return {
      kind: 'collector',
      name: this.title,
      outcome: this.#outcome ?? 'ok',
      durationMs: Math.round(this.#durationMs),
      files: this.#files,
      bytes: this.#bytes,
      errors: [
        ...errors.slice(0, MAX_ERRORS),
        ...(more > 0 ? [`and ${more} more, see the bundle`] : []),
      ],
    };
  }
}
