/** How each collector ended, from what the bundle contains: the program exits with 0 whatever they came to. */

import type { BundleEntry, CollectorResult, FileEntry } from '../bundle.ts';
import type { BundleSpec } from '../spec/types.ts';
import { Tally } from '../tally.ts';
import { HOST_COLLECTORS, placesOf } from './places.ts';
import { type Finding, isReport, readReport } from './reports.ts';

/** Files that tell of collectors are small; a larger one passes unread, and its collector counts as partial. */
const MAX_REPORT_BYTES = 1024 * 1024;

/**
 * What is named but makes nothing partial: pull secrets that the agent's rights withhold on purpose, and
 * logs that do not exist because the container has not started.
 */
const EXPECTED: readonly { readonly path: RegExp; readonly error: RegExp }[] = [
  {
    path: /^cluster-resources\/image-pull-secrets-errors\.json$/,
    error: /\bsecrets is forbidden\b/,
  },
  { path: /-errors\.(json|log)$/, error: /\bcontainer \S+ in pod \S+ is waiting to start\b/ },
];

export class Outcomes {
  readonly #spec: BundleSpec;
  readonly #titleOf: (path: string) => string | undefined;
  readonly #tallies = new Map<string, Tally>();
  #hasSummary = false;

  constructor(spec: BundleSpec) {
    this.#spec = spec;
    this.#titleOf = placesOf(spec);
    for (const { title } of spec.collectors) this.#tally(title);
    if (spec.hostCollectors.length > 0) this.#tally(HOST_COLLECTORS);
  }

  /** The entry with its collector's title; to be used in the place of the one that was given. */
  async observe(entry: BundleEntry): Promise<BundleEntry> {
    const collector = this.#titleOf(entry.path);
    const tally = collector === undefined ? undefined : this.#tally(collector);
    tally?.addEntry(entry);
    if (entry.kind === 'link') return { ...entry, collector };
    if (!isReport(entry.path)) return withBody(entry, collector, () => entry.read());
    if (entry.bytes > MAX_REPORT_BYTES) {
      tally?.addOutcome('partial', [`${entry.path} is larger than 1 MiB and was not read`]);
      return withBody(entry, collector, () => entry.read());
    }
    const body = await readWhole(entry);
    for (const finding of readReport(entry.path, body.toString())) this.#apply(finding, collector);
    return withBody(entry, collector, () => once(body));
  }

  /** In the order of the spec; then what else the bundle tells of, then what was not allowed to run. */
  results(): readonly CollectorResult[] {
    for (const { title, exclude } of this.#spec.collectors) {
      const tally = this.#tally(title);
      if (!tally.isUnknown) continue;
      if (exclude) tally.addOutcome('excluded');
      else if (this.#hasSummary) tally.addOutcome('unsupported', ['support-bundle did not run it']);
    }
    const withheld = this.#spec.withheld.map(({ title, outcome, reason }) => {
      const tally = new Tally(title);
      tally.addOutcome(outcome, [reason]);
      return tally;
    });
    return [...this.#tallies.values(), ...withheld].map((tally) => tally.result());
  }

  #apply(finding: Finding, collector: string | undefined): void {
    switch (finding.kind) {
      case 'ran':
        this.#hasSummary = true;
        this.#addRun(finding);
        return;
      case 'skipped':
        this.#addSkipped(finding);
        return;
      case 'failed':
        // Host collectors share one result: of several, one has failed.
        if (collector === HOST_COLLECTORS) {
          this.#tally(collector).addOutcome('partial', [`${finding.title}: ${finding.error}`]);
        } else this.#tally(finding.title).addOutcome('failed', [finding.error]);
        return;
      case 'errors':
        this.#addErrors(finding, collector);
    }
  }

  #addRun({ title, ended, durationMs }: Extract<Finding, { kind: 'ran' }>): void {
    const isKnown = this.#tallies.has(title);
    // The program also lists what the agent excludes so that the program does not add it.
    if (!isKnown && ended === 'excluded') return;
    const isOfHost = !isKnown && this.#spec.hostCollectors.length > 0;
    const tally = this.#tally(isOfHost ? HOST_COLLECTORS : title);
    tally.addDuration(durationMs);
    if (ended === 'succeeded') tally.addOutcome('ok');
    // Why, other files tell; what was skipped for missing rights counts as failed here too.
    if (ended === 'failed') tally.addOutcome(isOfHost ? 'partial' : 'failed');
    if (ended === 'excluded') tally.addOutcome('excluded');
  }

  #addSkipped({ title, reason, errors }: Extract<Finding, { kind: 'skipped' }>): void {
    if (reason !== 'excluded') {
      this.#tally(title).addOutcome('forbidden', errors.length === 0 ? [reason] : errors);
    } else if (this.#tallies.has(title)) this.#tally(title).addOutcome('excluded');
  }

  #addErrors({ path, errors }: Extract<Finding, { kind: 'errors' }>, collector?: string): void {
    const tally = this.#tally(collector ?? path);
    const isExpected = errors.every((error) =>
      EXPECTED.some((one) => one.path.test(path) && one.error.test(error)),
    );
    if (!isExpected) {
      tally.addOutcome(
        'partial',
        errors.map((error) => `${path}: ${error}`),
      );
      return;
    }
    // The same in every namespace: once is enough.
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    tally.addOutcome('ok', [`${path}${more}: ${errors[0]}`]);
  }

  #tally(title: string): Tally {
    const tally = this.#tallies.get(title) ?? new Tally(title);
    this.#tallies.set(title, tally);
    return tally;
  }
}

function withBody(
  { path, bytes }: FileEntry,
  collector: string | undefined,
  read: FileEntry['read'],
): FileEntry {
  return { kind: 'file', path, bytes, collector, read };
}

async function readWhole(entry: FileEntry): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* once(body: Buffer): AsyncGenerator<Uint8Array> {
  if (body.length > 0) yield body;
}
