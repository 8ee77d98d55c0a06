/** Fetches a spec from an https: URL. */

import { cutText } from '../bundle.ts';
import { AgentError, messageOf } from '../errors.ts';
import { readLimited } from './limits.ts';
import { urlLabel } from './ref.ts';

const TIMEOUTS_MS = {
  lookup: 10_000,
  connect: 10_000,
  secureConnect: 10_000,
  response: 30_000,
  request: 60_000,
};

/**
 * The bytes of a 2xx answer. Redirects are followed within the origin only; nothing is repeated.
 *
 * @throws {AgentError} SPEC_UNREADABLE: names origin and path alone, since queries and credentials are secrets;
 *   SPEC_TOO_LARGE. When the signal aborts, its reason.
 */
export async function downloadSpec(url: URL, signal: AbortSignal): Promise<Uint8Array> {
  const label = urlLabel(url);
  // Imported here: most specs are in the cluster.
  const { default: got } = await import('got');
  const stream = got.stream(url, {
    retry: { limit: 0 },
    timeout: TIMEOUTS_MS,
    throwHttpErrors: false,
    followRedirect: ({ url: from, headers: { location = '' } }) =>
      URL.parse(location, from)?.origin === url.origin,
    maxRedirects: 5,
    signal,
  });
  try {
    const bytes = await readLimited(stream, label);
    const statusCode = stream.response?.statusCode ?? 0;
    if (statusCode >= 200 && statusCode < 300) return bytes;
    const isRedirect = statusCode >= 300 && statusCode < 400;
    const reason = isRedirect ? ', which leads to another origin' : '';
    throw new AgentError('SPEC_UNREADABLE', `${label}: answered with ${statusCode}${reason}`);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AgentError) throw error;
    throw new AgentError('SPEC_UNREADABLE', `${label}: ${reasonOf(error, url)}`, { cause: error });
  } finally {
    stream.destroy();
  }
}

/** got's own texts may repeat the URL. */
function reasonOf(error: unknown, url: URL): string {
  return cutText(messageOf(error).replaceAll(url.href, urlLabel(url)).replaceAll(/\?\S*/g, ''));
}
