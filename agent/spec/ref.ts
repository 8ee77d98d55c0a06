/** REFs: where a spec is, as SPEC and `--spec` say it. */

import { cutText } from '../bundle.ts';
import { AgentError } from '../errors.ts';

export type SpecRef = { readonly label: string } & (
  | {
      readonly kind: 'secret' | 'configmap';
      readonly namespace: string;
      readonly name: string;
      /** Absent: the well-known ones. */
      readonly key: string | undefined;
    }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'url'; readonly url: URL }
);

/**
 * The REFs in order. `label` is the text itself; of a URL, origin and path alone.
 *
 * @throws {AgentError} SPEC_REF_INVALID: names every bad one with what to write instead.
 */
export function parseRefs(texts: readonly string[]): readonly SpecRef[] {
  const problems: string[] = [];
  const refs: SpecRef[] = [];
  for (const text of texts) {
    const parsed = parseRef(text);
    if (isText(parsed)) problems.push(parsed);
    else refs.push(parsed);
  }
  if (refs.filter(({ kind }) => kind === 'stdin').length > 1) {
    problems.push('- appears twice: standard input can be read once');
  }
  if (problems.length > 0) throw new AgentError('SPEC_REF_INVALID', problems.join('; '));
  return refs;
}

function isText(value: SpecRef | string): value is string {
  return typeof value === 'string';
}

/** The REF, or what is wrong with it. */
function parseRef(text: string): SpecRef | string {
  if (text === '') return 'a REF is empty';
  if (text === '-') return { kind: 'stdin', label: '-' };
  if (/^(?:secret|configmap)\//.test(text)) return parseObjectRef(text);
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(text) ?? [];
  return scheme === undefined ? { kind: 'file', path: text, label: text } : parseUrlRef(text);
}

function parseObjectRef(text: string): SpecRef | string {
  const [kind, namespace = '', name = '', key, ...rest] = text.split('/');
  const isValid =
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace) &&
    /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(name) &&
    (key === undefined || /^[-._a-zA-Z0-9]{1,253}$/.test(key)) &&
    rest.length === 0;
  if (!isValid) return `${cutText(text, 100)} must be ${kind}/<namespace>/<name>[/<key>]`;
  return { kind: kind === 'secret' ? 'secret' : 'configmap', namespace, name, key, label: text };
}

const SCHEME_HINTS: Readonly<Record<string, string>> = {
  'http:': 'write https:, since anyone on the way could change the spec',
  'oci:': 'pull it and put it into a Secret, a ConfigMap or a file',
  'file:': 'write the path alone',
};

function parseUrlRef(text: string): SpecRef | string {
  const url = URL.parse(text);
  if (url === null) return `${cutText(text.split('?', 1)[0] ?? '', 40)} is not a URL`;
  const label = urlLabel(url);
  if (url.protocol === 'https:') return { kind: 'url', url, label };
  const hint =
    SCHEME_HINTS[url.protocol] ?? 'a REF must be secret/…, configmap/…, a file, - or https:';
  return `${label} is not supported: ${hint}`;
}

/** Origin and path: what may be shown of a URL. */
export function urlLabel(url: URL): string {
  return cutText(`${url.protocol}//${url.host}${url.pathname}`);
}
