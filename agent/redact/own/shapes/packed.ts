/**
 * Base64 of what is compressed, or a keystore. Nobody can look into it, so it is hidden whole: Helm keeps its releases so,
 * with all values of an installation, and archives stand so in ConfigMaps (`binaryData`).
 *
 * Left is base64 of images, of certificates, and of all that begins otherwise. Of base64 that is wrapped into lines only the
 * first line is hidden, without which the others do not unpack.
 */

import { inflateSync, constants as zlib } from 'node:zlib';

import { isWordBorder } from './border.ts';
import { BASE64, escapedEnd, escapeLength, paddedEnd } from './characters.ts';
import type { Found } from './line-shape.ts';
import { type Seed, seedOf } from './seed.ts';
import { NOWHERE, seedFinder } from './seed-finder.ts';

interface Packed {
  /** The beginning in base64, of both alphabets. */
  readonly seed: string;
  /** The first bytes, one character each. */
  readonly magic: string;
  /** What else is known of them. */
  readonly isRest?: (head: string) => boolean;
  /** Two bytes are too few to tell it by: it must unpack. */
  readonly isZlib?: true;
}

const ANY = String.raw`[\w+/\-]`;

/** Sources: RFC 1952, 1950, 8878; PKCS #12; file(1)'s magic. */
const PACKED: readonly Packed[] = [
  // The last three flags are reserved.
  { seed: 'H4sI', magic: '\x1f\x8b\x08', isRest: (head) => head.charCodeAt(3) < 0x20 },
  { seed: 'UEsDB', magic: 'PK\x03\x04' },
  { seed: 'KLUv[/_]', magic: '(\xb5/\xfd' },
  { seed: `eA[E-H]${ANY}`, magic: 'x\x01', isZlib: true },
  { seed: `eF[4-7]${ANY}`, magic: 'x^', isZlib: true },
  { seed: `eJ[w-z]${ANY}`, magic: 'x\x9c', isZlib: true },
  { seed: `eN[o-r]${ANY}`, magic: 'x\xda', isZlib: true },
  { seed: 'Qlpo[MNO]', magic: 'BZh', isRest: (head) => head.startsWith('1AY&SY', 4) },
  { seed: '[/_]Td6WFoA', magic: '\xfd7zXZ\0' },
  { seed: 'N3q8ryc', magic: "7z\xbc\xaf'\x1c" },
  { seed: 'BCJNG[A-P]', magic: '\x04"M\x18' },
  { seed: 'UmFyIRoH', magic: 'Rar!\x1a\x07' },
  { seed: String.raw`[/_]u3[+\-]7QAAAA`, magic: '\xfe\xed\xfe\xed\0\0\0' },
  { seed: 'zs7OzgAAAA', magic: '\xce\xce\xce\xce\0\0\0' },
  {
    // A sequence of the version, which is 3, and more. A certificate begins with two sequences.
    seed: `MII${ANY}${ANY}[AQgw]IBAz`,
    magic: '0\x82',
    isRest: (head) => head.startsWith('\x02\x01\x03', 4),
  },
];

/** One of them is in each text that has something packed. */
export const PACKED_SEEDS: readonly Seed[] = PACKED.map(({ seed }) => seedOf(seed));

/** Of those, the ones that are sought inside of base64 too: what is common, and told by more than two bytes. */
export const COMMON_PACKED_SEEDS: readonly Seed[] = PACKED_SEEDS.slice(0, 3);

const MIN_LENGTH = 40;
/** Enough for the tables with which zlib's first block begins, and something behind them. */
const HEAD_LENGTH = 512;

/** Trying takes long: after so many in one line that did not unpack, what begins like zlib is hidden. */
const MAX_FAILURES = 50;

const finder = seedFinder(PACKED_SEEDS);

/** As `FindSecrets`. */
export function findPacked(text: string): readonly Found[] {
  const found: Found[] = [];
  const unpacks = unpacker(text);
  /** Of the run that was looked at last. */
  let end = 0;
  let hiddenTo = 0;
  for (const { start, packed } of beginnings(text)) {
    if (start < hiddenTo) continue;
    if (start >= end) end = escapedEnd(text, start);
    if (end - start < MIN_LENGTH || (packed.isZlib === true && !unpacks(start))) continue;
    hiddenTo = paddedEnd(text, end);
    found.push({ rule: 'base64-secret', start, end: hiddenTo });
  }
  return found;
}

function* beginnings(text: string): Generator<{ readonly start: number; readonly packed: Packed }> {
  finder.load(text);
  for (let at = finder.next(0); at !== NOWHERE; at = finder.next(at + 1)) {
    for (const { seed, start } of finder.placesAt(at)) {
      const packed = PACKED[seed];
      if (packed !== undefined && begins(text, start, packed)) yield { start, packed };
    }
  }
}

function begins(text: string, start: number, packed: Packed): boolean {
  if (start < 0 || !isWordBorder(text, start)) return false;
  const head = Buffer.from(text.slice(start, start + 16), 'base64').toString('latin1');
  if (!head.startsWith(packed.magic) || packed.isRest?.(head) === false) return false;
  return packed.isZlib !== true || isRunStart(text, start);
}

/** Behind a sign that is base64 too, zlib's two bytes come by chance. */
function isRunStart(text: string, start: number): boolean {
  return (
    BASE64[text.charCodeAt(start - 1)] !== 1 ||
    [1, 2, 5].some((length) => escapeLength(text, start - length) === length)
  );
}

/** @returns Whether what begins there is zlib's. */
function unpacker(text: string): (start: number) => boolean {
  let failures = 0;
  return (start) => {
    if (failures === MAX_FAILURES) return true;
    const head = Buffer.from(text.slice(start, start + HEAD_LENGTH), 'base64');
    try {
      if (inflateSync(head, { finishFlush: zlib.Z_SYNC_FLUSH }).length > 0) return true;
    } catch {
      // base64 that only begins like it
    }
    failures++;
    return false;
  };
}
