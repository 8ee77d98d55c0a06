/**
 * Troubleshoot's in-cluster collectors: fields, titles, and the group of COLLECTORS_ALLOWED each belongs to.
 * Source: troubleshoot v0.133.0, pkg/apis/troubleshoot/v1beta2/collector_shared.go and the Title functions of pkg/collect.
 */

/** What a field may hold: Go's decoder refuses the whole document for a value of another type. */
export type Shape =
  | 'text'
  | 'flag'
  | 'integer'
  | 'texts'
  | 'textMap'
  /** RFC 3339. */
  | 'instant'
  /** Not checked: a type of Kubernetes itself. */
  | 'anything'
  | { readonly fields: Fields }
  | { readonly listOf: Fields };

export interface Fields {
  readonly [name: string]: Shape;
}

/** What COLLECTORS_ALLOWED speaks of. */
export type CollectorGroup = 'read' | 'network' | 'workload' | 'secret-values';

export interface CollectorType {
  readonly title: string;
  /** What follows the title after a slash. `selector`: the collectorName, else the selector. */
  readonly titleBy: 'collectorName' | 'selector' | 'name' | 'nothing';
  readonly group: CollectorGroup;
  readonly fields: Fields;
}

const PULL_SECRET: Shape = { fields: { name: 'text', data: 'textMap', type: 'text' } };

const TLS: Shape = {
  fields: {
    skipVerify: 'flag',
    secret: { fields: { name: 'text', namespace: 'text' } },
    cacert: 'text',
    clientCert: 'text',
    clientKey: 'text',
  },
};

const OBJECT: Fields = {
  name: 'text',
  selector: 'texts',
  namespace: 'text',
  key: 'text',
  includeValue: 'flag',
  includeAllData: 'flag',
};

const HTTP_GET: Fields = {
  url: 'text',
  insecureSkipVerify: 'flag',
  headers: 'textMap',
  timeout: 'text',
  tls: TLS,
  proxy: 'text',
};
const HTTP_BODY: Shape = { fields: { ...HTTP_GET, body: 'text' } };

const DATABASE: Omit<CollectorType, 'title'> = {
  titleBy: 'collectorName',
  group: 'network',
  fields: { uri: 'text', parameters: 'texts', tls: TLS },
};

const POD_IMAGE: Fields = {
  image: 'text',
  imagePullPolicy: 'text',
  imagePullSecret: PULL_SECRET,
  timeout: 'text',
};

const CERTIFICATE_SOURCES: Shape = { listOf: { name: 'text', namespaces: 'texts' } };

