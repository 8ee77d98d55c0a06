/** Writes the objects of a list into files that are JSON arrays: one file after another, as the server orders them. */

import { BodyWriter, type WorkFolder } from '../body/body.ts';
import { AgentError } from '../errors.ts';
import type { FilePiece } from './collector.ts';
import type { Indenter } from './indent.ts';

const OBJECT_DEPTH = 1;
const BEFORE_FIRST = Buffer.from('[\n  ');
const BEFORE_NEXT = Buffer.from(',\n  ');
const AFTER_LAST = Buffer.from('\n]');

/** One file is open at a time; what is left open in the end must be closed or discarded. */
export class ArrayFiles {
  readonly #workDir: WorkFolder;
  readonly #indenter: Indenter;
  readonly #closed = new Set<string>();
  #open: { readonly path: string; readonly writer: BodyWriter } | undefined;
  #isAnew = false;

  /** @param indenter May be shared: it is used for one object at a time. */
  constructor(workDir: WorkFolder, indenter: Indenter) {
    this.#workDir = workDir;
    this.#indenter = indenter;
  }

  /** The list begins again: files that were closed stay as they are, the open one is dropped. */
  async beginAnew(): Promise<void> {
    this.#isAnew ||= this.#closed.size > 0;
    await this.discard();
  }

  /**
   * Adds an object to its file.
   *
   * @param path Undefined: it belongs in none.
   * @yields The file before, where this object begins another.
   * @throws {AgentError} KUBE_FAILED: a file that was closed goes on, so the list has another order than the API promises.
   */
  async *add(json: Uint8Array, path: string | undefined): AsyncGenerator<FilePiece> {
    if (path === undefined) return;
    if (this.#open !== undefined && this.#open.path !== path) yield* this.close();
    if (this.#closed.has(path)) {
      if (this.#isAnew) return;
      throw new AgentError(
        'KUBE_FAILED',
        `the list is not ordered: ${path} would be written twice`,
      );
    }
    const isFirst = this.#open === undefined;
    this.#open ??= { path, writer: new BodyWriter(this.#workDir) };
    const { writer } = this.#open;
    await writer.write(isFirst ? BEFORE_FIRST : BEFORE_NEXT);
    await writer.write(this.#indenter.indent(json, OBJECT_DEPTH));
  }

  /** @yields The open file, if there is one. */
  async *close(): AsyncGenerator<FilePiece> {
    if (this.#open === undefined) return;
    const { path, writer } = this.#open;
    await writer.write(AFTER_LAST);
    const body = await writer.finish();
    this.#open = undefined;
    this.#closed.add(path);
    yield { kind: 'file', path, body };
  }

  async discard(): Promise<void> {
    await this.#open?.writer.discard();
    this.#open = undefined;
  }
}
