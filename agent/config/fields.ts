/** All settings: one row each, from which the type, the checks and the README's table are made. */

import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { RULES_OFF, RULES_ON } from '../redact/names.ts';
import {
  anyText,
  configMapRef,
  duration,
  flag,
  headerValue,
  imageMap,
  licenseText,
  list,
  oneOf,
  type Parse,
  positiveDuration,
  positiveSize,
  someOf,
  wholeNumber,
} from './parse.ts';

export interface Field<T = unknown> {
  /** The environment variable. */
  readonly env: string;
  readonly parse: Parse<T>;
  /** Text that is parsed when the variable is unset or empty; undefined = the setting stays undefined. */
  readonly fallback: string | undefined;
  /** One line for the README. */
  readonly help: string;
  /** The default in words where `fallback` alone would mislead. */
  readonly fallbackHelp?: string;
  /** Its value never appears anywhere. */
  readonly isSecret?: true;
  /** Set to the empty text is a value of its own. */
  readonly emptyIsValue?: true;
}

function namesOf(rules: readonly string[]): string {
  return rules.map((name) => `\`${name}\``).join(', ');
}

export const FIELDS = {
  schedule: {
    env: 'SCHEDULE',
    parse: licenseText,
    fallback: undefined,
    fallbackHelp: 'unset: idle',
    help: 'cron expression as in a Kubernetes CronJob: five fields or `@hourly` … `@yearly`',
  },
  timeZone: {
    env: 'TIME_ZONE',
    parse: anyText,
    fallback: 'UTC',
    help: 'IANA name, e.g. `Europe/Berlin`',
  },
  scheduleJitterMs: {
    env: 'SCHEDULE_JITTER',
    parse: duration,
    fallback: '0s',
    help: 'window in which runs start later, by an offset that is stable for this installation',
  },
  minIntervalMs: {
    env: 'MIN_INTERVAL',
    parse: duration,
    fallback: '5m',
    help: "the owner's bound on a vendor's schedule: instants closer than this to the last run's are passed over",
  },
  missedRun: {
    env: 'MISSED_RUN',
    parse: oneOf('run', 'skip'),
    fallback: 'run',
    help: 'after downtime: `run` once for all missed instants, or `skip`',
  },
  missedRunDeadlineMs: {
    env: 'MISSED_RUN_DEADLINE',
    parse: positiveDuration,
    fallback: undefined,
    fallbackHelp: 'until the next instant',
    help: 'older misses are skipped',
  },
  runOnStart: {
    env: 'RUN_ON_START',
    parse: flag,
    fallback: 'false',
    help: 'one run each time the agent starts',
  },
  suspend: {
    env: 'SUSPEND',
    parse: flag,
    fallback: 'false',
    help: 'no scheduled runs and no deliveries; resuming does not fire at once',
  },
  spec: {
    env: 'SPEC',
    parse: list,
    fallback: undefined,
    fallbackHelp: '`secret/<POD_NAMESPACE>/support-bundle-secret`',
    help: 'where the spec is: comma-separated `secret/<namespace>/<name>[/<key>]`, `configmap/…`, files, `https:` URLs',
  },
  specSelector: {
    env: 'SPEC_SELECTOR',
    parse: anyText,
    fallback: undefined,
    help: 'label selector that discovers more specs, e.g. `troubleshoot.sh/kind=support-bundle`',
  },
  specNamespaces: {
    env: 'SPEC_NAMESPACES',
    parse: list,
    fallback: undefined,
    fallbackHelp: 'own',
    help: 'namespaces in which SPEC_SELECTOR looks; `*` = all',
  },
  specRemote: {
    env: 'SPEC_REMOTE',
    parse: flag,
    fallback: 'false',
    help: 'allows specs from `https:` URLs, `spec.uri` included',
  },
  collectorsAllowed: {
    env: 'COLLECTORS_ALLOWED',
    parse: list,
    fallback: 'read',
    help: 'what the vendor may ask for: `read`, `network`, `workload`, `secret-values`, `all`, or names of collectors',
  },
  namespaces: {
    env: 'NAMESPACES',
    parse: list,
    fallback: undefined,
    fallbackHelp: 'all',
    help: 'restricts collection to these namespaces, comma-separated',
  },
  engine: {
    env: 'ENGINE',
    parse: oneOf('auto', 'native', 'cli'),
    fallback: 'auto',
    help: "`native` collects by itself; `cli` runs troubleshoot's `support-bundle`; `auto` is native where it knows everything in the spec, or the program is not there",
  },
  kubeConcurrency: {
    env: 'KUBE_CONCURRENCY',
    parse: wholeNumber(1, 64),
    fallback: '4',
    help: 'native: requests to the Kubernetes API in flight',
  },
  collectorTimeoutMs: {
    env: 'COLLECTOR_TIMEOUT',
    parse: positiveDuration,
    fallback: '5m',
    help: 'native: a collector that takes longer is cut off and named; the rest is bundled',
  },
  collectorImages: {
    env: 'COLLECTOR_IMAGES',
    parse: imageMap,
    fallback: '',
    fallbackHelp: 'as the spec says',
    help: 'native, for air gap: other images for pods that collectors start: `image=other` or `registry/path/=other/`, comma-separated',
  },
  supportBundleCli: {
    env: 'SUPPORT_BUNDLE_CLI',
    parse: anyText,
    fallback: 'support-bundle',
    help: 'program of the cli engine',
  },
  runTimeoutMs: {
    env: 'RUN_TIMEOUT',
    parse: positiveDuration,
    fallback: '30m',
    help: 'deadline of a run: native bundles what it has, the cli engine is killed and the run has failed',
  },
  redactDisable: {
    env: 'REDACT_DISABLE',
    parse: someOf(...RULES_ON),
    fallback: '',
    fallbackHelp: 'all work',
    help: `rules of our own that do not work, comma-separated: ${namesOf(RULES_ON)}`,
  },
  redactEnable: {
    env: 'REDACT_ENABLE',
    parse: someOf(...RULES_OFF),
    fallback: '',
    fallbackHelp: 'none',
    help: `pseudonyms, the same for the same text within one bundle: ${namesOf(RULES_OFF)}`,
  },
  redactOpaque: {
    env: 'REDACT_OPAQUE',
    parse: oneOf('leave-out', 'keep'),
    fallback: 'leave-out',
    help: 'files that cannot be looked into (compressed in other ways than gzip and zip, encrypted, databases, dumps, images): `leave-out` and name them, or `keep`; encrypted members of zip files are always left out',
  },
  secretScan: {
    env: 'SECRET_SCAN',
    parse: oneOf('none', 'values'),
    fallback: 'none',
    help: "`values`: leaves out files that still hold a value of the cluster's Secrets; needs rights to list Secrets; not for the command `redact`, which has no cluster",
  },
  maxBundleBytes: {
    env: 'MAX_BUNDLE_SIZE',
    parse: positiveSize,
    fallback: '1Gi',
    help: 'uncompressed; entries past it are left out and named',
  },
  workDir: {
    env: 'WORK_DIR',
    parse: anyText,
    fallback: join(tmpdir(), 'cron-support-bundle'),
    fallbackHelp: "`cron-support-bundle` in the system's temporary folder",
    help: 'clear text while a run is under way; leftovers are removed at start',
  },
  uploadUrl: {
    env: 'UPLOAD_URL',
    parse: licenseText,
    fallback: undefined,
    fallbackHelp: 'unset: kept in the spool',
    help: 'where bundles go: `https:` (or `http:`, with a warning)',
    isSecret: true,
  },
  uploadKey: {
    env: 'UPLOAD_KEY',
    parse: anyText,
    fallback: '{sha256}.tar.gz',
    help: "appended to the URL's path; fields `{sha256} {runId} {installation} {namespace} {yyyy} {mm} {dd} {scheduledAt}`; empty = the URL as it is",
    emptyIsValue: true,
  },
  uploadMethod: {
    env: 'UPLOAD_METHOD',
    parse: oneOf('PUT', 'POST'),
    fallback: 'PUT',
    help: '`PUT` or `POST`',
  },
  uploadUserAgent: {
    env: 'UPLOAD_USER_AGENT',
    parse: headerValue,
    fallback: undefined,
    fallbackHelp: '`cron-support-bundle/<version>`',
    help: 'sent verbatim; a secret where a bucket policy asks for it',
    isSecret: true,
  },
  uploadHeadersFile: {
    env: 'UPLOAD_HEADERS_FILE',
    parse: anyText,
    fallback: undefined,
    help: 'file with `Name: value` lines that are sent along',
  },
  uploadCaFile: {
    env: 'UPLOAD_CA_FILE',
    parse: anyText,
    fallback: undefined,
    help: 'PEM file appended to the system roots, read again when it changes',
  },
  uploadTimeoutMs: {
    env: 'UPLOAD_TIMEOUT',
    parse: positiveDuration,
    fallback: '1h',
    help: 'for one attempt',
  },
  uploadIdleTimeoutMs: {
    env: 'UPLOAD_IDLE_TIMEOUT',
    parse: positiveDuration,
    fallback: '60s',
    help: 'without a byte in either direction',
  },
  retryInitialMs: {
    env: 'RETRY_INITIAL',
    parse: positiveDuration,
    fallback: '5s',
    help: 'first back-off; doubles, with full jitter',
  },
  retryMaxMs: {
    env: 'RETRY_MAX',
    parse: positiveDuration,
    fallback: '15m',
    help: 'longest back-off; also how often a blocked destination is tried',
  },
  spoolDir: {
    env: 'SPOOL_DIR',
    parse: anyText,
    fallback: '/var/spool/cron-support-bundle',
    help: 'finished bundles until they are delivered',
  },
  spoolMaxBytes: {
    env: 'SPOOL_MAX_SIZE',
    parse: positiveSize,
    fallback: '4Gi',
    help: 'a run that might not fit is skipped: an undelivered bundle is never dropped for a new one',
  },
  spoolMaxAgeMs: {
    env: 'SPOOL_MAX_AGE',
    parse: positiveDuration,
    fallback: '90d',
    help: 'undelivered bundles older than this expire, and that is recorded',
  },
  spoolKeep: {
    env: 'SPOOL_KEEP',
    parse: wholeNumber(0, 10_000),
    fallback: '0',
    help: 'delivered bundles kept for download; without UPLOAD_URL how many are kept at all (0 = no limit but SPOOL_MAX_SIZE)',
  },
  state: {
    env: 'STATE',
    parse: configMapRef,
    fallback: undefined,
    fallbackHelp: 'a file in SPOOL_DIR',
    help: '`configmap/<namespace>/<name>` that keeps history and the last scheduled instant',
  },
  history: {
    env: 'HISTORY',
    parse: wholeNumber(1, 1000),
    fallback: '50',
    help: 'run records and manifests kept',
  },
  httpPort: {
    env: 'HTTP_PORT',
    parse: wholeNumber(0, 65_535),
    fallback: '8080',
    help: 'health, last run and metrics, for any pod',
  },
  adminPort: {
    env: 'ADMIN_PORT',
    parse: wholeNumber(0, 65_535),
    fallback: '8081',
    help: 'everything else, on 127.0.0.1 only: `kubectl port-forward`',
  },
  httpTokenFile: {
    env: 'HTTP_TOKEN_FILE',
    parse: anyText,
    fallback: undefined,
    help: 'with it, the admin routes are also on HTTP_PORT, for this bearer token (or Basic password)',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal'),
    fallback: 'info',
    help: '`trace` … `fatal`',
  },
  logFormat: {
    env: 'LOG_FORMAT',
    parse: oneOf('json', 'text'),
    fallback: 'json',
    help: '`text` for people',
  },
  podNamespace: {
    env: 'POD_NAMESPACE',
    parse: anyText,
    fallback: undefined,
    help: 'set by the chart',
  },
  podName: { env: 'POD_NAME', parse: anyText, fallback: undefined, help: 'set by the chart' },
  releaseName: {
    env: 'RELEASE_NAME',
    parse: anyText,
    fallback: undefined,
    help: 'set by the chart',
  },
} as const satisfies Record<string, Field>;

type Row<Name extends keyof typeof FIELDS> = (typeof FIELDS)[Name];

/** Derived from the table: adding a row adds a property. Durations are in ms, sizes in bytes. */
export type AgentConfig = {
  readonly [Name in keyof typeof FIELDS]:
    | ReturnType<Row<Name>['parse']>
    | (Row<Name>['fallback'] extends string ? never : undefined);
};
