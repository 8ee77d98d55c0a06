/**
 * A small, plausible workload: a vendor's application in three namespaces, with what support bundles
 * are read for (a crash loop, a pod that finds no node, Events) and what they must not show.
 */
import type { KubeObject } from './kube.ts';
import {
  crashLooping,
  deployment,
  event,
  namespace,
  namespaced,
  node,
  pending,
  running,
  service,
} from './workload-objects.ts';

/** Clear text in the workload that troubleshoot's default redactors hide from the bundle's API objects. */
export const WORKLOAD_SECRETS = {
  databasePassword: 'Wq7-tulip-Ford-29',
  billingPassword: 'gR4nite.harbor.88',
  apiToken: 'tok_live_4fZk20QmXv81',
  proxyPassword: 'n1ghtTrain-53',
} as const;

const REGISTRY = 'registry.acme.example/orders';

/** Objects to apply in one go; those with a `status` are to have it written too. */
export function smallWorkload(): readonly KubeObject[] {
  return [
    ...['acme-orders', 'acme-billing', 'acme-monitoring'].map(namespace),
    node(),
    ...orders(),
    ...billing(),
    ...monitoring(),
    ...events(),
  ];
}

function orders(): readonly KubeObject[] {
  const database = `postgres://orders:${WORKLOAD_SECRETS.databasePassword}@orders-db:5432/orders`;
  return [
    namespaced('acme-orders', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'orders-settings',
      data: {
        DATABASE_URL: database,
        LOG_LEVEL: 'info',
        'proxy.conf': `upstream=http://proxy:${WORKLOAD_SECRETS.proxyPassword}@proxy.acme.example:3128\n`,
      },
    }),
    namespaced('acme-orders', {
      apiVersion: 'v1',
      kind: 'Secret',
      name: 'orders-signing-key',
      stringData: { key: 'c2lnbmluZyBrZXkgb2YgdGhlIG9yZGVycw' },
    }),
    ...deployment({
      namespace: 'acme-orders',
      name: 'orders-api',
      image: `${REGISTRY}/api:3.8.2`,
      env: [
        { name: 'DATABASE_URL', value: database },
        { name: 'API_TOKEN', value: WORKLOAD_SECRETS.apiToken },
      ],
      pods: [running(), running()],
    }),
    ...deployment({
      namespace: 'acme-orders',
      name: 'orders-worker',
      image: `${REGISTRY}/worker:3.8.2`,
      env: [{ name: 'QUEUE_PASSWORD', value: WORKLOAD_SECRETS.databasePassword }],
      pods: [crashLooping()],
    }),
    service('acme-orders', 'orders-api', 8080),
    namespaced('acme-orders', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      name: 'orders',
      spec: {
        rules: [
          {
            host: 'orders.acme.example',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'orders-api', port: { number: 8080 } } },
                },
              ],
            },
          },
        ],
      },
    }),
  ];
}

function billing(): readonly KubeObject[] {
  const { billingPassword } = WORKLOAD_SECRETS;
  return [
    namespaced('acme-billing', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'billing-settings',
      data: {
        'connection.txt': `Server=billing-db;Database=billing;User ID=billing;Password=${billingPassword};\n`,
        currency: 'EUR',
      },
    }),
    ...deployment({
      namespace: 'acme-billing',
      name: 'billing-api',
      image: 'registry.acme.example/billing/api:1.14.0',
      env: [{ name: 'DB_PASSWORD', value: billingPassword }],
      pods: [running(), pending()],
    }),
    service('acme-billing', 'billing-api', 9090),
    namespaced('acme-billing', {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      name: 'monthly-invoices',
      spec: { schedule: '0 3 1 * *', jobTemplate: { spec: jobSpec() } },
    }),
    namespaced('acme-billing', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      name: 'monthly-invoices-29458020',
      spec: jobSpec(),
      status: { active: 1, ready: 1 },
    }),
  ];
}

function monitoring(): readonly KubeObject[] {
  return [
    ...deployment({
      namespace: 'acme-monitoring',
      name: 'metrics-store',
      image: 'registry.acme.example/monitoring/store:2.51.0',
      env: [],
      pods: [running()],
    }),
    service('acme-monitoring', 'metrics-store', 9090),
  ];
}

function events(): readonly KubeObject[] {
  const crashing = {
    kind: 'Pod',
    namespace: 'acme-orders',
    name: 'orders-worker-6c8f9d7b54-x0k2v',
  };
  const waiting = { kind: 'Pod', namespace: 'acme-billing', name: 'billing-api-6c8f9d7b54-x1k2v' };
  return [
    event(crashing, 'BackOff', 'Back-off restarting failed container main in pod orders-worker'),
    event(crashing, 'OOMKilling', 'Memory cgroup out of memory: Killed process 4211 (worker)'),
    event(waiting, 'FailedScheduling', '0/1 nodes are available: 1 Insufficient memory.'),
  ];
}

function jobSpec(): Readonly<Record<string, unknown>> {
  const containers = [{ name: 'main', image: 'registry.acme.example/billing/invoices:1.14.0' }];
  return { template: { spec: { restartPolicy: 'Never', containers } } };
}
