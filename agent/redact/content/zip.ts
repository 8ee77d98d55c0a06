/** Zip files, and what is one under another name, as jar and docx: member by member redacted, and written again. */

import { crc32, createDeflateRaw, createInflateRaw } from 'node:zlib';

import { ContentError } from '../content-error.ts';
import { BodyCursor } from './body-cursor.ts';
import type { Input } from './input.ts';
import { orDamage, through } from './through.ts';
import {
  type ContentPlace,
  deeper,
  isHostileName,
  leaveOut,
  memberPlace,
  type StoredMember,
  storeMember,
  type Work,
} from './work.ts';
import { readZipDirectory, type ZipMember } from './zip-directory.ts';
import {
  centralRecord,
  endRecords,
  LOCAL_MAGIC,
  localHeader,
  type ZipBody,
} from './zip-records.ts';

const STORED = 0;
const DEFLATED = 8;

/**
 * The zip file with the same members in the same order. Names, modes, times and methods stay, sizes and checksums are
 * those of the redacted bodies; comments, and what lies in front of the members or between them, go.
 *
 * Left out are members that are encrypted, also where what is opaque is to be kept: they need more than their bytes;
 * damaged ones, those of unknown methods, and those with a name that leads out of the folder or holds a secret.
 *
 * @yields Chunks of the new file.
 * @throws {ContentError} The directory is damaged, members overlap, or too much comes out of them.
 */
export async function* redactZip(
  input: Input,
  place: ContentPlace,
  work: Work,
): AsyncGenerator<Uint8Array> {
  const inside = deeper(work);
  // The directory is at the end.
  const source = await work.parts.store(input.chunks());
  const cursor = new BodyCursor(source, work.signal);
  try {
    yield* new Archive(cursor, place, inside).redact();
  } finally {
    await cursor.close();
    await source.remove();
  }
}

interface Packed {
  readonly stored: StoredMember;
  /** Of the body before it was packed. */
  readonly facts: { readonly crc32: number; readonly bytes: number };
}

class Archive {
  readonly #cursor: BodyCursor;
  readonly #place: ContentPlace;
  readonly #work: Work;
  readonly #written = new Map<ZipMember, ZipBody>();
  #offset = 0;

  constructor(cursor: BodyCursor, place: ContentPlace, work: Work) {
    this.#cursor = cursor;
    this.#place = place;
    this.#work = work;
  }

  async *redact(): AsyncGenerator<Uint8Array> {
    const members = await readZipDirectory(this.#cursor);
    await this.#cursor.close();
    // One pass over the file, forwards.
    for (const member of members.toSorted((one, other) => one.offset - other.offset)) {
      this.#work.budget.countMember();
      if (member.offset < this.#cursor.position) {
        throw new ContentError('a zip file whose members overlap');
      }
      const reason = refusal(member) ?? this.#work.parts.reasonAgainst(member.name);
      if (reason === undefined) yield* this.#redactMember(member);
      else this.#leaveOut(member, reason);
    }
    yield* this.#directory(members);
  }

  async *#redactMember(member: ZipMember): AsyncGenerator<Uint8Array> {
    const { stored, facts } = await this.#pack(member);
    if (stored.kind === 'left-out') {
      this.#leaveOut(member, stored.reason);
      return;
    }
    try {
      const body = { ...facts, compressedBytes: stored.body.bytes, offset: this.#offset };
      const header = localHeader(member, body);
      this.#written.set(member, body);
      this.#offset += header.length + body.compressedBytes;
      yield header;
      yield* stored.body.read();
    } finally {
      await stored.body.remove();
    }
  }

  async #pack(member: ZipMember): Promise<Packed> {
    const facts = { crc32: 0, bytes: 0 };
    const place = memberPlace(member.name, this.#place);
    const redacted = measured(this.#work.redact(this.#unpack(member), place, this.#work), facts);
    const packed = member.method === DEFLATED ? through(redacted, createDeflateRaw()) : redacted;
    return { stored: await storeMember(packed, this.#work), facts };
  }

  async *#unpack(member: ZipMember): AsyncGenerator<Uint8Array> {
    const facts = { crc32: 0, bytes: 0 };
    const packed = this.#packedBytes(member);
    const unpacked =
      member.method === DEFLATED
        ? through(packed, createInflateRaw({ rejectGarbageAfterEnd: true }))
        : packed;
    try {
      yield* measured(this.#work.budget.count(unpacked), facts);
    } catch (error) {
      throw orDamage(error, 'a member of a zip file');
    }
    if (facts.bytes !== member.bytes || facts.crc32 !== member.crc32) throw damage();
  }

  async *#packedBytes({ offset, compressedBytes }: ZipMember): AsyncGenerator<Uint8Array> {
    const input = await this.#cursor.seek(offset);
    const header = await input.take(30);
    if (header.length < 30 || header.readUInt32LE(0) !== LOCAL_MAGIC) throw damage();
    await input.skipTo(input.position + header.readUInt16LE(26) + header.readUInt16LE(28));
    const end = input.position + compressedBytes;
    yield* input.chunks(compressedBytes);
    if (input.position < end) throw damage();
  }

  #leaveOut({ name }: ZipMember, reason: string): void {
    leaveOut(memberPlace(name, this.#place).label, reason, this.#work);
  }

  *#directory(members: readonly ZipMember[]): Generator<Uint8Array> {
    const offset = this.#offset;
    let bytes = 0;
    for (const member of members) {
      const body = this.#written.get(member);
      if (body === undefined) continue;
      const record = centralRecord(member, body);
      bytes += record.length;
      yield record;
    }
    yield endRecords({ members: this.#written.size, offset, bytes });
  }
}

function refusal({ name, isEncrypted, method }: ZipMember): string | undefined {
  if (isHostileName(name) || /^(?:[/\\]|[A-Za-z]:)/.test(name)) {
    return 'its name leads out of the archive';
  }
  if (isEncrypted) return 'it is encrypted';
  return method === STORED || method === DEFLATED
    ? undefined
    : `it is compressed by an unknown method: ${method}`;
}

function damage(): ContentError {
  return new ContentError('a member of a zip file that is damaged');
}

/**
 * @param facts Is given the checksum and the length of all that has passed.
 * @yields The chunks.
 */
async function* measured(
  chunks: AsyncIterable<Uint8Array>,
  facts: { crc32: number; bytes: number },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    facts.crc32 = crc32(chunk, facts.crc32);
    facts.bytes += chunk.length;
    yield chunk;
  }
}
