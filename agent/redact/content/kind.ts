/** What a file is: told by its first bytes and, where those do not tell, by its name. */

import { opaqueByMagic, opaqueByName } from './opaque.ts';
import { isTarHead } from './tar-block.ts';
import { type Encoding, encodingOf } from './wide-text.ts';

export type Kind =
  /** Text in bytes, and all that is of no kind that is known. */
  | { readonly kind: 'text' }
  | { readonly kind: 'wide-text'; readonly encoding: Encoding }
  | { readonly kind: 'gzip' | 'tar' | 'zip' }
  /** Its name says that it is an archive, its bytes that it is none. */
  | { readonly kind: 'misnamed'; readonly what: string }
  | { readonly kind: 'opaque'; readonly what: string };

/** As many of a file's first bytes as are looked at. */
export const HEAD_BYTES = 4096;

const ZIP_MAGICS = ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08', 'PK00PK'];

/** Of these, bytes that are in front of the archive may be a program that unpacks it. */
const ZIP_NAME = /\.(?:zip|jar|war|ear)$/i;
const TAR_NAME = /\.(?:tar|tgz|tar\.gz)$/i;
const GZIP_NAME = /\.gz$/i;

/** @param head The first `HEAD_BYTES`, or all there are. */
export function kindOf(head: Buffer, name: string): Kind {
  // Nothing to hide, whatever it is called.
  if (head.length === 0) return { kind: 'text' };
  return byMagic(head) ?? byName(head, name) ?? byEncoding(head);
}

function byMagic(head: Buffer): Kind | undefined {
  const text = head.toString('latin1', 0, 8);
  if (text.startsWith('\x1f\x8b')) return { kind: 'gzip' };
  if (ZIP_MAGICS.some((magic) => text.startsWith(magic))) return { kind: 'zip' };
  if (isTarHead(head)) return { kind: 'tar' };
  const what = opaqueByMagic(head);
  return what === undefined ? undefined : { kind: 'opaque', what };
}

function byName(head: Buffer, name: string): Kind | undefined {
  const what = opaqueByName(name);
  if (what !== undefined) return { kind: 'opaque', what };
  // An empty tar file is all zeros.
  if (/\.tar$/i.test(name) && isZero(head)) return { kind: 'tar' };
  if (TAR_NAME.test(name)) return { kind: 'misnamed', what: 'a tar file' };
  if (GZIP_NAME.test(name)) return { kind: 'misnamed', what: 'a gzip file' };
  return ZIP_NAME.test(name) ? { kind: 'zip' } : undefined;
}

function byEncoding(head: Buffer): Kind {
  const encoding = encodingOf(head);
  return encoding === undefined ? { kind: 'text' } : { kind: 'wide-text', encoding };
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
