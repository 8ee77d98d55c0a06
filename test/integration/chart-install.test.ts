/** The chart installed into a real API server by helm 3 and 4, with the rights that it gives. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import { type KubeClient, type KubeObject, kubeClient } from '../bed/kube.ts';
import { at, CHART_FOLDER, HELMS, HelmRunner } from '../support/chart.ts';

const VALUES = {
  schedule: '*/5 * * * *',
  upload: {
    url: 'https://user:pass@bundles.example.com/in?sig=abc',
    userAgent: 'agent/secret-of-the-bucket',
  },
};

describe('chart, installed', () => {
  const helm = new HelmRunner();
  let plane: ControlPlane;

  before(async () => {
    plane = await startControlPlane();
  });

  after(async () => {
    await plane?.stop();
    await helm.remove();
  });

  for (const program of HELMS) {
    describe(`by ${program}`, () => {
      const namespace = `with-${program}`;
      const release = `csb-${program}`;
      const name = `${release}-cron-support-bundle`;
      let notes: string;

      before(async () => {
        const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
        const metadata = { name: namespace, labels };
        await plane.kube.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata }]);
        const secret = { name: 'other', namespace };
        await plane.kube.apply([{ apiVersion: 'v1', kind: 'Secret', metadata: secret }]);
        const other = { name: 'other', namespace };
        await plane.kube.apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: other }]);
        const file = await helm.valuesFile(VALUES);
        notes = await onCluster('install', '--values', file);
      });

      /** stdout of helm's command on the release. */
      function onCluster(command: string, ...more: readonly string[]): Promise<string> {
        const chart = command === 'uninstall' ? [] : [CHART_FOLDER];
        const where = ['--namespace', namespace, '--kubeconfig', plane.kubeconfigFile];
        return helm.run(program, command, release, ...chart, ...where, ...more);
      }

      async function readState(): Promise<KubeObject | undefined> {
        const metadata = { name: `${name}-state`, namespace };
        return plane.kube.get({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
      }

      async function asAgent(): Promise<KubeClient> {
        const token = await plane.token(namespace, name);
        return kubeClient({ url: plane.url, ca: await readFile(plane.caFile, 'utf8'), token });
      }

      it('says when, where to, and where both come from, without a secret', () => {
        assert.match(notes, /Schedule: +\*\/5 \* \* \* \* \(UTC\), from the chart's values/);
        assert.match(
          notes,
          /Destination: +https:\/\/bundles\.example\.com, from the chart's values/,
        );
        assert.match(notes, /emptyDir: undelivered bundles are LOST/);
        assert.match(notes, /WARNING: the image is cron-support-bundle:/);
        assert.doesNotMatch(notes, /pass|sig=|secret-of-the-bucket/);
      });

      it('has a pod that the restricted Pod Security Standard admits', async () => {
        const deployment = await plane.kube.get({
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name, namespace },
        });
        const template = at(deployment, 'spec', 'template');

        const answer = await plane.kube.request({
          method: 'POST',
          path: `/api/v1/namespaces/${namespace}/pods?dryRun=All`,
          body: {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'agent', labels: at(template, 'metadata', 'labels') },
            spec: at(template, 'spec'),
          },
        });

        assert.equal(answer.statusCode, 201, JSON.stringify(answer.body));
      });

      it('keeps what the agent has written into its state when it is upgraded', async () => {
        const agent = await asAgent();
        await agent.request({
          method: 'PATCH',
          path: `/api/v1/namespaces/${namespace}/configmaps/${name}-state`,
          contentType: 'application/merge-patch+json',
          body: { data: { state: '{"records":[]}' } },
        });
        agent.close();

        const applies =
          program === 'helm' ? [['--server-side=true'], ['--server-side=false']] : [[]];
        for (const [index, how] of applies.entries()) {
          await onCluster(
            'upgrade',
            ...how,
            '--reset-then-reuse-values',
            '--set',
            `history=${30 + index}`,
          );
          assert.deepEqual(at(await readState(), 'data'), { state: '{"records":[]}' });
        }
      });

      it('lets the agent do what it needs, and nothing else', async () => {
        const agent = await asAgent();
        const core = `/api/v1/namespaces/${namespace}`;
        const allowed = [
          '/version',
          '/api/v1/pods',
          '/api/v1/nodes',
          '/api/v1/configmaps',
          `${core}/secrets/${name}-spec`,
          `${core}/configmaps/${name}-state`,
        ].map((path) => ({ method: 'GET', path }));
        const forbidden = [
          { method: 'GET', path: `${core}/secrets/other` },
          { method: 'GET', path: `${core}/secrets/${name}-upload` },
          { method: 'GET', path: `${core}/secrets` },
          { method: 'GET', path: '/api/v1/secrets' },
          { method: 'PATCH', path: `${core}/configmaps/other` },
          { method: 'PATCH', path: `${core}/secrets/${name}-spec` },
          { method: 'DELETE', path: `${core}/configmaps/${name}-state` },
          { method: 'POST', path: `${core}/configmaps` },
          { method: 'POST', path: `${core}/pods` },
          { method: 'POST', path: `${core}/events` },
          { method: 'POST', path: `${core}/pods/some/exec` },
        ];

        const statuses = new Map<string, number>();
        for (const { method, path } of [...allowed, ...forbidden]) {
          const contentType =
            method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
          const body =
            method === 'GET' || method === 'DELETE' ? undefined : { metadata: { name: 'x' } };
          const answer = await agent.request({ method, path, body, contentType });
          statuses.set(`${method} ${path}`, answer.statusCode);
        }
        agent.close();

        for (const { method, path } of allowed) {
          assert.equal(statuses.get(`${method} ${path}`), 200, `${method} ${path}`);
        }
        for (const { method, path } of forbidden) {
          assert.equal(statuses.get(`${method} ${path}`), 403, `${method} ${path}`);
        }
      });

      it('reads every kind that clusterResources collects', async () => {
        const agent = await asAgent();
        for (const path of CLUSTER_RESOURCES) {
          const { statusCode } = await agent.request({ path: `${path}?limit=1` });
          assert.equal(statusCode, 200, path);
        }
        agent.close();
      });

      it('leaves nothing behind when it is uninstalled', async () => {
        await onCluster('uninstall');

        for (const [apiVersion, kind] of LEFTOVERS) {
          const left = await plane.kube.list(apiVersion, kind);
          const ours = left.filter((object) => object.metadata.name.includes(release));
          assert.deepEqual(ours, [], kind);
        }
      });
    });
  }
});

