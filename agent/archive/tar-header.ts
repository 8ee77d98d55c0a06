/** Headers of members of a tar file. Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block". */

export const BLOCK_BYTES = 512;

export interface TarMember {
  /** Without a slash in front. */
  readonly name: string;
  readonly bytes: number;
  readonly mode: number;
  /** s since 1970. */
  readonly modifiedAt: number;
  /** Of a symbolic link; absent: it is a file. */
  readonly target?: string;
}

/** Octal digits that a size has room for. */
const MOST_USTAR_BYTES = 8 ** 11 - 1;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
// oxlint-disable-next-line no-control-regex -- what every reader of tar files takes as it is
const PLAIN = /^[\u0020-\u007e]*$/;

/** One block; before it, for what a ustar header cannot hold, a member of type `x` that says it. */
export function tarHeader(member: TarMember): Buffer {
  const { name, bytes, target = '' } = member;
  const place = splitName(name);
  const records = [
    place === undefined ? paxRecord('path', name) : '',
    isShortAndPlain(target) ? '' : paxRecord('linkpath', target),
    bytes > MOST_USTAR_BYTES ? paxRecord('size', String(bytes)) : '',
  ].join('');
  const header = ustar(member, place ?? { prefix: '', name: fallback(name) });
  if (records === '') return header;
  const body = Buffer.from(records);
  const pax = { name: 'PaxHeader', bytes: body.length, mode: 0o644, modifiedAt: member.modifiedAt };
  return Buffer.concat([
    ustar(pax, { prefix: '', name: pax.name }, 'x'),
    body,
    Buffer.alloc(paddingBytes(body.length)),
    header,
  ]);
}

/** From a body's end to that of its last block. */
export function paddingBytes(bytes: number): number {
  return -bytes & (BLOCK_BYTES - 1);
}

interface Place {
  readonly prefix: string;
  readonly name: string;
}

/** As a ustar header has it: cut at a slash if it is long. Undefined where it does not fit. */
function splitName(path: string): Place | undefined {
  if (!PLAIN.test(path)) return undefined;
  if (path.length <= NAME_BYTES) return { prefix: '', name: path };
  const slash = path.indexOf('/', path.length - NAME_BYTES - 1);
  if (slash <= 0 || slash > PREFIX_BYTES || slash === path.length - 1) return undefined;
  return { prefix: path.slice(0, slash), name: path.slice(slash + 1) };
}

function isShortAndPlain(text: string): boolean {
  return text.length <= NAME_BYTES && PLAIN.test(text);
}

/** For readers that do not know pax. */
function fallback(text: string): string {
  return text.replaceAll(/[^\u0020-\u007e]/g, '_').slice(-NAME_BYTES);
}

/** `<length> <key>=<value>\n`, the length counting its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** Of nobody: user and group 0, without names. */
const TEMPLATE = Buffer.alloc(BLOCK_BYTES);
TEMPLATE.write(octal(0, 7), 108, 'latin1');
TEMPLATE.write(octal(0, 7), 116, 'latin1');
TEMPLATE.write('ustar\u000000', 257, 'latin1');

function ustar(
  { bytes, mode, modifiedAt, target = '' }: TarMember,
  { prefix, name }: Place,
  type = target === '' ? '0' : '2',
): Buffer {
  const block = Buffer.from(TEMPLATE);
  block.write(name, 0, 'latin1');
  block.write(octal(mode, 7), 100, 'latin1');
  block.write(octal(bytes > MOST_USTAR_BYTES ? 0 : bytes, 11), 124, 'latin1');
  block.write(octal(modifiedAt, 11), 136, 'latin1');
  block.write(type, 156, 'latin1');
  block.write(isShortAndPlain(target) ? target : fallback(target), 157, 'latin1');
  block.write(prefix, 345, 'latin1');
  block.write(`${octal(checksum(block), 6)}\0 `, 148, 'latin1');
  return block;
}

function octal(value: number, digits: number): string {
  return Math.trunc(value).toString(8).padStart(digits, '0');
}

/** The sum of the header's bytes, those of the sum itself counted as blanks. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (const byte of block) sum += byte;
  return sum;
}
