/** Addresses that a spec may never reach from within the cluster: the pod itself, the node's link, cloud metadata. */

import { BlockList, isIP } from 'node:net';

import { type Entry, isEntry, isText, isTexts } from './fields.ts';
import type { CollectorSpec } from './types.ts';

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
/** Metadata service of AWS. */
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');

const FORBIDDEN_NAMES = ['localhost', 'metadata.google.internal', 'metadata', 'instance-data'];

/** What a collector connects to, in the form in which its spec has it; empty for those that only ask the cluster. */
export function addressesOf({ type, fields }: CollectorSpec): readonly string[] {
  const addresses = ADDRESSES[type]?.(fields) ?? [];
  return addresses.filter(isText).filter((text) => text !== '');
}

const ADDRESSES: Readonly<Record<string, (fields: Entry) => readonly unknown[]>> = {
  http: ({ get, post, put }) =>
    [get, post, put].filter(isEntry).flatMap(({ url, proxy }) => [url, proxy]),
  s3Status: ({ endpoint }) => [endpoint],
  // `registry:5000/app:1`; what has no such first part is on Docker Hub.
  registryImages: ({ images }) =>
    (isTexts(images) ? images : []).map(
      (image) => /^([^/]*[.:][^/]*|localhost)\//.exec(image)?.[1],
    ),
  // `user:password@tcp(host:port)/database`
  mysql: ({ uri }) => [isText(uri) ? /@tcp\(([^)]*)\)/.exec(uri)?.[1] : undefined],
  postgres: ({ uri }) => [uri],
  mssql: ({ uri }) => [uri],
  redis: ({ uri }) => [uri],
  clickhouse: ({ uri }) => [uri],
};

/**
 * Why an address may not be reached, or undefined. Looks at what is written alone: a name that
 * resolves to such an address passes, and must be stopped by whoever connects.
 *
 * @param text A URL, or a host with or without a port.
 */
export function addressRefusal(text: string): string | undefined {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (url === null || url.hostname === '') return 'its address cannot be read';
  const host = hostOf(url);
  return isForbidden(host) ? `${host} is a loopback, link-local or metadata address` : undefined;
}

function hostOf(url: URL): string {
  // Only for https: does WHATWG parsing turn `127.1`, `0x7f000001` and `2130706433` into 127.0.0.1.
  const plain = URL.parse(`https://${url.hostname}`)?.hostname ?? url.hostname;
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
