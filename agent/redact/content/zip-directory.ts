/** The list of members at the end of a zip file. Source: PKWARE's APPNOTE.TXT 6.3.10, section 4.3.12. */

import {
  type Entry,
  fromRandomAccessReaderPromise,
  getFileNameLowLevel,
  RandomAccessReader,
} from 'yauzl';

import { ContentError } from '../content-error.ts';
import type { BodyCursor } from './body-cursor.ts';

export interface ZipMember {
  /** What rules and people are told. */
  readonly name: string;
  /** In UTF-8, or in whatever the archive has. */
  readonly rawName: Buffer;
  readonly isUtf8: boolean;
  readonly isEncrypted: boolean;
  readonly method: number;
  /** As in the central directory. */
  readonly versionMadeBy: number;
  readonly dosTime: number;
  readonly dosDate: number;
  readonly internalAttributes: number;
  readonly externalAttributes: number;
  /** Since 1970, where the archive has that beside the time of day. */
  readonly modifiedAtSeconds?: number;
  /** Of the local header, from the beginning of the file. */
  readonly offset: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly crc32: number;
}

/** All are in memory at once. */
const MAX_MEMBERS = 100_000;
const MAX_NAMES_BYTES = 16 * 1024 * 1024;

export const UTF8_FLAG = 0x0800;
/** Id of the extra field with a time in seconds. */
export const UNIX_TIMES = 0x5455;

/**
 * In the order of the directory.
 *
 * @throws {ContentError} The directory is damaged, too large, or of a kind that is not known.
 */
export async function readZipDirectory(
  cursor: BodyCursor,
  maxMembers = MAX_MEMBERS,
): Promise<readonly ZipMember[]> {
  const reader = new BodyReader(cursor);
  try {
    return await readMembers(reader, cursor.bytes, maxMembers);
  } catch (error) {
    if (reader.failure !== undefined) throw reader.failure.error;
    if (error instanceof ContentError) throw error;
    throw new ContentError('a zip file that is damaged or cut off', { cause: error });
  }
}

async function readMembers(
  reader: BodyReader,
  bytes: number,
  maxMembers: number,
): Promise<readonly ZipMember[]> {
  const zip = await fromRandomAccessReaderPromise(reader, bytes, {
    // Names that lead out are no reason to refuse all others.
    decodeStrings: false,
    validateEntrySizes: false,
  });
  const members: ZipMember[] = [];
  let namesBytes = 0;
  for await (const entry of zip.eachEntry()) {
    namesBytes += entry.fileNameLength;
    if (members.length === maxMembers) {
      throw new ContentError(`a zip file with more than ${maxMembers} members`);
    }
    if (namesBytes > MAX_NAMES_BYTES) {
      throw new ContentError(`a zip file with names of more than ${MAX_NAMES_BYTES} bytes`);
    }
    members.push(toMember(entry));
  }
  return members;
}

function toMember(entry: Entry): ZipMember {
  const { generalPurposeBitFlag: flags, fileNameRaw, extraFields } = entry;
  const isStrict = true;
  const ownName = getFileNameLowLevel(flags, fileNameRaw, [], isStrict);
  // There may be a second name, in UTF-8, beside one in another code.
  const name = getFileNameLowLevel(flags, fileNameRaw, extraFields, isStrict);
  const times = extraFields.find(({ id, data }) => id === UNIX_TIMES && data.length >= 5);
  const hasTime = times !== undefined && ((times.data[0] ?? 0) & 1) === 1;
  return {
    name,
    rawName: Buffer.from(name === ownName ? fileNameRaw : name),
    isUtf8: name !== ownName || (flags & UTF8_FLAG) !== 0,
    isEncrypted: entry.isEncrypted(),
    method: entry.compressionMethod,
    versionMadeBy: entry.versionMadeBy,
    dosTime: entry.lastModFileTime,
    dosDate: entry.lastModFileDate,
    internalAttributes: entry.internalFileAttributes,
    externalAttributes: entry.externalFileAttributes,
    ...(hasTime && { modifiedAtSeconds: times.data.readInt32LE(1) }),
    offset: entry.relativeOffsetOfLocalHeader,
    compressedBytes: entry.compressedSize,
    bytes: entry.uncompressedSize,
    crc32: entry.crc32,
  };
}

/** As yauzl wants it. It asks for one thing at a time, and rarely for what lies before the last one. */
class BodyReader extends RandomAccessReader {
  readonly #cursor: BodyCursor;
  /** Of the body, which is no damage of the zip file. */
  failure: { readonly error: unknown } | undefined;

  constructor(cursor: BodyCursor) {
    super();
    this.#cursor = cursor;
  }

  // oxlint-disable-next-line max-params -- yauzl's interface
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    void this.#answer({ target: buffer.subarray(offset, offset + length), position }, callback);
  }

  async #answer(
    { target, position }: { readonly target: Buffer; readonly position: number },
    callback: (error: Error | null, bytesRead?: number) => void,
  ): Promise<void> {
    let bytesRead = 0;
    try {
      bytesRead = await this.#readInto(target, position);
    } catch (error) {
      this.failure = { error };
      callback(new Error('the body cannot be read', { cause: error }));
      return;
    }
    callback(null, bytesRead);
  }

  async #readInto(target: Buffer, position: number): Promise<number> {
    const input = await this.#cursor.seek(position);
    const bytes = await input.take(target.length);
    target.set(bytes);
    return bytes.length;
  }
}
