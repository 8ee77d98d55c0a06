/** helm: releases of Helm 3 and 4, their history, and if the spec asks for them, their values. */

import { apiMessageOf } from '../../kube/api-error.ts';
import { textAt } from '../../kube/object-fields.ts';
import type { CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { flagOf, textOf } from '../fields.ts';
import { goJson } from '../go-json.ts';
import { listObjects } from '../list-objects.ts';
import { errorPieces, filePiece, problem } from '../pieces.ts';
import { type HelmRelease, parseHelmRelease } from './helm-release.ts';

/**
 * `helm/<namespace>.json`, or for one release `helm/<namespace>/<release>.json`. Each revision is a Secret; all of them are read in
 * one list, one at a time. A release that cannot be decoded costs only itself.
 *
 * Source: troubleshoot v0.133.0, pkg/collect/helm.go.
 */
export const helm: Collector = {
  rules: (fields) => {
    const namespace = textOf(fields, 'namespace');
    const rule = { apiGroups: [''], resources: ['secrets'], verbs: ['list'] };
    return [namespace === '' ? rule : { ...rule, namespace }];
  },

  async *collect(fields, context) {
    const name = textOf(fields, 'releaseName');
    const broken: string[] = [];
    let revisions: readonly HelmRelease[];
    try {
      revisions = await listRevisions(fields, broken, context);
    } catch (error) {
      context.signal.throwIfAborted();
      const doing = name === '' ? 'list: failed to list' : 'query: failed to query with labels';
      yield* errorPieces('helm/errors.json', [`${doing}: ${apiMessageOf(error)}`], 'failed');
      return;
    }
    for (const message of broken) yield problem('partial', message);
    if (name !== '' && revisions.length === 0) {
      yield* errorPieces('helm/errors.json', ['release: not found']);
      return;
    }
    yield* describe(revisions, fields);
  },
};

async function listRevisions(
  fields: Fields,
  broken: string[],
  context: CollectContext,
): Promise<readonly HelmRelease[]> {
  const [namespace, name] = [textOf(fields, 'namespace'), textOf(fields, 'releaseName')];
  const within = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return await listObjects(
    {
      path: `/api/v1${within}/secrets`,
      query: { labelSelector: name === '' ? 'owner=helm' : `name=${name},owner=helm` },
      keep: (secret) => {
        try {
          const encoded = Buffer.from(textAt(secret, 'data', 'release'), 'base64').toString();
          return parseHelmRelease(encoded, { withValues: flagOf(fields, 'collectValues') });
        } catch {
          const path = `${textAt(secret, 'metadata', 'namespace')}/${textAt(secret, 'metadata', 'name')}`;
          broken.push(`the release in Secret ${path} cannot be decoded`);
          return undefined;
        }
      },
    },
    context,
  );
}

// Without a release's name, only those whose newest revision is deployed or has failed, as `helm list` shows them.
function* describe(revisions: readonly HelmRelease[], fields: Fields): Generator<Piece> {
  const name = textOf(fields, 'releaseName');
  const releases = [
    ...Map.groupBy(revisions, ({ namespace, name: of }) => `${namespace}/${of}`).values(),
  ]
    .map((history) => ({ history, newest: newestOf(history) }))
    .filter(({ newest }) => name !== '' || ['deployed', 'failed'].includes(newest.status))
    .toSorted((first, second) => (first.newest.name < second.newest.name ? -1 : 1));
  const byNamespace = Map.groupBy(releases, ({ newest }) => newest.namespace);
  for (const [namespace, found] of byNamespace) {
    const path = name === '' ? `helm/${namespace}.json` : `helm/${namespace}/${name}.json`;
    yield filePiece(path, goJson(found.map(toReleaseInfo), '\t'));
  }
}

interface Release {
  readonly history: readonly HelmRelease[];
  readonly newest: HelmRelease;
}

function newestOf(history: readonly HelmRelease[]): HelmRelease {
  return history.reduce((newest, one) => (one.revision > newest.revision ? one : newest));
}

function toReleaseInfo({ history, newest }: Release): object {
  const { chart, namespace, name } = newest;
  return {
    releaseName: name,
    chart: chart.name || undefined,
    chartVersion: chart.version || undefined,
    appVersion: chart.appVersion || undefined,
    namespace: namespace || undefined,
    releaseHistory: history.map(({ revision, date, status, values }) => ({
      revision: String(revision),
      date,
      status,
      isPending: status.startsWith('pending-') || undefined,
      values: values.size === 0 ? undefined : values,
    })),
  };
}
