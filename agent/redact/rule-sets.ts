/** Puts the rules of a run together: troubleshoot's, then our own, then those of the spec. */

import { randomBytes } from 'node:crypto';

import { RULES_ON } from './names.ts';
import { contextRules } from './own/context/rules.ts';
import { shapeRules } from './own/shapes/rules.ts';
import type { RedactOptions } from './redact.ts';
import type { RuleSet } from './rules.ts';
import { troubleshootRules } from './troubleshoot/rules.ts';

export interface RuleChoice {
  /** `spec.redactors` of all Redactor documents, in order. */
  readonly redactors: readonly Readonly<Record<string, unknown>>[];
  /** REDACT_DISABLE. */
  readonly disabled: readonly string[];
  /** REDACT_ENABLE. */
  readonly enabled: readonly string[];
}

export type RuleSets = Pick<RedactOptions, 'sets' | 'nameSets'>;

/**
 * The sets in the order in which they work. The spec's come after ours: what they take away may be what ours know a secret
 * by. What they put together is for ours once more, and what all of these leave for troubleshoot's: a second pass over the
 * result begins with those. Pseudonyms hold for as long as the sets do: for one bundle.
 *
 * @throws {AgentError} REDACTOR_INVALID: with every problem of the spec's redactors.
 */
export async function ruleSets({ redactors, disabled, enabled }: RuleChoice): Promise<RuleSets> {
  const troubleshoot = troubleshootRules({ keepsMarks: true });
  const names = new Set<string>(RULES_ON.filter((name) => !disabled.includes(name)));
  const own = [shapeRules(names), contextRules(names)];
  const custom = await customSets(redactors);
  const pseudonyms = await pseudonymSets(enabled);
  return {
    sets: [
      troubleshoot,
      ...own,
      ...custom.flatMap((set) => [set, ...own]),
      troubleshoot,
      ...pseudonyms,
    ],
    nameSets: [troubleshoot, ...own],
  };
}

/**
 * Exactly what `support-bundle redact` does.
 *
 * @throws {AgentError} REDACTOR_INVALID, as `ruleSets`.
 */
export async function troubleshootSets(redactors: RuleChoice['redactors']): Promise<RuleSets> {
  const sets = [troubleshootRules({ keepsMarks: false }), ...(await customSets(redactors))];
  return { sets, nameSets: [] };
}

// Most runs need neither of these, and what they bring along takes time and memory.

async function customSets(redactors: RuleChoice['redactors']): Promise<readonly RuleSet[]> {
  if (redactors.length === 0) return [];
  const { compileRedactors } = await import('./custom/compile.ts');
  return [compileRedactors(redactors)];
}

const PSEUDONYM_KEY_BYTES = 32;

async function pseudonymSets(enabled: readonly string[]): Promise<readonly RuleSet[]> {
  if (enabled.length === 0) return [];
  const { pseudonymRules } = await import('./pseudonyms/rules.ts');
  return [pseudonymRules(new Set(enabled), randomBytes(PSEUDONYM_KEY_BYTES))];
}
