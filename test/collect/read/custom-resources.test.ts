/** collect/custom-resources: which lists are asked for, and how their objects are split into files. */

import assert from 'node:assert/strict';

import {
  type CustomResourcesOptions,
  collectCustomResources,
} from '../../../agent/collect/read/custom-resources.ts';
import type { Discovery } from '../../../agent/collect/read/discovery.ts';
import { KubeAnswerError } from '../../../agent/kube/api-error.ts';
import { collectContext, type Gathered, gatherPieces } from '../../support/collect.ts';
import { FakeKube } from '../../support/kube.ts';

const FOLDER = 'cluster-resources/custom-resources';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

function putDefinition(
  kube: FakeKube,
  name: string,
  { scope = 'Namespaced', versions = ['v1'], base = CRDS } = {},
): void {
  const [plural, ...group] = name.split('.');
  kube.put(`${base}/${name}`, {
    spec: {
      group: group.join('.'),
      scope,
      names: { plural },
      versions: versions.map((version) => ({ name: version })),
    },
  });
}

/** The list's text, as the API server writes it: keys sorted. */
function putList(kube: FakeKube, path: string, ...objects: readonly string[]): void {
  const text = `{"apiVersion":"x.test/v1","items":[${objects.join(',')}],"kind":"L","metadata":{"continue":"","resourceVersion":"7"}}\n`;
  kube.putText(path, text);
}

function object(name: string, namespace?: string): string {
  const place = namespace === undefined ? '' : `,"namespace":"${namespace}"`;
  return `{"kind":"Foo","metadata":{"name":"${name}"${place}}}`;
}

async function collect(
  kube: FakeKube,
  options: Partial<CustomResourcesOptions> = {},
): Promise<Gathered> {
  const context = collectContext({ kube });
  return await gatherPieces(
    collectCustomResources(context, { namespaces: ['a', 'b'], ...options }),
  );
}

function answer(statusCode: number, apiMessage: string, isStatus = true): KubeAnswerError {
  return new KubeAnswerError('KUBE_FAILED', 'no', { statusCode, apiMessage, isStatus });
}

