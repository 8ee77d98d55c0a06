/** Reads objects of the Kubernetes API, of which nothing is certain before it is looked at. */

export type ApiObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is ApiObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at this path; undefined where something else or nothing is there. */
export function objectAt(value: unknown, ...names: readonly string[]): ApiObject | undefined {
  let found = value;
  for (const name of names) found = isObject(found) ? found[name] : undefined;
  return isObject(found) ? found : undefined;
}

/** The objects of the list at this path. */
export function objectsAt(value: unknown, ...names: readonly string[]): readonly ApiObject[] {
  const [last = '', ...parents] = names.toReversed();
  const list = objectAt(value, ...parents.toReversed())?.[last];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** The text at this path, else an empty one. */
export function textAt(value: unknown, ...names: readonly string[]): string {
  const [last = '', ...parents] = names.toReversed();
  const text = objectAt(value, ...parents.toReversed())?.[last];
  return typeof text === 'string' ? text : '';
}
