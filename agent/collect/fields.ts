/** Reads fields of a collector's entry in the spec. Their types are checked already; what is absent is Go's zero value. */

import { isRecord } from '../shape.ts';

/** Fields of the spec's entry, or of an object in it. */
type FieldsOf = Readonly<Record<string, unknown>>;

export function textOf(fields: FieldsOf, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

export function textsOf(fields: FieldsOf, name: string): readonly string[] {
  const value = fields[name];
  // Go's decoder makes an empty text of a null in a list.
  return Array.isArray(value)
    ? value.map((element) => (typeof element === 'string' ? element : ''))
    : [];
}

export function flagOf(fields: FieldsOf, name: string): boolean {
  return fields[name] === true;
}

export function integerOf(fields: FieldsOf, name: string): number {
  const value = fields[name];
  return typeof value === 'number' ? value : 0;
}

/** An object; undefined where it is absent, which may mean something else than an empty one. */
export function entryOf(fields: FieldsOf, name: string): FieldsOf | undefined {
  const value = fields[name];
  return isRecord(value) ? value : undefined;
}

export function entriesOf(fields: FieldsOf, name: string): readonly FieldsOf[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
