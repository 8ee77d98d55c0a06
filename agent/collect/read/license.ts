/** The license of a Replicated installation: its id and the application, from the Secret `replicated`. A part of `clusterResources`. */

import { isMap, isNode, isScalar, type Node, parseAllDocuments } from 'yaml';

import { hasCode } from '../../errors.ts';
import { apiMessageOf } from '../../kube/api-error.ts';
import { type ApiObject, isObject, objectAt, textAt } from '../../kube/object-fields.ts';
import type { CollectContext, Piece } from '../collector.ts';
import { goJson } from '../go-json.ts';
import { listObjects } from '../list-objects.ts';
import { filePiece, problem } from '../pieces.ts';
import { isWithheld, withheldPieces } from './withheld.ts';

const SECRET = 'replicated';
const PATH = 'cluster-resources/license.json';

/** Namespace → base64 of the configuration in its secret. */
type Configurations = ReadonlyMap<string, string>;

/**
 * One list for the whole cluster; where rights do not reach that far, one request for each namespace.
 *
 * @yields `license.json` from the first namespace whose secret can be read, with empty texts where that holds no
 *   license; nothing where no namespace has one. What rights withhold is named.
 * Source: troubleshoot v0.133.0, pkg/collect/cluster_resources.go.
 */
export async function* collectLicense(
  context: CollectContext,
  namespaces: readonly string[],
): AsyncGenerator<Piece> {
  const { configurations, failures } = await findConfigurations(namespaces, context);
  for (const namespace of namespaces) {
    const encoded = configurations.get(namespace);
    const license = encoded === undefined ? undefined : licenseIn(encoded);
    if (license === undefined) continue;
    yield filePiece(PATH, goJson(license));
    return;
  }
  yield* withheldPieces(PATH, failures);
  for (const error of failures) {
    if (!isWithheld(error)) yield problem('partial', `${PATH}: ${apiMessageOf(error)}`);
  }
}

interface Found {
  readonly configurations: Configurations;
  readonly failures: readonly unknown[];
}

async function findConfigurations(
  namespaces: readonly string[],
  context: CollectContext,
): Promise<Found> {
  try {
    if (namespaces.length > 1) {
      const query = { fieldSelector: `metadata.name=${SECRET}` };
      const listing = { path: '/api/v1/secrets', query, keep: configurationIn };
      return { configurations: new Map(await listObjects(listing, context)), failures: [] };
    }
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isWithheld(error)) return { configurations: new Map(), failures: [error] };
  }
  return await readByNamespace(namespaces, context);
}

/** All at once: the client bounds how many requests are in flight. */
async function readByNamespace(
  namespaces: readonly string[],
  { kube, signal }: CollectContext,
): Promise<Found> {
  const answers = await Promise.all(
    namespaces.map(async (namespace) => {
      try {
        const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${SECRET}`;
        const secret = await kube.get(path, signal);
        return { configuration: isObject(secret) ? configurationIn(secret) : undefined };
      } catch (error) {
        signal.throwIfAborted();
        return hasCode(error, 'KUBE_NOT_FOUND') ? {} : { error };
      }
    }),
  );
  const configurations = answers.flatMap(({ configuration }) =>
    configuration === undefined ? [] : [configuration],
  );
  const failures = answers.flatMap((answer) => ('error' in answer ? [answer.error] : []));
  return { configurations: new Map(configurations), failures };
}

function configurationIn(secret: ApiObject): readonly [string, string] | undefined {
  const encoded = objectAt(secret, 'data')?.['config.yaml'];
  if (textAt(secret, 'metadata', 'name') !== SECRET || typeof encoded !== 'string') {
    return undefined;
  }
  return [textAt(secret, 'metadata', 'namespace'), encoded];
}

/** Undefined where the configuration, or the license in it, cannot be read as YAML of that form. */
function licenseIn(encoded: string): object | undefined {
  const configuration = readYaml(Buffer.from(encoded, 'base64').toString());
  const text = textIn(configuration, 'license');
  const spec = text === undefined ? undefined : fieldIn(readYaml(text), 'spec');
  const [appSlug, licenseID] = ['appSlug', 'licenseID'].map((name) => textIn(spec, name));
  return appSlug === undefined || licenseID === undefined ? undefined : { appSlug, licenseID };
}

/** A part of a document; null: nothing is there, and all that is in it is empty. Undefined: not what it should be. */
type Part = Node | null | undefined;

/** The first document. Go's reader lets keys be given twice. */
function readYaml(text: string): Part {
  const [document] = parseAllDocuments(text, { uniqueKeys: false, version: '1.1' });
  if (document === undefined || !('contents' in document)) return null;
  return document.errors.length > 0 ? undefined : document.contents;
}

function fieldIn(part: Part, name: string): Part {
  if (isNothing(part)) return null;
  if (!isMap(part)) return undefined;
  const field: unknown = part.get(name, true);
  return isNode(field) ? field : null;
}

/** As Go decodes a scalar into a text: as it stands there, whatever its type. */
function textIn(part: Part, name: string): string | undefined {
  const field = fieldIn(part, name);
  if (isNothing(field)) return '';
  if (!isScalar(field)) return undefined;
  return typeof field.value === 'string' ? field.value : field.source;
}

function isNothing(part: Part): part is null {
  return part === null || (isScalar(part) && part.value === null);
}
