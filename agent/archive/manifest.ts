/** `collection-manifest.json`: what is in the bundle, file by file, what is not and why, and who made it. */

import type { CollectorReport } from '../bundle.ts';
import { MASK } from '../mask.ts';

export const SCHEMA_VERSION = 1;

/** What the manifest says beside the list of files. */
export interface ManifestFacts {
  readonly agentVersion: string;
  /** `version` is undefined where the program does not tell it. */
  readonly engine: { readonly kind: 'native' | 'cli'; readonly version: string | undefined };
  readonly runId: string;
  /** Undefined where the rights do not reach far enough to know it. */
  readonly installationId: string | undefined;
  /** RFC 3339. */
  readonly createdAt: string;
  /** What the owner's consent rests on, where that is known. */
  readonly consent?: string;
  readonly specs: readonly { readonly ref: string; readonly sha256: string }[];
  /** What of the specs is not used, and why. */
  readonly notices: readonly {
    readonly kind: string;
    readonly source: string;
    readonly documentNumber: number;
    readonly lineNumber: number;
    readonly message: string;
  }[];
}

export interface ManifestFile {
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** Null for what no collector of the spec brought. */
  readonly collector: string | null;
  /** How often the mark of hidden text occurs in it, whoever hid it. */
  readonly redactions: number;
  /** How often each of our rules hid something in it. */
  readonly rules: Readonly<Record<string, number>>;
}

export interface ManifestLink {
  readonly path: string;
  readonly target: string;
  readonly collector: string | null;
}

export interface ManifestLeftOut {
  readonly path: string;
  readonly reason: string;
  /** The shape of a secret that was still there after redaction. */
  readonly finding?: string;
}

/** What archiving found; files and links in the order of the archive. */
export interface ManifestContents {
  readonly files: readonly ManifestFile[];
  readonly links: readonly ManifestLink[];
  readonly leftOut: readonly ManifestLeftOut[];
  readonly collectors: readonly CollectorReport[];
}

/** The manifest's text: JSON, indented by 2, with a line end. */
export function formatManifest(
  bundle: string,
  facts: ManifestFacts,
  contents: ManifestContents,
): string {
  const { files, links, leftOut, collectors } = contents;
  const manifest = {
    schemaVersion: SCHEMA_VERSION,
    bundle,
    runId: facts.runId,
    installationId: facts.installationId ?? null,
    createdAt: facts.createdAt,
    agent: { name: 'cron-support-bundle', version: facts.agentVersion },
    engine: { kind: facts.engine.kind, version: facts.engine.version ?? null },
    consent: facts.consent ?? null,
    specs: facts.specs,
    notices: facts.notices,
    totals: {
      files: files.length,
      links: links.length,
      bytes: sum(files.map(({ bytes }) => bytes)),
      redactions: sum(files.map(({ redactions }) => redactions)),
      leftOut: leftOut.length,
      rules: sumByRule(files),
    },
    redactionsCount: `occurrences of ${MASK}`,
    collectors,
    leftOut: leftOut.map(({ path, reason, finding }) => ({ path, reason, finding })),
    files,
    links,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function sumByRule(files: readonly ManifestFile[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [rule, count] of files.flatMap(({ rules }) => Object.entries(rules))) {
    sums.set(rule, (sums.get(rule) ?? 0) + count);
  }
  return Object.fromEntries([...sums].toSorted(([first], [second]) => (first < second ? -1 : 1)));
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
