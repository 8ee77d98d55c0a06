/** Texts through a set of rules in a test, a piece at a time. */

import assert from 'node:assert/strict';

import type { RuleSet } from '../../../agent/redact/rules.ts';

/** The pieces of one file, put together again. */
export function redactedPieces(set: RuleSet, pieces: readonly string[]): string {
  const redactor = set.open('a.txt', () => undefined);
  assert.ok(redactor);
  return pieces.map((piece) => (piece === '' ? '' : redactor.redact(piece))).join('');
}

/** What is left of a text; the same when it is redacted again. */
export function redactedAtRest(set: RuleSet, text: string): string {
  const left = redactedPieces(set, [text]);
  assert.equal(redactedPieces(set, [left]), left);
  return left;
}

/** As `redactedAtRest`; the same also with a piece a line. */
export function redactedInLines(set: RuleSet, text: string): string {
  const left = redactedAtRest(set, text);
  assert.equal(redactedPieces(set, text.split(/(?<=\n)/)), left);
  return left;
}
