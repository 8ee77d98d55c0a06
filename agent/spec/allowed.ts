/** COLLECTORS_ALLOWED: what the cluster's owner lets a vendor's spec do. */

import { addressRefusal } from '../address.ts';
import { AgentError } from '../errors.ts';
import { addressesOf } from './address.ts';
import { type CollectorGroup, collectorType } from './collector-fields.ts';
import { isImageFacts } from './image-facts.ts';
import type { Origin } from './merge.ts';
import type { CollectorSpec } from './types.ts';

export interface Allowed {
  readonly groups: ReadonlySet<CollectorGroup>;
  /** Collectors allowed by name; of those whose group depends on their fields, the harmless form. */
  readonly names: ReadonlySet<string>;
  readonly hostCollectors: boolean;
}

const GROUPS: readonly CollectorGroup[] = ['read', 'network', 'workload', 'secret-values'];
/** Host collectors are one name: they run on nodes. */
const HOST_COLLECTORS = 'hostCollectors';

/** @throws {AgentError} CONFIG_INVALID: names every word that is neither a group nor a collector. */
export function parseAllowed(words: readonly string[]): Allowed {
  const unknown = words.filter((word) => !isKnown(word));
  if (unknown.length > 0) {
    throw new AgentError(
      'CONFIG_INVALID',
      `COLLECTORS_ALLOWED has ${unknown.join(', ')}: it must hold ${GROUPS.join(', ')}, all, or names of collectors such as exec`,
    );
  }
  const isAll = words.includes('all');
  const groups = new Set(GROUPS.filter((group) => isAll || words.includes(group)));
  return {
    groups,
    names: new Set(words.filter((word) => collectorType(word) !== undefined)),
    hostCollectors: groups.has('workload') || words.includes(HOST_COLLECTORS),
  };
}

function isKnown(word: string): boolean {
  return (
    word === 'all' ||
    word === HOST_COLLECTORS ||
    GROUPS.some((group) => group === word) ||
    collectorType(word) !== undefined
  );
}

/** Whether any collector may run that makes objects or commands in the cluster. */
export function allowsWorkloads({ groups, names }: Allowed): boolean {
  return (
    groups.has('workload') || [...names].some((name) => collectorType(name)?.group === 'workload')
  );
}

/** Why the collector may not run, or undefined. An excluded one is not asked. */
export function denialReason(
  collector: CollectorSpec & Origin,
  allowed: Allowed,
): string | undefined {
  const { type, isDiscovered } = collector;
  const { group, isInherent } = groupOf(collector);
  if (isDiscovered && group !== 'read') {
    return `${type} is of the group ${group}, and discovered specs may only read`;
  }
  const isAllowed = allowed.groups.has(group) || (isInherent && allowed.names.has(type));
  if (!isAllowed) return `COLLECTORS_ALLOWED holds neither ${type} nor its group ${group}`;
  // Not for any setting: RBAC does not stop a request to the node's metadata service.
  return addressesOf(collector)
    .map(addressRefusal)
    .find((reason) => reason !== undefined);
}

export function hostDenialReason({ isDiscovered }: Origin, allowed: Allowed): string | undefined {
  if (isDiscovered) return 'host collectors run on nodes, and discovered specs may only read';
  if (allowed.hostCollectors) return undefined;
  return `COLLECTORS_ALLOWED holds neither ${HOST_COLLECTORS} nor their group workload`;
}

interface Membership {
  readonly group: CollectorGroup;
  /** False where the fields lift the collector into another group than its type's: its name alone does not allow that. */
  readonly isInherent: boolean;
}

function groupOf({ type, fields }: CollectorSpec): Membership {
  if (type === 'secret' && (fields['includeValue'] === true || fields['includeAllData'] === true)) {
    return { group: 'secret-values', isInherent: false };
  }
  if (type === 'data' && isImageFacts(fields)) return { group: 'network', isInherent: false };
  return { group: collectorType(type)?.group ?? 'workload', isInherent: true };
}
