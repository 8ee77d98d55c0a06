/** What of a spec the native engine runs, in which order, and what it cannot serve. */

import { collectorType } from '../spec/collector-fields.ts';
import type { BundleSpec, CollectorSpec } from '../spec/types.ts';
import type { Collector } from './collector.ts';
import { findCollector } from './collectors.ts';

/** How a collector is found by its key; tests find their own. */
export type FindCollector = typeof findCollector;

export interface PlannedCollector extends CollectorSpec {
  readonly load: () => Promise<Collector>;
}

export interface Plan {
  /** What only reads, clusterResources first. Lanes run side by side, the collectors of one after another. */
  readonly readers: readonly (readonly PlannedCollector[])[];
  /** What makes objects or runs commands in the cluster; after all readers, so that no list shows it. */
  readonly workloads: readonly (readonly PlannedCollector[])[];
  readonly excluded: readonly CollectorSpec[];
  readonly unsupported: readonly Unsupported[];
}

export interface Unsupported {
  readonly title: string;
  readonly reason: string;
}

export function planCollectors(spec: BundleSpec, find: FindCollector = findCollector): Plan {
  const planned = runningOrder(mergeClusterResources(spec.collectors))
    .filter(({ exclude }) => !exclude)
    .flatMap((collector) => {
      const load = find(collector.type, collector.fields);
      return load === undefined ? [] : [{ ...collector, load }];
    });
  const readers = planned.filter(({ type }) => !isWorkload(type));
  return {
    // Of several that write the same file troubleshoot keeps the last one's; here the first counts.
    readers: lanesOf(readers),
    workloads: lanesOf(planned.filter(({ type }) => isWorkload(type))),
    excluded: spec.collectors.filter(({ exclude }) => exclude),
    unsupported: listUnsupported(spec, find),
  };
}

/** Everything in the spec that the native engine does not serve; the cli engine does. */
export function listUnsupported(
  spec: BundleSpec,
  find: FindCollector = findCollector,
): readonly Unsupported[] {
  const collectors = spec.collectors
    .filter(({ type, fields, exclude }) => !exclude && find(type, fields) === undefined)
    .map(({ type, title }) => ({ title, reason: `the native engine has no collector ${type}` }));
  const others = [
    ...keysOf(spec.hostCollectors, 'host collector'),
    ...keysOf(spec.analyzers, 'analyzer'),
    ...keysOf(spec.hostAnalyzers, 'host analyzer'),
  ];
  return [...collectors, ...others];
}

function keysOf(
  entries: readonly Readonly<Record<string, unknown>>[],
  what: string,
): readonly Unsupported[] {
  const keys = new Set(entries.flatMap((entry) => Object.keys(entry).slice(0, 1)));
  return [...keys].map((key) => ({
    title: `${what} ${key}`,
    reason: `the native engine runs no ${what}s`,
  }));
}

/** The last one of a lane first: what it writes counts. */
function lanesOf(
  collectors: readonly PlannedCollector[],
): readonly (readonly PlannedCollector[])[] {
  return [...Map.groupBy(collectors, laneOf).values()].map((lane) => lane.toReversed());
}

/**
 * Collectors of a type share a lane. Those that wait, for other hosts or for pods, do not wait for one another, but for those
 * that write the same files.
 */
function laneOf({ type, fields }: CollectorSpec): string {
  const group = collectorType(type)?.group;
  if (group !== 'network' && group !== 'workload') return type;
  return JSON.stringify([type, fields['name'] ?? '', fields['collectorName'] ?? '']);
}

function isWorkload(type: string): boolean {
  return collectorType(type)?.group === 'workload';
}

/**
 * Where troubleshoot runs a collector: types in the order in which they first appear, clusterResources before
 * all others and copy behind them.
 * Source: runCollectors in troubleshoot v0.133.0, pkg/supportbundle/collect.go.
 */
export function runningOrder<T extends CollectorSpec>(collectors: readonly T[]): readonly T[] {
  const byType = [...Map.groupBy(collectors, ({ type }) => type)];
  return byType
    .toSorted(([first], [second]) => rankOf(first) - rankOf(second))
    .flatMap(([, ofType]) => ofType);
}

function rankOf(type: string): number {
  if (type === 'clusterResources') return 0;
  return type === 'copy' ? 2 : 1;
}

/**
 * All clusterResources of a spec as one: of all namespaces if one of them names none, else of all that any names.
 * An excluded one is not counted in, and ignoreRBAC holds if any has it: troubleshoot takes both from the first.
 */
function mergeClusterResources(collectors: readonly CollectorSpec[]): readonly CollectorSpec[] {
  const all = collectors.filter(readsClusterResources);
  const [first] = all;
  if (first === undefined) return collectors;
  const lists = all.map(({ fields }) => namespacesOf(fields['namespaces']));
  const isAll = lists.some((list) => list.length === 0 || list.includes(''));
  const namespaces = isAll ? [] : [...new Set(lists.flat())].toSorted();
  const ignoreRBAC = all.some(({ fields }) => fields['ignoreRBAC'] === true);
  const merged = { ...first, fields: { ...first.fields, namespaces, ignoreRBAC } };
  return [merged, ...collectors.filter((collector) => !readsClusterResources(collector))];
}

function readsClusterResources({ type, exclude }: CollectorSpec): boolean {
  return type === 'clusterResources' && !exclude;
}

function namespacesOf(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((name): name is string => typeof name === 'string')
    : [];
}
