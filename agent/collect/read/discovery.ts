/** What the API server serves, asked for once a run: which kinds, and troubleshoot's files on them. */

import { hasCode } from '../../errors.ts';
import { apiMessageOf } from '../../kube/api-error.ts';
import type { KubeApi } from '../../kube/client.ts';
import type { Piece } from '../collector.ts';
import { errorPieces, jsonPiece } from '../pieces.ts';
import {
  type ApiGroup,
  type ApiResourceList,
  isAggregated,
  parseAggregated,
  parseGroups,
  parseResourceList,
  parseVersions,
  type Served,
} from './discovery-format.ts';

export interface Discovery {
  /** @param groupVersion E.g. `apps/v1`, `v1`. */
  has(groupVersion: string, kind: string): boolean;
  /** Whether something is not known: what `has` denies may be there all the same. */
  readonly isPartial: boolean;
  /** Why it is partial, in client-go's words; else undefined. */
  readonly error: string | undefined;
  /** `groups.json`, `resources.json`, and what went wrong. */
  pieces(): Iterable<Piece>;
}

/** As client-go asks; a server answers with the first that it knows. */
const ACCEPT = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

/**
 * Asks for groups, versions and resources: two requests where the server aggregates them (Kubernetes 1.27 and
 * newer, 1.26 by option), else one more for each version. What goes wrong is part of the result.
 *
 * Source: k8s.io/client-go v0.36.3, discovery/discovery_client.go.
 *
 * @throws The signal's reason, when it aborts.
 */
export async function discover(kube: KubeApi, signal: AbortSignal): Promise<Discovery> {
  try {
    return new KnownDiscovery(await readServed(kube, signal));
  } catch (error) {
    signal.throwIfAborted();
    return new UnknownDiscovery(apiMessageOf(error));
  }
}

class KnownDiscovery implements Discovery {
  readonly error: string | undefined;
  readonly #served: Served;
  readonly #kinds: ReadonlySet<string>;

  constructor(served: Served) {
    this.#served = served;
    this.#kinds = new Set(served.lists.flatMap(kindsIn));
    const failures = [...served.failures].map(([name, why]) => `${name}: ${why}`).toSorted();
    if (failures.length > 0) {
      this.error = `unable to retrieve the complete list of server APIs: ${failures.join(', ')}`;
    }
  }

  get isPartial(): boolean {
    return this.error !== undefined;
  }

  has(groupVersion: string, kind: string): boolean {
    return this.#kinds.has(`${groupVersion} ${kind}`);
  }

  pieces(): Iterable<Piece> {
    const { groups, lists } = this.#served;
    return discoveryPieces(groups, lists, this.error);
  }
}

/** The server did not say. */
class UnknownDiscovery implements Discovery {
  readonly isPartial = true;
  readonly error: string;

  constructor(error: string) {
    this.error = error;
  }

  has(): boolean {
    return false;
  }

  pieces(): Iterable<Piece> {
    return discoveryPieces(null, null, this.error);
  }
}

function* discoveryPieces(
  groups: readonly ApiGroup[] | null,
  lists: readonly ApiResourceList[] | null,
  error: string | undefined,
): Generator<Piece> {
  yield jsonPiece('cluster-resources/groups.json', groups);
  yield jsonPiece('cluster-resources/resources.json', lists);
  const errors = error === undefined ? [] : [error];
  yield* errorPieces('cluster-resources/groups-resources-errors.json', errors);
}

function kindsIn({ groupVersion, resources }: ApiResourceList): readonly string[] {
  return (resources ?? []).map(({ kind }) => `${groupVersion} ${kind}`);
}

async function readServed(kube: KubeApi, signal: AbortSignal): Promise<Served> {
  const core = await readCore(kube, signal);
  const named = await readJson('/apis', kube, signal);
  if (isServed(core) && isAggregated(named)) return join(core, parseAggregated(named));
  const groups = [
    ...(isServed(core) ? core.groups : parseVersions(core.answer)),
    ...(isAggregated(named) ? parseAggregated(named).groups : parseGroups(named)),
  ];
  return await readOneByOne(groups, kube, signal);
}

/** What `/api` serves: aggregated, or as the answer came. An aggregated API server may have none. */
async function readCore(
  kube: KubeApi,
  signal: AbortSignal,
): Promise<Served | { readonly answer: unknown }> {
  try {
    const answer = await readJson('/api', kube, signal);
    return isAggregated(answer) ? parseAggregated(answer) : { answer };
  } catch (error) {
    if (!hasCode(error, 'KUBE_NOT_FOUND')) throw error;
    return { groups: [], lists: [], failures: new Map() };
  }
}

function isServed(core: Served | { readonly answer: unknown }): core is Served {
  return 'groups' in core;
}

function join(left: Served, right: Served): Served {
  return {
    groups: [...left.groups, ...right.groups],
    lists: [...left.lists, ...right.lists],
    failures: new Map([...left.failures, ...right.failures]),
  };
}

/** A request for each version; the client bounds how many are in flight. */
async function readOneByOne(
  groups: readonly ApiGroup[],
  kube: KubeApi,
  signal: AbortSignal,
): Promise<Served> {
  const failures = new Map<string, string>();
  const versions = groups.flatMap((group) => group.versions ?? []);
  const lists = await Promise.all(
    versions.map(async ({ groupVersion }) => {
      const path = groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`;
      try {
        return [parseResourceList(await kube.get(path, signal))];
      } catch (error) {
        signal.throwIfAborted();
        if (groupVersion === 'v1' && hasCode(error, 'KUBE_NOT_FOUND')) {
          return [{ groupVersion, resources: null }];
        }
        failures.set(groupVersion, apiMessageOf(error));
        return [];
      }
    }),
  );
  return { groups, lists: lists.flat(), failures };
}

async function readJson(path: string, kube: KubeApi, signal: AbortSignal): Promise<unknown> {
  const { body } = await kube.stream(path, { accept: ACCEPT }, signal);
  const chunks = [];
  for await (const chunk of body) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}
