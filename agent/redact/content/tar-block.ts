/** The header of one member of a tar file: one block. Source: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar, tar.h. */

import { ContentError } from '../content-error.ts';

export const BLOCK_BYTES = 512;

interface Field {
  readonly at: number;
  readonly bytes: number;
}

const NAME: Field = { at: 0, bytes: 100 };
const SIZE: Field = { at: 124, bytes: 12 };
const CHECKSUM: Field = { at: 148, bytes: 8 };
const TYPE_AT = 156;
const LINK_NAME: Field = { at: 157, bytes: 100 };
const MAGIC: Field = { at: 257, bytes: 8 };
const PREFIX: Field = { at: 345, bytes: 155 };
const TEXTS: readonly Field[] = [NAME, LINK_NAME, PREFIX];
/** User and group, whose numbers stay. */
const OWNER_NAMES: Field = { at: 265, bytes: 64 };

/** POSIX; GNU tar has blanks here, and other fields where the prefix is. */
const POSIX = 'ustar\0';

/** Octal digits that a size has room for. */
const MOST_OCTAL_BYTES = 8 ** 11 - 1;

/** Names are bytes, one character each. */
export interface TarHeader {
  /** The block as it was read. */
  readonly block: Buffer;
  readonly type: string;
  readonly name: string;
  readonly linkName: string;
  readonly bytes: number;
}

/** Whether a file begins as a tar file does. */
export function isTarHead(head: Buffer): boolean {
  if (head.length < BLOCK_BYTES || head[0] === 0) return false;
  const block = head.subarray(0, BLOCK_BYTES);
  return text(block, MAGIC).startsWith('ustar') || hasChecksum(block);
}

/** @throws {ContentError} The block is no header. */
export function parseTarHeader(block: Buffer): TarHeader {
  if (!hasChecksum(block)) throw damage();
  const prefix = isPosix(block) ? text(block, PREFIX) : '';
  const name = text(block, NAME);
  return {
    block,
    type: String.fromCharCode(block[TYPE_AT] ?? 0),
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: text(block, LINK_NAME),
    bytes: parseNumber(block, SIZE),
  };
}

/** The same header for another size. What lies between the fields, behind the end of a name, and names of owners are not passed on. */
export function tarHeaderOf(original: Buffer, bytes: number): Buffer {
  const block = Buffer.from(original);
  const isKnown = text(block, MAGIC).startsWith('ustar');
  if (!isKnown) block.fill(0, MAGIC.at);
  if (!isPosix(block)) block.fill(0, PREFIX.at);
  block.fill(0, PREFIX.at + PREFIX.bytes);
  block.fill(0, OWNER_NAMES.at, OWNER_NAMES.at + OWNER_NAMES.bytes);
  for (const { at, bytes: fieldBytes } of TEXTS) {
    const end = block.indexOf(0, at);
    if (end !== -1 && end < at + fieldBytes) block.fill(0, end, at + fieldBytes);
  }
  writeSize(block, bytes);
  block.write(
    `${checksums(block).unsigned.toString(8).padStart(6, '0')}\0 `,
    CHECKSUM.at,
    'latin1',
  );
  return block;
}

/** A body with zeros up to the end of its last block. */
export function paddedBytes(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}

export function damage(): ContentError {
  return new ContentError('a tar file that is damaged or cut off');
}

function isPosix(block: Buffer): boolean {
  return block.toString('latin1', MAGIC.at, MAGIC.at + POSIX.length) === POSIX;
}

function text(block: Buffer, { at, bytes }: Field): string {
  const field = block.toString('latin1', at, at + bytes);
  const end = field.indexOf('\0');
  return end === -1 ? field : field.slice(0, end);
}

/** Octal digits, or a binary number behind a byte 0x80. */
function parseNumber(block: Buffer, { at, bytes }: Field): number {
  if (block[at] === 0x80) {
    const value = block.readBigUInt64BE(at + bytes - 8);
    if (value > Number.MAX_SAFE_INTEGER) throw damage();
    return Number(value);
  }
  const digits = /^ *([0-7]*) *$/.exec(text(block, { at, bytes }));
  if (digits === null) throw damage();
  return Number.parseInt(`0${digits[1] ?? ''}`, 8);
}

function writeSize(block: Buffer, bytes: number): void {
  if (bytes <= MOST_OCTAL_BYTES) {
    block.write(`${bytes.toString(8).padStart(11, '0')}\0`, SIZE.at, 'latin1');
    return;
  }
  block.fill(0, SIZE.at, SIZE.at + SIZE.bytes);
  block[SIZE.at] = 0x80;
  block.writeBigUInt64BE(BigInt(bytes), SIZE.at + SIZE.bytes - 8);
}

function hasChecksum(block: Buffer): boolean {
  const digits = /^[ \0]*([0-7]{1,7})[ \0]*$/.exec(
    block.toString('latin1', CHECKSUM.at, CHECKSUM.at + CHECKSUM.bytes),
  );
  if (digits === null) return false;
  const expected = Number.parseInt(digits[1] ?? '', 8);
  const { unsigned, signed } = checksums(block);
  return expected === unsigned || expected === signed;
}

/** Sums of all bytes, those of the sum itself counted as blanks. Old programs added bytes that have a sign. */
function checksums(block: Buffer): { readonly unsigned: number; readonly signed: number } {
  let unsigned = CHECKSUM.bytes * 0x20;
  let signed = unsigned;
  for (let at = 0; at < BLOCK_BYTES; at += 1) {
    if (at === CHECKSUM.at) at += CHECKSUM.bytes;
    const byte = block[at] ?? 0;
    unsigned += byte;
    signed += (byte << 24) >> 24;
  }
  return { unsigned, signed };
}
