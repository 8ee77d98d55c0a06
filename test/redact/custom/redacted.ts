/** Texts through a spec's redactors in a test. */

import { compileRedactors } from '../../../agent/redact/custom/compile.ts';

export type Redactors = Parameters<typeof compileRedactors>[0];

export function regex(redactor: string): Redactors {
  return [{ removals: { regex: [{ redactor }] } }];
}

export function redact(redactors: Redactors, text: string, path = 'x'): string {
  return (
    compileRedactors(redactors)
      .open(path, () => undefined)
      ?.redact(text) ?? text
  );
}

/** The rules that hid something, once for each place. */
export function names(redactors: Redactors, text: string): string[] {
  const hidden: string[] = [];
  compileRedactors(redactors)
    .open('x', (rule) => hidden.push(rule))
    ?.redact(text);
  return hidden;
}
