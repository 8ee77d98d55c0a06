/** Our own rules beyond troubleshoot's: secrets told by their shape, and secrets told by what stands around them. */

import type { OnHidden, RuleSet, TextRedactor } from '../rules.ts';
import { contextRules } from './context/rules.ts';
import { shapeRules } from './shapes/rules.ts';

/** @param names Of the rules that work, as in `RULES_ON`. */
export function ownRules(names: ReadonlySet<string>): RuleSet {
  const sets = [shapeRules(names), contextRules(names)];
  return {
    open(path: string, onHidden: OnHidden): TextRedactor {
      const redactors = sets
        .map((set) => set.open(path, onHidden))
        .filter((one) => one !== undefined);
      return {
        redact: (lines) =>
          redactors.reduce((text, one) => (text === '' ? text : one.redact(text)), lines),
      };
    },
  };
}
