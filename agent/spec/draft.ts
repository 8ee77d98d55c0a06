/** What a text gives on its way from YAML to spec: its documents, and a notice for everything that is not used. */

import type { Entry, Path } from './fields.ts';
import { isEntry } from './fields.ts';
import type { CollectorSpec, SpecNotice } from './types.ts';
import type { YamlDocument } from './yaml-documents.ts';

/** A text that may hold specs. */
export interface SpecText {
  /** For notices: the REF, with what lies between it and the text. */
  readonly source: string;
  readonly text: string;
  /** Found by SPEC_SELECTOR: may only read, and cannot end a run. */
  readonly isDiscovered: boolean;
}

/** What one SupportBundle, Collector, HostCollector or Redactor document gives. */
export interface SpecDocument {
  readonly kind: 'SupportBundle' | 'Collector' | 'HostCollector' | 'Redactor';
  readonly source: string;
  readonly documentNumber: number;
  readonly isDiscovered: boolean;
  readonly collectors: readonly CollectorSpec[];
  readonly hostCollectors: readonly Entry[];
  readonly analyzers: readonly Entry[];
  readonly hostAnalyzers: readonly Entry[];
  readonly redactors: readonly Entry[];
  readonly runHostCollectorsInPod: boolean;
  /** Where a newer form of this SupportBundle is, and the line that says so. */
  readonly uri: { readonly text: string; readonly lineNumber: number } | undefined;
}

export interface ParsedSpec {
  readonly documents: readonly SpecDocument[];
  readonly notices: readonly SpecNotice[];
  /** Redactors that cannot be read: whoever asked for the spec must not go on. */
  readonly brokenRedactors: readonly SpecNotice[];
}

/** Gathers what comes out of one text. */
export class SpecDraft implements ParsedSpec {
  readonly documents: SpecDocument[] = [];
  readonly notices: SpecNotice[] = [];
  readonly brokenRedactors: SpecNotice[] = [];
  readonly text: SpecText;

  constructor(text: SpecText) {
    this.text = text;
  }

  add({ documents, notices, brokenRedactors }: ParsedSpec): void {
    this.documents.push(...documents);
    this.notices.push(...notices);
    this.brokenRedactors.push(...brokenRedactors);
  }

  note(place: Pick<SpecNotice, 'documentNumber' | 'lineNumber'>, message: string): void {
    const { documentNumber, lineNumber } = place;
    const { source } = this.text;
    this.notices.push({ kind: 'unused', source, documentNumber, lineNumber, message });
  }

  /** Ends the run, also where the text was discovered. */
  noteBrokenRedactor(
    place: Pick<SpecNotice, 'documentNumber' | 'lineNumber'>,
    message: string,
  ): void {
    const { documentNumber, lineNumber } = place;
    const { source } = this.text;
    this.brokenRedactors.push({ kind: 'unused', source, documentNumber, lineNumber, message });
  }
}

/** One readable document: its fields, and the way back to their lines. */
export class DocumentDraft {
  readonly value: Entry;
  /** The field `spec`; empty where it is no map. */
  readonly spec: Entry;
  readonly draft: SpecDraft;
  readonly #document: Extract<YamlDocument, { kind: 'document' }>;

  constructor(document: Extract<YamlDocument, { kind: 'document' }>, draft: SpecDraft) {
    this.#document = document;
    this.draft = draft;
    this.value = isEntry(document.value) ? document.value : {};
    this.spec = isEntry(this.value['spec']) ? this.value['spec'] : {};
  }

  note(path: Path, message: string): void {
    this.draft.note(this.#placeOf(path), message);
  }

  noteRemoved(path: Path, message: string): void {
    const { source } = this.draft.text;
    this.draft.notices.push({ kind: 'removed', source, ...this.#placeOf(path), message });
  }

  noteBrokenRedactor(path: Path, message: string): void {
    this.draft.noteBrokenRedactor(this.#placeOf(path), message);
  }

  lineOf(path: Path): number {
    return this.#document.lineOf(path);
  }

  add(content: Pick<SpecDocument, 'kind'> & Partial<SpecDocument>): void {
    const { source, isDiscovered } = this.draft.text;
    this.draft.documents.push({
      source,
      documentNumber: this.#document.documentNumber,
      isDiscovered,
      collectors: [],
      hostCollectors: [],
      analyzers: [],
      hostAnalyzers: [],
      redactors: [],
      runHostCollectorsInPod: false,
      uri: undefined,
      ...content,
    });
  }

  #placeOf(path: Path): Pick<SpecNotice, 'documentNumber' | 'lineNumber'> {
    const { documentNumber } = this.#document;
    return { documentNumber, lineNumber: this.lineOf(path) };
  }
}
