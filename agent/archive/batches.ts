/** Puts many small pieces together before they are compressed. */

/** What gzip is given at once: each time costs a job for another thread, and tar's headers come in 512 bytes. */
const BATCH_BYTES = 128 * 1024;

/**
 * The buffer is the same each time: whoever takes a batch must be done with it when the next one is asked for.
 *
 * @yields The same bytes in batches of one size.
 */
export async function* inBatches(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const batch = Buffer.allocUnsafeSlow(BATCH_BYTES);
  let bytes = 0;
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0; ) {
      const part = rest.subarray(0, BATCH_BYTES - bytes);
      batch.set(part, bytes);
      bytes += part.length;
      rest = rest.subarray(part.length);
      if (bytes < BATCH_BYTES) continue;
      yield batch;
      bytes = 0;
    }
  }
  if (bytes > 0) yield batch.subarray(0, bytes);
}
