/** Parses a source's text into the documents troubleshoot collects by, and names everything in it that is not used. */

import { cutText } from '../bundle.ts';
import { DocumentDraft, type ParsedSpec, SpecDraft, type SpecText } from './draft.ts';
import { isEntry, isText } from './fields.ts';
import { parseTroubleshootDocument } from './kinds.ts';
import { readYamlDocuments, type YamlDocument } from './yaml-documents.ts';

export const REDACTOR_KEY = 'redactor-spec';
/** The keys of a Secret or ConfigMap whose texts hold specs. */
export const SPEC_KEYS = ['support-bundle-spec', REDACTOR_KEY] as const;

/** Never throws: what cannot be used is in the notices. */
export function parseSpec(text: SpecText): ParsedSpec {
  return parseText(text, parseHolder);
}

function parseText(text: SpecText, holder: (document: DocumentDraft) => void): SpecDraft {
  const draft = new SpecDraft(text);
  for (const document of readYamlDocuments(text.text)) parseDocument(document, draft, holder);
  return draft;
}

function parseDocument(
  document: YamlDocument,
  draft: SpecDraft,
  holder: (document: DocumentDraft) => void,
): void {
  if (document.kind === 'broken') {
    if (mayBeRedactor(document.text)) {
      draft.noteBrokenRedactor(document, document.message);
    } else draft.note(document, document.message);
    return;
  }
  for (const lineNumber of document.repeatedKeyLines) {
    const { documentNumber } = document;
    const message = 'the key appears twice in its map: the last one is used';
    draft.note({ documentNumber, lineNumber }, message);
  }
  const whole = new DocumentDraft(document, draft);
  if (!isEntry(document.value)) whole.note([], 'not a spec: the document is not a map');
  else if (whole.value['apiVersion'] === 'v1') holder(whole);
  else parseTroubleshootDocument(whole);
}

/** Whether a text that is not parsed may hold a Redactor. */
export function mayBeRedactor(text: string): boolean {
  return /^\s*"?kind"?:\s*["']?Redactor/m.test(text);
}

/** A Secret or ConfigMap as a document: the specs are texts in it. */
function parseHolder(document: DocumentDraft): void {
  const { kind } = document.value;
  if (kind !== 'Secret' && kind !== 'ConfigMap') {
    document.note(['kind'], `not a spec: v1 ${cutText(String(kind), 100)}`);
    return;
  }
  const { source, isDiscovered } = document.draft.text;
  const name = cutText(textAt(document.value['metadata'], 'name') ?? '(no name)', 100);
  const found = SPEC_KEYS.flatMap((key) => {
    const text = textIn(document, key);
    return text === undefined
      ? []
      : { source: `${source} (${kind} ${name}, ${key})`, text, isDiscovered };
  });
  if (found.length === 0) {
    document.note(['kind'], `the ${kind} ${name} has neither of the keys ${SPEC_KEYS.join(', ')}`);
  }
  for (const text of found) {
    const inner = parseText(text, (nested) =>
      nested.note(['kind'], `not a spec: a v1 object within the ${kind} ${name}`),
    );
    document.draft.add(inner);
  }
}

/** As the API server has it: `stringData` wins over `data`. */
function textIn({ value }: DocumentDraft, key: string): string | undefined {
  const text = textAt(value['data'], key);
  if (value['kind'] === 'ConfigMap') return text;
  const decoded = text === undefined ? undefined : Buffer.from(text, 'base64').toString('utf8');
  return textAt(value['stringData'], key) ?? decoded;
}

function textAt(value: unknown, key: string): string | undefined {
  const text = isEntry(value) ? value[key] : undefined;
  return isText(text) ? text : undefined;
}
