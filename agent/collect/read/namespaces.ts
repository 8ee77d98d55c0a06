/** The namespaces that `clusterResources` reads, and troubleshoot's file on them. */

import { BodyWriter, bodyOf } from '../../body/body.ts';
import { apiMessageOf } from '../../kube/api-error.ts';
import { textAt } from '../../kube/object-fields.ts';
import type { CollectContext, Piece } from '../collector.ts';
import { Indenter } from '../indent.ts';
import { type ListedKind, readListFile } from '../list-files.ts';
import { errorPieces } from '../pieces.ts';

const PATH = 'cluster-resources/namespaces';
const NAMESPACE: ListedKind = { groupVersion: 'v1', kind: 'Namespace', resource: 'namespaces' };

export interface Namespaces {
  readonly names: readonly string[];
  readonly pieces: readonly Piece[];
}

/**
 * All namespaces of the cluster, as a list; or those that are wanted, as an array without `kind` and `apiVersion`,
 * and with those that cannot be read left out of the file, but not of the names.
 */
export async function readNamespaces(
  wanted: readonly string[],
  context: CollectContext,
): Promise<Namespaces> {
  return wanted.length === 0 ? await readAll(context) : await readWanted(wanted, context);
}

async function readAll(context: CollectContext): Promise<Namespaces> {
  const names = new Set<string>();
  try {
    const body = await readListFile(NAMESPACE, context, {
      look: (json) =>
        names.add(textAt(JSON.parse(Buffer.from(json).toString()), 'metadata', 'name')),
    });
    return { names: [...names], pieces: [{ kind: 'file', path: `${PATH}.json`, body }] };
  } catch (error) {
    context.signal.throwIfAborted();
    return { names: [], pieces: piecesOf(bodyOf(''), [apiMessageOf(error)]) };
  }
}

async function readWanted(
  wanted: readonly string[],
  { kube, signal, workDir }: CollectContext,
): Promise<Namespaces> {
  const errors: string[] = [];
  const indenter = new Indenter();
  const writer = new BodyWriter(workDir);
  for (const name of wanted) {
    try {
      const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
      const { body } = await kube.stream(path, {}, signal);
      const chunks = [];
      for await (const chunk of body) chunks.push(chunk);
      const json = withoutType(Buffer.concat(chunks));
      await writer.write(Buffer.from(writer.bytes === 0 ? '[\n  ' : ',\n  '));
      await writer.write(indenter.indent(json, 1));
    } catch (error) {
      if (signal.aborted) {
        await writer.discard();
        throw signal.reason;
      }
      errors.push(apiMessageOf(error));
    }
  }
  await writer.write(Buffer.from(writer.bytes === 0 ? '[]' : '\n]'));
  return { names: wanted, pieces: piecesOf(await writer.finish(), errors) };
}

/** A single object says its kind and version first; a typed client of Go takes that away. */
function withoutType(json: Buffer): Buffer {
  const type = /^\{"kind":"[^"]*","apiVersion":"[^"]*",/.exec(json.toString('latin1', 0, 200))?.[0];
  if (type === undefined) return json;
  const rest = json.subarray(type.length - 1);
  rest[0] = '{'.charCodeAt(0);
  return rest;
}

function piecesOf(body: ReturnType<typeof bodyOf>, errors: readonly string[]): readonly Piece[] {
  return [
    { kind: 'file', path: `${PATH}.json`, body },
    ...errorPieces(`${PATH}-errors.json`, errors),
  ];
}
