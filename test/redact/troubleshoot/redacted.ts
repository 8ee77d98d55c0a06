/** What the tests of the default rules share: one text through all of them, and rows of texts. */

import assert from 'node:assert/strict';

import { troubleshootRules } from '../../../agent/redact/troubleshoot/rules.ts';

export const KURL_PATH = 'cluster-resources/custom-resources/installers.cluster.kurl.sh.json';

/** A behaviour, a text, and what support-bundle v0.133.0 makes of it; left out where it leaves the text. */
export type Row = readonly [title: string, text: string, redacted?: string];

export function itRedactsAsUpstream(rows: readonly Row[], path?: string): void {
  for (const [title, text, expected] of rows) {
    it(title, () => {
      assert.equal(redactedAsUpstream(text, path), expected ?? text);
    });
  }
}

export function redactedAsUpstream(text: string, path?: string): string {
  return redactedPieces([text], { keepsMarks: false, ...(path !== undefined && { path }) }).text;
}

/** As the agent does it. */
export function redacted(text: string, path?: string): string {
  return redactedPieces([text], { keepsMarks: true, ...(path !== undefined && { path }) }).text;
}

export interface Redaction {
  readonly text: string;
  /** The rules' names, one for each match that was hidden. */
  readonly hidden: readonly string[];
}

/** @param pieces Of one file. */
export function redactedPieces(
  pieces: readonly string[],
  { keepsMarks, path = 'logs/app.log' }: { readonly keepsMarks: boolean; readonly path?: string },
): Redaction {
  const hidden: string[] = [];
  const redactor = troubleshootRules({ keepsMarks }).open(path, (rule) => hidden.push(rule));
  assert.ok(redactor !== undefined);
  return { text: pieces.map((piece) => redactor.redact(piece)).join(''), hidden };
}
