/** The collectors of the native engine, by their key in the spec: one row each, loaded when a spec asks for it. */

import { isImageFacts } from '../spec/image-facts.ts';
import type { Collector, Fields } from './collector.ts';

interface Row {
  readonly load: () => Promise<Collector>;
  /** Whether it does with these fields what troubleshoot does; absent: always. */
  readonly serves?: (fields: Fields) => boolean;
}

const ROWS: Readonly<Record<string, Row>> = {
  clusterInfo: { load: async () => (await import('./cluster-info.ts')).clusterInfo },
  clusterResources: {
    load: async () => (await import('./cluster-resources.ts')).clusterResources,
  },
  configMap: { load: async () => (await import('./config-map.ts')).configMap },
  secret: { load: async () => (await import('./secret.ts')).secret },
  customMetrics: { load: async () => (await import('./custom-metrics.ts')).customMetrics },
  nodeMetrics: { load: async () => (await import('./node-metrics.ts')).nodeMetrics },
  data: {
    load: async () => (await import('./data.ts')).data,
    serves: (fields) => !isImageFacts(fields),
  },
  helm: { load: async () => (await import('./helm.ts')).helm },
  certificates: { load: async () => (await import('./certificates.ts')).certificates },
  supportBundleMetadata: {
    load: async () => (await import('./support-bundle-metadata.ts')).supportBundleMetadata,
  },
  run: { load: async () => (await import('./run.ts')).run },
  runPod: { load: async () => (await import('./run-pod.ts')).runPod },
  runDaemonSet: { load: async () => (await import('./run-daemon-set.ts')).runDaemonSet },
  copyFromHost: { load: async () => (await import('./copy-from-host.ts')).copyFromHost },
  dns: { load: async () => (await import('./dns.ts')).dns },
  sysctl: { load: async () => (await import('./sysctl.ts')).sysctl },
  postgres: { load: async () => (await import('./postgres.ts')).postgres },
  mysql: { load: async () => (await import('./mysql.ts')).mysql },
  redis: { load: async () => (await import('./redis.ts')).redis },
  clickhouse: { load: async () => (await import('./clickhouse.ts')).clickhouse },
  s3Status: { load: async () => (await import('./s3-status.ts')).s3Status },
  http: { load: async () => (await import('./http.ts')).http },
  registryImages: {
    load: async () => (await import('./registry-images.ts')).registryImages,
  },
  logs: { load: async () => (await import('./logs.ts')).logs },
  copy: { load: async () => (await import('./copy.ts')).copy },
  exec: { load: async () => (await import('./exec.ts')).exec },
};

const BY_KEY: ReadonlyMap<string, Row> = new Map(Object.entries(ROWS));

/** Undefined where the native engine does not serve it; the cli engine may. */
export function findCollector(key: string, fields: Fields): (() => Promise<Collector>) | undefined {
  const row = BY_KEY.get(key);
  return row?.serves?.(fields) === false ? undefined : row?.load;
}
