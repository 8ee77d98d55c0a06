/** Loads the specs a run collects by: reads the sources, parses, merges, and withholds what is not allowed. */

import type { Readable } from 'node:stream';

import { AgentError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { parseAllowed } from './allowed.ts';
import { type Discovered, discoverSpecs, sourceNotice } from './discover.ts';
import { downloadSpec } from './download.ts';
import type { SpecDocument } from './draft.ts';
import { MAX_TOTAL_SPEC_BYTES } from './limits.ts';
import { mergeDocuments } from './merge.ts';
import { mayBeRedactor, parseSpec } from './parse.ts';
import { parseRefs, type SpecRef } from './ref.ts';
import { readRef, type Source, type SourceAccess } from './sources.ts';
import type { BundleSpec, SpecNotice } from './types.ts';
import { refreshFromUri } from './uri.ts';
import { withhold } from './withhold.ts';

export interface LoadSpecOptions {
  /** REFs as in SPEC and `--spec`. */
  readonly refs: readonly string[];
  /** SPEC_SELECTOR: discovers more specs. */
  readonly selector?: string | undefined;
  /** SPEC_NAMESPACES: where; `*` = all, absent = the own one. */
  readonly namespaces?: readonly string[] | undefined;
  readonly ownNamespace: string | undefined;
  /** SPEC_REMOTE. */
  readonly allowRemote: boolean;
  /** COLLECTORS_ALLOWED. */
  readonly collectorsAllowed: readonly string[];
  /** NAMESPACES: absent = all. */
  readonly restrictToNamespaces?: readonly string[] | undefined;
  /** Called only when a REF or the discovery needs the cluster. */
  readonly kube: () => Promise<KubeClient>;
  /** For the REF `-`. */
  readonly stdin: Readable;
}

/**
 * All specs, merged by troubleshoot's rules: REFs in order, URLs after the others, discovered ones last.
 * What is not used is in `notices`, what may not run in `withheld`.
 *
 * @throws {AgentError} SPEC_REF_INVALID, SPEC_MISSING, SPEC_UNREADABLE, SPEC_TOO_LARGE, SPEC_REMOTE_DENIED,
 *   KUBE_…: a REF cannot be read (all are named, the code is the first one's). SPEC_INVALID: nothing
 *   in the sources can be used, or a redactor cannot. SPEC_EMPTY: nothing would be collected.
 *   CONFIG_INVALID: COLLECTORS_ALLOWED.
 */
export async function loadSpec(options: LoadSpecOptions, signal: AbortSignal): Promise<BundleSpec> {
  signal.throwIfAborted();
  const allowed = parseAllowed(options.collectorsAllowed);
  const refs = parseRefs(options.refs);
  const read = await readSources(refs, options, signal);
  const parsed = await parseSources(read.sources, options.allowRemote, signal);
  const notices = [...read.notices, ...parsed.notices];
  checkRedactors([...read.brokenRedactors, ...parsed.brokenRedactors]);
  checkUsable(parsed, notices);
  const { ownNamespace, restrictToNamespaces } = options;
  const spec = withhold(mergeDocuments(parsed.documents), {
    allowed,
    narrowing:
      restrictToNamespaces === undefined
        ? undefined
        : { namespaces: restrictToNamespaces, ownNamespace },
  });
  if (!spec.collectors.some(({ exclude }) => !exclude) && spec.hostCollectors.length === 0) {
    const reasons = spec.withheld.map(({ title, reason }) => `${title}: ${reason}`);
    throw new AgentError(
      'SPEC_EMPTY',
      ['the spec leaves nothing to collect', ...reasons].join('; '),
    );
  }
  const sources = [...read.sources, ...parsed.fetched];
  return {
    ...spec,
    notices,
    sources: sources.map(({ source, sha256 }) => ({ ref: source, sha256 })),
  };
}

export type RedactorAccess = SourceAccess & Pick<LoadSpecOptions, 'allowRemote'>;

/**
 * Entries of all Redactor documents of the REFs, in order; no REFs give none.
 *
 * @throws {AgentError} As `loadSpec`; SPEC_INVALID too where there is no Redactor.
 */
export async function loadRedactors(
  refTexts: readonly string[],
  access: RedactorAccess,
  signal: AbortSignal,
): Promise<BundleSpec['redactors']> {
  if (refTexts.length === 0) return [];
  const sources = await readRefs(parseRefs(refTexts), access, signal);
  const parsed = await parseSources(sources, access.allowRemote, signal);
  checkRedactors(parsed.brokenRedactors);
  const { redactors } = mergeDocuments(parsed.documents);
  if (redactors.length > 0) return redactors;
  const reasons = parsed.notices.map(inWords);
  const message = [`there is no Redactor in ${refTexts.join(', ')}`, ...reasons].join('; ');
  throw new AgentError('SPEC_INVALID', message);
}

async function readSources(
  refs: readonly SpecRef[],
  options: LoadSpecOptions,
  signal: AbortSignal,
): Promise<Discovered> {
  // As troubleshoot does: a URL's documents come after those of the other REFs.
  const ordered = [
    ...refs.filter(({ kind }) => kind !== 'url'),
    ...refs.filter(({ kind }) => kind === 'url'),
  ];
  const named = await readRefs(ordered, options, signal);
  if (options.selector === undefined) return { sources: named, notices: [], brokenRedactors: [] };
  const { selector, ownNamespace } = options;
  const namespaces = options.namespaces ?? (ownNamespace === undefined ? [] : [ownNamespace]);
  if (namespaces.length === 0) {
    const message = 'nothing is discovered: neither SPEC_NAMESPACES nor POD_NAMESPACE says where';
    const notices = [sourceNotice('SPEC_SELECTOR', message)];
    return { sources: named, notices, brokenRedactors: [] };
  }
  const known = new Set(
    refs.flatMap((ref) => ('namespace' in ref ? [`${ref.kind}/${ref.namespace}/${ref.name}`] : [])),
  );
  const found = await discoverSpecs({ selector, namespaces, known }, await options.kube(), signal);
  return withinTotal(named, found);
}

/** All REFs are tried, so that all problems are named at once. */
async function readRefs(
  refs: readonly SpecRef[],
  access: SourceAccess,
  signal: AbortSignal,
): Promise<readonly Source[]> {
  const sources: Source[] = [];
  const problems: AgentError[] = [];
  for (const ref of refs) {
    try {
      sources.push(...(await readRef(ref, access, signal)));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AgentError)) throw error;
      problems.push(error);
    }
  }
  const [first] = problems;
  if (first !== undefined) {
    const messages = new Set(problems.map(({ message }) => message));
    throw new AgentError(first.code, [...messages].join('; '), { cause: first });
  }
  const bytes = totalBytes(sources);
  if (bytes > MAX_TOTAL_SPEC_BYTES) {
    const limit = `${MAX_TOTAL_SPEC_BYTES / 1024} KiB`;
    throw new AgentError('SPEC_TOO_LARGE', `all specs together must be at most ${limit}`);
  }
  return sources;
}