describe('collect/custom-resources', () => {
  it('writes a file for each namespace, and a link for those who look for YAML', async () => {
    const kube = new FakeKube();
    putDefinition(kube, 'foos.x.test');
    putList(kube, '/apis/x.test/v1/foos', object('1', 'a'), object('2', 'a'), object('1', 'b'));

    const { files, links, problems } = await collect(kube);

    assert.deepEqual(files, {
      [`${FOLDER}/foos.x.test/a.json`]: `[
  {
    "kind": "Foo",
    "metadata": {
      "name": "1",
      "namespace": "a"
    }
  },
  {
    "kind": "Foo",
    "metadata": {
      "name": "2",
      "namespace": "a"
    }
  }
]`,
      [`${FOLDER}/foos.x.test/b.json`]: `[
  {
    "kind": "Foo",
    "metadata": {
      "name": "1",
      "namespace": "b"
    }
  }
]`,
    });
    assert.deepEqual(links, {
      [`${FOLDER}/foos.x.test/a.yaml`]: `${FOLDER}/foos.x.test/a.json`,
      [`${FOLDER}/foos.x.test/b.yaml`]: `${FOLDER}/foos.x.test/b.json`,
    });
    assert.deepEqual(problems, []);
  });

  it('writes one file for objects of the cluster', async () => {
    const kube = new FakeKube();
    putDefinition(kube, 'bars.x.test', { scope: 'Cluster' });
    putList(kube, '/apis/x.test/v1/bars', '{"big":9007199254740993}', '{}');

    const { files, links } = await collect(kube);

    assert.deepEqual(files, {
      [`${FOLDER}/bars.x.test.json`]: '[\n  {\n    "big": 9007199254740993\n  },\n  {}\n]',
    });
    assert.deepEqual(links, { [`${FOLDER}/bars.x.test.yaml`]: `${FOLDER}/bars.x.test.json` });
  });

  it('writes nothing where there are no objects, or only in other namespaces', async () => {
    const kube = new FakeKube();
    putDefinition(kube, 'foos.x.test');
    putDefinition(kube, 'bars.x.test', { scope: 'Cluster' });
    putList(kube, '/apis/x.test/v1/foos', object('1', 'other'), object('1', 'z'));
    putList(kube, '/apis/x.test/v1/bars');

    assert.deepEqual(await collect(kube), { files: {}, links: {}, problems: [] });
  });

  it('passes over other namespaces between those that are asked for', async () => {
    const kube = new FakeKube();
    putDefinition(kube, 'foos.x.test');
    putList(kube, '/apis/x.test/v1/foos', object('1', 'a'), object('1', 'ab'), object('1', 'b'));

    const { files } = await collect(kube);

    assert.deepEqual(Object.keys(files), [
      `${FOLDER}/foos.x.test/a.json`,
      `${FOLDER}/foos.x.test/b.json`,
    ]);
  });

  it('asks for the highest version, served or not', async () => {
    const kube = new FakeKube();
    putDefinition(kube, 'foos.x.test', { versions: ['v1', 'v2alpha1', 'v2', 'v3beta1'] });
    kube.fail('/apis/x.test/v2/foos', answer(404, '404 page not found\n', false));

    const { files, problems } = await collect(kube);

    const message = 'the server could not find the requested resource';
    assert.deepEqual(files, {
      [`${FOLDER}/custom-resources-errors.json`]: `{\n  "foos.x.test": "${message}"\n}`,
    });
    assert.deepEqual(problems, [
      {
        outcome: 'partial',
        message: `${FOLDER}/custom-resources-errors.json: foos.x.test: ${message}`,
      },
    ]);
  });

  it('goes on with the other definitions where one cannot be listed', async () => {
    const kube = new FakeKube();
    for (const name of ['foos.x.test', 'goos.x.test', 'hoos.x.test']) putDefinition(kube, name);
    putList(kube, '/apis/x.test/v1/foos', object('1', 'a'));
    kube.putText('/apis/x.test/v1/goos', '<html>');
    putList(kube, '/apis/x.test/v1/hoos', object('1', 'b'));

    const { files } = await collect(kube);

    assert.deepEqual(Object.keys(files).toSorted(), [
      `${FOLDER}/custom-resources-errors.json`,
      `${FOLDER}/foos.x.test/a.json`,
      `${FOLDER}/hoos.x.test/b.json`,
    ]);
  });

  it('does not list definitions that it is given', async () => {
    const kube = new FakeKube();
    putList(kube, '/apis/x.test/v1/foos', object('1'));
    const crds = [{ name: 'foos.x.test', path: '/apis/x.test/v1/foos', isNamespaced: false }];

    const { files } = await collect(kube, { crds });

    assert.deepEqual(Object.keys(files), [`${FOLDER}/foos.x.test.json`]);
    assert.deepEqual(kube.requests, ['GET /apis/x.test/v1/foos?limit=250']);
  });

  it('names a list that is not ordered by namespace', async () => {
    const kube = new FakeKube();
    putDefinition(kube, 'foos.x.test');
    putList(kube, '/apis/x.test/v1/foos', object('1', 'a'), object('1', 'b'), object('2', 'a'));

    const { files, problems } = await collect(kube);

    assert.ok(`${FOLDER}/foos.x.test/b.json` in files);
    assert.match(problems[0]?.message ?? '', /the list is not ordered: \S+\/a\.json/);
  });

  it('lists 1,000 definitions, a few at a time', async () => {
    const kube = new FakeKube();
    const crds = Array.from({ length: 1000 }, (_, index) => {
      const path = `/apis/x.test/v1/kind${index}`;
      putList(kube, path, object('1', 'a'));
      return { name: `kind${index}.x.test`, path, isNamespaced: true };
    });

    const { files } = await collect(kube, { crds });

    assert.equal(Object.keys(files).length, 1000);
  });
});

describe('collect/custom-resources without definitions', () => {
  it('says why they cannot be listed', async () => {
    const kube = new FakeKube();
    kube.fail(CRDS, answer(403, 'customresourcedefinitions is forbidden'));

    const { files } = await collect(kube);

    assert.deepEqual(files, {
      [`${FOLDER}/custom-resources-errors.json`]:
        '{\n  "crdList": "customresourcedefinitions is forbidden"\n}',
    });
  });

  it('asks for nothing where discovery does not say that there are any', async () => {
    const kube = new FakeKube();

    const { files } = await collect(kube, { discovery: discovery('it is down') });

    assert.deepEqual(files, {
      [`${FOLDER}/custom-resources-errors.json`]:
        '{\n  "discover apiextensions.k8s.io/v1": "it is down"\n}',
    });
    assert.deepEqual(kube.requests, []);
  });

  it('asks an old server for their older form', async () => {
    const kube = new FakeKube();
    kube.put('/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions/foos.x.test', {
      spec: { group: 'x.test', scope: 'Namespaced', names: { plural: 'foos' }, version: 'v1beta1' },
    });
    putList(kube, '/apis/x.test/v1beta1/foos', object('1', 'a'));

    const { files } = await collect(kube, { discovery: discovery(undefined) });

    assert.deepEqual(Object.keys(files), [`${FOLDER}/foos.x.test/a.json`]);
  });
});

/** Of a server without definitions. */
function discovery(error: string | undefined): Discovery {
  return { has: () => false, isPartial: error !== undefined, error, pieces: () => [] };
}
