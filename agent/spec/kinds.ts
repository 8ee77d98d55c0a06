/** The kinds of documents troubleshoot collects by: SupportBundle, Collector, HostCollector, Redactor. */

import { cutText } from '../bundle.ts';
import { parseCollector } from './collector.ts';
import type { DocumentDraft } from './draft.ts';
import { type Entry, isEntry, isText } from './fields.ts';
import { HOST_COLLECTOR_NAMES } from './host-collectors.ts';
import { parseRedactor } from './redactor.ts';
import type { CollectorSpec } from './types.ts';

/** `v1beta1` is renamed only, as troubleshoot does; `v1beta3` differs for SupportBundles alone. */
const API_VERSIONS = [
  'troubleshoot.sh/v1beta2',
  'troubleshoot.replicated.com/v1beta1',
  'troubleshoot.sh/v1beta3',
];

/** Adds what the document gives, or a notice why it gives nothing. */
export function parseTroubleshootDocument(document: DocumentDraft): void {
  const { apiVersion, kind, spec } = document.value;
  if (!isText(apiVersion) || !API_VERSIONS.includes(apiVersion)) {
    document.note(['apiVersion'], `not a spec: apiVersion must be ${API_VERSIONS[0]}`);
    return;
  }
  if (apiVersion.endsWith('/v1beta3') && kind === 'SupportBundle') {
    document.note(['apiVersion'], 'a SupportBundle of v1beta3 is not understood: use v1beta2');
    return;
  }
  const parse = PARSERS.get(kind);
  if (parse === undefined) {
    const name = cutText(String(kind), 100);
    document.note(['kind'], `kind ${name} has no use in a support bundle`);
  } else if (kind !== 'Redactor' && !isEntry(spec)) document.note(['spec'], 'spec must be a map');
  else parse(document);
}

const PARSERS: ReadonlyMap<unknown, (document: DocumentDraft) => void> = new Map([
  ['SupportBundle', parseSupportBundle],
  ['Collector', parseCollectors],
  ['HostCollector', parseHostCollectors],
  ['Redactor', parseRedactors],
]);

function parseSupportBundle(document: DocumentDraft): void {
  const { spec, value } = document;
  noteUnknown(document, [
    'afterCollection',
    'collectors',
    'hostCollectors',
    'analyzers',
    'hostAnalyzers',
    'uri',
    'runHostCollectorsInPod',
  ]);
  if (isEntry(spec['afterCollection']) || Array.isArray(spec['afterCollection'])) {
    const message = 'afterCollection is taken out: where bundles go is a setting of the agent';
    document.noteRemoved(['spec', 'afterCollection'], message);
  }
  const wantsPods = spec['runHostCollectorsInPod'] === true;
  // Troubleshoot looks at the flag only in documents that have metadata.
  const hasMetadata = isEntry(value['metadata']) && Object.keys(value['metadata']).length > 0;
  if (wantsPods && !hasMetadata) {
    const message = 'runHostCollectorsInPod has no effect in a document without metadata';
    document.note(['spec', 'runHostCollectorsInPod'], message);
  }
  const { uri } = spec;
  document.add({
    kind: 'SupportBundle',
    collectors: collectorsOf(document),
    hostCollectors: hostCollectorsOf(document, 'hostCollectors'),
    analyzers: entriesOf(document, 'analyzers'),
    hostAnalyzers: entriesOf(document, 'hostAnalyzers'),
    runHostCollectorsInPod: wantsPods && hasMetadata,
    uri:
      isText(uri) && uri !== ''
        ? { text: uri, lineNumber: document.lineOf(['spec', 'uri']) }
        : undefined,
  });
}

function parseCollectors(document: DocumentDraft): void {
  noteUnknown(document, ['collectors']);
  document.add({ kind: 'Collector', collectors: collectorsOf(document) });
}

function parseHostCollectors(document: DocumentDraft): void {
  noteUnknown(document, ['collectors']);
  const hostCollectors = hostCollectorsOf(document, 'collectors');
  document.add({ kind: 'HostCollector', hostCollectors });
}

function parseRedactors(document: DocumentDraft): void {
  // Null is an empty list; without the key, a misspelled one may hold the rules.
  const redactors = document.spec['redactors'] === null ? [] : document.spec['redactors'];
  if (!Array.isArray(redactors)) {
    document.noteBrokenRedactor(
      ['spec', 'redactors'],
      'a Redactor must have a list spec.redactors',
    );
    return;
  }
  noteUnknown(document, ['redactors']);
  const entries: readonly unknown[] = redactors;
  const usable = entries.map((entry, index) =>
    parseRedactor(entry, {
      unused: (path, message) => document.note(['spec', 'redactors', index, ...path], message),
      broken: (path, message) =>
        document.noteBrokenRedactor(['spec', 'redactors', index, ...path], message),
    }),
  );
  document.add({ kind: 'Redactor', redactors: usable.filter((entry) => entry !== undefined) });
}

function noteUnknown(document: DocumentDraft, known: readonly string[]): void {
  for (const name of Object.keys(document.spec).filter((field) => !known.includes(field))) {
    document.note(['spec', name], `spec.${cutText(name, 100)} is not used`);
  }
}

function collectorsOf(document: DocumentDraft): readonly CollectorSpec[] {
  return listOf(document, 'collectors').flatMap((entry, index) => {
    const collector = parseCollector(entry, (path, message) =>
      document.note(['spec', 'collectors', index, ...path], message),
    );
    return collector ?? [];
  });
}

function hostCollectorsOf(document: DocumentDraft, field: string): readonly Entry[] {
  return listOf(document, field).filter((entry, index): entry is Entry => {
    const names = isEntry(entry) ? Object.keys(entry) : [];
    const isKnown = names.some((name) => HOST_COLLECTOR_NAMES.includes(name));
    const message = `there is no host collector ${cutText(names.join(', '), 100)}`;
    if (!isKnown) document.note(['spec', field, index], message);
    return isKnown;
  });
}

function entriesOf(document: DocumentDraft, field: string): readonly Entry[] {
  return listOf(document, field).filter((entry, index): entry is Entry => {
    const isMap = isEntry(entry);
    if (!isMap) document.note(['spec', field, index], `an entry of ${field} must be a map`);
    return isMap;
  });
}

function listOf(document: DocumentDraft, field: string): readonly unknown[] {
  const value = document.spec[field] ?? [];
  if (Array.isArray(value)) return value;
  document.note(['spec', field], `${field} must be a list`);
  return [];
}
