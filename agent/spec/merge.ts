/**
 * Merges the documents of all sources as troubleshoot does.
 * Source: troubleshoot v0.133.0, cmd/troubleshoot/cli/run.go loadSpecs, pkg/supportbundle ConcatSpec.
 */

import type { SpecDocument } from './draft.ts';
import { canonicalJson, type Entry } from './fields.ts';
import type { CollectorSpec } from './types.ts';

/** With whether only discovered documents ask for it. */
export interface Origin {
  readonly isDiscovered: boolean;
}

export interface MergedSpec {
  readonly collectors: readonly (CollectorSpec & Origin)[];
  readonly hostCollectors: readonly ({ readonly entry: Entry } & Origin)[];
  readonly analyzers: readonly Entry[];
  readonly hostAnalyzers: readonly Entry[];
  readonly redactors: readonly Entry[];
  readonly runHostCollectorsInPod: boolean;
}

const DEFAULT_COLLECTORS: readonly (CollectorSpec & Origin)[] = [
  { type: 'clusterInfo', title: 'cluster-info', fields: {}, exclude: false, isDiscovered: false },
  {
    type: 'clusterResources',
    title: 'cluster-resources',
    fields: {},
    exclude: false,
    isDiscovered: false,
  },
];

/**
 * Lists are appended, those of SupportBundles first, and of equal entries the first one stays;
 * redactors may repeat. clusterInfo and clusterResources are added where no entry names them, an
 * excluded one included, unless the spec has only host collectors.
 */
export function mergeDocuments(documents: readonly SpecDocument[]): MergedSpec {
  const ordered = [
    ...documents.filter(({ kind }) => kind === 'SupportBundle'),
    ...documents.filter(({ kind }) => kind === 'Collector'),
    ...documents.filter(({ kind }) => kind === 'HostCollector'),
    ...documents.filter(({ kind }) => kind === 'Redactor'),
  ];
  const hostCollectors = mergeEqual(
    ordered.flatMap(({ hostCollectors: entries, isDiscovered }) =>
      entries.map((entry) => ({ entry, isDiscovered })),
    ),
    ({ entry }) => canonicalJson(entry, { isZeroAbsent: false }),
  );
  const collectors = mergeEqual(
    ordered.flatMap(({ collectors: entries, isDiscovered }) =>
      entries.map((entry) => ({ ...entry, isDiscovered })),
    ),
    ({ type, fields, exclude }) => canonicalJson([type, fields, exclude], { isZeroAbsent: true }),
  );
  return {
    collectors:
      hostCollectors.length > 0 && collectors.length === 0 ? [] : withDefaults(collectors),
    hostCollectors,
    analyzers: withoutRepeats(ordered.flatMap(({ analyzers }) => analyzers)),
    hostAnalyzers: withoutRepeats(ordered.flatMap(({ hostAnalyzers }) => hostAnalyzers)),
    redactors: ordered.flatMap(({ redactors }) => redactors),
    // A discovered spec does not decide how those of others run.
    runHostCollectorsInPod: ordered.some(
      (document) => document.runHostCollectorsInPod && !document.isDiscovered,
    ),
  };
}

function withDefaults(
  collectors: readonly (CollectorSpec & Origin)[],
): readonly (CollectorSpec & Origin)[] {
  const missing = DEFAULT_COLLECTORS.filter(
    ({ type }) => !collectors.some((collector) => collector.type === type),
  );
  return [...collectors, ...missing];
}

/** Of equal ones the first place; discovered only if all of them are. */
function mergeEqual<T extends Origin>(
  values: readonly T[],
  keyOf: (value: T) => string,
): readonly T[] {
  const merged = new Map<string, T>();
  for (const value of values) {
    const key = keyOf(value);
    const first = merged.get(key);
    if (first === undefined || (first.isDiscovered && !value.isDiscovered)) merged.set(key, value);
  }
  return [...merged.values()];
}

function withoutRepeats(entries: readonly Entry[]): readonly Entry[] {
  const merged = new Map<string, Entry>();
  for (const entry of entries) {
    const key = canonicalJson(entry, { isZeroAbsent: false });
    if (!merged.has(key)) merged.set(key, entry);
  }
  return [...merged.values()];
}
