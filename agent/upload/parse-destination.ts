/** UPLOAD_URL: from text to a destination, or an error that never shows what is secret in it. */

import { AgentError } from '../errors.ts';

/** An `http:` or `https:` destination. */
export interface HttpAddress {
  /** With credentials and query: never to be shown. */
  readonly url: string;
  /** Origin and path. */
  readonly name: string;
  /** `http:`: everything travels readable, the User-Agent too. */
  readonly isPlain: boolean;
}

/** What a template gives for a license field that is not set. */
const UNSET = new Set(['', '<nil>', '0', 'null']);

const LATER = new Set(['s3:', 'presigned+http:', 'presigned+https:', 'replicated-sdk:']);

/**
 * The destination; undefined when there is none: `""`, `<nil>`, `0`, `null` and blanks mean unset.
 *
 * Credentials are accepted, and sent as Basic authorization.
 *
 * @throws {AgentError} UPLOAD_DESTINATION_INVALID.
 */
export function parseDestination(text: string | undefined): HttpAddress | undefined {
  const trimmed = (text ?? '').trim();
  if (UNSET.has(trimmed)) return undefined;
  if (!URL.canParse(trimmed)) {
    throw invalid('UPLOAD_URL is not a URL; write it like https://bundles.example.com/in');
  }
  const url = new URL(trimmed);
  if (LATER.has(url.protocol)) {
    throw invalid(
      `UPLOAD_URL: this version does not offer ${url.protocol} destinations, only https: and http:`,
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw invalid(`UPLOAD_URL begins with ${url.protocol} and must begin with https: or http:`);
  }
  if (url.hash !== '' || trimmed.endsWith('#')) {
    throw invalid(`UPLOAD_URL ${nameOf(url)} has a fragment (#…), which is never sent`);
  }
  return { url: url.href, name: nameOf(url), isPlain: url.protocol === 'http:' };
}

/** Origin and path: the form in which a URL may be shown. */
export function nameOf(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function invalid(message: string): AgentError {
  return new AgentError('UPLOAD_DESTINATION_INVALID', message);
}
