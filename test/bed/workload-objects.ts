/** Kubernetes objects as the controllers and kubelets of a running cluster would have left them. */
import type { KubeObject } from './kube.ts';

/** Two hours ago, in whole seconds, as Kubernetes writes times. */
const STARTED_AT = new Date(Date.now() - 2 * 60 * 60 * 1000).toISOString().replace(/\.\d+/, '');
const WORKER = 'worker-1';

interface NamespacedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export function namespaced(space: string, object: NamespacedObject): KubeObject {
  const { apiVersion, kind, name, labels = {}, ...rest } = object;
  return { ...rest, apiVersion, kind, metadata: { name, namespace: space, labels } };
}

interface PodState {
  readonly node?: string;
  readonly phase: string;
  readonly conditions: readonly unknown[];
  readonly containerStatus?: Readonly<Record<string, unknown>>;
}

export function running(): PodState {
  const state = { running: { startedAt: STARTED_AT } };
  return {
    node: WORKER,
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: STARTED_AT }],
    containerStatus: { ready: true, started: true, restartCount: 0, state },
  };
}

export function crashLooping(): PodState {
  const message =
    'back-off 5m0s restarting failed container=main pod=orders-worker_acme-orders(3c1f)';
  const lastEnd = { exitCode: 137, reason: 'OOMKilled', finishedAt: STARTED_AT };
  return {
    node: WORKER,
    phase: 'Running',
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        reason: 'ContainersNotReady',
        lastTransitionTime: STARTED_AT,
      },
    ],
    containerStatus: {
      ready: false,
      started: false,
      restartCount: 41,
      state: { waiting: { reason: 'CrashLoopBackOff', message } },
      lastState: { terminated: { ...lastEnd, startedAt: STARTED_AT } },
    },
  };
}

export function pending(): PodState {
  return {
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/1 nodes are available: 1 Insufficient memory.',
        lastTransitionTime: STARTED_AT,
      },
    ],
  };
}

interface DeploymentOptions {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly pods: readonly PodState[];
}

/** The Deployment, its ReplicaSet and its Pods, as controllers would have made them. */
export function deployment(options: DeploymentOptions): readonly KubeObject[] {
  const { namespace: space, name, image, env, pods } = options;
  const labels = { app: name };
  const containers = [{ name: 'main', image, env }];
  const replicas = pods.length;
  const readyReplicas = pods.filter((pod) => pod.containerStatus?.['ready'] === true).length;
  const status = { replicas, readyReplicas, availableReplicas: readyReplicas };
  const template = { metadata: { labels }, spec: { containers } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  return [
    namespaced(space, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name,
      labels,
      spec,
      status: {
        ...status,
        observedGeneration: 1,
        updatedReplicas: replicas,
        unavailableReplicas: replicas - readyReplicas,
        conditions: [
          {
            type: 'Available',
            status: readyReplicas === replicas ? 'True' : 'False',
            reason:
              readyReplicas === replicas
                ? 'MinimumReplicasAvailable'
                : 'MinimumReplicasUnavailable',
            lastTransitionTime: STARTED_AT,
            lastUpdateTime: STARTED_AT,
          },
        ],
      },
    }),
    namespaced(space, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: `${name}-6c8f9d7b54`,
      labels,
      spec,
      status: { ...status, observedGeneration: 1 },
    }),
    ...pods.map((pod, index) =>
      namespaced(space, {
        apiVersion: 'v1',
        kind: 'Pod',
        name: `${name}-6c8f9d7b54-x${index}k2v`,
        labels,
        spec: { containers, ...(pod.node === undefined ? {} : { nodeName: pod.node }) },
        status: podStatus(pod, image),
      }),
    ),
  ];
}

function podStatus(pod: PodState, image: string): Readonly<Record<string, unknown>> {
  const { phase, conditions, containerStatus } = pod;
  const containerStatuses =
    containerStatus === undefined
      ? []
      : [{ name: 'main', image, imageID: `${image}@sha256:4e1c`, ...containerStatus }];
  return { phase, conditions, containerStatuses, startTime: STARTED_AT };
}

interface InvolvedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function event(involvedObject: InvolvedObject, reason: string, message: string): KubeObject {
  return namespaced(involvedObject.namespace, {
    apiVersion: 'v1',
    kind: 'Event',
    name: `${involvedObject.name}.${reason.toLowerCase()}`,
    involvedObject: { apiVersion: 'v1', ...involvedObject },
    type: 'Warning',
    reason,
    message,
    count: 12,
    source: { component: 'kubelet', host: WORKER },
    firstTimestamp: STARTED_AT,
    lastTimestamp: STARTED_AT,
  });
}

export function node(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: WORKER, labels: { 'kubernetes.io/hostname': WORKER } },
    spec: { podCIDR: '10.244.1.0/24' },
    status: {
      capacity: { cpu: '4', memory: '16Gi', pods: '110' },
      allocatable: { cpu: '3800m', memory: '15Gi', pods: '110' },
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
          lastHeartbeatTime: STARTED_AT,
          lastTransitionTime: STARTED_AT,
        },
      ],
      addresses: [{ type: 'InternalIP', address: '127.0.0.11' }],
      nodeInfo: {
        architecture: 'amd64',
        bootID: '6f1e',
        containerRuntimeVersion: 'containerd://1.7.27',
        kernelVersion: '6.1.0',
        kubeProxyVersion: 'v1.34.4',
        kubeletVersion: 'v1.34.4',
        machineID: '91b0',
        operatingSystem: 'linux',
        osImage: 'Debian GNU/Linux 12',
        systemUUID: '91b0',
      },
    },
  };
}

export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function service(space: string, name: string, port: number): KubeObject {
  const spec = { selector: { app: name }, ports: [{ name: 'http', port }] };
  return namespaced(space, { apiVersion: 'v1', kind: 'Service', name, spec });
}
