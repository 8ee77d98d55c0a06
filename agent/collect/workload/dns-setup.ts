/** How the cluster's DNS is set up, by its usual names in kube-system. */

import { apiMessageOf } from '../../kube/api-error.ts';
import { objectAt, objectsAt, textAt } from '../../kube/object-fields.ts';
import { goJson } from '../go-json.ts';
import { listObjects } from '../list-objects.ts';
import type { Bounds } from './made-pods.ts';

export const DNS_NAMESPACE = 'kube-system';

/** What is empty cannot be read, or is not there. */
export interface DnsSetup {
  readonly pods: readonly string[];
  readonly service: string;
  readonly endpoints: string;
  readonly coreDns: string | undefined;
  readonly kubeDns: string | undefined;
}

export async function readDnsSetup(bounds: Bounds): Promise<DnsSetup> {
  const [pods, service, endpoints, coreDns, kubeDns] = await Promise.all([
    optional(listRunningPods(bounds), bounds),
    optional(readClusterIp(DNS_NAMESPACE, 'kube-dns', bounds), bounds),
    optional(get('endpoints/kube-dns', bounds).then(endpointsText), bounds),
    optional(get('configmaps/coredns', bounds).then(corefileOf), bounds),
    optional(get('configmaps/kube-dns', bounds).then(dataText), bounds),
  ]);
  return {
    pods: pods ?? [],
    service: service ?? '',
    endpoints: endpoints ?? '',
    coreDns,
    kubeDns,
  };
}

function get(resource: string, { context, limit }: Bounds): Promise<unknown> {
  const path = `/api/v1/namespaces/${DNS_NAMESPACE}/${resource}`;
  return limit.bound((signal) => context.kube.get(path, signal));
}

/** Clusters name their DNS as they like: what is not there is no problem, and neither is what may not be read. */
async function optional<T>(reading: Promise<T>, { context }: Bounds): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    context.signal.throwIfAborted();
    context.log.debug({ reason: apiMessageOf(error) }, 'a part of the DNS cannot be read');
    return undefined;
  }
}

async function listRunningPods({ context, limit }: Bounds): Promise<readonly string[]> {
  return await limit.bound((signal) =>
    listObjects(
      {
        path: `/api/v1/namespaces/${DNS_NAMESPACE}/pods`,
        query: { labelSelector: 'k8s-app=kube-dns' },
        keep: (pod) =>
          textAt(pod, 'status', 'phase') === 'Running'
            ? textAt(pod, 'metadata', 'name')
            : undefined,
      },
      { ...context, signal },
    ),
  );
}

function endpointsText(endpoints: unknown): string {
  return objectsAt(endpoints, 'subsets')
    .flatMap((subset) => {
      const [port] = objectsAt(subset, 'ports');
      if (port === undefined) return [];
      return objectsAt(subset, 'addresses').map(
        (address) => `${textAt(address, 'ip')}:${String(port['port'])}`,
      );
    })
    .join(', ');
}

function corefileOf(configMap: unknown): string {
  return textAt(configMap, 'data', 'Corefile');
}

/** As Go writes a map. */
function dataText(configMap: unknown): string {
  const data = objectAt(configMap, 'data');
  return data === undefined ? '' : goJson(new Map(Object.entries(data)));
}

export async function readClusterIp(
  namespace: string,
  name: string,
  { context, limit }: Bounds,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/services/${name}`;
  const service = await limit.bound((signal) => context.kube.get(path, signal));
  return textAt(service, 'spec', 'clusterIP');
}
