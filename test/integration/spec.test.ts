/** The Kubernetes client and the loading of specs against a real API server, and against troubleshoot's own program. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { KubeClient } from '../../agent/kube/client.ts';
import { connectKube } from '../../agent/kube/connect.ts';
import { loadSpec } from '../../agent/spec/load.ts';
import { parseSpec } from '../../agent/spec/parse.ts';
import { renderSpec } from '../../agent/spec/render.ts';
import type { BundleSpec } from '../../agent/spec/types.ts';
import { makeCertificate } from '../bed/certificate.ts';
import { type ControlPlane, kubeconfigFor, startControlPlane } from '../bed/control-plane.ts';
import { programPath } from '../bed/programs.ts';
import { never } from '../support/signal.ts';
import { bundleWith, loadOptions, specFile, specText } from '../support/spec.ts';

const REF = 'secret/default/support-bundle-secret';

describe('specs on a real API server', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let limited: KubeClient;
  before(async () => {
    plane = await startControlPlane();
    await plane.kube.apply(objects(await specText('default.yaml')));
    limited = await connectAs(await plane.token('default', 'agent'));
  });
  after(() => plane.stop());

  it('reads the spec with the rights the chart gives', async () => {
    const options = loadOptions('', { refs: [REF], kube: () => Promise.resolve(limited) });

    const spec = await loadSpec(options, never());

    assert.deepEqual(
      spec.collectors.map(({ title }) => title),
      ['cluster-info', 'cluster-resources'],
    );
  });

  it('says which right is missing', async () => {
    const options = loadOptions('', {
      refs: ['secret/default/other'],
      kube: () => Promise.resolve(limited),
    });

    await assert.rejects(loadSpec(options, never()), {
      code: 'KUBE_FORBIDDEN',
      message: /lacks the right to get secrets\/other in the namespace default$/,
    });
  });

  it('goes on without discovery when the right to list is missing', async () => {
    const options = loadOptions('', {
      refs: [REF],
      selector: 'troubleshoot.sh/kind=support-bundle',
      namespaces: ['*'],
      kube: () => Promise.resolve(limited),
    });

    const { notices } = await loadSpec(options, never());

    assert.equal(notices.filter(({ message }) => /right to list/.test(message)).length, 2);
  });

  it('discovers labelled specs, page by page', async () => {
    const admin = await connectKube({ kubeconfigFile: plane.kubeconfigFile });
    const spec = await loadSpec(
      loadOptions('', {
        refs: [REF],
        selector: 'troubleshoot.sh/kind=support-bundle',
        namespaces: ['*'],
        kube: () => Promise.resolve(admin),
      }),
      never(),
    );

    assert.equal(spec.collectors.filter(({ type }) => type === 'data').length, 25);
  });

  it("passes the API server's own words on, and refuses stale patches", async () => {
    const path = '/api/v1/namespaces/default/configmaps/state';
    const object = await limited.get(path, never());
    const { resourceVersion } = metadataOf(object);
    const patch = { metadata: { resourceVersion }, data: { a: '1' } };

    const patched = await limited.patch(path, patch, never());

    assert.notEqual(metadataOf(patched)['resourceVersion'], resourceVersion);
    await assert.rejects(limited.patch(path, patch, never()), { code: 'KUBE_CONFLICT' });
    await assert.rejects(limited.get('/api/v1/nodes?limit=1', never()), {
      code: 'KUBE_FORBIDDEN',
      message:
        /^GET https:\/\/127\.0\.0\.1:\d+\/api\/v1\/nodes: 403 nodes is forbidden: User .*cannot list/,
    });
    await assert.rejects(limited.get('/api/v1/nothing', never()), { code: 'KUBE_FORBIDDEN' });
  });

  it('tells a token that is not accepted', async () => {
    const kube = await connectAs('expired');

    await assert.rejects(kube.get('/version/none', never()), { code: 'KUBE_UNAUTHORIZED' });
  });

  it('does not talk to a server whose certificate it cannot verify', async () => {
    const { certificateFile } = await makeCertificate(plane.folder);
    const kube = await connectAs(plane.adminToken, certificateFile);

    await assert.rejects(kube.get('/api', never()), {
      code: 'KUBE_UNREACHABLE',
      message: /certificate/,
    });
  });

  it('finds the connection again after the API server has been away', async () => {
    await limited.get('/api/v1/namespaces/default/configmaps/state', never());
    await plane.stopApiServer();
    await assert.rejects(limited.get('/api', never()), { code: 'KUBE_UNREACHABLE' });

    await plane.startApiServer();

    await limited.get('/api/v1/namespaces/default/configmaps/state', never());
  });

  it("is read by troubleshoot's own program without the loss of a field", async () => {
    const spec = await loadSpec(
      loadOptions(await specText('in-objects.yaml'), {
        refs: ['-', specFile('all-collectors.yaml'), specFile('host.yaml')],
      }),
      never(),
    );

    const read = await dryRun(spec);

    const expected = spec.collectors.map((each) => plain(each));
    const found = read.collectors.map((each) => plain(each));
    for (const collector of expected) assert.ok(found.includes(collector), collector);
    assert.equal(found.length, expected.length);
    assert.deepEqual(read.hostCollectors, spec.hostCollectors);
    // Ours to apply, after our own rules.
    assert.ok(spec.redactors.length > 0);
    assert.deepEqual(read.redactors, []);
  });

  it('does not get the defaults back that may not run', async () => {
    const spec = await loadSpec(
      loadOptions(bundleWith({ http: { get: { url: 'https://example.com' } } }), {
        collectorsAllowed: ['network'],
      }),
      never(),
    );

    const { collectors } = await dryRun(spec);

    assert.deepEqual(
      collectors.map(({ type, exclude }) => [type, exclude]),
      [
        ['http', false],
        ['clusterInfo', true],
        ['clusterResources', true],
      ],
    );
  });

  it('loses to a broken analyzer nothing but that analyzer', async () => {
    const text = JSON.stringify({
      apiVersion: 'troubleshoot.sh/v1beta2',
      kind: 'SupportBundle',
      metadata: { name: 'x' },
      spec: {
        collectors: [{ runPod: { podSpec: { containers: 'wrong' } } }],
        analyzers: [
          { clusterVersion: { outcomes: 'wrong' } },
          { clusterVersion: { outcomes: [{ pass: { message: 'fine' } }] } },
        ],
      },
    });
    const spec = await loadSpec(loadOptions(text), never());

    const { collectors, analyzers } = await dryRun(spec);

    assert.deepEqual(
      collectors.map(({ type, exclude }) => [type, exclude]),
      [
        ['clusterInfo', false],
        ['clusterResources', false],
      ],
    );
    assert.equal(analyzers.length, 1);
  });

  async function connectAs(token: string, caFile = plane.caFile): Promise<KubeClient> {
    const file = join(plane.folder, `kubeconfig-${Math.random()}`);
    await writeFile(file, kubeconfigFor({ url: plane.url, caFile, token }));
    return await connectKube({ kubeconfigFile: file });
  }

  /** What the program makes of the spec before it collects. */
  async function dryRun(
    spec: BundleSpec,
  ): Promise<Pick<BundleSpec, 'collectors' | 'hostCollectors' | 'analyzers' | 'redactors'>> {
    const file = join(plane.folder, 'spec.yaml');
    await writeFile(file, renderSpec(spec));
    const { stdout } = await promisify(execFile)(
      programPath('support-bundle'),
      [
        file,
        '--dry-run',
        '--no-uri',
        '--load-cluster-specs=false',
        '--interactive=false',
        '--auto-update=false',
      ],
      { env: { HOME: plane.folder, KUBECONFIG: plane.kubeconfigFile }, maxBuffer: 10_000_000 },
    );
    // It prints its redactors under an API group that it does not read itself.
    const text = stdout.replace('troubleshoot.replicated.com/v1beta2', 'troubleshoot.sh/v1beta2');
    const { documents } = parseSpec({ source: 'dry run', text, isDiscovered: false });
    return {
      collectors: documents.flatMap(({ collectors }) => collectors),
      hostCollectors: documents.flatMap(({ hostCollectors }) => hostCollectors),
      analyzers: documents.flatMap(({ analyzers }) => analyzers),
      redactors: documents.flatMap(({ redactors }) => redactors),
    };
  }
});

