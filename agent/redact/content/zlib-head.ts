/** Whether a file begins as what zlib has compressed does: its two bytes are also those of words. Source: RFC 1950, section 2.2. */

import { constants, inflateSync } from 'node:zlib';

import { hasControls } from './controls.ts';

const DEFLATE = 8;
/** That of nearly all programs. */
const LARGEST_WINDOW = 0x78;
/** Behind it: no level of compression but the third, which is a `^`, and no dictionary. */
const NO_LETTERS = [0x01, 0x9c, 0xda];

/** So many bytes do not unpack by chance, wherever they are cut off. Fewer must be all there are. */
const ENOUGH_BYTES = 1024;

/** @param head The file's first bytes, 4 KiB of them or all there are. */
export function isZlibHead(head: Buffer): boolean {
  const [method = 0, flags = 0] = head;
  if (head.length < 2 || (method & 0x0f) !== DEFLATE || method > LARGEST_WINDOW) return false;
  if ((method * 256 + flags) % 31 !== 0) return false;
  if (method !== LARGEST_WINDOW) return unpacks(head);
  // Some control is in anything compressed: the high bytes of the sum at its end, where it is short.
  return NO_LETTERS.includes(flags) || hasControls(head);
}

function unpacks(head: Buffer): boolean {
  const finishFlush = head.length < ENOUGH_BYTES ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  try {
    inflateSync(head, { finishFlush });
    return true;
  } catch {
    return false; // a text, or numbers
  }
}