const RBAC = 'rbac.authorization.k8s.io/v1';

const LEFTOVERS = [
  ...(['ConfigMap', 'Secret', 'Service', 'ServiceAccount', 'PersistentVolumeClaim'] as const).map(
    (kind) => ['v1', kind] as const,
  ),
  ['apps/v1', 'Deployment'],
  ...(['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'] as const).map(
    (kind) => [RBAC, kind] as const,
  ),
] as const;

/** troubleshoot v0.133.0: pkg/collect/cluster_resources.go. */
const CLUSTER_RESOURCES = Object.entries({
  '/api/v1':
    'configmaps endpoints events limitranges namespaces nodes persistentvolumeclaims persistentvolumes pods resourcequotas serviceaccounts services',
  '/apis/admissionregistration.k8s.io/v1':
    'mutatingwebhookconfigurations validatingwebhookconfigurations',
  '/apis/apiextensions.k8s.io/v1': 'customresourcedefinitions',
  '/apis/apps/v1': 'daemonsets deployments replicasets statefulsets',
  '/apis/batch/v1': 'cronjobs jobs',
  '/apis/certificates.k8s.io/v1': 'certificatesigningrequests',
  '/apis/coordination.k8s.io/v1': 'leases',
  '/apis/discovery.k8s.io/v1': 'endpointslices',
  '/apis/networking.k8s.io/v1': 'ingressclasses ingresses networkpolicies',
  '/apis/policy/v1': 'poddisruptionbudgets',
  '/apis/rbac.authorization.k8s.io/v1': 'clusterrolebindings clusterroles rolebindings roles',
  '/apis/scheduling.k8s.io/v1': 'priorityclasses',
  '/apis/storage.k8s.io/v1': 'storageclasses volumeattachments',
}).flatMap(([group, resources]) => resources.split(' ').map((resource) => `${group}/${resource}`));
