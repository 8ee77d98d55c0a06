/** Files out of a container, by the `tar` that it must have. */

import { basename, join } from 'node:path/posix';

import { BodyWriter, storeBody } from '../../body/body.ts';
import { messageOf } from '../../errors.ts';
import { apiMessageOf } from '../../kube/api-error.ts';
import type { ExecTarget, Execution } from '../../kube/client.ts';
import { readTar } from '../../tar-reader.ts';
import type { CollectContext, FilePiece } from '../collector.ts';

/** Of what `tar` says only the beginning helps. */
const MAX_STDERR_BYTES = 64 * 1024;

export interface PodFiles extends Omit<ExecTarget, 'command'> {
  /** A file or a folder. */
  readonly containerPath: string;
}

/** Why not everything came. */
export interface CopyFailure {
  readonly cause: unknown;
  /** In troubleshoot's words. */
  readonly message: string;
  readonly stderr: string;
}

type Context = Pick<CollectContext, 'kube' | 'signal' | 'workDir'>;

/**
 * The regular files, as they come; links, devices and folders are passed over, as troubleshoot does.
 *
 * @yields Files with paths as in the tar, none of them trusted; at most one is held at a time.
 * @returns Why some or all are missing; undefined: all are there.
 */
export async function* readPodFiles(
  files: PodFiles,
  context: Context,
): AsyncGenerator<FilePiece, CopyFailure | undefined> {
  const run = new TarRun(files, context);
  try {
    const stdout = run.stdout();
    for await (const member of readTar(stdout, asTarError, context.signal)) {
      if (member.kind !== 'file') continue;
      const body = await storeBody(member.read(), context.workDir);
      yield { kind: 'file', path: member.name, body };
    }
  } catch (error) {
    return await run.failure(error);
  }
  return await run.failure(undefined);
}

/**
 * The same files below a folder. The source is closed whatever happens.
 *
 * @yields The files.
 * @returns As `readPodFiles`.
 */
export async function* below(
  folder: string,
  files: AsyncGenerator<FilePiece, CopyFailure | undefined>,
): AsyncGenerator<FilePiece, CopyFailure | undefined> {
  try {
    for (;;) {
      const next = await files.next();
      if (next.done === true) return next.value;
      // Not joined: a path that leads upwards is left out by name, and must not become another one.
      yield { ...next.value, path: `${folder}/${next.value.path}` };
    }
  } finally {
    await files.return(undefined);
  }
}

/**
 * The tar itself.
 *
 * @yields One file with this path; also where the command failed, with what came until then.
 * @returns As `readPodFiles`.
 */
export async function* readPodTar(
  files: PodFiles,
  path: string,
  context: Context,
): AsyncGenerator<FilePiece, CopyFailure | undefined> {
  const run = new TarRun(files, context);
  const writer = new BodyWriter(context.workDir);
  let error: unknown;
  try {
    for await (const chunk of run.stdout()) await writer.write(chunk);
  } catch (caught) {
    error = caught;
  }
  yield { kind: 'file', path, body: await writer.finish() };
  return await run.failure(error);
}

/** As Go's filepath.Dir: of `/a/b/` it is `/a/b`. */
export function goDirname(path: string): string {
  const folder = join(path.slice(0, path.lastIndexOf('/') + 1));
  return folder === '/' ? folder : folder.replace(/\/$/, '');
}

/** `tar` in the container, and what it says. */
class TarRun {
  readonly #files: PodFiles;
  readonly #context: Context;
  readonly #stderr: Uint8Array[] = [];
  #stderrBytes = 0;
  #execution: Execution | undefined;

  constructor(files: PodFiles, context: Context) {
    this.#files = files;
    this.#context = context;
  }

  async *stdout(): AsyncGenerator<Uint8Array> {
    const { containerPath, ...target } = this.#files;
    const [folder, name] = [goDirname(containerPath), basename(containerPath)];
    const command = ['tar', '-C', folder, '-cf', '-', name];
    const { kube, signal } = this.#context;
    this.#execution = await kube.exec({ ...target, command }, signal);
    for await (const { stream, chunk } of this.#execution.output) {
      if (stream === 'stdout') yield chunk;
      else this.#noteStderr(chunk);
    }
  }

  /**
   * @param error What reading its output ended with.
   * @throws The signal's reason.
   */
  async failure(error: unknown): Promise<CopyFailure | undefined> {
    this.#context.signal.throwIfAborted();
    // How the command ended explains more than a tar that ends too early.
    const cause = (await this.#commandFailure()) ?? error;
    if (cause === undefined) return undefined;
    const message = `failed to stream command output: ${apiMessageOf(cause)}`;
    return { cause, message, stderr: Buffer.concat(this.#stderr).toString() };
  }

  async #commandFailure(): Promise<Error | undefined> {
    try {
      const ending = await this.#execution?.ending;
      return ending?.kind === 'failed' ? new Error(ending.message) : undefined;
    } catch {
      // The connection broke, which reading the output has met too.
      return undefined;
    }
  }

  #noteStderr(chunk: Uint8Array): void {
    const kept = chunk.subarray(0, MAX_STDERR_BYTES - this.#stderrBytes);
    this.#stderrBytes += kept.length;
    this.#stderr.push(Buffer.from(kept));
  }
}

function asTarError(error: unknown): Error {
  // What the API said is not the tar's fault.
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('KUBE_')) {
    return error;
  }
  return new Error(`what tar wrote cannot be read: ${messageOf(error)}`, { cause: error });
}
