/**
 * UTF-8 that can also have single surrogates, and so any UTF-16 there is.
 *
 * Source: The WTF-8 encoding (simonsapin.github.io/wtf-8).
 */

import { isUtf8 } from 'node:buffer';

export function toWtf8(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  // Cut around each single surrogate: Node would write U+FFFD for it.
  const parts = text.split(SINGLE_SURROGATE).map((part, index) => {
    return index % 2 === 0 ? Buffer.from(part) : surrogateBytes(part.charCodeAt(0));
  });
  return Buffer.concat(parts);
}

/** Kept by `split`, as every second part. */
const SINGLE_SURROGATE = /([\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])/;

function surrogateBytes(unit: number): Buffer {
  return Buffer.from([0xed, 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]);
}

/** With U+FFFD for what is no WTF-8. */
export function fromWtf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let text = '';
  let from = 0;
  for (let at = bytes.indexOf(0xed); at !== -1; at = bytes.indexOf(0xed, at + 1)) {
    const [second = 0, third = 0] = bytes.subarray(at + 1, at + 3);
    if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue;
    text += bytes.toString('utf8', from, at);
    text += String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
    from = at + 3;
  }
  return text + bytes.toString('utf8', from);
}

/** How many of these bytes are whole characters: the last one may still be coming. */
export function wholeBytes(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - 3);
  for (let at = bytes.length - 1; at >= first; at -= 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return at + sequenceBytes(byte) > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

function sequenceBytes(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}
