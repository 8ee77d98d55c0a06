/** The parsed spec: what to collect, in troubleshoot's own shape (troubleshoot.sh/v1beta2). */

/** One entry of `spec.collectors`: a single key, troubleshoot's name of the collector, with its fields. */
export interface CollectorSpec {
  /** Troubleshoot's key: `clusterInfo`, `logs`, `configMap`, … */
  readonly type: string;
  /** Troubleshoot's title, the name in records: `cluster-info`, `logs/api`, … */
  readonly title: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly exclude: boolean;
}

/** Something in a source that is not used, and why: never dropped silently. */
export interface SpecNotice {
  /** `unused`: unknown or broken document or field. `removed`: taken out on purpose (`afterCollection`, `uri`). */
  readonly kind: 'unused' | 'removed';
  /** The REF, and where the source holds several documents, which. */
  readonly source: string;
  /** 1-based number of the document in its source; 0 where the source as a whole is meant. */
  readonly documentNumber: number;
  /** 1-based line in its source; 0 where the source as a whole is meant. */
  readonly lineNumber: number;
  /** One line, no secret. */
  readonly message: string;
}

/** A collector of the spec that does not run: forbidden by COLLECTORS_ALLOWED, or not to be narrowed to NAMESPACES. */
export interface WithheldCollector {
  readonly title: string;
  readonly outcome: 'denied' | 'excluded';
  readonly reason: string;
}

/** Where a part of the spec came from, for the manifest. */
export interface SpecSource {
  readonly ref: string;
  /** Hex digest over the source's bytes. */
  readonly sha256: string;
}

/** All specs of a run, merged by troubleshoot's rules. */
export interface BundleSpec {
  /** Only what may run; defaults (clusterInfo, clusterResources) added, duplicates removed. */
  readonly collectors: readonly CollectorSpec[];
  readonly hostCollectors: readonly Readonly<Record<string, unknown>>[];
  readonly analyzers: readonly Readonly<Record<string, unknown>>[];
  readonly hostAnalyzers: readonly Readonly<Record<string, unknown>>[];
  /** Entries of `spec.redactors` of all Redactor documents, in order. */
  readonly redactors: readonly Readonly<Record<string, unknown>>[];
  readonly runHostCollectorsInPod: boolean;
  readonly withheld: readonly WithheldCollector[];
  readonly notices: readonly SpecNotice[];
  readonly sources: readonly SpecSource[];
}