/** Discovered texts past the limit are passed over: whoever may label a Secret could fill the memory. */
function withinTotal(named: readonly Source[], found: Discovered): Discovered {
  const sources = [...named];
  const notices = [...found.notices];
  const brokenRedactors = [...found.brokenRedactors];
  let bytes = totalBytes(named);
  for (const source of found.sources) {
    if (bytes + source.bytes <= MAX_TOTAL_SPEC_BYTES) {
      bytes += source.bytes;
      sources.push(source);
    } else {
      const message = `passed over: all specs together must be at most ${MAX_TOTAL_SPEC_BYTES / 1024} KiB`;
      const list = mayBeRedactor(source.text) ? brokenRedactors : notices;
      list.push(sourceNotice(source.source, message));
    }
  }
  return { sources, notices, brokenRedactors };
}

function totalBytes(sources: readonly Source[]): number {
  return sources.reduce((sum, { bytes }) => sum + bytes, 0);
}

interface ParsedSources {
  readonly documents: readonly SpecDocument[];
  readonly notices: readonly SpecNotice[];
  readonly brokenRedactors: readonly SpecNotice[];
  /** By `spec.uri`. */
  readonly fetched: readonly Source[];
}

async function parseSources(
  sources: readonly Source[],
  allowRemote: boolean,
  signal: AbortSignal,
): Promise<ParsedSources> {
  const parsed = sources.map((source) => parseSpec(source));
  const documents: SpecDocument[] = [];
  const notices = parsed.flatMap((part) => part.notices);
  const fetched: Source[] = [];
  const access = { allowRemote, download: downloadSpec };
  for (const document of parsed.flatMap((part) => part.documents)) {
    const refreshed = await refreshFromUri(document, access, signal);
    documents.push(...refreshed.documents);
    notices.push(...refreshed.notices);
    fetched.push(...refreshed.sources);
  }
  const brokenRedactors = parsed.flatMap((part) => part.brokenRedactors);
  return { documents, notices, brokenRedactors, fetched };
}

function checkRedactors(brokenRedactors: readonly SpecNotice[]): void {
  if (brokenRedactors.length === 0) return;
  const reasons = brokenRedactors.map(inWords).join('; ');
  throw new AgentError('SPEC_INVALID', `what a redactor should hide would be sent: ${reasons}`);
}

function checkUsable(parsed: ParsedSources, notices: readonly SpecNotice[]): void {
  if (parsed.documents.some(({ kind }) => kind !== 'Redactor')) return;
  const reasons = notices.map(inWords);
  const message = ['there is no SupportBundle, Collector or HostCollector', ...reasons].join('; ');
  throw new AgentError(reasons.length > 0 ? 'SPEC_INVALID' : 'SPEC_EMPTY', message);
}

function inWords({ source, documentNumber, lineNumber, message }: SpecNotice): string {
  return documentNumber === 0
    ? `${source}: ${message}`
    : `${source}, document ${documentNumber}, line ${lineNumber}: ${message}`;
}
