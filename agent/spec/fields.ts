/** Checks a parsed value against the fields it may have, as strictly as Go's decoder would. */

import type { Fields, Shape } from './collector-fields.ts';

export type Path = readonly (string | number)[];
export type Entry = Readonly<Record<string, unknown>>;

/** A value of the wrong type costs the whole entry; an unknown field only itself. */
export interface CheckedFields {
  /** Without unknown fields and nulls. */
  readonly value: Entry;
  readonly unknown: readonly Path[];
  readonly mismatches: readonly { readonly path: Path; readonly wanted: string }[];
}

export function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

/** Names are case-sensitive, as in Kubernetes' decoder; null is the same as absent. */
export function checkFields(value: Entry, fields: Fields): CheckedFields {
  const known: [string, unknown][] = [];
  const unknown: Path[] = [];
  const mismatches: CheckedFields['mismatches'][number][] = [];
  for (const [name, field] of Object.entries(value)) {
    if (field === null) continue;
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (shape === undefined) {
      unknown.push([name]);
      continue;
    }
    const checked = checkValue(field, shape);
    known.push([name, checked.value]);
    unknown.push(...checked.unknown.map((path) => [name, ...path]));
    mismatches.push(
      ...checked.mismatches.map(({ path, wanted }) => ({ path: [name, ...path], wanted })),
    );
  }
  return { value: Object.fromEntries(known), unknown, mismatches };
}

interface CheckedValue extends Omit<CheckedFields, 'value'> {
  readonly value: unknown;
}

function checkValue(value: unknown, shape: Shape): CheckedValue {
  if (typeof shape === 'string') {
    const { wanted, accepts } = SCALARS[shape];
    return accepts(value) ? { value, unknown: [], mismatches: [] } : mismatch(wanted);
  }
  if ('fields' in shape) {
    return isEntry(value) ? checkFields(value, shape.fields) : mismatch('a map');
  }
  return Array.isArray(value) ? checkList(value, shape.listOf) : mismatch('a list');
}

function checkList(values: readonly unknown[], fields: Fields): CheckedValue {
  const checked = values.map((value) =>
    isEntry(value) ? checkFields(value, fields) : mismatch('a map'),
  );
  return {
    value: checked.map(({ value }) => value),
    unknown: checked.flatMap(({ unknown }, index) => unknown.map((path) => [index, ...path])),
    mismatches: checked.flatMap(({ mismatches }, index) =>
      mismatches.map(({ path, wanted }) => ({ path: [index, ...path], wanted })),
    ),
  };
}

function mismatch(wanted: string): CheckedValue {
  return { value: undefined, unknown: [], mismatches: [{ path: [], wanted }] };
}

type ScalarShape = Extract<Shape, string>;

const SCALARS: Readonly<
  Record<ScalarShape, { readonly wanted: string; readonly accepts: (value: unknown) => boolean }>
> = {
  text: { wanted: 'a text', accepts: isText },
  flag: { wanted: 'true or false', accepts: (value) => typeof value === 'boolean' },
  integer: { wanted: 'a whole number', accepts: Number.isSafeInteger },
  texts: { wanted: 'a list of texts', accepts: isTexts },
  textMap: {
    wanted: 'a map of texts',
    accepts: (value) => isEntry(value) && Object.values(value).every(isText),
  },
  instant: { wanted: 'an instant such as 2026-11-22T02:00:00Z', accepts: isInstant },
  anything: { wanted: 'anything', accepts: () => true },
};

function isInstant(value: unknown): boolean {
  return (
    isText(value) &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

/**
 * The same text for values that Go would encode alike: keys sorted, nulls left out.
 *
 * @param isZeroAbsent Also `''`, `false`, `0` and empty lists and maps below the top, which `omitempty` leaves out.
 */
export function canonicalJson(
  value: unknown,
  { isZeroAbsent }: { readonly isZeroAbsent: boolean },
): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (!isEntry(part)) return part;
    return Object.fromEntries(
      Object.entries(part)
        .filter(([, field]) => field !== null && !(isZeroAbsent && isZero(field)))
        .toSorted(([left], [right]) => (left < right ? -1 : 1)),
    );
  });
}

function isZero(value: unknown): boolean {
  return (
    value === '' || value === false || value === 0 || (Array.isArray(value) && value.length === 0)
  );
}
