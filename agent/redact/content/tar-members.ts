/** Members of a tar file as they come: what their headers say, and what of that is written again. */

import { ContentError } from '../content-error.ts';
import type { Input } from './input.ts';
import {
  keptPaxRecords,
  PAX_NAMES,
  type PaxRecords,
  parsePaxRecords,
  paxSize,
  withoutNames,
} from './pax-records.ts';
import {
  BLOCK_BYTES,
  damage,
  paddedBytes,
  parseTarHeader,
  type TarHeader,
  tarHeaderOf,
} from './tar-block.ts';

type TarMemberKind =
  | 'file'
  | 'directory'
  | 'symbolic-link'
  | 'hard-link'
  | 'sparse-file'
  | 'special';

export interface TarMember {
  readonly kind: TarMemberKind;
  readonly name: string;
  /** Of a link: where it leads. */
  readonly target: string;
  /** Whatever its headers have for these two, also where another one counts. */
  readonly names: readonly string[];
  /** Of the body that follows: 0 for what has none. */
  readonly bytes: number;
  /** What is said of all members that follow. */
  readonly globals: Buffer;
  /** Whatever is said of this one, for a body of this size. */
  header(bytes: number): Buffer;
}

const KINDS = new Map<string, TarMemberKind>([
  ['\0', 'file'],
  ['0', 'file'],
  ['7', 'file'],
  ['1', 'hard-link'],
  ['2', 'symbolic-link'],
  ['5', 'directory'],
  ['S', 'sparse-file'],
]);

/** Types with nothing behind the header, whatever size it has. */
const WITHOUT_BODY = new Set(['1', '2', '3', '4', '5', '6']);

/** Stands for all keys that GNU tar has for sparse files. */
const SPARSE = 'GNU.sparse.';
const LOOKED_AT = new Set(['path', 'linkpath', 'size', SPARSE]);

/** Of all that comes before one member: names and times, no files. */
const MAX_EXTENSION_BYTES = 1024 * 1024;

/** What came before a member's own header. */
interface Extensions {
  readonly headers: Buffer[];
  readonly globals: Buffer[];
  /** Bytes as characters, as in the records. */
  readonly names: string[];
  bytes: number;
  records: PaxRecords;
  longName?: string;
  longLinkName?: string;
}

export class TarMembers {
  readonly #input: Input;
  #globals: PaxRecords = new Map<string, string>();

  constructor(input: Input) {
    this.#input = input;
  }

  /**
   * The next member, its body not yet taken; undefined at the end. Blocks of zeros are passed over, also in the middle:
   * there may be another tar file behind them.
   *
   * @throws {ContentError} The file is damaged, or has too much to say of one member.
   */
  async next(): Promise<TarMember | undefined> {
    const extensions: Extensions = {
      headers: [],
      globals: [],
      names: [],
      bytes: 0,
      records: this.#globals,
    };
    for (;;) {
      const block = await this.#input.take(BLOCK_BYTES);
      if (block.length === 0 && extensions.headers.length === 0) return undefined;
      if (block.length < BLOCK_BYTES) throw damage();
      if (block.every((byte) => byte === 0)) continue;
      const header = parseTarHeader(Buffer.from(block));
      if (!'xgLK'.includes(header.type)) return toMember(header, extensions);
      await this.#extend(extensions, header);
    }
  }

  async #extend(extensions: Extensions, { type, block, bytes }: TarHeader): Promise<void> {
    extensions.bytes += BLOCK_BYTES + bytes;
    if (extensions.bytes > MAX_EXTENSION_BYTES) {
      const most = `${MAX_EXTENSION_BYTES / 2 ** 20} MiB`;
      throw new ContentError(`a tar file with more than ${most} of headers before a member`);
    }
    const taken = await this.#input.take(paddedBytes(bytes));
    if (taken.length < bytes) throw damage();
    const body = Buffer.from(taken.subarray(0, bytes));
    if (type === 'L' || type === 'K') {
      const name = body.toString('latin1').replace(/\0[^]*$/, '');
      if (type === 'L') extensions.longName = name;
      else extensions.longLinkName = name;
      extensions.names.push(name);
      extensions.headers.push(extension(block, Buffer.from(`${name}\0`, 'latin1')));
      return;
    }
    const parsed = parsePaxRecords(body);
    const records = type === 'g' ? withoutNames(parsed) : parsed;
    extensions.names.push(...PAX_NAMES.flatMap((key) => records.get(key) ?? []));
    const kept = extension(block, keptPaxRecords(records));
    extensions.records = merged(extensions.records, records);
    if (type === 'g') {
      this.#globals = merged(this.#globals, records);
      extensions.globals.push(kept);
    } else extensions.headers.push(kept);
  }
}

/** Only of what is looked at: there may be any number of others. */
function merged(earlier: PaxRecords, later: PaxRecords): PaxRecords {
  const named = [...later].map(
    ([key, value]) => [key.startsWith(SPARSE) ? SPARSE : key, value] as const,
  );
  return new Map([...earlier, ...named.filter(([key]) => LOOKED_AT.has(key))]);
}

/** Nothing where there is nothing to say. */
function extension(block: Buffer, body: Buffer): Buffer {
  if (body.length === 0) return body;
  const padding = Buffer.alloc(paddedBytes(body.length) - body.length);
  return Buffer.concat([tarHeaderOf(block, body.length), body, padding]);
}

function toMember(header: TarHeader, extensions: Extensions): TarMember {
  const { headers, globals, records, longName, longLinkName } = extensions;
  return {
    kind: records.has(SPARSE) ? 'sparse-file' : (KINDS.get(header.type) ?? 'special'),
    name: utf8(records.get('path') ?? longName ?? header.name),
    target: utf8(records.get('linkpath') ?? longLinkName ?? header.linkName),
    names: [header.name, header.linkName, ...extensions.names]
      .filter((name) => name !== '')
      .map(utf8),
    bytes: WITHOUT_BODY.has(header.type) ? 0 : (paxSize(records) ?? header.bytes),
    globals: Buffer.concat(globals),
    header: (bytes) => Buffer.concat([...headers, tarHeaderOf(header.block, bytes)]),
  };
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
}
