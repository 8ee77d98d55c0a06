/** A stream of bytes through one of Node's compressors or decompressors. */

import type { Transform } from 'node:stream';

import { ContentError } from '../content-error.ts';

/** Each write wakes a thread, which costs more than a few hundred bytes are worth. */
const PIECE_BYTES = 64 * 1024;

/**
 * What the transform makes of the source. Both are closed at the end, and when the reader stops.
 *
 * @yields Chunks that are never written again.
 * @throws What the source fails with, or the transform.
 */
export async function* through(
  source: AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncGenerator<Uint8Array> {
  let failure: { readonly error: unknown } | undefined;
  const feeding = feed(source, transform).catch((error: unknown) => {
    failure = { error };
    transform.destroy();
  });
  try {
    for await (const chunk of transform) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    throw failure === undefined ? error : failure.error;
  } finally {
    transform.destroy();
    await feeding;
  }
}

/**
 * The error as people are told of it: zlib's are those of damaged data, all others stay as they are.
 *
 * @param what Goes before "that is damaged".
 */
export function orDamage(error: unknown, what: string): unknown {
  const isDamage =
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^(?:Z_|ERR_TRAILING_JUNK)/.test(error.code);
  return isDamage ? new ContentError(`${what} that is damaged`, { cause: error }) : error;
}

async function feed(source: AsyncIterable<Uint8Array>, transform: Transform): Promise<void> {
  for await (const piece of inPieces(source)) {
    await write(transform, piece);
    if (transform.destroyed) return;
  }
  transform.end();
}

/** Until the piece has been worked off, so that its memory may be used again; or there is nobody left to do so. */
async function write(transform: Transform, piece: Uint8Array): Promise<void> {
  if (transform.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  function done(): void {
    resolve(undefined);
  }
  // A transform that is destroyed forgets the piece it works on.
  transform.once('close', done);
  transform.write(piece, done);
  await promise;
  transform.off('close', done);
}

async function* inPieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    if (bytes === 0 && chunk.length >= PIECE_BYTES) {
      yield chunk;
      continue;
    }
    parts.push(Uint8Array.from(chunk));
    bytes += chunk.length;
    if (bytes < PIECE_BYTES) continue;
    yield Buffer.concat(parts);
    parts = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(parts);
}
