/** Finds specs by label: SPEC_SELECTOR and SPEC_NAMESPACES. */

import { cutText } from '../bundle.ts';
import { AgentError, hasCode, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { isEntry, isText } from './fields.ts';
import { REDACTOR_KEY, SPEC_KEYS } from './parse.ts';
import { objectTexts, type Source, toSource } from './sources.ts';
import type { SpecNotice } from './types.ts';

export interface Discovery {
  readonly selector: string;
  /** `*` = all. */
  readonly namespaces: readonly string[];
  /** `secret/<namespace>/<name>` of what REFs name already. */
  readonly known: ReadonlySet<string>;
}

export interface Discovered {
  readonly sources: readonly Source[];
  readonly notices: readonly SpecNotice[];
  /** Where a Redactor is, or may be, that could not be read: the run must not go on. */
  readonly brokenRedactors: readonly SpecNotice[];
}

/** Ten Secrets of the largest size fit into one answer of the client. */
const PAGE_SIZE = 10;

/**
 * The texts under the well-known keys of all Secrets, then ConfigMaps, that the selector finds, by
 * namespace and name. What the agent may not list, and a spec that cannot be read, become a notice: others' objects do not
 * end a run. Redactors do: what they should hide would be sent.
 */
export async function discoverSpecs(
  discovery: Discovery,
  kube: KubeClient,
  signal: AbortSignal,
): Promise<Discovered> {
  const { selector } = discovery;
  const namespaces = discovery.namespaces.includes('*') ? ['*'] : discovery.namespaces;
  const listings = (['secret', 'configmap'] as const).flatMap((kind) =>
    namespaces.map((namespace) => ({ kind, namespace, selector })),
  );
  const found: Discovered[] = [];
  for (const listing of listings) {
    try {
      for await (const object of listObjects(listing, kube, signal)) {
        found.push(sourcesOf(listing.kind, object, discovery.known));
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AgentError)) throw error;
      const notice = listNotice(listing, error);
      found.push(
        hasCode(error, 'KUBE_FORBIDDEN')
          ? { sources: [], notices: [notice], brokenRedactors: [] }
          : { sources: [], notices: [], brokenRedactors: [notice] },
      );
    }
  }
  return {
    sources: found.flatMap(({ sources }) => sources),
    notices: found.flatMap(({ notices }) => notices),
    brokenRedactors: found.flatMap(({ brokenRedactors }) => brokenRedactors),
  };
}

interface Listing {
  readonly kind: 'secret' | 'configmap';
  /** `*` = all. */
  readonly namespace: string;
  readonly selector: string;
}

async function* listObjects(
  { kind, namespace, selector }: Listing,
  kube: KubeClient,
  signal: AbortSignal,
): AsyncGenerator {
  const within = namespace === '*' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const path = `/api/v1${within}/${kind}s`;
  let next = '';
  do {
    const query = new URLSearchParams({ labelSelector: selector, limit: String(PAGE_SIZE) });
    if (next !== '') query.set('continue', next);
    const list = await kube.get(`${path}?${query.toString()}`, signal);
    if (!isEntry(list)) return;
    if (Array.isArray(list['items'])) yield* list['items'];
    const token = isEntry(list['metadata']) ? list['metadata']['continue'] : undefined;
    next = isText(token) ? token : '';
  } while (next !== '');
}

function sourcesOf(kind: Listing['kind'], object: unknown, known: ReadonlySet<string>): Discovered {
  const metadata = isEntry(object) && isEntry(object['metadata']) ? object['metadata'] : {};
  const label = `${kind}/${String(metadata['namespace'])}/${String(metadata['name'])}`;
  if (known.has(label)) return { sources: [], notices: [], brokenRedactors: [] };
  const texts = objectTexts(kind, object);
  const sources: Source[] = [];
  const notices: SpecNotice[] = [];
  const brokenRedactors: SpecNotice[] = [];
  for (const key of SPEC_KEYS) {
    const bytes = texts.get(key);
    if (bytes === undefined) continue;
    try {
      sources.push({ ...toSource(`${label}/${key}`, bytes), isDiscovered: true });
    } catch (error) {
      const list = key === REDACTOR_KEY ? brokenRedactors : notices;
      list.push(sourceNotice(label, messageOf(error)));
    }
  }
  if (sources.length + notices.length + brokenRedactors.length === 0) {
    notices.push(sourceNotice(label, `it has neither of the keys ${SPEC_KEYS.join(', ')}`));
  }
  return { sources, notices, brokenRedactors };
}

function listNotice({ kind, namespace, selector }: Listing, error: AgentError): SpecNotice {
  const where = namespace === '*' ? 'in all namespaces' : `in the namespace ${namespace}`;
  const message = hasCode(error, 'KUBE_FORBIDDEN')
    ? `the agent's ServiceAccount lacks the right to list ${kind}s ${where}`
    : `${kind}s ${where} could not be listed: ${messageOf(error)}`;
  return sourceNotice(`SPEC_SELECTOR ${cutText(selector, 100)}`, message);
}

/** About a source as a whole. */
export function sourceNotice(source: string, message: string): SpecNotice {
  return { kind: 'unused', source, documentNumber: 0, lineNumber: 0, message };
}
