/**
 * clusterResources: what the cluster holds, as lists of objects, custom resources included, and the logs of pods that are not well.
 * Source: troubleshoot v0.133.0, pkg/collect/cluster_resources.go.
 */

import { bodyOf } from '../../body/body.ts';
import { hasCode } from '../../errors.ts';
import { apiMessageOf } from '../../kube/api-error.ts';
import type { ApiRule, CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { flagOf, textsOf } from '../fields.ts';
import { type ListedKind, type Look, readListFile, readListFiles } from '../list-files.ts';
import { errorPieces, interleavePieces, problem } from '../pieces.ts';
import { collectUnhealthyPodLogs, type LoggedPod, loggedPod } from '../pod-logs.ts';
import { collectAccess } from './access.ts';
import { collectCustomResources } from './custom-resources.ts';
import { type Discovery, discover } from './discovery.ts';
import { collectLicense } from './license.ts';
import { readNamespaces } from './namespaces.ts';
import { collectPullSecrets } from './pull-secrets.ts';
import { chooseVersion, RESOURCE_KINDS, type ResourceKind } from './resource-kinds.ts';
import { isUnhealthy, mayBeUnhealthy } from './unhealthy-pods.ts';

const FOLDER = 'cluster-resources';

export const clusterResources: Collector = {
  rules: listRules,
  async *collect(fields, context) {
    yield* new ClusterResources(fields, context).collect();
  },
};

class ClusterResources {
  readonly #context: CollectContext;
  readonly #wanted: readonly string[];
  readonly #ignoresRights: boolean;
  /** By namespace and name: a list that begins anew shows them again. */
  readonly #unhealthy = new Map<string, LoggedPod>();

  constructor(fields: Fields, context: CollectContext) {
    this.#context = context;
    this.#wanted = textsOf(fields, 'namespaces');
    this.#ignoresRights = flagOf(fields, 'ignoreRBAC');
  }

  async *collect(): AsyncGenerator<Piece> {
    const { kube, signal, concurrency } = this.#context;
    const discovery = await discover(kube, signal);
    const { names, pieces } = await readNamespaces(this.#wanted, this.#context);
    yield* pieces;
    const access = Promise.withResolvers<readonly string[]>();
    // Whoever waits for it hears of it; and nobody may.
    access.promise.catch(() => undefined);
    yield* interleavePieces(this.#parts({ names, discovery, access }), concurrency);
    await this.#context.settled('logs');
    yield* collectUnhealthyPodLogs([...this.#unhealthy.values()], this.#context);
  }

  // In this order, as many at once as there may be requests: what needs the namespaces waits for the first.
  *#parts({ names, discovery, access }: Parts): Generator<AsyncGenerator<Piece>> {
    yield this.#access(names, access);
    for (const kind of RESOURCE_KINDS.filter(({ isNamespaced }) => !isNamespaced)) {
      yield this.#listOfCluster(kind, discovery);
    }
    for (const kind of RESOURCE_KINDS.filter(({ isNamespaced }) => isNamespaced)) {
      yield this.#listsByNamespace(kind, discovery, access.promise);
    }
    yield afterwards(access.promise, (namespaces) =>
      collectCustomResources(this.#context, { namespaces, discovery }),
    );
    yield afterwards(access.promise, (namespaces) => collectPullSecrets(this.#context, namespaces));
    yield afterwards(access.promise, (namespaces) => collectLicense(this.#context, namespaces));
    yield afterwards(Promise.resolve(discovery), giveDiscovery);
  }

  async *#access(
    names: readonly string[],
    access: PromiseWithResolvers<readonly string[]>,
  ): AsyncGenerator<Piece> {
    const kept = new Set<string>();
    try {
      yield* collectAccess(names, kept, this.#context);
    } catch (error) {
      access.reject(error);
      throw error;
    }
    // Namespaces that the spec names are read whatever the rights.
    const isFiltered = this.#wanted.length === 0 && !this.#ignoresRights;
    access.resolve(isFiltered ? names.filter((name) => kept.has(name)) : names);
  }

  async *#listOfCluster(kind: ResourceKind, discovery: Discovery): AsyncGenerator<Piece> {
    const path = `${FOLDER}/${kind.name}`;
    const choice = chooseVersion(kind, discovery);
    try {
      if (choice.kind !== 'listed') {
        yield { kind: 'file', path: `${path}.json`, body: bodyOf('') };
        yield* errorPieces(`${path}-errors.json`, choice.kind === 'unknown' ? [choice.error] : []);
        return;
      }
      const body = await readListFile(choice.listed, this.#context);
      yield { kind: 'file', path: `${path}.json`, body };
    } catch (error) {
      if (this.#isCutOff) yield cutOff(path);
      else {
        yield { kind: 'file', path: `${path}.json`, body: bodyOf('') };
        yield* errorPieces(`${path}-errors.json`, [apiMessageOf(error)]);
      }
    }
  }

  async *#listsByNamespace(
    kind: ResourceKind,
    discovery: Discovery,
    access: Promise<readonly string[]>,
  ): AsyncGenerator<Piece> {
    const namespaces = await access;
    if (this.#isCutOff) {
      yield cutOff(`${FOLDER}/${kind.name}`);
      return;
    }
    const choice = chooseVersion(kind, discovery);
    const errors = new Map<string, string>();
    if (choice.kind === 'listed') {
      yield* this.#listNamespaces({ kind, listed: choice.listed, errors }, new Set(namespaces));
    } else if (choice.kind === 'unknown') errors.set('', choice.error);
    yield* errorPieces(`${FOLDER}/${kind.name}-errors.json`, errors);
    if (this.#isCutOff) yield cutOff(`${FOLDER}/${kind.name}`);
  }

  // One list for all, unless the spec names its namespaces, or rights reach no further than single ones.
  async *#listNamespaces(list: NamespacedList, left: Set<string>): AsyncGenerator<Piece> {
    const isForAll = this.#wanted.length === 0 && left.size > 0;
    if (isForAll) yield* this.#listAll(list, left);
    for (const namespace of left) yield* this.#listOne(list, namespace);
  }

  // Leaves the namespaces that must be asked for one by one.
  async *#listAll(
    { kind, listed, errors }: NamespacedList,
    left: Set<string>,
  ): AsyncGenerator<Piece> {
    const split = { kind: listed, folder: `${FOLDER}/${kind.name}`, look: this.#lookAt(kind) };
    try {
      yield* readListFiles(split, left, this.#context);
    } catch (error) {
      if (hasCode(error, 'KUBE_FORBIDDEN') && !this.#isCutOff) return;
      if (!this.#isCutOff) {
        for (const namespace of left) errors.set(namespace, apiMessageOf(error));
      }
      left.clear();
    }
  }

  async *#listOne(
    { kind, listed, errors }: NamespacedList,
    namespace: string,
  ): AsyncGenerator<Piece> {
    try {
      const options = { namespace, look: this.#lookAt(kind) };
      const body = await readListFile(listed, this.#context, options);
      yield { kind: 'file', path: `${FOLDER}/${kind.name}/${namespace}.json`, body };
    } catch (error) {
      if (!this.#isCutOff) errors.set(namespace, apiMessageOf(error));
    }
  }

  get #isCutOff(): boolean {
    return this.#context.signal.aborted;
  }

  /** Remembers pods that are not well, for their logs. */
  #lookAt({ name }: ResourceKind): Look {
    if (name !== 'pods') return ignore;
    return (json) => {
      if (!mayBeUnhealthy(json)) return;
      const pod: unknown = JSON.parse(Buffer.from(json).toString());
      if (!isUnhealthy(pod)) return;
      const found = loggedPod(pod);
      this.#unhealthy.set(`${found.namespace}/${found.name}`, found);
    };
  }
}

interface Parts {
  readonly names: readonly string[];
  readonly discovery: Discovery;
  readonly access: PromiseWithResolvers<readonly string[]>;
}

interface NamespacedList {
  readonly kind: ResourceKind;
  readonly listed: ListedKind;
  /** By namespace. */
  readonly errors: Map<string, string>;
}

function ignore(): void {
  // Nothing in these objects is of interest.
}

/** Once its time is over, a collector says what it has not read whole. */
function cutOff(path: string): Piece {
  return problem('partial', `${path}: cut off`);
}

async function* afterwards<T>(
  ready: Promise<T>,
  make: (value: T) => AsyncIterable<Piece>,
): AsyncGenerator<Piece> {
  yield* make(await ready);
}

async function* giveDiscovery(discovery: Discovery): AsyncGenerator<Piece> {
  yield* discovery.pieces();
}

function listRules(fields: Fields): readonly ApiRule[] {
  const namespaces = textsOf(fields, 'namespaces');
  const inNamespaces = RESOURCE_KINDS.filter(({ isNamespaced }) => isNamespaced).map(toRule);
  const withSecrets: readonly ApiRule[] = [
    ...inNamespaces,
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    // For the users of pull secrets and the license; without it both are left out, and that is said.
    { apiGroups: [''], resources: ['secrets'], verbs: ['list'] },
  ];
  return [
    { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list'] },
    ...RESOURCE_KINDS.filter(({ isNamespaced }) => !isNamespaced).map(toRule),
    ...(namespaces.length === 0
      ? withSecrets
      : namespaces.flatMap((namespace) => withSecrets.map((rule) => ({ ...rule, namespace })))),
  ];
}

function toRule({ groupVersion, resource }: ResourceKind): ApiRule {
  const [group = ''] = groupVersion.includes('/') ? groupVersion.split('/') : [''];
  return { apiGroups: [group], resources: [resource], verbs: ['list'] };
}
