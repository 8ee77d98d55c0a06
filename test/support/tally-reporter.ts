/** Mocha's `spec` output on the terminal, and what it came to as JSON in the file of `--reporter-option output=`. */

import { writeFileSync } from 'node:fs';

import { type MochaOptions, Runner, reporters } from 'mocha';

/** What a suite came to. A hook that failed counts as a failed test: those it kept from running count nowhere. */
export interface Tally {
  readonly passed: number;
  readonly skipped: number;
  /** Full titles. */
  readonly failed: readonly string[];
}

// oxlint-disable-next-line import/no-default-export -- where mocha looks for a reporter
export default class TallyReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const output: unknown = options.reporterOptions?.output;
    if (typeof output !== 'string') throw new Error('--reporter-option output=FILE is missing');

    const failed: string[] = [];
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test) => failed.push(test.fullTitle()));
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, pending } = this.stats;
      const tally: Tally = { passed: passes, skipped: pending, failed };
      writeFileSync(output, JSON.stringify(tally));
    });
  }
}
