/** Texts through the context rules in a test. */

import assert from 'node:assert/strict';

import { RULES_ON } from '../../../../agent/redact/names.ts';
import { contextRules } from '../../../../agent/redact/own/context/rules.ts';
import { MASK, type RuleSet } from '../../../../agent/redact/rules.ts';
import { redactedPieces } from '../pieces.ts';

/** By names: made once, as a run does. */
const SETS = new Map<string, RuleSet>();

function setOf(names: readonly string[]): RuleSet {
  const key = names.join();
  const set = SETS.get(key) ?? contextRules(new Set(names));
  SETS.set(key, set);
  return set;
}

/** The pieces of one file through these rules, put together again. */
export function redactedBy(names: readonly string[], pieces: readonly string[]): string {
  return redactedPieces(setOf(names), pieces);
}

/** As `redactedBy`, with all rules. */
export function redact(...pieces: readonly string[]): string {
  return redactedBy(RULES_ON, pieces);
}

/** @yields The text in two pieces, cut at each line's end in turn, then a piece a line. */
export function* cuts(text: string): Generator<readonly string[]> {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  for (let at = 1; at < lines.length; at++) {
    yield [lines.slice(0, at).join(''), lines.slice(at).join('')];
  }
  yield lines;
}

/** `§` is the secret and, in the second text, where the mask stands: if that is not where the secret is. */
export type Hidden = string | readonly [text: string, hidden: string];

const SECRET = 'hunter2-Zq81xk';

/** A test for each text, wherever it is cut into pieces. */
export function itHides(rows: readonly Hidden[]): void {
  for (const row of rows) {
    const [text, hidden] = typeof row === 'string' ? [row, row] : row;
    it(`hides what is secret in ${JSON.stringify(text)}`, () => {
      const secret = text.replaceAll('§', SECRET);
      const redacted = redact(secret);

      assert.equal(redacted, hidden.replaceAll('§', MASK));
      assert.equal(redact(redacted), redacted);
      for (const pieces of cuts(secret)) assert.equal(redact(...pieces), redacted);
    });
  }
}

export function itLeaves(texts: readonly string[]): void {
  for (const text of texts) {
    it(`leaves ${JSON.stringify(text)}`, () => {
      assert.equal(redact(text), text);
    });
  }
}
