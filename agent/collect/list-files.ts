/** Writes lists of built-in objects into files as troubleshoot does: one for the cluster, or one for each namespace. */

import { type Body, BodyWriter, type WorkFolder } from '../body/body.ts';
import { AgentError } from '../errors.ts';
import type { CollectContext, FilePiece } from './collector.ts';
import { Indenter } from './indent.ts';
import { streamList } from './list-stream.ts';
import { findNamespace } from './namespace-of.ts';

/** What is listed. */
export interface ListedKind {
  /** `v1`, `apps/v1`. */
  readonly groupVersion: string;
  readonly kind: string;
  /** Name in paths of the API. */
  readonly resource: string;
}

/** Sees each object's JSON on its way into a file. */
export type Look = (json: Uint8Array) => void;

/** @returns Path of a collection: of one namespace, or of the whole cluster. */
function collectionPath(
  { groupVersion, resource }: Pick<ListedKind, 'groupVersion' | 'resource'>,
  namespace?: string,
): string {
  const root = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${resource}`;
}

/**
 * One file with all objects of a collection.
 *
 * @throws {AgentError} KUBE_…
 */
export async function readListFile(
  kind: ListedKind,
  context: CollectContext,
  { namespace, look }: { readonly namespace?: string; readonly look?: Look } = {},
): Promise<Body> {
  const form = new ListForm(kind);
  let file: ListFile | undefined;
  try {
    for await (const event of streamList(collectionPath(kind, namespace), context)) {
      if (event.kind === 'start') {
        await file?.discard();
        file = new ListFile(form, event.resourceVersion, context.workDir);
      } else await file?.addAll(event.jsons, look);
    }
    if (file === undefined) throw new Error('a list never started');
    return await file.finish();
  } catch (error) {
    await file?.discard();
    throw error;
  }
}

/**
 * One list for the whole cluster, split where the namespace changes: the server orders objects by it.
 *
 * A namespace's file is given once it is complete; when the list begins anew, what is given already stays as it is.
 * Objects in other namespaces are passed over. Namespaces without objects come last.
 *
 * @param left Namespaces to give a file for; one that has got its file is taken out.
 * @yields `<folder>/<namespace>.json`
 * @throws {AgentError} KUBE_…; the namespaces that are left then have no file.
 */
export async function* readListFiles(
  { kind, folder, look }: SplitList,
  left: Set<string>,
  context: CollectContext,
): AsyncGenerator<FilePiece> {
  const files = new NamespaceFiles(kind, left, context.workDir);
  try {
    for await (const event of streamList(collectionPath(kind), context)) {
      if (event.kind === 'start') await files.begin(event.resourceVersion);
      else yield* split(event.jsons, files, { folder, look });
    }
    yield* give(folder, files);
    for (const namespace of left) {
      files.open(namespace);
      yield* give(folder, files);
    }
  } finally {
    await files.discard();
  }
}

export interface SplitList {
  readonly kind: ListedKind;
  readonly folder: string;
  readonly look?: Look;
}

/** @yields A namespace's file, where the next one begins. */
async function* split(
  jsons: readonly Uint8Array[],
  files: NamespaceFiles,
  { folder, look }: { readonly folder: string; readonly look: Look | undefined },
): AsyncGenerator<FilePiece> {
  for (const json of jsons) {
    const namespace = findNamespace(json);
    if (files.isComplete(namespace)) yield* give(folder, files);
    if (await files.add(namespace, json)) look?.(json);
  }
}

/** @yields The file that is complete, if there is one. */
async function* give(folder: string, files: NamespaceFiles): AsyncGenerator<FilePiece> {
  const finished = await files.finish();
  if (finished === undefined) return;
  const { namespace, body } = finished;
  yield { kind: 'file', path: `${folder}/${namespace}.json`, body };
}

/** The files of one list, one of them open at a time. */
class NamespaceFiles {
  readonly #kind: ListedKind;
  readonly #form: ListForm;
  readonly #left: Set<string>;
  readonly #workDir: WorkFolder;
  readonly #given = new Set<string>();
  #resourceVersion = '';
  #isAnew = false;
  #current: { readonly namespace: string; readonly file: ListFile } | undefined;

  constructor(kind: ListedKind, left: Set<string>, workDir: WorkFolder) {
    this.#kind = kind;
    this.#form = new ListForm(kind);
    this.#left = left;
    this.#workDir = workDir;
  }

  async begin(resourceVersion: string): Promise<void> {
    this.#isAnew = this.#resourceVersion !== '';
    this.#resourceVersion = resourceVersion;
    await this.discard();
  }

  /** Whether an object of this namespace ends the open file. */
  isComplete(namespace: string): boolean {
    return this.#current !== undefined && this.#current.namespace !== namespace;
  }

  /** Whether the object is one of those that are wanted. */
  async add(namespace: string, json: Uint8Array): Promise<boolean> {
    if (this.#given.has(namespace) && !this.#isAnew) throw unordered(this.#kind, namespace);
    if (!this.#left.has(namespace)) return false;
    if (this.#current === undefined) this.open(namespace);
    await this.#current?.file.add(json);
    return true;
  }

  open(namespace: string): void {
    const file = new ListFile(this.#form, this.#resourceVersion, this.#workDir);
    this.#current = { namespace, file };
  }

  async finish(): Promise<{ readonly namespace: string; readonly body: Body } | undefined> {
    if (this.#current === undefined) return undefined;
    const { namespace, file } = this.#current;
    this.#current = undefined;
    const body = await file.finish();
    this.#left.delete(namespace);
    this.#given.add(namespace);
    return { namespace, body };
  }

  async discard(): Promise<void> {
    await this.#current?.file.discard();
    this.#current = undefined;
  }
}

function unordered({ resource }: ListedKind, namespace: string): AgentError {
  return new AgentError(
    'KUBE_FAILED',
    `the list of ${resource} is not ordered by namespace: ${namespace} came twice`,
  );
}

/** The fixed parts of a kind's files, and the indenter that all of them use in turn. */
class ListForm {
  readonly indenter = new Indenter();
  readonly #kind: ListedKind;
  /** The API leaves them out in lists; troubleshoot puts them back. */
  readonly objectFields: Buffer;

  constructor(kind: ListedKind) {
    this.#kind = kind;
    this.objectFields = Buffer.from(`"kind":"${kind.kind}","apiVersion":"${kind.groupVersion}"`);
  }

  head(resourceVersion: string): string {
    const { kind, groupVersion } = this.#kind;
    return `{
  "kind": "${kind}List",
  "apiVersion": "${groupVersion}",
  "metadata": {
    "resourceVersion": "${resourceVersion}"
  },
  "items": `;
  }
}

/** Depth of an object in a list. */
const OBJECT_DEPTH = 2;
const BEFORE_FIRST = Buffer.from('[\n    ');
const BEFORE_NEXT = Buffer.from(',\n    ');

class ListFile {
  readonly #form: ListForm;
  readonly #writer: BodyWriter;
  readonly #head: Buffer;
  #isEmpty = true;

  constructor(form: ListForm, resourceVersion: string, workDir: WorkFolder) {
    this.#form = form;
    this.#head = Buffer.from(form.head(resourceVersion));
    this.#writer = new BodyWriter(workDir);
  }

  async addAll(jsons: readonly Uint8Array[], look: Look | undefined): Promise<void> {
    for (const json of jsons) {
      look?.(json);
      await this.add(json);
    }
  }

  async add(json: Uint8Array): Promise<void> {
    if (this.#isEmpty) {
      await this.#writer.write(this.#head);
      await this.#writer.write(BEFORE_FIRST);
    } else await this.#writer.write(BEFORE_NEXT);
    this.#isEmpty = false;
    const { indenter, objectFields } = this.#form;
    await this.#writer.write(indenter.indent(json, OBJECT_DEPTH, objectFields));
  }

  async finish(): Promise<Body> {
    if (this.#isEmpty) await this.#writer.write(this.#head);
    await this.#writer.write(Buffer.from(this.#isEmpty ? 'null\n}' : '\n  ]\n}'));
    return await this.#writer.finish();
  }

  async discard(): Promise<void> {
    await this.#writer.discard();
  }
}
