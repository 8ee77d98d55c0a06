/** Files that gzip has compressed, several one after the other included: unpacked, redacted, packed again. */

import { createGunzip, createGzip } from 'node:zlib';

import type { Input } from './input.ts';
import { orDamage, through } from './through.ts';
import { type ContentPlace, deeper, type Work } from './work.ts';

/** Node's 16 KiB are small for a step that waits for a thread. */
const CHUNK_BYTES = 64 * 1024;

/**
 * One gzip file, whatever there were, without names and comments: nobody has looked at those.
 *
 * Rules see the path of the file with its `.gz`. Zeros after the end are dropped, as gzip does.
 *
 * @yields Chunks of the new file.
 * @throws {ContentError} It is damaged, too large, or holds what cannot be sent.
 */
export async function* redactGzip(
  input: Input,
  place: ContentPlace,
  work: Work,
): AsyncGenerator<Uint8Array> {
  const inner = { ...place, name: unpackedName(place.name), isUnpacked: true };
  const unpacked = work.budget.count(unpack(input));
  const redacted = work.redact(unpacked, inner, deeper(work));
  yield* through(redacted, createGzip({ chunkSize: CHUNK_BYTES }));
}

async function* unpack(input: Input): AsyncGenerator<Uint8Array> {
  try {
    yield* through(input.chunks(), createGunzip({ chunkSize: CHUNK_BYTES }));
  } catch (error) {
    throw orDamage(error, 'a gzip file');
  }
}

function unpackedName(name: string): string {
  return name.replace(/\.tgz$/i, '.tar').replace(/\.gz$/i, '');
}
