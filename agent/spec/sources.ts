/** Reads the texts a REF leads to. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';

import { cutText } from '../bundle.ts';
import { AgentError, hasCode, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { downloadSpec } from './download.ts';
import type { SpecText } from './draft.ts';
import { isEntry, isText } from './fields.ts';
import { checkSize, readLimited } from './limits.ts';
import { SPEC_KEYS } from './parse.ts';
import type { SpecRef } from './ref.ts';

/** A text and what the manifest says of it. */
export interface Source extends SpecText {
  readonly bytes: number;
  readonly sha256: string;
}

/** What reading needs of the world around. */
export interface SourceAccess {
  /** Called only for REFs into the cluster. */
  readonly kube: () => Promise<KubeClient>;
  readonly stdin: Readable;
  readonly allowRemote: boolean;
}

/**
 * One text, or of a Secret or ConfigMap without a key one for each of the well-known keys it has.
 *
 * @throws {AgentError} SPEC_MISSING, SPEC_UNREADABLE, SPEC_TOO_LARGE, SPEC_REMOTE_DENIED, KUBE_…
 */
export async function readRef(
  ref: SpecRef,
  access: SourceAccess,
  signal: AbortSignal,
): Promise<readonly Source[]> {
  if (ref.kind === 'file') return [toSource(ref.label, await readFile(ref.path, signal))];
  if (ref.kind === 'stdin') return [toSource(ref.label, await readStdin(access.stdin, signal))];
  if (ref.kind === 'url') return [await readUrl(ref, access, signal)];
  return await readObject(ref, await access.kube(), signal);
}

async function readStdin(stdin: Readable, signal: AbortSignal): Promise<Uint8Array> {
  return await readLimited(addAbortSignal(signal, stdin), 'standard input');
}

async function readUrl(
  { url, label }: Extract<SpecRef, { kind: 'url' }>,
  { allowRemote }: SourceAccess,
  signal: AbortSignal,
): Promise<Source> {
  if (!allowRemote) {
    const message = `${label}: specs from URLs must be allowed by SPEC_REMOTE`;
    throw new AgentError('SPEC_REMOTE_DENIED', message);
  }
  return toSource(label, await downloadSpec(url, signal));
}

/** @throws {AgentError} SPEC_UNREADABLE: not UTF-8. */
export function toSource(label: string, bytes: Uint8Array): Source {
  checkSize(bytes.length, label);
  try {
    return {
      source: label,
      text: new TextDecoder('utf-8', { fatal: true }).decode(bytes),
      isDiscovered: false,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  } catch (error) {
    throw new AgentError('SPEC_UNREADABLE', `${label}: not UTF-8 text`, { cause: error });
  }
}

async function readFile(path: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await readLimited(createReadStream(path, { signal }), path);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AgentError) throw error;
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) {
      throw new AgentError('SPEC_MISSING', `${path}: no such file`, { cause: error });
    }
    const reason = cutText(messageOf(error));
    throw new AgentError('SPEC_UNREADABLE', `${path}: ${reason}`, { cause: error });
  }
}

type ObjectRef = Extract<SpecRef, { kind: 'secret' | 'configmap' }>;

async function readObject(
  ref: ObjectRef,
  kube: KubeClient,
  signal: AbortSignal,
): Promise<readonly Source[]> {
  const { kind, namespace, name, key } = ref;
  const object = await getObject(ref, kube, signal);
  const texts = objectTexts(kind, object);
  const wanted = key === undefined ? SPEC_KEYS : [key];
  const found = wanted.flatMap((candidate) => {
    const bytes = texts.get(candidate);
    return bytes === undefined
      ? []
      : [toSource(`${kind}/${namespace}/${name}/${candidate}`, bytes)];
  });
  if (found.length > 0) return found;
  const keys = texts.size === 0 ? 'no keys' : `the keys ${[...texts.keys()].toSorted().join(', ')}`;
  throw new AgentError(
    'SPEC_MISSING',
    `${kind}/${namespace}/${name} has no key ${wanted.join(' or ')}: it has ${cutText(keys)}`,
  );
}

async function getObject(ref: ObjectRef, kube: KubeClient, signal: AbortSignal): Promise<unknown> {
  const { kind, namespace, name } = ref;
  try {
    return await kube.get(`/api/v1/namespaces/${namespace}/${kind}s/${name}`, signal);
  } catch (error) {
    if (hasCode(error, 'KUBE_NOT_FOUND')) {
      const message = `${kind}/${namespace}/${name}: there is no such object`;
      throw new AgentError('SPEC_MISSING', message, { cause: error });
    }
    if (hasCode(error, 'KUBE_FORBIDDEN')) {
      const right = `get ${kind}s/${name} in the namespace ${namespace}`;
      const message = `${kind}/${namespace}/${name}: the agent's ServiceAccount lacks the right to ${right}`;
      throw new AgentError('KUBE_FORBIDDEN', message, { cause: error });
    }
    throw error;
  }
}

/** The object's values by key; a Secret's are decoded. */
export function objectTexts(
  kind: 'secret' | 'configmap',
  object: unknown,
): ReadonlyMap<string, Uint8Array> {
  const values = isEntry(object) && isEntry(object['data']) ? object['data'] : {};
  const encoding = kind === 'secret' ? 'base64' : 'utf8';
  return new Map(
    Object.entries(values)
      .filter((entry): entry is [string, string] => isText(entry[1]))
      .map(([key, value]) => [key, Buffer.from(value, encoding)]),
  );
}
