/** Lists objects of which only a part is needed: page by page, and the rest is let go of. */

import { KubeAnswerError } from '../kube/api-error.ts';
import type { CollectContext } from './collector.ts';
import { type ApiObject, objectsAt, textAt } from './object-fields.ts';

const PAGE_SIZE = 250;

/** A list that expires while it is read, this many times, is given up. */
const MAX_ATTEMPTS = 3;

export interface Listing<T> {
  /** The collection, without a query. */
  readonly path: string;
  /** `labelSelector`, `fieldSelector`. */
  readonly query?: Readonly<Record<string, string>>;
  /** What is kept of an object; undefined: nothing. */
  readonly keep: (object: ApiObject) => T | undefined;
}

/**
 * What is kept, in the server's order. Where the list expires between two pages, it is read from its start.
 *
 * @throws {AgentError} KUBE_…
 */
export async function listObjects<T>(
  listing: Listing<T>,
  context: Pick<CollectContext, 'kube' | 'signal'>,
): Promise<readonly T[]> {
  for (let attemptNumber = 1; ; attemptNumber++) {
    try {
      return await readPages(listing, context);
    } catch (error) {
      if (!isExpired(error) || attemptNumber === MAX_ATTEMPTS) throw error;
    }
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof KubeAnswerError && error.statusCode === 410;
}

async function readPages<T>(
  { path, query = {}, keep }: Listing<T>,
  { kube, signal }: Pick<CollectContext, 'kube' | 'signal'>,
): Promise<readonly T[]> {
  const kept: T[] = [];
  const parameters = new URLSearchParams({ ...query, limit: String(PAGE_SIZE) });
  for (;;) {
    const page = await kube.get(`${path}?${parameters.toString()}`, signal);
    for (const object of objectsAt(page, 'items')) {
      const part = keep(object);
      if (part !== undefined) kept.push(part);
    }
    const token = textAt(page, 'metadata', 'continue');
    if (token === '') return kept;
    parameters.set('continue', token);
  }
}
