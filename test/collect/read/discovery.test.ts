/** collect/discovery: what the API server serves, from either form of its answer. */

import assert from 'node:assert/strict';

import { discover } from '../../../agent/collect/read/discovery.ts';
import { KubeAnswerError } from '../../../agent/kube/api-error.ts';
import { gatherPieces } from '../../support/collect.ts';
import { CORE, GROUPS, LEGACY, NAMED, POD, RESOURCES, STALE } from '../../support/discovery.ts';
import { FakeKube } from '../../support/kube.ts';
import { never } from '../../support/signal.ts';

const ERRORS_FILE = 'cluster-resources/groups-resources-errors.json';

function kubeWith(answers: Readonly<Record<string, unknown>>): FakeKube {
  const kube = new FakeKube();
  for (const [path, answer] of Object.entries(answers)) kube.putText(path, JSON.stringify(answer));
  return kube;
}

function missing(): KubeAnswerError {
  return new KubeAnswerError('KUBE_NOT_FOUND', 'GET: 404', {
    statusCode: 404,
    apiMessage: '404 page not found\n',
    isStatus: false,
  });
}

describe('collect/discovery of a server that aggregates', () => {
  it("writes groups and resources as Go does, in the server's order", async () => {
    const kube = kubeWith({ '/api': CORE, '/apis': NAMED });

    const { files, problems } = await gatherPieces(piecesOf(await discover(kube, never())));

    assert.deepEqual(problems, []);
    assert.deepEqual(files, {
      'cluster-resources/groups.json': GROUPS,
      'cluster-resources/resources.json': RESOURCES,
    });
  });

  it('takes two requests', async () => {
    const kube = kubeWith({ '/api': CORE, '/apis': NAMED });

    await discover(kube, never());

    assert.deepEqual(kube.requests, ['GET /api', 'GET /apis']);
  });

  it('knows which kinds are served, and in which version', async () => {
    const known = await discover(kubeWith({ '/api': CORE, '/apis': NAMED }), never());

    assert.equal(known.has('v1', 'Pod'), true);
    assert.equal(known.has('v1', 'Node'), false);
    assert.equal(known.has('apps/v1', 'Node'), true);
    assert.equal(known.has('apps/v1beta1', 'Node'), false);
    assert.equal(known.isPartial, false);
  });

  it('reads the older version of the same document', async () => {
    const older = { apiVersion: 'apidiscovery.k8s.io/v2beta1' };
    const kube = kubeWith({ '/api': { ...CORE, ...older }, '/apis': { ...NAMED, ...older } });

    const { files } = await gatherPieces(piecesOf(await discover(kube, never())));

    assert.equal(files['cluster-resources/resources.json'], RESOURCES);
  });

  it('names an aggregated API that is down, and leaves it out', async () => {
    const known = await discover(kubeWith({ '/api': CORE, '/apis': STALE }), never());
    const { files, problems } = await gatherPieces(piecesOf(known));

    const error =
      'unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1';
    assert.equal(known.isPartial, true);
    assert.equal(known.error, error);
    assert.equal(known.has('v1', 'Pod'), true);
    assert.equal(files[ERRORS_FILE], `[\n  "${error}"\n]`);
    assert.deepEqual(problems, [{ outcome: 'partial', message: `${ERRORS_FILE}: ${error}` }]);
    assert.match(
      files['cluster-resources/groups.json'] ?? '',
      /"name": "metrics\.k8s\.io",\n {4}"versions": null,\n {4}"preferredVersion": \{\n {6}"groupVersion": "",\n {6}"version": ""\n {4}\}/,
    );
  });

  it('leaves out a resource that has no kind, and keeps its subresources', async () => {
    const resources = [
      {
        resource: 'tokens',
        scope: 'Cluster',
        singularResource: 'token',
        verbs: [],
        subresources: [
          { subresource: 'review', responseKind: { kind: 'Review' }, verbs: ['create'] },
          { subresource: 'nothing', responseKind: { group: '', version: '', kind: '' } },
        ],
      },
    ];
    const versions = [{ version: 'v1', resources, freshness: 'Current' }];
    const kube = kubeWith({
      '/api': CORE,
      '/apis': { ...CORE, items: [{ metadata: { name: 'auth' }, versions }] },
    });

    const { files } = await gatherPieces(piecesOf(await discover(kube, never())));

    const lists: unknown = JSON.parse(files['cluster-resources/resources.json'] ?? '');
    assert.deepEqual(lists, [
      JSON.parse(RESOURCES)[0],
      {
        groupVersion: 'auth/v1',
        resources: [
          {
            name: 'tokens/review',
            singularName: 'token',
            namespaced: false,
            kind: 'Review',
            verbs: ['create'],
          },
        ],
      },
    ]);
  });
});

