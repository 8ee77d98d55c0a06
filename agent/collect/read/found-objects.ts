/** What `secret` and `configMap` share: they look for objects by name or by selector, and say what they found. */

import { AgentError, hasCode } from '../../errors.ts';
import { apiMessageOf } from '../../kube/api-error.ts';
import { type ApiObject, isObject, objectAt, textAt } from '../../kube/object-fields.ts';
import type { ApiRule, CollectContext, Fields, Piece, ProblemPiece } from '../collector.ts';
import { textOf, textsOf } from '../fields.ts';
import { goText } from '../go-json.ts';
import { streamList } from '../list-stream.ts';
import { errorPieces, jsonPiece } from '../pieces.ts';

/** What differs between the two. */
export interface ObjectForm {
  /** Name in paths of the API, and of the folder. */
  readonly resource: 'secrets' | 'configmaps';
  /** Where to look for an object by its name; empty: nowhere, and the API will say so. */
  readonly namespace: (fields: Fields, context: CollectContext) => string;
  /** Whether the key is a part of the file's name. */
  readonly namesKey: (fields: Fields) => boolean;
  /** The file's content. */
  readonly describe: (found: FoundObject, fields: Fields) => object;
}

export interface FoundObject {
  readonly name: string;
  readonly exists: boolean;
  /** As texts; undefined where the object has none. */
  readonly data: ReadonlyMap<string, string> | undefined;
}

/**
 * @yields `<resource>/<namespace>/<name>[/<key>].json` for each object, also for a named one that is not there, and
 *   `<resource>-errors/…`, each with the namespace as the spec has it.
 * @throws {AgentError} SPEC_INVALID: the spec gives neither name nor selector.
 */
export async function* collectObjects(
  form: ObjectForm,
  fields: Fields,
  context: CollectContext,
): AsyncGenerator<Piece> {
  const name = textOf(fields, 'name');
  if (name === '' && textsOf(fields, 'selector').length === 0) {
    throw new AgentError('SPEC_INVALID', 'either name or selector must be specified');
  }
  try {
    if (name === '') yield* findBySelector(form, fields, context);
    else yield describedPiece(form, fields, await findByName(form, fields, context));
  } catch (error) {
    context.signal.throwIfAborted();
    const isMissing = hasCode(error, 'KUBE_NOT_FOUND');
    if (isMissing && name !== '') {
      yield describedPiece(form, fields, { name, exists: false, data: undefined });
    }
    const errorsPath = `${form.resource}-errors/${placeOf(form, fields, name || selectorText(fields))}`;
    yield* errorPieces(errorsPath, [apiMessageOf(error)], outcomeOf(error));
  }
}

function outcomeOf(error: unknown): ProblemPiece['outcome'] {
  if (hasCode(error, 'KUBE_NOT_FOUND')) return 'partial';
  return hasCode(error, 'KUBE_FORBIDDEN') ? 'forbidden' : 'failed';
}

/** Reading one is what troubleshoot asks for first, also where it will list. */
export function objectRules(
  { resource }: Pick<ObjectForm, 'resource'>,
  fields: Fields,
): readonly ApiRule[] {
  const [name, namespace] = [textOf(fields, 'name'), textOf(fields, 'namespace')];
  const rule = {
    apiGroups: [''],
    resources: [resource],
    ...(namespace === '' ? {} : { namespace }),
  };
  const resourceNames = name === '' ? {} : { resourceNames: [name] };
  return [
    { ...rule, verbs: ['get'], ...resourceNames, isRequired: true },
    ...(name === '' ? [{ ...rule, verbs: ['list'] }] : []),
  ];
}

async function findByName(
  { resource, namespace }: ObjectForm,
  fields: Fields,
  context: CollectContext,
): Promise<FoundObject> {
  const where = namespace(fields, context);
  const name = textOf(fields, 'name');
  const within = where === '' ? '' : `/namespaces/${encodeURIComponent(where)}`;
  const path = `/api/v1${within}/${resource}/${encodeURIComponent(name)}`;
  const object = await context.kube.get(path, context.signal);
  return { name, exists: true, data: dataOf(isObject(object) ? object : {}, resource) };
}

/** @yields A file for each object as the list streams by: together they may be larger than memory. */
async function* findBySelector(
  form: ObjectForm,
  fields: Fields,
  context: CollectContext,
): AsyncGenerator<Piece> {
  const namespace = textOf(fields, 'namespace');
  const within = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const selector = new URLSearchParams({ labelSelector: textsOf(fields, 'selector').join(',') });
  const path = `/api/v1${within}/${form.resource}?${selector.toString()}`;
  for await (const event of streamList(path, context)) {
    for (const json of event.kind === 'start' ? [] : event.jsons) {
      const object: unknown = JSON.parse(Buffer.from(json).toString());
      const data = isObject(object) ? dataOf(object, form.resource) : undefined;
      const name = textAt(object, 'metadata', 'name');
      yield describedPiece(form, fields, { name, exists: true, data });
    }
  }
}

function dataOf(object: ApiObject, resource: ObjectForm['resource']): FoundObject['data'] {
  const data = objectAt(object, 'data');
  if (data === undefined) return undefined;
  return new Map(
    Object.entries(data).map(([key, value]) => {
      const text = typeof value === 'string' ? value : '';
      return [key, resource === 'secrets' ? goText(Buffer.from(text, 'base64')) : text];
    }),
  );
}

function describedPiece(form: ObjectForm, fields: Fields, found: FoundObject): Piece {
  const path = `${form.resource}/${placeOf(form, fields, found.name)}`;
  return jsonPiece(path, form.describe(found, fields));
}

function placeOf(form: ObjectForm, fields: Fields, name: string): string {
  const key = form.namesKey(fields) ? `/${textOf(fields, 'key')}` : '';
  return `${textOf(fields, 'namespace')}/${name}${key}.json`;
}

/** As Go leaves out an empty text. */
export function filledText(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** The selector as a file's name. Source: selectorToString in troubleshoot v0.133.0, pkg/collect/util.go. */
function selectorText(fields: Fields): string {
  return textsOf(fields, 'selector')
    .join('-')
    .replaceAll('=', '-')
    .replaceAll('*', 'all')
    .replaceAll(/[?:<>|"/\\]/g, '_');
}
