/** One entry of a Redactor document's `spec.redactors`. A rule that cannot be read ends the run: without it, text would be sent that it hides. */

import type { Report } from './collector.ts';
import type { Fields } from './collector-fields.ts';
import { checkFields, type Entry, isEntry, isTexts } from './fields.ts';

export interface RedactorReports {
  /** Something harmless that is not used. */
  readonly unused: Report;
  /** Something without which the redactor hides less than was meant. */
  readonly broken: Report;
}

const REDACTOR: Fields = {
  name: 'text',
  fileSelector: { fields: { file: 'text', files: 'texts' } },
  removals: {
    fields: {
      values: 'texts',
      regex: { listOf: { selector: 'text', redactor: 'text' } },
      yamlPath: 'texts',
    },
  },
};

/** Undefined where it is broken. */
export function parseRedactor(entry: unknown, reports: RedactorReports): Entry | undefined {
  if (!isEntry(entry)) {
    reports.broken([], 'a redactor must be a map');
    return undefined;
  }
  const { value, unknown, mismatches } = checkFields(entry, REDACTOR);
  for (const path of unknown) {
    const isRule = path.length > 1;
    const report = isRule ? reports.broken : reports.unused;
    report(path, `a redactor has no field ${path.join('.')}`);
  }
  for (const { path, wanted } of mismatches) {
    reports.broken(path, `${path.join('.')} of a redactor must be ${wanted}`);
  }
  const isBroken = mismatches.length > 0 || unknown.some((path) => path.length > 1);
  if (!isBroken && !hasRule(value)) {
    reports.broken([], 'a redactor must have removals: values, regex with redactor, or yamlPath');
    return undefined;
  }
  return isBroken ? undefined : value;
}

function hasRule(redactor: Entry): boolean {
  const removals = isEntry(redactor['removals']) ? redactor['removals'] : {};
  const { values, regex, yamlPath } = removals;
  const expressions: readonly unknown[] = Array.isArray(regex) ? regex : [];
  const isWhole = expressions.every((part) => isEntry(part) && part['redactor'] !== undefined);
  const rules = [values, yamlPath].filter(isTexts).flat();
  return isWhole && rules.length + expressions.length > 0;
}
