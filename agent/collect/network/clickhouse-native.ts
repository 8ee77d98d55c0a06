/** ClickHouse's own protocol over TCP, as much of it as one query with one text for an answer takes. */

import type { Socket } from 'node:net';

/**
 * The revision of the protocol that the server is told: the oldest that tells who asks, without all that came
 * later. Servers go on speaking it. Source: ClickHouse, src/Core/ProtocolDefines.h, DBMS_MIN_REVISION_WITH_CLIENT_INFO.
 */
const REVISION = 54_032;

/** In packets of the client. */
const CLIENT = { hello: 0, query: 1, data: 2 };

/** In packets of the server. */
const SERVER = { hello: 0, data: 1, exception: 2, progress: 3, endOfStream: 5, profile: 6 };

/** Packets that say how far the server is, and are passed over. */
const NUMBERS_IN: ReadonlyMap<number, number> = new Map([
  [SERVER.progress, 3],
  [SERVER.profile, 6],
]);

/** Its name, its version's two parts, and what it speaks. */
const THIS_CLIENT = ['cron-support-bundle', 1, 1, REVISION] as const;

/** `Complete`: as far as the server is to process the query. */
const STAGE_COMPLETE = 2;

/** All that a server may send: an answer is some hundred bytes, an exception with its stack some thousand. */
const MAX_BYTES = 256 * 1024;

export interface ClickhouseLogin {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/**
 * The one text that a query of one row and one column of type String gives.
 *
 * @param socket Connected. The caller destroys it.
 * @throws {Error} What the server says, in clickhouse-go's words, or that it does not speak the protocol.
 */
export async function queryText(
  socket: Socket,
  login: ClickhouseLogin,
  query: string,
): Promise<string> {
  const reader = new PacketReader(socket);
  socket.write(helloPacket(login));
  await readHello(reader);
  socket.write(queryPackets(query));
  return await readAnswer(reader);
}

function helloPacket({ user, password, database }: ClickhouseLogin): Buffer {
  return join(CLIENT.hello, ...THIS_CLIENT, database, user, password);
}

/** The query, and the empty block that says that no data belongs to it. */
function queryPackets(query: string): Buffer {
  const [id, settings, initialQuery, overTcp, noCompression] = ['', '', 1, 1, 0];
  // The first user, query and address of a chain of servers, of which this is the beginning.
  const [firstUser, firstId, firstAddress] = ['', '', '0.0.0.0:0'];
  const [systemUser, systemHost] = ['', ''];
  const asker = [initialQuery, firstUser, firstId, firstAddress, overTcp, systemUser, systemHost];
  return Buffer.concat([
    join(CLIENT.query, id, ...asker, ...THIS_CLIENT),
    join(settings, STAGE_COMPLETE, noCompression, query),
    join(CLIENT.data, ''),
    EMPTY_BLOCK,
  ]);
}

/** Field 1, no overflow; field 2, bucket -1; no more fields; no columns and no rows. */
const EMPTY_BLOCK = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0, 0, 0]);

async function readHello(reader: PacketReader): Promise<void> {
  const packet = await reader.byte();
  if (packet === SERVER.exception) throw await readException(reader);
  if (packet !== SERVER.hello) {
    throw new Error(`[handshake] unexpected packet [${packet}] from server`);
  }
  // Its name, then version and revision.
  await reader.text();
  await skipNumbers(reader, 3);
}

async function readAnswer(reader: PacketReader): Promise<string> {
  let answer: string | undefined;
  for (;;) {
    const packet = await reader.byte();
    switch (packet) {
      case SERVER.data:
        // The first and the last block may be without rows.
        answer = (await readBlock(reader)) ?? answer;
        break;
      case SERVER.exception:
        throw await readException(reader);
      case SERVER.endOfStream:
        if (answer === undefined) throw new Error('sql: no rows in result set');
        return answer;
      default:
        await skipNumbers(reader, NUMBERS_IN.get(packet) ?? unexpected(packet));
    }
  }
}

function unexpected(packet: number): never {
  throw new Error(`unexpected packet ${packet}`);
}

async function skipNumbers(reader: PacketReader, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await reader.varint();
}

/** The first text of the first column; undefined in a block without rows. */
async function readBlock(reader: PacketReader): Promise<string | undefined> {
  await reader.text();
  await readBlockInfo(reader);
  const [columns, rows] = [await reader.varint(), await reader.varint()];
  if (columns === 0 && rows === 0) return undefined;
  await reader.text();
  const type = await reader.text();
  if (columns !== 1 || rows > 1 || type !== 'String') {
    throw new Error(`the answer is no single text: ${columns} columns, ${rows} rows of ${type}`);
  }
  return rows === 0 ? undefined : await reader.text();
}

/** Numbered fields until a zero; a server of today has no others for this revision. */
async function readBlockInfo(reader: PacketReader): Promise<void> {
  for (;;) {
    const field = await reader.varint();
    if (field === 0) return;
    if (field > 2) throw new Error(`a block has an unknown field ${field}`);
    await reader.take(field === 1 ? 1 : 4);
  }
}

/** Of one within another the outer, as the driver shows it. */
async function readException(reader: PacketReader): Promise<Error> {
  const code = (await reader.take(4)).readInt32LE();
  const [name, message] = [await reader.text(), await reader.text()];
  const plain = message.startsWith(`${name}:`) ? message.slice(name.length + 1) : message;
  return new Error(`code: ${code}, message: ${plain.trim()}`);
}

/** Reads a connection piece by piece, and holds no more than `MAX_BYTES` of it in all. */
class PacketReader {
  readonly #chunks: AsyncIterator<unknown>;
  #buffer = Buffer.alloc(0);
  #receivedBytes = 0;

  constructor(socket: Socket) {
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  async take(bytes: number): Promise<Buffer> {
    if (bytes > MAX_BYTES) throw new Error(`the server announces a text of ${bytes} bytes`);
    while (this.#buffer.length < bytes) await this.#receive();
    const taken = this.#buffer.subarray(0, bytes);
    this.#buffer = this.#buffer.subarray(bytes);
    return taken;
  }

  async byte(): Promise<number> {
    return (await this.take(1)).readUInt8();
  }

  /** Seven bits a byte, the lowest first. */
  async varint(): Promise<number> {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = await this.byte();
      // Multiplied: shifting would cut the number to 32 bits.
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Error('the server sends a number of more than 64 bits');
  }

  async text(): Promise<string> {
    return (await this.take(await this.varint())).toString();
  }

  async #receive(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done === true || !Buffer.isBuffer(value)) throw new Error('EOF');
    this.#receivedBytes += value.length;
    if (this.#receivedBytes > MAX_BYTES) {
      throw new Error(`the server sends more than ${MAX_BYTES} bytes`);
    }
    this.#buffer = Buffer.concat([this.#buffer, value]);
  }
}

/** The parts of a packet one after another. */
function join(...parts: readonly (string | number)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'number' ? varint(part) : text(part))));
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(bytes.length), bytes]);
}
