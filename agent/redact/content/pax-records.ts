/** What a tar file says of a member beside its header. Source: POSIX.1-2017, pax, "pax Header Block". */

import { damage } from './tar-block.ts';

/** Keys and values, bytes as characters, in their order. */
export type PaxRecords = ReadonlyMap<string, string>;

const NUMBER = /^-?[0-9]{1,20}(?:\.[0-9]{1,20})?$/;

/** Of the file. All others are not passed on: comments, names of owners, and extended attributes are text nobody has looked at. */
const KEPT = new Map([
  ['path', /^/],
  ['linkpath', /^/],
  ['mtime', NUMBER],
  ['atime', NUMBER],
  ['ctime', NUMBER],
  ['uid', NUMBER],
  ['gid', NUMBER],
  ['hdrcharset', /^(?:BINARY|ISO-IR 10646 2000 UTF-8)$/],
]);

/** @throws {ContentError} They are not as they must be. */
export function parsePaxRecords(body: Buffer): PaxRecords {
  const text = body.toString('latin1');
  const records = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const [head, digits] = lengthAt(text, at);
    const length = Number(digits);
    const record = text.slice(at + head.length, at + length);
    const equals = record.indexOf('=');
    if (equals <= 0 || !record.endsWith('\n') || at + length > text.length) throw damage();
    records.set(record.slice(0, equals), record.slice(equals + 1, -1));
    at += length;
  }
  return records;
}

const LENGTH = /([1-9][0-9]{0,8}) /y;

/** @returns With the blank behind it, and without. */
function lengthAt(text: string, at: number): readonly [string, string] {
  LENGTH.lastIndex = at;
  const match = LENGTH.exec(text);
  // Without a length there would be no next record either.
  if (match === null) throw damage();
  const [head, digits = ''] = match;
  return [head, digits];
}

/** Those that say where something is. */
export const PAX_NAMES = ['path', 'linkpath'] as const;

/** Without names: said of all members that follow, they are no use. */
export function withoutNames(records: PaxRecords): PaxRecords {
  const left = new Map(records);
  for (const key of PAX_NAMES) left.delete(key);
  return left;
}

/** The records that are passed on, as in an archive. Empty: none. */
export function keptPaxRecords(records: PaxRecords): Buffer {
  const kept = [...records].filter(([key, value]) => KEPT.get(key)?.test(value) === true);
  return Buffer.from(kept.map(([key, value]) => paxRecord(key, value)).join(''), 'latin1');
}

/** A size that is in no header's reach. */
export function paxSize(records: PaxRecords): number | undefined {
  const size = records.get('size');
  if (size === undefined) return undefined;
  if (!/^[0-9]{1,15}$/.test(size)) throw damage();
  return Number(size);
}

/** `<length> <key>=<value>\n`, the length counting its own digits. */
function paxRecord(key: string, value: string): string {
  const restLength = key.length + value.length + 3;
  let length = restLength + 1;
  while (length !== restLength + String(length).length) length = restLength + String(length).length;
  return `${length} ${key}=${value}\n`;
}
