/** Zip files made in a test, whole and spoilt, and read again. */

import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';

import { fromBufferPromise } from 'yauzl';
import { ZipFile } from 'yazl';

interface ZipFacts {
  readonly name: string;
  readonly mtime: Date;
  readonly dosTime: readonly number[];
  readonly mode: number;
  readonly method: number;
  readonly madeBy: number;
}

export interface ZipMember {
  readonly name: string;
  readonly body?: string | Buffer;
  readonly compress?: boolean;
  readonly mtime?: Date;
  readonly mode?: number;
  readonly comment?: string;
}

/** A name that ends with a slash is a folder's. */
export async function zipOf(members: readonly ZipMember[], comment = ''): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { name, body = '', comment: fileComment = '', ...options } of members) {
    const all = fileComment === '' ? options : { ...options, fileComment };
    if (name.endsWith('/')) zip.addEmptyDirectory(name, options);
    else zip.addBuffer(Buffer.from(body), name, all);
  }
  zip.end({ comment, forceZip64Format: false });
  return await buffer(zip.outputStream);
}

/** Names and bodies in the directory's order, with sums checked. */
export async function readZip(zip: Buffer): Promise<[name: string, text: string][]> {
  const file = await fromBufferPromise(zip);
  const members: [string, string][] = [];
  for await (const entry of file.eachEntry()) {
    const body = await buffer(await file.openReadStreamPromise(entry));
    assert.equal(crc32(body), entry.crc32);
    members.push([entry.fileName, body.toString('latin1')]);
  }
  return members;
}

/** What a directory says of its members, beside their sizes. */
export async function zipFacts(zip: Buffer): Promise<readonly ZipFacts[]> {
  const members: ZipFacts[] = [];
  for await (const entry of (await fromBufferPromise(zip)).eachEntry()) {
    members.push({
      name: entry.fileName,
      mtime: entry.getLastModDate(),
      dosTime: [entry.lastModFileDate, entry.lastModFileTime],
      mode: entry.externalFileAttributes,
      method: entry.compressionMethod,
      madeBy: entry.versionMadeBy,
    });
  }
  return members;
}

/** The first member, changed in both of its headers. */
export function patchedZip(
  zip: Buffer,
  change: {
    readonly flags?: number;
    readonly method?: number;
    readonly crc32?: number;
    readonly bytes?: number;
    readonly name?: Buffer;
  },
): Buffer {
  const copy = Buffer.from(zip);
  for (const [start, nameAt] of [
    [4, 30],
    [copy.indexOf('PK\x01\x02') + 6, copy.indexOf('PK\x01\x02') + 46],
  ] as const) {
    if (change.flags !== undefined) copy.writeUInt16LE(change.flags, start + 2);
    if (change.method !== undefined) copy.writeUInt16LE(change.method, start + 4);
    if (change.crc32 !== undefined) copy.writeUInt32LE(change.crc32, start + 10);
    if (change.bytes !== undefined) copy.writeUInt32LE(change.bytes, start + 18);
    change.name?.copy(copy, nameAt);
  }
  return copy;
}

/** With offsets as if so many bytes were in front. */
export function shiftedZip(zip: Buffer, bytes: number): Buffer {
  const copy = Buffer.from(zip);
  const central = copy.indexOf('PK\x01\x02');
  const end = copy.lastIndexOf('PK\x05\x06');
  copy.writeUInt32LE(copy.readUInt32LE(central + 42) + bytes, central + 42);
  copy.writeUInt32LE(copy.readUInt32LE(end + 16) + bytes, end + 16);
  return copy;
}

/** Stored members with empty bodies: in zip64, as there are more than 65535. */
export function zipOfMany(members: number): Buffer {
  const locals: Buffer[] = [];
  const records: Buffer[] = [];
  let offset = 0;
  for (let index = 0; index < members; index += 1) {
    const name = Buffer.from(`n${index}`);
    const local = Buffer.alloc(30 + name.length);
    local.write('PK\x03\x04', 'latin1');
    local.writeUInt16LE(name.length, 26);
    name.copy(local, 30);
    const record = Buffer.alloc(46 + name.length);
    record.write('PK\x01\x02', 'latin1');
    record.writeUInt16LE(name.length, 28);
    record.writeUInt32LE(offset, 42);
    name.copy(record, 46);
    offset += local.length;
    locals.push(local);
    records.push(record);
  }
  const directory = Buffer.concat(records);
  const end = Buffer.alloc(56 + 20 + 22);
  end.write('PK\x06\x06', 'latin1');
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(BigInt(members), 24);
  end.writeBigUInt64LE(BigInt(members), 32);
  end.writeBigUInt64LE(BigInt(directory.length), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  end.write('PK\x06\x07', 56, 'latin1');
  end.writeBigUInt64LE(BigInt(offset + directory.length), 64);
  end.write('PK\x05\x06', 76, 'latin1');
  end.fill(0xff, 84, 96);
  return Buffer.concat([...locals, directory, end]);
}
