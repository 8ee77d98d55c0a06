/** `spec.uri`: a SupportBundle that says where its newer form is. */

import { addressRefusal } from '../address.ts';
import { AgentError } from '../errors.ts';
import type { SpecDocument, SpecText } from './draft.ts';
import { parseSpec } from './parse.ts';
import { urlLabel } from './ref.ts';
import { type Source, toSource } from './sources.ts';
import type { SpecNotice } from './types.ts';

export interface Refreshed {
  readonly documents: readonly SpecDocument[];
  readonly notices: readonly SpecNotice[];
  readonly sources: readonly Source[];
}

export interface UriAccess {
  /** SPEC_REMOTE. */
  readonly allowRemote: boolean;
  readonly download: (url: URL, signal: AbortSignal) => Promise<Uint8Array>;
}

/**
 * The document, or the SupportBundles that its `uri` leads to, in its place. Where that may not be
 * or fails, the document stays, with a notice. What is fetched is not asked for a `uri` of its own.
 *
 * Discovered documents never reach out.
 */
export async function refreshFromUri(
  document: SpecDocument,
  { allowRemote, download }: UriAccess,
  signal: AbortSignal,
): Promise<Refreshed> {
  if (document.uri === undefined) return { documents: [document], notices: [], sources: [] };
  const url = fetchable(document, allowRemote);
  if (!(url instanceof URL)) return keep(document, 'removed', url);
  try {
    const source = toSource(urlLabel(url), await download(url, signal));
    return replace(document, source);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AgentError)) throw error;
    return keep(document, 'unused', `uri failed, the spec stays as it is: ${error.message}`);
  }
}

/** The URL, or why it is not followed. */
function fetchable({ uri, isDiscovered }: SpecDocument, allowRemote: boolean): URL | string {
  if (!allowRemote) return 'uri is taken out: specs from URLs must be allowed by SPEC_REMOTE';
  if (isDiscovered) return 'uri is taken out: discovered specs may only read the cluster';
  const url = URL.parse(uri?.text ?? '');
  if (url?.protocol !== 'https:') return 'uri is taken out: it must be an https: URL';
  const refusal = addressRefusal(url.href);
  return refusal === undefined ? url : `uri is taken out: ${refusal}`;
}

function replace(document: SpecDocument, source: Source): Refreshed {
  const parsed = parseSpec(source satisfies SpecText);
  const documents = parsed.documents.filter(({ kind }) => kind === 'SupportBundle');
  const notices = [...parsed.notices, ...parsed.brokenRedactors];
  if (documents.length === 0) {
    const kept = keep(document, 'unused', 'uri leads to no SupportBundle, the spec stays as it is');
    return { ...kept, notices: [...kept.notices, ...notices] };
  }
  for (const { kind, documentNumber, source: from } of parsed.documents) {
    if (kind === 'SupportBundle') continue;
    const message = `a ${kind} is not taken from a uri, only SupportBundles are`;
    notices.push({ kind: 'unused', source: from, documentNumber, lineNumber: 1, message });
  }
  for (const { uri, source: from, documentNumber } of documents) {
    if (uri === undefined) continue;
    const message = 'uri is taken out: one that was fetched is not followed further';
    const { lineNumber } = uri;
    notices.push({ kind: 'removed', source: from, documentNumber, lineNumber, message });
  }
  return { documents, notices, sources: [source] };
}

function keep(document: SpecDocument, kind: SpecNotice['kind'], message: string): Refreshed {
  const { source, documentNumber, uri } = document;
  const notice = { kind, source, documentNumber, lineNumber: uri?.lineNumber ?? 1, message };
  return { documents: [document], notices: [notice], sources: [] };
}
