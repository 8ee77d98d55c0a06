/** Headers of a zip file. Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5; Info-ZIP's extrafld.txt. */

import { UNIX_TIMES, UTF8_FLAG, type ZipMember } from './zip-directory.ts';

/** A body as it has been written. */
export interface ZipBody {
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Of the local header, from the beginning of the file. */
  readonly offset: number;
}

/** Stands where a number is in the zip64 fields. */
const IN_ZIP64 = 0xffffffff;
const MEMBERS_IN_ZIP64 = 0xffff;

const VERSION = 20;
const ZIP64_VERSION = 45;
export const LOCAL_MAGIC = 0x04034b50;

/** In front of the body. Its sizes are known, so none follow it. */
export function localHeader(member: ZipMember, body: ZipBody): Buffer {
  const isLarge = body.bytes >= IN_ZIP64 || body.compressedBytes >= IN_ZIP64;
  const extra = Buffer.concat([
    isLarge ? zip64Field([body.bytes, body.compressedBytes]) : Buffer.alloc(0),
    timeField(member),
  ]);
  const fixed = Buffer.alloc(30);
  fixed.writeUInt32LE(LOCAL_MAGIC, 0);
  writeShared(fixed.subarray(4), member, { ...body, isLarge });
  fixed.writeUInt16LE(extra.length, 28);
  return Buffer.concat([fixed, member.rawName, extra]);
}

/** In the directory. */
export function centralRecord(member: ZipMember, body: ZipBody): Buffer {
  const numbers = [body.bytes, body.compressedBytes, body.offset];
  const isLarge = numbers.some((number) => number >= IN_ZIP64);
  const extra = Buffer.concat([isLarge ? zip64Field(numbers) : Buffer.alloc(0), timeField(member)]);
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(0x02014b50, 0);
  fixed.writeUInt16LE(member.versionMadeBy, 4);
  writeShared(fixed.subarray(6), member, { ...body, isLarge });
  fixed.writeUInt16LE(extra.length, 30);
  fixed.writeUInt16LE(member.internalAttributes, 36);
  fixed.writeUInt32LE(member.externalAttributes, 38);
  fixed.writeUInt32LE(isLarge ? IN_ZIP64 : body.offset, 42);
  return Buffer.concat([fixed, member.rawName, extra]);
}

/** Behind the directory. */
export function endRecords(directory: {
  readonly members: number;
  readonly offset: number;
  readonly bytes: number;
}): Buffer {
  const { members, offset, bytes } = directory;
  const isLarge = members >= MEMBERS_IN_ZIP64 || offset >= IN_ZIP64 || bytes >= IN_ZIP64;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(isLarge ? MEMBERS_IN_ZIP64 : members, 8);
  end.writeUInt16LE(isLarge ? MEMBERS_IN_ZIP64 : members, 10);
  end.writeUInt32LE(isLarge ? IN_ZIP64 : bytes, 12);
  end.writeUInt32LE(isLarge ? IN_ZIP64 : offset, 16);
  if (!isLarge) return end;
  const zip64 = Buffer.alloc(56 + 20);
  zip64.writeUInt32LE(0x06064b50, 0);
  zip64.writeBigUInt64LE(44n, 4);
  zip64.writeUInt16LE(ZIP64_VERSION, 12);
  zip64.writeUInt16LE(ZIP64_VERSION, 14);
  zip64.writeBigUInt64LE(BigInt(members), 24);
  zip64.writeBigUInt64LE(BigInt(members), 32);
  zip64.writeBigUInt64LE(BigInt(bytes), 40);
  zip64.writeBigUInt64LE(BigInt(offset), 48);
  // Where that record is.
  zip64.writeUInt32LE(0x07064b50, 56);
  zip64.writeBigUInt64LE(BigInt(offset + bytes), 64);
  zip64.writeUInt32LE(1, 72);
  return Buffer.concat([zip64, end]);
}

/** What both headers have, from the version on. */
function writeShared(
  target: Buffer,
  member: ZipMember,
  body: ZipBody & { readonly isLarge: boolean },
): void {
  target.writeUInt16LE(body.isLarge ? ZIP64_VERSION : VERSION, 0);
  target.writeUInt16LE(member.isUtf8 ? UTF8_FLAG : 0, 2);
  target.writeUInt16LE(member.method, 4);
  target.writeUInt16LE(member.dosTime, 6);
  target.writeUInt16LE(member.dosDate, 8);
  target.writeUInt32LE(body.crc32, 10);
  target.writeUInt32LE(body.isLarge ? IN_ZIP64 : body.compressedBytes, 14);
  target.writeUInt32LE(body.isLarge ? IN_ZIP64 : body.bytes, 18);
  target.writeUInt16LE(member.rawName.length, 22);
}

function zip64Field(numbers: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * numbers.length);
  field.writeUInt16LE(0x0001, 0);
  field.writeUInt16LE(8 * numbers.length, 2);
  for (const [index, number] of numbers.entries()) {
    field.writeBigUInt64LE(BigInt(number), 4 + 8 * index);
  }
  return field;
}

/** The time that does not depend on where the archive was made. */
function timeField({ modifiedAtSeconds }: ZipMember): Buffer {
  if (modifiedAtSeconds === undefined) return Buffer.alloc(0);
  const field = Buffer.alloc(9);
  field.writeUInt16LE(UNIX_TIMES, 0);
  field.writeUInt16LE(5, 2);
  field.writeUInt8(1, 4);
  field.writeInt32LE(modifiedAtSeconds, 5);
  return field;
}
