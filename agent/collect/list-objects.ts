/** Lists objects of which only a part is needed: one at a time, and the rest is let go of. */

import { type ApiObject, isObject } from '../kube/object-fields.ts';
import { type ListContext, streamList } from './list-stream.ts';

export interface Listing<T> {
  /** The collection, without a query. */
  readonly path: string;
  /** `labelSelector`, `fieldSelector`. */
  readonly query?: Readonly<Record<string, string>>;
  /** What is kept of an object; undefined: nothing. */
  readonly keep: (object: ApiObject) => T | undefined;
}

/**
 * What is kept, in the server's order.
 *
 * @throws {AgentError} KUBE_…
 */
export async function listObjects<T>(
  { path, query = {}, keep }: Listing<T>,
  context: ListContext,
): Promise<readonly T[]> {
  const selectors = new URLSearchParams(query).toString();
  let kept: T[] = [];
  for await (const event of streamList(selectors === '' ? path : `${path}?${selectors}`, context)) {
    if (event.kind === 'start') kept = [];
    for (const json of event.kind === 'start' ? [] : event.jsons) {
      const object: unknown = JSON.parse(Buffer.from(json).toString());
      const part = isObject(object) ? keep(object) : undefined;
      if (part !== undefined) kept.push(part);
    }
  }
  return kept;
}
