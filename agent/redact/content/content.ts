/**
 * What a file of a bundle is, and how it is redacted.
 *
 * Its first bytes tell, then its name. Archives are opened, their members redacted each for itself, and written again.
 * What cannot be looked into is left out. All that is not known is text in bytes, and in the wide characters that are in
 * it: binary data passes as it is where no rule matches. Data that is compressed somewhere behind the beginning of such a file is not seen.
 */

import { ContentError } from '../content-error.ts';
import { redactGzip } from './gzip.ts';
import { Input } from './input.ts';
import { HEAD_BYTES, kindOf } from './kind.ts';
import { redactSparseText } from './sparse-text.ts';
import { redactTar } from './tar.ts';
import { redactWideText } from './wide-text.ts';
import { Budget, type ContentParts, type ContentPlace, type Work } from './work.ts';

/**
 * One file, redacted. Nothing of it stays in WORK_DIR at the end, after an error, and when the reader stops.
 *
 * What came before an error is redacted, but no whole file.
 *
 * @param path Inside the bundle.
 * @yields Chunks that are to be used before the next one is asked for.
 * @throws {ContentError} The file cannot be sent: its message says why, for people, without any of its bytes.
 * @throws What `source`, `redactText` and `store` fail with; the signal's reason, when it aborts.
 */
// oxlint-disable-next-line max-params -- a file, how it is redacted, and the signal, which is always the last
export async function* redactContent(
  path: string,
  source: AsyncIterable<Uint8Array>,
  parts: ContentParts,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const budget = new Budget(parts.maxBytes);
  const work: Work = { parts, signal, budget, depth: 0, redact };
  yield* redact(source, { path, label: path, name: path }, work);
}

async function* redact(
  source: AsyncIterable<Uint8Array>,
  place: ContentPlace,
  work: Work,
): AsyncGenerator<Uint8Array> {
  if (work.parts.isText?.(place.name) === true) {
    yield* work.parts.redactText(place.path, source);
    return;
  }
  const input = new Input(source, work.signal);
  try {
    yield* redactInput(input, place, work);
  } finally {
    await input.close();
  }
}

async function* redactInput(
  input: Input,
  place: ContentPlace,
  work: Work,
): AsyncGenerator<Uint8Array> {
  const { parts } = work;
  function redactText(text: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    return parts.redactText(place.path, text);
  }
  const kind = kindOf(await input.peek(HEAD_BYTES), place.name);
  switch (kind.kind) {
    case 'text':
      // As bytes in the end: `redactText` may look at what it gives a second time, and sees what is wide too.
      yield* redactText(redactSparseText(input.chunks(), redactText, work.signal));
      break;
    case 'wide-text': {
      // And all the rest: programs add lines in UTF-8 to a file that was in UTF-16, and binary data may look like it.
      const wide = redactWideText(input, kind.encoding, redactText);
      yield* redactText(redactSparseText(wide, redactText, work.signal));
      break;
    }
    case 'gzip':
      yield* redactGzip(input, place, work);
      break;
    case 'tar':
      yield* redactTar(input, place, work);
      break;
    case 'zip':
      // Rare, and its reader takes memory.
      yield* (await import('./zip.ts')).redactZip(input, place, work);
      break;
    case 'misnamed':
      throw new ContentError(`by its name ${kind.what}, by its bytes none`);
    case 'opaque':
      if (parts.opaque === 'leave-out') throw new ContentError(opaqueReason(kind.what));
      yield* input.chunks();
  }
}

function opaqueReason(what: string): string {
  return `${what} cannot be looked into; REDACT_OPAQUE=keep sends such files`;
}