describe('collect/discovery of a server that does not aggregate', () => {
  it('asks for each version', async () => {
    const kube = kubeWith(LEGACY);
    kube.put('/api/v1', { kind: 'APIResourceList', groupVersion: 'v1', resources: [POD] });
    kube.put('/apis/apps/v1', { apiVersion: 'v1', groupVersion: 'apps/v1', resources: [] });

    const known = await discover(kube, never());
    const { files, problems } = await gatherPieces(piecesOf(known));

    assert.equal(known.has('v1', 'Pod'), true);
    assert.deepEqual(problems, []);
    assert.deepEqual(JSON.parse(files['cluster-resources/groups.json'] ?? ''), [
      {
        name: '',
        versions: [{ groupVersion: 'v1', version: 'v1' }],
        preferredVersion: { groupVersion: 'v1', version: 'v1' },
      },
      LEGACY['/apis'].groups[0],
    ]);
    assert.equal(
      files['cluster-resources/resources.json']?.replaceAll(/\s/g, ''),
      `[{"groupVersion":"v1","resources":[${JSON.stringify(POD)}]},{"groupVersion":"apps/v1","resources":[]}]`,
    );
  });

  it('names the versions that do not answer, in the order of their names', async () => {
    const kube = kubeWith(LEGACY);
    kube.fail('/apis/apps/v1', missing());

    const known = await discover(kube, never());

    // What is missing of the core group alone is not an error.
    assert.equal(
      known.error,
      'unable to retrieve the complete list of server APIs: apps/v1: the server could not find the requested resource',
    );
    const { files } = await gatherPieces(piecesOf(known));
    assert.equal(
      files['cluster-resources/resources.json'],
      '[\n  {\n    "groupVersion": "v1",\n    "resources": null\n  }\n]',
    );
  });

  it('asks for each version where only one of the two answers aggregates', async () => {
    const kube = kubeWith({ ...LEGACY, '/apis': NAMED });

    await discover(kube, never());

    assert.deepEqual(kube.requests.toSorted(), [
      'GET /api',
      'GET /api/v1',
      'GET /apis',
      'GET /apis/apps/v1',
      'GET /apis/apps/v1beta1',
    ]);
  });
});

describe('collect/discovery in trouble', () => {
  it('goes without a core group', async () => {
    const kube = kubeWith({ '/apis': NAMED });
    kube.fail('/api', missing());

    const known = await discover(kube, never());

    assert.equal(known.isPartial, false);
    assert.equal(known.has('apps/v1', 'Node'), true);
  });

  it('writes null for both where the server does not say', async () => {
    const kube = kubeWith({ '/api': CORE });
    kube.fail('/apis', 'KUBE_UNREACHABLE');

    const known = await discover(kube, never());
    const { files } = await gatherPieces(piecesOf(known));

    assert.equal(known.has('v1', 'Pod'), false);
    assert.equal(known.isPartial, true);
    assert.deepEqual(files, {
      'cluster-resources/groups.json': 'null',
      'cluster-resources/resources.json': 'null',
      [ERRORS_FILE]: '[\n  "GET /apis: KUBE_UNREACHABLE"\n]',
    });
  });

  it('survives an answer that is no JSON', async () => {
    const kube = kubeWith({ '/api': CORE });
    kube.putText('/apis', '<html>');

    const known = await discover(kube, never());

    assert.equal(known.isPartial, true);
  });

  it('rejects when it is to end', async () => {
    await assert.rejects(discover(kubeWith({ '/api': CORE }), AbortSignal.abort()));
  });
});

async function* piecesOf(known: Awaited<ReturnType<typeof discover>>) {
  yield* known.pieces();
}
