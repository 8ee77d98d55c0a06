/** Streams of bytes, cut in many ways. */

/** @yields Each chunk. */
export async function* from(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** @yields The bytes in two parts, cut at each place in turn, then cut at every place. */
export function* cutEverywhere(bytes: Uint8Array): Generator<readonly Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  yield Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1));
}
