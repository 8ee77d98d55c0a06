/** Addresses that a spec may never reach from within the cluster: the pod itself, the node's link, cloud metadata. */

import { BlockList, isIP } from 'node:net';

const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('127.0.0.0', 8, 'ipv4');
FORBIDDEN.addSubnet('0.0.0.0', 8, 'ipv4');
/** Link-local; 169.254.169.254 is the metadata service of most clouds. */
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
/** Metadata service of Alibaba Cloud. */
FORBIDDEN.addAddress('100.100.100.200', 'ipv4');
/** Metadata service of Oracle Cloud. */
FORBIDDEN.addAddress('192.0.0.192', 'ipv4');
/** Azure's wire server. */
FORBIDDEN.addAddress('168.63.129.16', 'ipv4');
FORBIDDEN.addAddress('::', 'ipv6');
FORBIDDEN.addAddress('::1', 'ipv6');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
/** Metadata services of AWS, Google Cloud and Scaleway. */
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');
FORBIDDEN.addAddress('fd20:ce::254', 'ipv6');
FORBIDDEN.addAddress('fd00:42::42', 'ipv6');
/** NAT64: IPv4 addresses, the forbidden ones among them, behind an IPv6 one. */
FORBIDDEN.addSubnet('64:ff9b::', 96, 'ipv6');

const FORBIDDEN_NAMES = ['localhost', 'metadata.google.internal', 'metadata', 'instance-data'];

/**
 * Why an address may not be reached, or undefined. Looks at what is written alone: a name that
 * resolves to such an address passes, and must be stopped by whoever connects.
 *
 * @param text A URL, or a host with or without a port.
 */
export function addressRefusal(text: string): string | undefined {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (url === null || url.hostname === '') return 'its address cannot be read';
  return hostRefusal(url.hostname);
}

/**
 * Why a host may not be reached, or undefined.
 *
 * @param host A name or an address, IPv6 also in brackets.
 */
export function hostRefusal(host: string): string | undefined {
  const plain = plainHost(host);
  return isForbidden(plain) ? `${plain} is a loopback, link-local or metadata address` : undefined;
}

function plainHost(host: string): string {
  const bracketed = isIP(host) === 6 ? `[${host}]` : host;
  // WHATWG parsing turns `127.1`, `0x7f000001` and `2130706433` into 127.0.0.1, but only for https.
  const plain = URL.parse(`https://${bracketed}`)?.hostname ?? host;
  return plain
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

function isForbidden(host: string): boolean {
  const version = isIP(host);
  if (version !== 0) return FORBIDDEN.check(host, version === 4 ? 'ipv4' : 'ipv6');
  return FORBIDDEN_NAMES.includes(host) || host.endsWith('.localhost');
}
