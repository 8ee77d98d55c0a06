/** UPLOAD_KEY: the template of the name that a bundle has at the destination. */

import { AgentError } from '../errors.ts';
import { compactInstant } from '../run/record.ts';

/** What a template's fields stand for. */
export interface KeyTemplateFacts {
  /** Hex. */
  readonly sha256: string;
  readonly runId: string;
  /** The installation's id. */
  readonly installation: string;
  readonly namespace: string;
  /** Scheduled (else request) instant, RFC 3339. */
  readonly instantAt: string;
}

const FIELDS: Readonly<Record<string, (facts: KeyTemplateFacts) => string>> = {
  sha256: ({ sha256 }) => sha256,
  runId: ({ runId }) => runId,
  installation: ({ installation }) => installation,
  namespace: ({ namespace }) => namespace,
  yyyy: ({ instantAt }) => dayOf(instantAt).slice(0, 4),
  mm: ({ instantAt }) => dayOf(instantAt).slice(5, 7),
  dd: ({ instantAt }) => dayOf(instantAt).slice(8, 10),
  scheduledAt: ({ instantAt }) => compactInstant(Date.parse(instantAt)),
};

/** A template that was checked. Made only by `parseKeyTemplate`. */
export interface KeyTemplate {
  readonly text: string;
}

/**
 * The template, checked. An empty text means that the URL is used as it is.
 *
 * @throws {AgentError} CONFIG_INVALID: names all unknown fields at once, or the part that cannot be a path.
 */
export function parseKeyTemplate(text: string): KeyTemplate {
  const unknown = [...text.matchAll(/\{([^{}]*)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !Object.hasOwn(FIELDS, name));
  if (unknown.length > 0) {
    throw invalid(
      `UPLOAD_KEY has unknown fields ${unknown.map(inBraces).join(', ')}; there are ${Object.keys(FIELDS).map(inBraces).join(', ')}`,
    );
  }
  const literal = text.replaceAll(/\{[^{}]*\}/g, 'x');
  if (/[{}]/.test(literal)) throw invalid(`UPLOAD_KEY ${text} has a brace without its counterpart`);
  if (/\p{Cc}/u.test(literal)) throw invalid('UPLOAD_KEY has a control character in it');
  const hasBadPart = literal
    .split('/')
    .some((part) => part === '' || part === '.' || part === '..');
  if (literal !== '' && hasBadPart) {
    throw invalid(
      `UPLOAD_KEY ${text} must not begin or end with /, nor have //, . or .. between slashes`,
    );
  }
  return { text };
}

export function fillKey(template: KeyTemplate, facts: KeyTemplateFacts): string {
  return template.text.replaceAll(/\{([^{}]*)\}/g, (_match, name: string) => {
    const fill = FIELDS[name];
    if (fill === undefined) throw new Error(`unchecked key template: ${template.text}`);
    return fill(facts);
  });
}

/**
 * The object's URL: the key appended to the destination's path, before any query, percent-encoded
 * by segment. An empty key leaves the URL as it is.
 */
export function objectUrl(destinationUrl: string, key: string): URL {
  const url = new URL(destinationUrl);
  if (key === '') return url;
  const folder = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  url.pathname = `${folder}${key.split('/').map(encodeURIComponent).join('/')}`;
  return url;
}

function dayOf(instantAt: string): string {
  return new Date(instantAt).toISOString();
}

function inBraces(name: string): string {
  return `{${name}}`;
}

function invalid(message: string): AgentError {
  return new AgentError('CONFIG_INVALID', message);
}
