/** Bytes that no text has. */

/** Of control, but in text still: bell, backspace, tab, line ends, pages, and escape, with which terminals' colours begin. */
const IN_TEXT = new Set([0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b]);

export function hasControls(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte < 0x20 && !IN_TEXT.has(byte));
}
