/** Members of a tar file, gzipped or not, one at a time and in bounded memory. */

import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { type Extract, extract, type Header } from 'tar-stream';

type TarMemberKind = 'file' | 'symbolic-link' | 'hard-link' | 'directory' | 'special';

/** A member as its header says, nothing of it checked: names may be absolute or lead upwards. */
export interface TarMember {
  readonly kind: TarMemberKind;
  readonly name: string;
  /** Where a link leads; empty for what is no link. */
  readonly target: string;
  readonly bytes: number;
  /** The body, once, until the next member is asked for. Exactly `bytes` long or it rejects. */
  read(): AsyncIterable<Uint8Array>;
}

const KINDS = new Map<string, TarMemberKind>([
  ['file', 'file'],
  ['contiguous-file', 'file'],
  ['symlink', 'symbolic-link'],
  ['link', 'hard-link'],
  ['directory', 'directory'],
]);

/** Node's own 16 KiB make `redact` an eighth slower: each chunk is a turn of zlib's thread and of this one. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Reads a file to its end; anything after the end of the gzip stream counts as damage.
 *
 * @yields The members in their order. Asking for the next passes over what was not read of the last.
 * @param toError What a cut off or damaged file, or a source that fails, is reported as.
 */
export function readTarGzip(
  source: AsyncIterable<Uint8Array>,
  toError: (error: unknown) => Error,
  signal: AbortSignal,
): AsyncGenerator<TarMember> {
  const gunzip = createGunzip({ rejectGarbageAfterEnd: true, chunkSize: CHUNK_BYTES });
  return readMembers((members) => pipeline(source, gunzip, members, { signal }), toError, signal);
}

/** As `readTarGzip`, of a tar that is not compressed. */
export function readTar(
  source: AsyncIterable<Uint8Array>,
  toError: (error: unknown) => Error,
  signal: AbortSignal,
): AsyncGenerator<TarMember> {
  return readMembers((members) => pipeline(source, members, { signal }), toError, signal);
}

async function* readMembers(
  pump: (members: Extract) => Promise<void>,
  toError: (error: unknown) => Error,
  signal: AbortSignal,
): AsyncGenerator<TarMember> {
  function explain(error: unknown): unknown {
    return signal.aborted ? signal.reason : toError(inWords(error));
  }
  const members = extract();
  const pumping = pump(members);
  // Whoever asks for the next member or chunk is told of it there.
  pumping.catch(() => undefined);
  const iterator = members[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await orExplain(iterator.next(), explain);
      if (next.done === true) break;
      const { value: stream } = next;
      const body = readBody(stream[Symbol.asyncIterator](), sizeOf(stream.header), explain);
      yield toMember(stream.header, body);
      // tar-stream hands out the next member only once this one's body has been taken.
      for await (const chunk of restOf(body)) void chunk;
    }
    await orExplain(pumping, explain);
  } finally {
    members.destroy();
    await pumping.catch(() => undefined);
  }
}

/** What zlib and tar-stream say of a file, for who has only its name: by the words of their versions in package-lock.json. */
const IN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^incorrect header check/, 'it is not compressed by gzip: a .tar.gz is needed'],
  [/^unexpected end of/i, 'it is cut off, or no tar file is in it'],
  [/^Stream was destroyed|^Writable stream closed prematurely/, 'the tar file in it is cut off'],
  [/^Invalid (?:tar )?header/, 'what is in it is no tar file, or is damaged'],
  [/^incorrect (?:data|length) check|^invalid /, 'it is damaged'],
  [/^Trailing junk/, 'something follows behind its end'],
];

function inWords(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const words = IN_WORDS.find(([pattern]) => pattern.test(error.message))?.[1];
  return words === undefined ? error : new Error(words, { cause: error });
}

function toMember(header: Header, body: AsyncGenerator<Uint8Array>): TarMember {
  return {
    kind: KINDS.get(header.type) ?? 'special',
    name: header.name,
    // tar-stream has null here for what is no link.
    target: header.linkname ?? '',
    bytes: sizeOf(header),
    read: () => restOf(body),
  };
}

function sizeOf({ size, type }: Header): number {
  return type === 'directory' ? 0 : size;
}

/**
 * Never ended from outside: a tar-stream body that is left early takes the whole extraction with it.
 *
 * @yields The body's chunks.
 */
async function* readBody(
  chunks: AsyncIterator<unknown>,
  expectedBytes: number,
  explain: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for (;;) {
    const { done, value } = await orExplain(chunks.next(), explain);
    if (done === true || !(value instanceof Uint8Array)) break;
    bytes += value.length;
    yield value;
  }
  if (bytes < expectedBytes) throw explain(new Error('unexpected end of data'));
}

/** What is left of the body. Leaving it early leaves the body where it is. */
function restOf(body: AsyncGenerator<Uint8Array>): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => ({ next: () => body.next() }) };
}

async function orExplain<T>(work: Promise<T>, explain: (error: unknown) => unknown): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw explain(error);
  }
}
