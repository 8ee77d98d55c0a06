/** What a rule is that knows a secret by what stands around it on its line. */

import type { Findings, PendingContainer } from './edits.ts';

export interface ContextRule {
  /** As in `RULES_ON`. */
  readonly name: string;
  /** What a line must hold for the rule to find anything: the `source` of a pattern, in any case. */
  readonly needed: string;
  /** Parts of that, one of which each such line has: of three letters, or few and rare. See `prefilter`. */
  readonly seeds: readonly string[];
  /** @param line Without its `\n`. */
  readonly find: (line: string) => Findings;
  /** Whether its names may be values themselves, as in `"name": "X"`. */
  readonly findsPairs?: boolean;
  /** A line of a list that began on a line before, where the rule's findings may say `array`. */
  readonly continueArray?: (line: string) => Findings;
  /** A line behind one where the rule's findings said `container`. */
  readonly continueContainer?: (line: string, container: PendingContainer) => Findings;
}
