/** NAMESPACES: rewrites collectors so that they read these namespaces only, and names those that cannot be narrowed. */

import { type Entry, isEntry, isText, isTexts } from './fields.ts';
import { isImageFacts } from './image-facts.ts';
import type { CollectorSpec } from './types.ts';

export interface Narrowing {
  readonly namespaces: readonly string[];
  /** Where troubleshoot looks when a ConfigMap names no namespace. */
  readonly ownNamespace: string | undefined;
}

export type Narrowed =
  | { readonly kind: 'kept'; readonly collectors: readonly CollectorSpec[] }
  | { readonly kind: 'excluded'; readonly reason: string };

/** An excluded collector stays as it is: it reads nothing. */
export function narrow(collector: CollectorSpec, narrowing: Narrowing): Narrowed {
  if (collector.exclude) return keep(collector);
  const rule = RULES[collector.type];
  // A collector without a rule is one that troubleshoot does not know either.
  return rule === undefined ? CANNOT : rule(collector, narrowing);
}

type Rule = (collector: CollectorSpec, narrowing: Narrowing) => Narrowed;

const CANNOT: Narrowed = {
  kind: 'excluded',
  reason: 'it reads the whole cluster or its nodes and cannot be narrowed to NAMESPACES',
};

const RULES: Readonly<Record<string, Rule>> = {
  // The version of the API server, nothing of a namespace.
  clusterInfo: keep,
  clusterResources: narrowList,
  customMetrics: narrowMetrics,
  logs: oneEach,
  exec: oneEach,
  copy: oneEach,
  helm: oneEach,
  secret: narrowObject,
  configMap: narrowObject,
  run: within('default'),
  runPod: within('default'),
  runDaemonSet: within('default'),
  ceph: within('rook-ceph'),
  longhorn: within('longhorn-system'),
  sonobuoy: within('sonobuoy'),
  supportBundleMetadata: within(undefined),
  certificates: narrowCertificates,
  registryImages: narrowImages,
  data: (collector) => (isImageFacts(collector.fields) ? CANNOT : keep(collector)),
  http: keep,
  s3Status: keep,
  postgres: narrowDatabase,
  mssql: narrowDatabase,
  mysql: narrowDatabase,
  redis: narrowDatabase,
  clickhouse: narrowDatabase,
};

function keep(collector: CollectorSpec): Narrowed {
  return { kind: 'kept', collectors: [collector] };
}

function withFields(collector: CollectorSpec, fields: Entry): CollectorSpec {
  return { ...collector, fields: { ...collector.fields, ...fields } };
}

function outside(namespaces: readonly string[]): Narrowed {
  return { kind: 'excluded', reason: `${namespaces.join(', ')} is not among NAMESPACES` };
}

/** Empty = all, in a list of namespaces. */
function narrowList(collector: CollectorSpec, { namespaces }: Narrowing): Narrowed {
  const wanted = textsOf(collector.fields['namespaces']);
  const isAll = wanted.length === 0 || wanted.includes('');
  const common = isAll ? namespaces : namespaces.filter((name) => wanted.includes(name));
  if (common.length === 0) return outside(wanted);
  return keep(withFields(collector, { namespaces: common }));
}

/** Empty = all: one collector for each namespace instead. */
function oneEach(collector: CollectorSpec, { namespaces }: Narrowing): Narrowed {
  const wanted = textOf(collector.fields['namespace']);
  if (wanted !== '') return namespaces.includes(wanted) ? keep(collector) : outside([wanted]);
  const collectors = namespaces.map((namespace) => withFields(collector, { namespace }));
  return { kind: 'kept', collectors };
}

/** By its name, a Secret must have a namespace, and a ConfigMap without one is looked for in the own. */
function narrowObject(collector: CollectorSpec, narrowing: Narrowing): Narrowed {
  const { name, namespace } = collector.fields;
  if (textOf(name) === '' || textOf(namespace) !== '') return oneEach(collector, narrowing);
  const { ownNamespace } = narrowing;
  if (collector.type === 'secret' || ownNamespace === undefined) {
    return { kind: 'excluded', reason: 'it names an object without its namespace' };
  }
  return oneEach(withFields(collector, { namespace: ownNamespace }), narrowing);
}

/** @param fallback Where troubleshoot works when the field is empty. */
function within(fallback: string | undefined): Rule {
  return (collector, { namespaces }) => {
    const namespace = textOf(collector.fields['namespace']) || fallback;
    if (namespace === undefined) return { kind: 'excluded', reason: 'it names no namespace' };
    return namespaces.includes(namespace) ? keep(collector) : outside([namespace]);
  };
}

/** A request without a namespace asks for something of the cluster. */
function narrowMetrics(collector: CollectorSpec, { namespaces }: Narrowing): Narrowed {
  const requests = entriesOf(collector.fields['metricRequests']);
  const metricRequests = requests.filter(({ namespace }) => namespaces.includes(textOf(namespace)));
  if (metricRequests.length === 0) {
    return { kind: 'excluded', reason: 'none of its metricRequests is in NAMESPACES' };
  }
  return keep(withFields(collector, { metricRequests }));
}

function narrowCertificates(collector: CollectorSpec, { namespaces }: Narrowing): Narrowed {
  const sources = { secrets: [] as Entry[], configMaps: [] as Entry[] };
  for (const kind of ['secrets', 'configMaps'] as const) {
    for (const source of entriesOf(collector.fields[kind])) {
      const wanted = textsOf(source['namespaces']);
      const common = wanted.filter((name) => namespaces.includes(name));
      if (common.length > 0) sources[kind].push({ ...source, namespaces: common });
    }
  }
  if (sources.secrets.length + sources.configMaps.length === 0) {
    return { kind: 'excluded', reason: 'none of its sources is in NAMESPACES' };
  }
  return keep(withFields(collector, sources));
}

/** Only the lookup of a pull secret reaches into the cluster. */
function narrowImages(collector: CollectorSpec, narrowing: Narrowing): Narrowed {
  const secret = collector.fields['imagePullSecret'];
  const isLookedUp = isEntry(secret) && textOf(secret['name']) !== '' && !isEntry(secret['data']);
  return isLookedUp ? within('default')(collector, narrowing) : keep(collector);
}

/** Only the Secret with its certificates is in the cluster. */
function narrowDatabase(collector: CollectorSpec, { namespaces }: Narrowing): Narrowed {
  const { tls } = collector.fields;
  const secret = isEntry(tls) ? tls['secret'] : undefined;
  if (!isEntry(secret)) return keep(collector);
  const namespace = textOf(secret['namespace']);
  return namespaces.includes(namespace) ? keep(collector) : outside([namespace]);
}

function textOf(value: unknown): string {
  return isText(value) ? value : '';
}

function textsOf(value: unknown): readonly string[] {
  return isTexts(value) ? value : [];
}

function entriesOf(value: unknown): readonly Entry[] {
  return Array.isArray(value) ? value.filter(isEntry) : [];
}
