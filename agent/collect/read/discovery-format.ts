/** The documents of discovery: groups, versions and resources from what the API server answers, in Go's order of fields. */

import { type ApiObject, isObject, objectAt, objectsAt, textAt } from '../../kube/object-fields.ts';

export interface GroupVersion {
  readonly groupVersion: string;
  readonly version: string;
}

export interface ApiGroup {
  readonly name: string;
  /** null: Go's list that nothing was appended to. */
  readonly versions: readonly GroupVersion[] | null;
  readonly preferredVersion: GroupVersion;
  readonly serverAddressByClientCIDRs?: unknown;
}

export interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

export interface ApiResourceList {
  readonly groupVersion: string;
  readonly resources: readonly ApiResource[] | null;
}

export interface Served {
  readonly groups: readonly ApiGroup[];
  readonly lists: readonly ApiResourceList[];
  /** Group and version → why its resources are not known. */
  readonly failures: ReadonlyMap<string, string>;
}

const NO_VERSION: GroupVersion = { groupVersion: '', version: '' };

/** Whether the answer has everything in one document. Judged by itself: proxies change content types. */
export function isAggregated(answer: unknown): boolean {
  return (
    textAt(answer, 'kind') === 'APIGroupDiscoveryList' &&
    /^apidiscovery\.k8s\.io\/v2(?:beta1)?$/.test(textAt(answer, 'apiVersion'))
  );
}

/**
 * From an APIGroupDiscoveryList. A stale version, whose own API server does not answer, is left out and named.
 * Source: k8s.io/client-go v0.36.3, discovery/aggregated_discovery.go.
 */
export function parseAggregated(answer: unknown): Served {
  const failures = new Map<string, string>();
  const lists: ApiResourceList[] = [];
  const groups = objectsAt(answer, 'items').map((group) => {
    const name = textAt(group, 'metadata', 'name');
    const versions: GroupVersion[] = [];
    for (const entry of objectsAt(group, 'versions')) {
      const version = textAt(entry, 'version');
      const groupVersion = joinGroupVersion(name, version);
      if (textAt(entry, 'freshness') === 'Stale') {
        failures.set(groupVersion, `stale GroupVersion discovery: ${groupVersion}`);
        continue;
      }
      versions.push({ groupVersion, version });
      const resources = objectsAt(entry, 'resources').flatMap(resourcesOf);
      lists.push({ groupVersion, resources: orNull(resources) });
    }
    return { name, versions: orNull(versions), preferredVersion: versions[0] ?? NO_VERSION };
  });
  return { groups, lists, failures };
}

/** The resource, where it has a kind, and its subresources. */
function resourcesOf(entry: ApiObject): readonly ApiResource[] {
  const { verbs = null, shortNames, categories } = entry;
  const parent = {
    name: textAt(entry, 'resource'),
    singularName: textAt(entry, 'singularResource'),
    namespaced: textAt(entry, 'scope') === 'Namespaced',
    ...kindOf(entry),
    verbs,
    ...orNothing('shortNames', shortNames),
    ...orNothing('categories', categories),
  };
  const subresources = objectsAt(entry, 'subresources').map((subresource) => ({
    name: `${parent.name}/${textAt(subresource, 'subresource')}`,
    singularName: parent.singularName,
    namespaced: parent.namespaced,
    ...kindOf(subresource),
    verbs: subresource['verbs'] ?? null,
  }));
  return [parent, ...subresources].filter(hasKind);
}

function kindOf(entry: ApiObject): Readonly<Record<string, string>> {
  const kind = objectAt(entry, 'responseKind');
  if (['group', 'version', 'kind'].every((name) => textAt(kind, name) === '')) return {};
  return {
    ...orNothing('group', textAt(kind, 'group')),
    ...orNothing('version', textAt(kind, 'version')),
    kind: textAt(kind, 'kind'),
  };
}

function hasKind<T extends { readonly name: string }>(
  resource: T,
): resource is T & { readonly kind: string } {
  return 'kind' in resource;
}

/** From `/api` of a server without aggregated discovery: one group without a name. */
export function parseVersions(answer: unknown): readonly ApiGroup[] {
  const listed = isObject(answer) ? answer['versions'] : undefined;
  const versions = (Array.isArray(listed) ? listed.map(String) : []).map((version) => ({
    groupVersion: version,
    version,
  }));
  return [{ name: '', versions: orNull(versions), preferredVersion: versions[0] ?? NO_VERSION }];
}

/** From `/apis` of such a server. */
export function parseGroups(answer: unknown): readonly ApiGroup[] {
  return objectsAt(answer, 'groups').map((group) => {
    const versions = objectsAt(group, 'versions').map(versionOf);
    const addresses = group['serverAddressByClientCIDRs'];
    return {
      name: textAt(group, 'name'),
      versions: Array.isArray(group['versions']) ? versions : null,
      preferredVersion: versionOf(objectAt(group, 'preferredVersion')),
      ...orNothing('serverAddressByClientCIDRs', addresses),
    };
  });
}

function versionOf(version: ApiObject | undefined): GroupVersion {
  return { groupVersion: textAt(version, 'groupVersion'), version: textAt(version, 'version') };
}

/** From the document of one version of such a server's groups. */
export function parseResourceList(answer: unknown): ApiResourceList {
  const isListed = isObject(answer) && Array.isArray(answer['resources']);
  const resources = objectsAt(answer, 'resources').map((resource) => ({
    name: textAt(resource, 'name'),
    singularName: textAt(resource, 'singularName'),
    namespaced: resource['namespaced'] === true,
    ...orNothing('group', textAt(resource, 'group')),
    ...orNothing('version', textAt(resource, 'version')),
    kind: textAt(resource, 'kind'),
    verbs: resource['verbs'] ?? null,
    ...orNothing('shortNames', resource['shortNames']),
    ...orNothing('categories', resource['categories']),
    ...orNothing('storageVersionHash', textAt(resource, 'storageVersionHash')),
  }));
  return { groupVersion: textAt(answer, 'groupVersion'), resources: isListed ? resources : null };
}

function joinGroupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

/** Go's `omitempty`. */
function orNothing<Name extends string, T>(name: Name, value: T): { readonly [key in Name]?: T } {
  const isEmpty = value === undefined || value === null || value === '';
  if (isEmpty || (Array.isArray(value) && value.length === 0)) return {};
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript forgets the name of a computed key
  return { [name]: value } as { readonly [key in Name]?: T };
}
