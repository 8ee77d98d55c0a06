/** Finds IPv4 and IPv6 addresses. */

import { isIPv6 } from 'node:net';

import type { Pseudonyms } from './pseudonyms.ts';
import { codesOf, type Finder, type Found, isEscapeLetter, runEnd, runStart } from './replace.ts';

/** `10.0.0.7`; `ip-10-0-0-7`, as AWS names hosts; `10-0-0-7.shop.pod`, as cluster DNS names pods; IPv6 by its `::`, or whole. */
const CANDIDATE =
  /\d{1,3}(?:\.\d{1,3}){3}|\bip-\d{1,3}(?:-\d{1,3}){3}(?!\d)|\b\d{1,3}(?:-\d{1,3}){3}(?=\.[a-z0-9-]{1,63}\.pod\b)|::|(?:[0-9A-Fa-f]{1,4}:){7}/g;

/** Longer runs are no addresses; the longest address has 45 characters. */
const MOST = 64;
const DOTTED = { of: codesOf('0123456789.'), most: MOST };
const COLONED = { of: codesOf('0123456789abcdefABCDEF:.'), most: MOST };

/**
 * Addresses; ports, lengths of prefixes and zones stay. A number of four parts is one, since nothing tells `1.2.3.4` from a
 * version; `v1.2.3.4` is none. What says nothing about a cluster stays: loopback, `0.0.0.0`, `::`, netmasks.
 */
export function addressFinder(pseudonyms: Pseudonyms): Finder {
  return {
    candidates: new RegExp(CANDIDATE),
    find(candidate) {
      const { 0: match, index, input } = candidate;
      if (match.includes(':')) return findIpv6(input, index, pseudonyms);
      if (match.includes('.')) return findIpv4(input, index, pseudonyms);
      const octets = octetsOf(match.replace('ip-', '').replaceAll('-', '.'));
      if (octets === undefined) return undefined;
      return { start: index, end: index + match.length, pseudonym: nameOf(octets, pseudonyms) };
    },
  };
}

function findIpv4(text: string, index: number, pseudonyms: Pseudonyms): Found | undefined {
  let start = runStart(text, index, DOTTED);
  let end = runEnd(text, index, DOTTED);
  while (text.charAt(start) === '.') start++;
  while (text.charAt(end - 1) === '.') end--;
  const octets = octetsOf(text.slice(start, end));
  if (octets === undefined || isKept(octets) || isVersion(text, start)) return undefined;
  return { start, end, pseudonym: nameOf(octets, pseudonyms) };
}

function octetsOf(text: string): readonly number[] | undefined {
  if (!/^(?:\d{1,3}\.){3}\d{1,3}$/.test(text)) return undefined;
  const octets = text.split('.').map(Number);
  return octets.every((octet) => octet <= 255) ? octets : undefined;
}

function nameOf(octets: readonly number[], pseudonyms: Pseudonyms): string {
  return pseudonyms.of('ip', octets.join('.'));
}

/** Loopback, no address at all, or a netmask. */
function isKept(octets: readonly number[]): boolean {
  const [first] = octets;
  const host = ~octets.reduce((sum, octet) => (sum << 8) | octet, 0);
  const isNetmask = first === 255 && (host & (host + 1)) === 0;
  return first === 127 || isNetmask || octets.every((octet) => octet === 0);
}

function isVersion(text: string, start: number): boolean {
  return /^v$|[^A-Za-z0-9]v$/i.test(text.slice(Math.max(0, start - 2), start));
}

function findIpv6(text: string, index: number, pseudonyms: Pseudonyms): Found | undefined {
  const { start, end } = colonedRun(text, index);
  const address = text.slice(start, end);
  const isInWord =
    isWordAt(text, end) || (isWordAt(text, start - 1) && !isEscapeLetter(text, start - 1));
  // `Bad::Fed` is a name in some languages.
  const isAddress = !isInWord && /\d|[a-f]{4}/i.test(address) && isIPv6(address);
  if (!isAddress || address === '::1') return undefined;
  const pseudonym = pseudonymOfIpv6(address, pseudonyms);
  return pseudonym === undefined ? undefined : { start, end, pseudonym };
}

/** Without what a sentence adds: `host:fe80::1: refused.` */
function colonedRun(text: string, index: number): { readonly start: number; readonly end: number } {
  let start = runStart(text, index, COLONED);
  let end = runEnd(text, index, COLONED);
  while (text.charAt(end - 1) === '.') end--;
  if (text.charAt(start) === ':' && text.charAt(start + 1) !== ':') start++;
  if (text.charAt(end - 1) === ':' && text.charAt(end - 2) !== ':') end--;
  return { start, end };
}

/** That of the IPv4 address in it, if there is one: `::ffff:10.0.0.7`. */
function pseudonymOfIpv6(address: string, pseudonyms: Pseudonyms): string | undefined {
  const octets = octetsOf(address.slice(address.lastIndexOf(':') + 1));
  if (octets === undefined || !/^::ffff:/i.test(address)) {
    return pseudonyms.of('ip', new URL(`http://[${address}]`).hostname);
  }
  return isKept(octets) ? undefined : nameOf(octets, pseudonyms);
}

function isWordAt(text: string, index: number): boolean {
  return /\w/.test(text.charAt(index));
}
