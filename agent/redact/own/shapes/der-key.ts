/**
 * Private keys in DER, told by how they begin: a sequence of a small version and of what only a private key has behind one.
 * Certificates, public keys and requests begin with two sequences, a signature with a large number, a keystore with version 3.
 *
 * Sources: RFC 8017, A.1.2 (PKCS#1); RFC 5958 (PKCS#8); RFC 5915 (SEC 1).
 */

/** So many bytes are enough: what is asked about stands before the key's numbers. */
export const DER_HEAD_BYTES = 64;

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTETS = 0x04;
const OBJECT_ID = 0x06;

/** Of the smallest modulus that anybody has used: 256 bits. */
const MIN_MODULUS_BYTES = 32;
/** Of the smallest curves and of the largest one, P-521. */
const CURVE_BYTES = { min: 14, max: 66 };

interface Element {
  readonly tag: number;
  /** Where its content begins, and where it ends: perhaps behind the bytes that are there. */
  readonly from: number;
  readonly to: number;
}

/**
 * How long the key is that begins there, in bytes.
 *
 * @param head `DER_HEAD_BYTES` of it, or all there are.
 * @returns Undefined: it is none.
 */
export function derKeyBytes(head: Uint8Array): number | undefined {
  const whole = elementAt(head, 0);
  if (whole?.tag !== SEQUENCE) return undefined;
  const number = elementAt(head, whole.from);
  const version = versionOf(head, number);
  if (number === undefined || version === undefined) return undefined;
  const next = elementAt(head, number.to);
  if (next === undefined || next.to > whole.to) return undefined;
  return isKeyElement(head, next, version) ? whole.to : undefined;
}

/** @returns Undefined: it is none of a private key. */
function versionOf(head: Uint8Array, element: Element | undefined): number | undefined {
  if (element?.tag !== INTEGER || element.to !== element.from + 1) return undefined;
  const version = head[element.from];
  return version === 0 || version === 1 ? version : undefined;
}

/** What follows the version: a modulus, an algorithm, or the number that is the key. */
function isKeyElement(head: Uint8Array, element: Element, version: number): boolean {
  const bytes = element.to - element.from;
  switch (element.tag) {
    // Of DSA too, whose first number is as large.
    case INTEGER:
      return bytes >= MIN_MODULUS_BYTES;
    case SEQUENCE:
      return isAlgorithm(head, element);
    case OCTETS:
      return version === 1 && bytes >= CURVE_BYTES.min && bytes <= CURVE_BYTES.max;
    default:
      return false;
  }
}

/** The octets behind it may be too far away to be seen: DSA's numbers stand in it. */
function isAlgorithm(head: Uint8Array, { from, to }: Element): boolean {
  const id = elementAt(head, from);
  if (id?.tag !== OBJECT_ID || id.to > to) return false;
  return to >= head.length || head[to] === OCTETS;
}

/** @returns Undefined: there is none, or its length is not in the bytes. */
function elementAt(head: Uint8Array, at: number): Element | undefined {
  const [tag, first] = [head[at], head[at + 1]];
  if (tag === undefined || first === undefined) return undefined;
  if (first < 0x80) return { tag, from: at + 2, to: at + 2 + first };
  const from = at + 2 + (first & 0x7f);
  // No key is longer than three bytes can tell.
  if (first === 0x80 || first > 0x83 || from > head.length) return undefined;
  let length = 0;
  for (let index = at + 2; index < from; index++) length = length * 256 + (head[index] ?? 0);
  return { tag, from, to: from + length };
}
