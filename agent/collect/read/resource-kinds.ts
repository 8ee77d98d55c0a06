/** The kinds that `clusterResources` lists, and where their files are. */

import type { ListedKind } from '../list-files.ts';
import type { Discovery } from './discovery.ts';

/** A kind, or the same kind by its versions' age: the first that the server serves is listed. */
export interface ResourceKind {
  /** Name of its file, or of its folder with a file for each namespace, in `cluster-resources/`. */
  readonly name: string;
  readonly isNamespaced: boolean;
  readonly kind: string;
  readonly resource: string;
  readonly groupVersion: string;
  /** Listed where the server does not serve `groupVersion`; `none`: then there is nothing to list. Absent: it is listed unasked. */
  readonly otherwise?: string;
}

/** The largest first, so that the others are read meanwhile. Source: troubleshoot v0.133.0, pkg/collect/cluster_resources.go. */
export const RESOURCE_KINDS: readonly ResourceKind[] = [
  namespaced('pods', 'Pod', 'v1', 'pods'),
  namespaced('configmaps', 'ConfigMap', 'v1', 'configmaps'),
  namespaced('events', 'Event', 'v1', 'events'),
  namespaced('replicasets', 'ReplicaSet', 'apps/v1', 'replicasets'),
  namespaced('deployments', 'Deployment', 'apps/v1', 'deployments'),
  namespaced('endpointslices', 'EndpointSlice', 'discovery.k8s.io/v1', 'endpointslices'),
  namespaced('endpoints', 'Endpoints', 'v1', 'endpoints'),
  namespaced('services', 'Service', 'v1', 'services'),
  namespaced('statefulsets', 'StatefulSet', 'apps/v1', 'statefulsets'),
  namespaced('daemonsets', 'DaemonSet', 'apps/v1', 'daemonsets'),
  namespaced('jobs', 'Job', 'batch/v1', 'jobs'),
  {
    ...namespaced('cronjobs', 'CronJob', 'batch/v1', 'cronjobs'),
    otherwise: 'batch/v1beta1',
  },
  {
    ...namespaced(
      'pod-disruption-budgets',
      'PodDisruptionBudget',
      'policy/v1',
      'poddisruptionbudgets',
    ),
    otherwise: 'policy/v1beta1',
  },
  {
    ...namespaced('ingress', 'Ingress', 'networking.k8s.io/v1', 'ingresses'),
    otherwise: 'extensions/v1beta1',
  },
  namespaced('network-policy', 'NetworkPolicy', 'networking.k8s.io/v1', 'networkpolicies'),
  namespaced('resource-quota', 'ResourceQuota', 'v1', 'resourcequotas'),
  namespaced('limitranges', 'LimitRange', 'v1', 'limitranges'),
  namespaced('pvcs', 'PersistentVolumeClaim', 'v1', 'persistentvolumeclaims'),
  namespaced('roles', 'Role', 'rbac.authorization.k8s.io/v1', 'roles'),
  namespaced('rolebindings', 'RoleBinding', 'rbac.authorization.k8s.io/v1', 'rolebindings'),
  namespaced('serviceaccounts', 'ServiceAccount', 'v1', 'serviceaccounts'),
  namespaced('leases', 'Lease', 'coordination.k8s.io/v1', 'leases'),
  ofCluster('nodes', 'Node', 'v1', 'nodes'),
  {
    ...ofCluster(
      'custom-resource-definitions',
      'CustomResourceDefinition',
      'apiextensions.k8s.io/v1',
      'customresourcedefinitions',
    ),
    otherwise: 'apiextensions.k8s.io/v1beta1',
  },
  {
    ...ofCluster('storage-classes', 'StorageClass', 'storage.k8s.io/v1', 'storageclasses'),
    otherwise: 'storage.k8s.io/v1beta1',
  },
  {
    ...ofCluster('ingress-classes', 'IngressClass', 'networking.k8s.io/v1', 'ingressclasses'),
    otherwise: 'none',
  },
  {
    ...ofCluster('priorityclasses', 'PriorityClass', 'scheduling.k8s.io/v1', 'priorityclasses'),
    otherwise: 'scheduling.k8s.io/v1beta1',
  },
  ofCluster('pvs', 'PersistentVolume', 'v1', 'persistentvolumes'),
  ofCluster('clusterroles', 'ClusterRole', 'rbac.authorization.k8s.io/v1', 'clusterroles'),
  ofCluster(
    'clusterrolebindings',
    'ClusterRoleBinding',
    'rbac.authorization.k8s.io/v1',
    'clusterrolebindings',
  ),
  ofCluster('volumeattachments', 'VolumeAttachment', 'storage.k8s.io/v1', 'volumeattachments'),
  ofCluster(
    'certificatesigningrequests',
    'CertificateSigningRequest',
    'certificates.k8s.io/v1',
    'certificatesigningrequests',
  ),
  ofCluster(
    'validating-webhook-configurations',
    'ValidatingWebhookConfiguration',
    'admissionregistration.k8s.io/v1',
    'validatingwebhookconfigurations',
  ),
  ofCluster(
    'mutating-webhook-configurations',
    'MutatingWebhookConfiguration',
    'admissionregistration.k8s.io/v1',
    'mutatingwebhookconfigurations',
  ),
];

/** What to list for a kind. */
export type Choice =
  | { readonly kind: 'listed'; readonly listed: ListedKind }
  /** The server does not serve it. */
  | { readonly kind: 'absent' }
  /** Discovery failed, so nobody knows. */
  | { readonly kind: 'unknown'; readonly error: string };

/** The version to list, as troubleshoot chooses it. */
export function chooseVersion(resourceKind: ResourceKind, discovery: Discovery): Choice {
  const { groupVersion, kind, otherwise } = resourceKind;
  if (otherwise === undefined || discovery.has(groupVersion, kind)) {
    return { kind: 'listed', listed: resourceKind };
  }
  if (discovery.error !== undefined) return { kind: 'unknown', error: discovery.error };
  if (otherwise === 'none') return { kind: 'absent' };
  return { kind: 'listed', listed: { ...resourceKind, groupVersion: otherwise } };
}

type Names = [name: string, kind: string, groupVersion: string, resource: string];

function namespaced(...[name, kind, groupVersion, resource]: Names): ResourceKind {
  return { name, isNamespaced: true, kind, resource, groupVersion };
}

function ofCluster(...[name, kind, groupVersion, resource]: Names): ResourceKind {
  return { name, isNamespaced: false, kind, resource, groupVersion };
}
