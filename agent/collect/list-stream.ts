/** Reads a whole collection of the Kubernetes API, page by page, as it comes. */

import { AgentError, hasCode } from '../errors.ts';
import { KubeAnswerError } from '../kube/api-error.ts';
import type { CollectContext } from './collector.ts';
import { ListParser } from './list-parser.ts';

/** A page of larger objects is larger: it is bounded by its number, its bytes pass by. */
const PAGE_SIZE = 250;

/** A list that breaks, or expires, this many times is given up. */
const MAX_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;

export type ListEvent =
  /** A list begins. It may begin anew: what had come then comes once more, perhaps changed. */
  | { readonly kind: 'start'; readonly resourceVersion: string }
  /** JSON of objects as the server sent it, valid until the next event: several at once, since there are tens of thousands. */
  | { readonly kind: 'objects'; readonly jsons: readonly Uint8Array[] };

export type ListContext = Pick<CollectContext, 'kube' | 'signal' | 'clock'>;

/**
 * All objects, in the server's order, which is by namespace and name; consistent, as of the moment of its start. A list that
 * expires between two pages (410), or whose connection breaks, begins anew.
 *
 * @param path The collection; its query may hold selectors.
 * @yields A start, then the objects; with each new beginning again.
 * @throws {AgentError} KUBE_…; KUBE_FAILED too for an answer that is no list.
 */
export async function* streamList(path: string, context: ListContext): AsyncGenerator<ListEvent> {
  const { clock, signal } = context;
  for (let attemptNumber = 1; ; attemptNumber++) {
    try {
      yield* readPages(path, context);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!mayBeginAnew(error) || attemptNumber === MAX_ATTEMPTS) throw error;
    }
    await clock.sleep(FIRST_PAUSE_MS * 2 ** (attemptNumber - 1), signal);
  }
}

function mayBeginAnew(error: unknown): boolean {
  const isExpired = error instanceof KubeAnswerError && error.statusCode === 410;
  return isExpired || hasCode(error, 'KUBE_UNREACHABLE');
}

async function* readPages(path: string, { kube, signal }: ListContext): AsyncGenerator<ListEvent> {
  let isStarted = false;
  let continueToken = '';
  do {
    const page = new ListParser();
    const { body } = await kube.stream(pagePath(path, continueToken), {}, signal);
    for await (const jsons of objectsOf(page, body, path)) {
      if (!isStarted) yield { kind: 'start', ...page.facts };
      isStarted = true;
      yield { kind: 'objects', jsons };
    }
    const facts = page.finish();
    if (!isStarted) yield { kind: 'start', ...facts };
    isStarted = true;
    ({ continueToken } = facts);
  } while (continueToken !== '');
}

/** @yields The objects of one page, which then is whole. */
async function* objectsOf(
  page: ListParser,
  body: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<readonly Uint8Array[]> {
  try {
    for await (const chunk of body) {
      const objects = page.push(chunk);
      if (objects.length > 0) yield objects;
    }
    page.finish();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `GET ${path}: the answer is not the JSON of a list`;
    throw new AgentError('KUBE_FAILED', message, { cause: error });
  }
}

function pagePath(path: string, continueToken: string): string {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
  if (continueToken !== '') query.set('continue', continueToken);
  return `${path}${path.includes('?') ? '&' : '?'}${query.toString()}`;
}
