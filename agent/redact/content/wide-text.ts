/** Text in UTF-16 and UTF-32: rules are for bytes, so it goes through them as UTF-8, and then back. */

import { ContentError } from '../content-error.ts';
import type { Input } from './input.ts';
import { fromWtf8, toWtf8, wholeBytes } from './wtf8.ts';

export interface Encoding {
  readonly unitBytes: 2 | 4;
  readonly isBigEndian: boolean;
  /** At the beginning of the file; rules do not see it. */
  readonly bomBytes: 0 | 2 | 4;
}

const NOTHING = Buffer.alloc(0);

/** So far a file without a byte order mark is looked at. */
const SAMPLE_BYTES = 1024;

/** A text of few letters of the Latin alphabet has some still: blanks, digits, line ends. */
const LEAST_SHARE = 1 / 3;

/**
 * By the byte order mark, or by the zeros that every second byte of Latin text is. Whoever takes binary data for UTF-16
 * does no harm: it comes back as it was.
 */
export function encodingOf(head: Buffer): Encoding | undefined {
  const text = head.toString('latin1', 0, 4);
  if (text === '\0\0\xfe\xff') return { unitBytes: 4, isBigEndian: true, bomBytes: 4 };
  // Or UTF-16 that begins with a NUL; then what follows makes no UTF-32.
  if (text === '\xff\xfe\0\0' && isUtf32(head)) {
    return { unitBytes: 4, isBigEndian: false, bomBytes: 4 };
  }
  if (text.startsWith('\xfe\xff')) return { unitBytes: 2, isBigEndian: true, bomBytes: 2 };
  if (text.startsWith('\xff\xfe')) return { unitBytes: 2, isBigEndian: false, bomBytes: 2 };
  return encodingByZeros(head.subarray(0, SAMPLE_BYTES));
}

function isUtf32(head: Buffer): boolean {
  for (let at = 4; at + 4 <= head.length; at += 4) {
    if (head.readUInt32LE(at) > MAX_CODE_POINT) return false;
  }
  return true;
}

function encodingByZeros(sample: Buffer): Encoding | undefined {
  const pairs = sample.length >> 1;
  const counts = { none: 0, first: 0, second: 0, both: 0 };
  for (let at = 0; at + 1 < sample.length; at += 2) {
    counts[zerosOf(sample[at], sample[at + 1])] += 1;
  }
  const { first, second, both } = counts;
  // UTF-32, of which nothing is certain without a mark: see `redactSparseText`.
  if (both >= pairs * LEAST_SHARE) return undefined;
  if (pairs < 2 || Math.max(first, second) < pairs * LEAST_SHARE) return undefined;
  return { unitBytes: 2, isBigEndian: first > second, bomBytes: 0 };
}

function zerosOf(first?: number, second?: number): 'none' | 'first' | 'second' | 'both' {
  if (first === 0) return second === 0 ? 'both' : 'first';
  return second === 0 ? 'second' : 'none';
}

const MAX_CODE_POINT = 0x10ffff;

/**
 * The text with its byte order mark, redacted in between. What is no whole unit at the end stays there; so do single
 * surrogates where they are. Where a rule cuts a character in two, U+FFFD stands for what is left of it.
 *
 * @param redact From UTF-8 to UTF-8. Single surrogates come as three bytes each, as in WTF-8.
 * @yields In the encoding of the input.
 * @throws {ContentError} A unit of UTF-32 is no character: UTF-8 cannot have it.
 */
export async function* redactWideText(
  input: Input,
  encoding: Encoding,
  redact: (text: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (encoding.bomBytes > 0) yield Buffer.from(await input.take(encoding.bomBytes));
  const ending = { bytes: NOTHING };
  let rest = NOTHING;
  for await (const chunk of redact(decode(input, encoding, ending))) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = wholeBytes(bytes);
    rest = bytes.subarray(whole);
    if (whole > 0) yield encode(fromWtf8(bytes.subarray(0, whole)), encoding);
  }
  if (rest.length > 0) yield encode(fromWtf8(rest), encoding);
  if (ending.bytes.length > 0) yield ending.bytes;
}

/**
 * @param ending Is given what is no whole unit at the end.
 * @yields Whole characters.
 */
async function* decode(
  input: Input,
  encoding: Encoding,
  ending: { bytes: Buffer },
): AsyncGenerator<Uint8Array> {
  let rest = NOTHING;
  /** The first half of a pair may be waiting for the other. */
  let half = '';
  for await (const chunk of input.chunks()) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % encoding.unitBytes);
    rest = bytes.subarray(whole);
    const text = half + decodeUnits(bytes.subarray(0, whole), encoding);
    half = endsInHalf(text) ? text.slice(-1) : '';
    if (text.length > half.length) yield toWtf8(text.slice(0, text.length - half.length));
  }
  if (half !== '') yield toWtf8(half);
  ending.bytes = rest;
}

function endsInHalf(text: string): boolean {
  const unit = text.charCodeAt(text.length - 1);
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** @param bytes Whole units, ours to change. */
function decodeUnits(bytes: Buffer, { unitBytes, isBigEndian }: Encoding): string {
  if (unitBytes === 2) return (isBigEndian ? bytes.swap16() : bytes).toString('utf16le');
  const littleEndian = isBigEndian ? bytes.swap32() : bytes;
  let text = '';
  for (let at = 0; at < littleEndian.length; at += 4) {
    const codePoint = littleEndian.readUInt32LE(at);
    if (codePoint > MAX_CODE_POINT) throw new ContentError('a damaged UTF-32 text');
    text += String.fromCodePoint(codePoint);
  }
  return text;
}

function encode(text: string, { unitBytes, isBigEndian }: Encoding): Buffer {
  if (unitBytes === 2) {
    const bytes = Buffer.from(text, 'utf16le');
    return isBigEndian ? bytes.swap16() : bytes;
  }
  const codePoints = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const bytes = Buffer.alloc(codePoints.length * 4);
  for (const [index, codePoint] of codePoints.entries()) bytes.writeUInt32LE(codePoint, index * 4);
  return isBigEndian ? bytes.swap32() : bytes;
}
