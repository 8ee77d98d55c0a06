/** One entry of `spec.collectors`, from YAML to CollectorSpec. */

import { cutText } from '../bundle.ts';
import { COLLECTOR_TYPES, type CollectorType, collectorType } from './collector-fields.ts';
import { checkFields, type Entry, isEntry, isText, isTexts, type Path } from './fields.ts';
import type { CollectorSpec } from './types.ts';

/** Reports what of an entry is not used; the path is relative to the entry. */
export type Report = (path: Path, message: string) => void;

/** Undefined where troubleshoot would drop the entry (or the whole document): reported. */
export function parseCollector(entry: unknown, report: Report): CollectorSpec | undefined {
  if (!isEntry(entry)) {
    report([], 'a collector must be a map with one key');
    return undefined;
  }
  const type = pickType(entry, report);
  if (type === undefined) return undefined;
  const value = entry[type.name];
  if (!isEntry(value)) {
    report([type.name], `${type.name} must be a map`);
    return undefined;
  }
  const { exclude, ...rest } = value;
  const checked = checkFields(rest, { ...type.fields, collectorName: 'text' });
  for (const path of checked.unknown) {
    report([type.name, ...path], `${type.name} has no field ${path.join('.')}`);
  }
  if (checked.mismatches.length > 0 || !isExclude(exclude)) {
    for (const { path, wanted } of checked.mismatches) {
      report([type.name, ...path], `${type.name} is not used: ${path.join('.')} must be ${wanted}`);
    }
    if (!isExclude(exclude)) {
      report([type.name, 'exclude'], `${type.name} is not used: exclude must be true or false`);
    }
    return undefined;
  }
  return {
    type: type.name,
    title: titleOf(type, checked.value),
    fields: checked.value,
    exclude: parseExclude(exclude, () =>
      report(
        [type.name, 'exclude'],
        `${type.name} runs: exclude must be true or false, not any other text`,
      ),
    ),
  };
}

interface NamedType extends CollectorType {
  readonly name: string;
}

/** Of several keys the first in troubleshoot's own order counts; a key without a value does not. */
function pickType(entry: Entry, report: Report): NamedType | undefined {
  const keys = Object.keys(entry);
  for (const key of keys.filter((name) => collectorType(name) === undefined)) {
    report([key], `there is no collector ${cutText(key, 100)}`);
  }
  const known = Object.keys(COLLECTOR_TYPES).filter((name) => keys.includes(name));
  for (const name of known.filter((key) => entry[key] === null)) {
    report([name], `${name} has no value, so troubleshoot ignores it: write ${name}: {}`);
  }
  const [name, ...others] = known.filter((key) => entry[key] !== null);
  for (const other of others) {
    report([other], `${other} shares its list entry with ${name}: only that one is used`);
  }
  if (keys.length === 0) report([], 'the entry is empty');
  const type = name === undefined ? undefined : collectorType(name);
  return name === undefined || type === undefined ? undefined : { ...type, name };
}

/** Troubleshoot's title, on one line. */
function titleOf(type: CollectorType, fields: Entry): string {
  const { collectorName, selector, name } = fields;
  const suffixes = {
    nothing: undefined,
    collectorName,
    name,
    selector: isText(collectorName) && collectorName !== '' ? collectorName : joined(selector),
  };
  const suffix = suffixes[type.titleBy];
  return isText(suffix) && suffix !== '' ? cutText(`${type.title}/${suffix}`) : type.title;
}

function joined(selector: unknown): string {
  return isTexts(selector) ? selector.join(',') : '';
}

type Exclude = boolean | string | null | undefined;

function isExclude(value: unknown): value is Exclude {
  return value === undefined || value === null || typeof value === 'boolean' || isText(value);
}

/** As troubleshoot: texts by Go's ParseBool, and any other text runs the collector. */
function parseExclude(value: Exclude, reportOther: () => void): boolean {
  if (!isText(value)) return value === true;
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return true;
  if (!['', '0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value)) reportOther();
  return false;
}
