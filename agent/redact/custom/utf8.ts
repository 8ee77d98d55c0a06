/** UTF-8 as Go reads it: a byte that begins no character is one character by itself, U+FFFD. */

const INVALID = (0xfffd << 3) | 1;

/**
 * The character at `at`, which must not be ASCII: its code point shifted left by three, and its width in bytes below.
 * Source: Go, unicode/utf8.DecodeRune.
 *
 * @param end Bytes from here on do not count.
 */
export function decodeRune(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0xc2 || first > 0xf4) return INVALID;
  const width = widthOf(first);
  if (at + width > end) return INVALID;
  const second = bytes[at + 1] ?? 0;
  if (!isSecond(first, second)) return INVALID;
  let rune = ((first & (0x7f >> width)) << 6) | (second & 0x3f);
  for (let index = at + 2; index < at + width; index++) {
    const byte = bytes[index] ?? 0;
    if ((byte & 0xc0) !== 0x80) return INVALID;
    rune = (rune << 6) | (byte & 0x3f);
  }
  return (rune << 3) | width;
}

function widthOf(first: number): number {
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

/** Neither longer than needed, nor a surrogate, nor above U+10FFFF. */
function isSecond(first: number, second: number): boolean {
  if ((second & 0xc0) !== 0x80) return false;
  switch (first) {
    case 0xe0:
      return second >= 0xa0;
    case 0xed:
      return second <= 0x9f;
    case 0xf0:
      return second >= 0x90;
    case 0xf4:
      return second <= 0x8f;
    default:
      return true;
  }
}
