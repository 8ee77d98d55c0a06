/** The body of an upload as it streams in: hashed, counted, and written to a file if it is to be kept. */
import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';

export interface UploadBody {
  /** Hex; of what was read. */
  readonly sha256: string;
  /** False when reading ended at the limit. */
  readonly isComplete: boolean;
  readonly file?: string;
}

export interface ReadOptions {
  /** Where to keep the body; absent: nowhere. */
  readonly file: string | undefined;
  /** Exceeded by at most one chunk. */
  readonly limitBytes: number;
  readonly onBytes: (bytes: number) => void;
}

/** Reads up to the limit. Throws, and keeps nothing, when the client breaks off before it. */
export async function readUploadBody(
  request: IncomingMessage,
  { file, limitBytes, onBytes }: ReadOptions,
): Promise<UploadBody> {
  const hash = createHash('sha256');
  const handle = file === undefined ? undefined : await open(file, 'w');
  try {
    for await (const chunk of chunksUpTo(request, limitBytes)) {
      hash.update(chunk);
      await handle?.writeFile(chunk);
      onBytes(chunk.length);
    }
  } catch (error) {
    if (file !== undefined) await rm(file, { force: true });
    throw error;
  } finally {
    await handle?.close();
  }
  return {
    sha256: hash.digest('hex'),
    isComplete: request.complete,
    ...(file === undefined ? {} : { file }),
  };
}

async function* chunksUpTo(request: IncomingMessage, limitBytes: number): AsyncGenerator<Buffer> {
  if (limitBytes <= 0) return;
  let bytes = 0;
  // The connection stays open when the limit ends the reading.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!(chunk instanceof Buffer)) throw new TypeError('a body without an encoding is bytes');
    bytes += chunk.length;
    yield chunk;
    if (bytes >= limitBytes) return;
  }
}
