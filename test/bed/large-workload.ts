/** Many objects, as a cluster full of applications has them: for figures, and for parity beyond one page of a list. */

import type { KubeObject } from './kube.ts';
import { event, namespace, namespaced, node } from './workload-objects.ts';

export interface WorkloadSize {
  readonly pods: number;
  readonly namespaces: number;
}

const NODES = 20;
const STARTED_AT = '2026-11-01T00:00:00Z';
/** Of so many pods there is one Deployment, one Service and one ConfigMap. */
const PODS_AN_APPLICATION = 4;
const SETTINGS = 24;

/** Pods spread over the namespaces, an Event for each, and for every four of them what an application brings along. */
export function largeWorkload({ pods, namespaces }: WorkloadSize): readonly KubeObject[] {
  return [
    ...numbers(namespaces).map((index) => namespace(spaceOf(index, namespaces))),
    ...numbers(NODES).map((index) => ({
      ...node(),
      metadata: { name: `node-${index}`, labels: {} },
    })),
    ...numbers(pods).flatMap((index) => {
      const space = spaceOf(index, namespaces);
      const application = index % PODS_AN_APPLICATION === 0 ? applicationOf(index, space) : [];
      const reference = { kind: 'Pod', namespace: space, name: podName(index) };
      return [
        pod(index, space),
        event(reference, 'Pulled', `Container image "${image(index)}" already present on machine`),
        ...application,
      ];
    }),
  ];
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function spaceOf(index: number, namespaces: number): string {
  return `team-${index % namespaces}`;
}

function podName(index: number): string {
  return `orders-${index}-6c8f9d7b54-x${index}k2v`;
}

function image(index: number): string {
  return `registry.acme.example/orders/service-${index % 40}:3.8.${index % 7}`;
}

function pod(index: number, space: string): KubeObject {
  const isWell = index % 200 !== 199;
  return namespaced(space, {
    apiVersion: 'v1',
    kind: 'Pod',
    name: podName(index),
    labels: { app: `orders-${index}`, 'app.kubernetes.io/part-of': 'orders', tier: 'backend' },
    spec: { ...podSpec(index), nodeName: `node-${index % NODES}` },
    status: {
      phase: 'Running',
      hostIP: '10.0.0.7',
      podIP: '10.1.2.3',
      podIPs: [{ ip: '10.1.2.3' }],
      startTime: STARTED_AT,
      qosClass: 'Burstable',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: isWell ? 'True' : 'False',
        lastTransitionTime: STARTED_AT,
      })),
      containerStatuses: [
        {
          name: 'main',
          image: image(index),
          imageID: `sha256:${'5'.repeat(64)}`,
          containerID: `containerd://${'c'.repeat(64)}`,
          ready: isWell,
          started: isWell,
          restartCount: 0,
          state: { running: { startedAt: STARTED_AT } },
        },
      ],
    },
  });
}

function podSpec(index: number): Readonly<Record<string, unknown>> {
  const probe = { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, periodSeconds: 10 };
  return {
    containers: [
      {
        name: 'main',
        image: image(index),
        args: ['--config=/etc/orders/config.yaml', `--shard=${index}`],
        env: numbers(SETTINGS).map((number) => ({
          name: `SETTING_${number}`,
          value: `value ${number}`,
        })),
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
        readinessProbe: probe,
        livenessProbe: probe,
        volumeMounts: [{ name: 'config', mountPath: '/etc/orders', readOnly: true }],
      },
    ],
    volumes: [
      { name: 'config', configMap: { name: `orders-${index}-settings`, defaultMode: 420 } },
    ],
  };
}

function applicationOf(index: number, space: string): readonly KubeObject[] {
  const name = `orders-${index}`;
  const labels = { app: name };
  const template = { metadata: { labels }, spec: podSpec(index) };
  return [
    namespaced(space, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name,
      labels,
      spec: { replicas: PODS_AN_APPLICATION, selector: { matchLabels: labels }, template },
    }),
    namespaced(space, {
      apiVersion: 'v1',
      kind: 'Service',
      name,
      labels,
      // Without an address of its own: a cluster has no more than the range for them.
      spec: { clusterIP: 'None', selector: labels, ports: [{ name: 'http', port: 80 }] },
    }),
    namespaced(space, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: `${name}-settings`,
      data: {
        'config.yaml': 'level: info\nretries: 5\nendpoints:\n  - https://api.acme.example\n'.repeat(
          20,
        ),
        shard: String(index),
      },
    }),
  ];
}