/** In the order in which troubleshoot looks for them in an entry with several keys: the first one counts. */
export const COLLECTOR_TYPES = {
  clusterInfo: { title: 'cluster-info', titleBy: 'nothing', group: 'read', fields: {} },
  clusterResources: {
    title: 'cluster-resources',
    titleBy: 'nothing',
    group: 'read',
    fields: { namespaces: 'texts', ignoreRBAC: 'flag' },
  },
  customMetrics: {
    title: 'custom-metrics',
    titleBy: 'collectorName',
    group: 'read',
    fields: {
      metricRequests: {
        listOf: { namespace: 'text', objectName: 'text', resourceMetricName: 'text' },
      },
    },
  },
  secret: { title: 'secret', titleBy: 'selector', group: 'read', fields: OBJECT },
  configMap: { title: 'configmap', titleBy: 'selector', group: 'read', fields: OBJECT },
  logs: {
    title: 'logs',
    titleBy: 'selector',
    group: 'read',
    fields: {
      name: 'text',
      selector: 'texts',
      namespace: 'text',
      containerNames: 'texts',
      timestamps: 'flag',
      limits: {
        fields: { maxAge: 'text', maxLines: 'integer', maxBytes: 'integer', sinceTime: 'instant' },
      },
    },
  },
  run: {
    title: 'run',
    titleBy: 'collectorName',
    group: 'workload',
    fields: {
      ...POD_IMAGE,
      name: 'text',
      namespace: 'text',
      command: 'texts',
      args: 'texts',
      serviceAccountName: 'text',
    },
  },
  runPod: {
    title: 'run-pod',
    titleBy: 'collectorName',
    group: 'workload',
    fields: {
      name: 'text',
      namespace: 'text',
      timeout: 'text',
      imagePullSecret: PULL_SECRET,
      podSpec: 'anything',
      annotations: 'textMap',
      allowImagePullRetries: 'flag',
    },
  },
  runDaemonSet: {
    title: 'run-daemonset',
    titleBy: 'collectorName',
    group: 'workload',
    fields: {
      name: 'text',
      namespace: 'text',
      timeout: 'text',
      imagePullSecret: PULL_SECRET,
      podSpec: 'anything',
    },
  },
  exec: {
    title: 'exec',
    titleBy: 'selector',
    group: 'workload',
    fields: {
      name: 'text',
      selector: 'texts',
      namespace: 'text',
      containerName: 'text',
      command: 'texts',
      args: 'texts',
      timeout: 'text',
    },
  },
  data: {
    title: 'data',
    titleBy: 'collectorName',
    group: 'read',
    fields: { name: 'text', data: 'text' },
  },
  copy: {
    title: 'copy',
    titleBy: 'selector',
    group: 'workload',
    fields: {
      name: 'text',
      selector: 'texts',
      namespace: 'text',
      containerPath: 'text',
      containerName: 'text',
      extractArchive: 'flag',
    },
  },
  copyFromHost: {
    title: 'copy-from-host',
    titleBy: 'collectorName',
    group: 'workload',
    fields: {
      ...POD_IMAGE,
      name: 'text',
      namespace: 'text',
      hostPath: 'text',
      extractArchive: 'flag',
    },
  },
  http: {
    title: 'http',
    titleBy: 'collectorName',
    group: 'network',
    fields: { name: 'text', get: { fields: HTTP_GET }, post: HTTP_BODY, put: HTTP_BODY },
  },
  postgres: { title: 'postgres', ...DATABASE },
  mssql: { title: 'mssql', ...DATABASE },
  mysql: { title: 'mysql', ...DATABASE },
  redis: { title: 'redis', ...DATABASE },
  clickhouse: { title: 'clickhouse', ...DATABASE },
  collectd: {
    title: 'collectd',
    titleBy: 'collectorName',
    group: 'workload',
    fields: { ...POD_IMAGE, namespace: 'text', hostPath: 'text' },
  },
  ceph: {
    title: 'ceph',
    titleBy: 'collectorName',
    group: 'workload',
    fields: { namespace: 'text', timeout: 'text' },
  },
  longhorn: {
    title: 'longhorn',
    titleBy: 'collectorName',
    group: 'workload',
    fields: { namespace: 'text', timeout: 'text' },
  },
  registryImages: {
    title: 'registry-images',
    titleBy: 'collectorName',
    group: 'network',
    fields: { images: 'texts', namespace: 'text', imagePullSecret: PULL_SECRET },
  },
  sysctl: {
    title: 'sysctl',
    titleBy: 'name',
    group: 'workload',
    fields: { ...POD_IMAGE, name: 'text', namespace: 'text' },
  },
  certificates: {
    title: 'certificates',
    titleBy: 'nothing',
    group: 'secret-values',
    fields: { secrets: CERTIFICATE_SOURCES, configMaps: CERTIFICATE_SOURCES },
  },
  helm: {
    title: 'helm',
    titleBy: 'nothing',
    group: 'secret-values',
    fields: { namespace: 'text', releaseName: 'text', collectValues: 'flag' },
  },
  goldpinger: {
    title: 'goldpinger',
    titleBy: 'nothing',
    group: 'workload',
    fields: {
      namespace: 'text',
      image: 'text',
      serviceAccountName: 'text',
      collectDelay: 'text',
      podLaunchOptions: {
        fields: {
          namespace: 'text',
          image: 'text',
          imagePullSecret: PULL_SECRET,
          serviceAccountName: 'text',
        },
      },
    },
  },
  sonobuoy: {
    title: 'sonobuoy',
    titleBy: 'nothing',
    group: 'workload',
    fields: { namespace: 'text' },
  },
  nodeMetrics: {
    title: 'node-metrics',
    titleBy: 'nothing',
    group: 'read',
    fields: { nodeNames: 'texts', selector: 'texts' },
  },
  dns: {
    title: 'dns',
    titleBy: 'nothing',
    group: 'workload',
    fields: { timeout: 'text', image: 'text', nonResolvable: 'text' },
  },
  etcd: { title: 'etcd', titleBy: 'nothing', group: 'workload', fields: { image: 'text' } },
  supportBundleMetadata: {
    title: 'support-bundle-metadata',
    titleBy: 'collectorName',
    group: 'secret-values',
    fields: { namespace: 'text' },
  },
  s3Status: {
    title: 's3Status',
    titleBy: 'collectorName',
    group: 'network',
    fields: {
      bucketName: 'text',
      region: 'text',
      endpoint: 'text',
      accessKeyID: 'text',
      secretAccessKey: 'text',
      usePathStyle: 'flag',
      insecure: 'flag',
    },
  },
} as const satisfies Record<string, CollectorType>;

const TYPES_BY_NAME: ReadonlyMap<string, CollectorType> = new Map(Object.entries(COLLECTOR_TYPES));

/** Undefined for a name that troubleshoot does not know. */
export function collectorType(name: string): CollectorType | undefined {
  return TYPES_BY_NAME.get(name);
}
