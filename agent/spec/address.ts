/** What a collector's spec says that it connects to. */

import { type Entry, isEntry, isText, isTexts } from './fields.ts';
import type { CollectorSpec } from './types.ts';

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
  mysql: ({ uri }) => [isText(uri) ? /@tcp6?\(([^)]*)\)/.exec(uri)?.[1] : undefined],
  postgres: ({ uri }) => (isText(uri) ? hostsOfPostgres(uri) : []),
  mssql: ({ uri }) => [uri],
  redis: ({ uri }) => [uri],
  clickhouse: ({ uri }) => (isText(uri) ? hostsOfUrl(uri) : []),
};

/** A URL, or `host=db port=5432 user=x`; either may name several hosts, and a URL's query may name others than its authority. */
function hostsOfPostgres(uri: string): readonly string[] {
  const isUrl = /^postgres(ql)?:\/\//.test(uri);
  const named = isUrl
    ? [...uri.matchAll(/[?&]host(?:addr)?=([^&]*)/gi)].map(([, hosts = '']) => decoded(hosts))
    : [...uri.matchAll(/\bhost(?:addr)?\s*=\s*(?:'([^']*)'|(\S+))/gi)].map(
        ([, quoted, plain]) => quoted ?? plain ?? '',
      );
  return [...(isUrl ? hostsOfUrl(uri) : []), ...named.flatMap((hosts) => hosts.split(','))];
}

/** Of `scheme://user:password@one:1,two:2/path`, which is no URL to others where it has several. */
function hostsOfUrl(uri: string): readonly string[] {
  const authority = /^[^:/?#]+:\/\/([^/?#]*)/.exec(uri)?.[1];
  if (authority === undefined) return [uri];
  return authority.slice(authority.lastIndexOf('@') + 1).split(',');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
