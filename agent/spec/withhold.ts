/** Takes out of a merged spec what may not run, and says why. */

import { type Allowed, denialReason, hostDenialReason } from './allowed.ts';
import { isEntry, isText } from './fields.ts';
import type { MergedSpec } from './merge.ts';
import { type Narrowing, narrow } from './namespaces.ts';
import type { BundleSpec, CollectorSpec, WithheldCollector } from './types.ts';

export interface Limits {
  readonly allowed: Allowed;
  /** Undefined: all namespaces. */
  readonly narrowing: Narrowing | undefined;
}

/** Collectors that the spec itself excludes stay: troubleshoot adds its defaults unless they are named. */
export function withhold(
  merged: MergedSpec,
  limits: Limits,
): Omit<BundleSpec, 'notices' | 'sources'> {
  const withheld: WithheldCollector[] = [];
  const collectors: CollectorSpec[] = [];
  for (const candidate of merged.collectors) {
    const { isDiscovered: _origin, ...collector } = candidate;
    const denial = candidate.exclude ? undefined : denialReason(candidate, limits.allowed);
    const narrowed =
      limits.narrowing === undefined
        ? { kind: 'kept' as const, collectors: [collector] }
        : narrow(collector, limits.narrowing);
    const { title } = collector;
    if (denial !== undefined) withheld.push({ title, outcome: 'denied', reason: denial });
    else if (narrowed.kind === 'kept') collectors.push(...narrowed.collectors);
    else withheld.push({ title, outcome: 'excluded', reason: narrowed.reason });
  }
  const hosts = withholdHosts(merged, limits);
  return {
    collectors,
    hostCollectors: hosts.kept,
    analyzers: merged.analyzers,
    hostAnalyzers: merged.hostAnalyzers,
    redactors: merged.redactors,
    runHostCollectorsInPod: merged.runHostCollectorsInPod,
    withheld: [...withheld, ...hosts.withheld],
  };
}

interface Hosts {
  readonly kept: BundleSpec['hostCollectors'];
  readonly withheld: readonly WithheldCollector[];
}

function withholdHosts({ hostCollectors }: MergedSpec, { allowed, narrowing }: Limits): Hosts {
  const kept: Readonly<Record<string, unknown>>[] = [];
  const withheld: WithheldCollector[] = [];
  for (const candidate of hostCollectors) {
    const title = hostTitle(candidate.entry);
    const denial = hostDenialReason(candidate, allowed);
    if (denial !== undefined) withheld.push({ title, outcome: 'denied', reason: denial });
    else if (narrowing === undefined) kept.push(candidate.entry);
    else {
      const reason = 'host collectors read nodes and cannot be narrowed to NAMESPACES';
      withheld.push({ title, outcome: 'excluded', reason });
    }
  }
  return { kept, withheld };
}

/** `host/<type>[/<collectorName>]`: troubleshoot's own titles of host collectors are not unique. */
function hostTitle(entry: Readonly<Record<string, unknown>>): string {
  const [type = 'unknown', fields] = Object.entries(entry)[0] ?? [];
  const name = isEntry(fields) ? fields['collectorName'] : undefined;
  return isText(name) && name !== '' ? `host/${type}/${name}` : `host/${type}`;
}
