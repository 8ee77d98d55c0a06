/** The collectors of the native engine, by their key in the spec: one row each, loaded when a spec asks for it. */

import { isImageFacts } from '../spec/image-facts.ts';
import type { Collector, Fields } from './collector.ts';

interface Row {
  readonly load: () => Promise<Collector>;
  /** Whether it does with these fields what troubleshoot does; absent: always. */
  readonly serves?: (fields: Fields) => boolean;
}

const ROWS: Readonly<Record<string, Row>> = {
  clusterInfo: { load: async () => (await import('./read/cluster-info.ts')).clusterInfo },
  clusterResources: {
    load: async () => (await import('./read/cluster-resources.ts')).clusterResources,
  },
  configMap: { load: async () => (await import('./read/config-map.ts')).configMap },
  secret: { load: async () => (await import('./read/secret.ts')).secret },
  customMetrics: { load: async () => (await import('./read/custom-metrics.ts')).customMetrics },
  nodeMetrics: { load: async () => (await import('./read/node-metrics.ts')).nodeMetrics },
  data: {
    load: async () => (await import('./read/data.ts')).data,
    serves: (fields) => !isImageFacts(fields),
  },
  helm: { load: async () => (await import('./secret-values/helm.ts')).helm },
  certificates: {
    load: async () => (await import('./secret-values/certificates.ts')).certificates,
  },
  supportBundleMetadata: {
    load: async () =>
      (await import('./secret-values/support-bundle-metadata.ts')).supportBundleMetadata,
  },
  run: { load: async () => (await import('./workload/run.ts')).run },
  runPod: { load: async () => (await import('./workload/run-pod.ts')).runPod },
  runDaemonSet: { load: async () => (await import('./workload/run-daemon-set.ts')).runDaemonSet },
  copyFromHost: { load: async () => (await import('./workload/copy-from-host.ts')).copyFromHost },
  dns: { load: async () => (await import('./workload/dns.ts')).dns },
  sysctl: { load: async () => (await import('./workload/sysctl.ts')).sysctl },
  postgres: { load: async () => (await import('./network/postgres.ts')).postgres },
  mysql: { load: async () => (await import('./network/mysql.ts')).mysql },
  redis: { load: async () => (await import('./network/redis.ts')).redis },
  clickhouse: { load: async () => (await import('./network/clickhouse.ts')).clickhouse },
  s3Status: { load: async () => (await import('./network/s3-status.ts')).s3Status },
  http: { load: async () => (await import('./network/http.ts')).http },
  registryImages: {
    load: async () => (await import('./network/registry-images.ts')).registryImages,
  },
  logs: { load: async () => (await import('./read/logs.ts')).logs },
  copy: { load: async () => (await import('./workload/copy.ts')).copy },
  exec: { load: async () => (await import('./workload/exec.ts')).exec },
};

const BY_KEY: ReadonlyMap<string, Row> = new Map(Object.entries(ROWS));

/** Undefined where the native engine does not serve it; the cli engine may. */
export function findCollector(key: string, fields: Fields): (() => Promise<Collector>) | undefined {
  const row = BY_KEY.get(key);
  return row?.serves?.(fields) === false ? undefined : row?.load;
}