/** As JSON with sorted keys; what Kubernetes' own types add (empty objects) is left out. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(
      Object.entries(part).toSorted(([left], [right]) => (left < right ? -1 : 1)),
    );
  });
}

function metadataOf(object: unknown): Record<string, unknown> {
  assert.ok(typeof object === 'object' && object !== null && 'metadata' in object);
  assert.ok(typeof object.metadata === 'object' && object.metadata !== null);
  return { ...object.metadata };
}

/** The spec's Secret, the agent's account with the chart's rights, 25 more specs. */
function objects(spec: string): string {
  const secret = (name: string, text: string): unknown => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: 'default',
      labels: { 'troubleshoot.sh/kind': 'support-bundle' },
    },
    stringData: { 'support-bundle-spec': text },
  });
  const rules = [
    {
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: ['support-bundle-secret'],
      verbs: ['get'],
    },
    {
      apiGroups: [''],
      resources: ['configmaps'],
      resourceNames: ['state'],
      verbs: ['get', 'patch'],
    },
  ];
  const rbac = 'rbac.authorization.k8s.io';
  const named = { name: 'agent', namespace: 'default' };
  return [
    secret('support-bundle-secret', spec),
    ...Array.from({ length: 25 }, (_each, number) =>
      secret(`more-${number}`, bundleWith({ data: { name: `${number}`, data: 'x' } })),
    ),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'state', namespace: 'default' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: named },
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: named, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: named,
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'agent' },
      subjects: [{ kind: 'ServiceAccount', ...named }],
    },
  ]
    .map((object) => JSON.stringify(object))
    .join('\n---\n');
}
