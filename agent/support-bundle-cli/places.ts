/** Where in the bundle each of troubleshoot's collectors puts its files: the one table that says whose a file is. */

import { join, normalize } from 'node:path/posix';

import type { BundleSpec, CollectorSpec } from '../spec/types.ts';

type Fields = CollectorSpec['fields'];

/** All files of host collectors, whichever of them brought one. */
export const HOST_COLLECTORS = 'host-collectors';

/**
 * Type → the places of its files: a folder (with a slash at its end), a file, or '' for anywhere, where the
 * spec names no folder. Logs' real files lie in `cluster-resources/`, shared with that collector, and count there.
 *
 * **Source:** troubleshoot v0.133.0, pkg/collect/*.go.
 */
const PLACES: Readonly<Record<string, (fields: Fields) => readonly string[]>> = {
  clusterInfo: () => ['cluster-info/'],
  clusterResources: () => ['cluster-resources/'],
  secret: (fields) => objects('secrets', fields),
  configMap: (fields) => objects('configmaps', fields),
  customMetrics: () => ['metrics/'],
  logs: named,
  run: named,
  runPod: named,
  runDaemonSet: named,
  exec: named,
  copy: named,
  data: (fields) => [file(text(fields, 'name'), text(fields, 'collectorName'))],
  copyFromHost: (fields) => [folder(text(fields, 'name') || text(fields, 'hostPath'))],
  collectd: () => ['collectd/'],
  http: (fields) => [
    file(text(fields, 'name'), `${text(fields, 'collectorName') || 'result'}.json`),
  ],
  postgres: (fields) => result('postgres', fields),
  mssql: (fields) => result('mssql', fields),
  mysql: (fields) => result('mysql', fields),
  redis: (fields) => result('redis', fields),
  clickhouse: (fields) => result('clickhouse', fields),
  s3Status: (fields) => result('s3Status', fields),
  registryImages: (fields) => result('registry', fields, 'images'),
  ceph: (fields) => {
    const namespace = text(fields, 'namespace') || 'rook-ceph';
    const part = namespace === 'rook-ceph' ? '' : namespace;
    return [folder(text(fields, 'collectorName'), part, 'ceph')];
  },
  longhorn: (fields) => [folder('longhorn', text(fields, 'namespace') || 'longhorn-system')],
  sysctl: () => ['sysctl/'],
  certificates: () => ['certificates/'],
  helm: () => ['helm/'],
  goldpinger: () => ['goldpinger/'],
  sonobuoy: () => ['sonobuoy/'],
  nodeMetrics: () => ['node-metrics/'],
  dns: () => ['dns/'],
  etcd: () => ['etcd/'],
  supportBundleMetadata: () => ['metadata/cluster.json'],
};

/** What the program itself adds: no collector's. */
const OWN = ['version.yaml', 'analysis.json', 'skipped-collectors.json', 'metadata/user.json'];
const OWN_FOLDERS = ['execution-data/', 'collector-errors/'];

/** The title of the collector that a path belongs to: that with the longest place; undefined for what is no collector's. */
export function placesOf(spec: BundleSpec): (path: string) => string | undefined {
  const places = [
    ...spec.collectors.flatMap(({ type, title, fields }) =>
      (PLACES[type]?.(fields) ?? []).map((place) => ({ place, title })),
    ),
    { place: `${HOST_COLLECTORS}/`, title: HOST_COLLECTORS },
  ].toSorted((first, second) => second.place.length - first.place.length);

  return (path) =>
    OWN.includes(path) || OWN_FOLDERS.some((own) => path.startsWith(own))
      ? undefined
      : places.find(({ place }) => isAt(path, place))?.title;
}

function isAt(path: string, place: string): boolean {
  return place === '' || path === place || (place.endsWith('/') && path.startsWith(place));
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

function named(fields: Fields): readonly string[] {
  const name = text(fields, 'name');
  return name === '' ? [''] : [folder(name), file(`${name}-errors.json`)];
}

function objects(kind: string, fields: Fields): readonly string[] {
  const [namespace, name] = [text(fields, 'namespace'), text(fields, 'name')];
  return [kind, `${kind}-errors`].flatMap((root) =>
    name === ''
      ? [folder(root, namespace)]
      : [folder(root, namespace, name), file(root, namespace, `${name}.json`)],
  );
}

function result(root: string, fields: Fields, fallback = root): readonly string[] {
  return [file(root, `${text(fields, 'collectorName') || fallback}.json`)];
}

function folder(...parts: readonly string[]): string {
  const path = file(...parts);
  return path === '' ? '' : `${path}/`;
}

/** As Go's filepath.Join on the bundle's folder: without slashes at the ends. */
function file(...parts: readonly string[]): string {
  const path = normalize(join(...parts)).replaceAll(/^\/+|\/+$/g, '');
  return path === '.' ? '' : path;
}
