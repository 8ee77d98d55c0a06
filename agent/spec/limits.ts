/** How much text the agent takes for a spec. */

import { AgentError } from '../errors.ts';

/** What a Secret can hold; parsed, a text takes some hundred times its size. */
const MAX_SPEC_BYTES = 1024 * 1024;
/** Of all sources together. */
export const MAX_TOTAL_SPEC_BYTES = 4 * 1024 * 1024;

/** @throws {AgentError} SPEC_TOO_LARGE: as soon as that is known; the rest is not read. */
export async function readLimited(
  chunks: AsyncIterable<unknown>,
  label: string,
): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const part = toBuffer(chunk);
    bytes += part.length;
    checkSize(bytes, label);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** @throws {AgentError} SPEC_TOO_LARGE */
export function checkSize(bytes: number, label: string): void {
  if (bytes > MAX_SPEC_BYTES) {
    throw new AgentError(
      'SPEC_TOO_LARGE',
      `${label}: a spec must be at most ${MAX_SPEC_BYTES / 1024} KiB`,
    );
  }
}

function toBuffer(chunk: unknown): Buffer {
  return chunk instanceof Uint8Array ? Buffer.from(chunk) : Buffer.from(String(chunk));
}
