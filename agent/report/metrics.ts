/** All metrics of the agent: their names, and how they come about. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

import type { Clock } from '../clock.ts';
import type { RunOutcome, RunRecord } from '../run/record.ts';

/** What the gauges show; asked for at each scrape. Instants are RFC 3339. */
export interface GaugeFacts {
  readonly spool: {
    readonly bundles: number;
    readonly bytes: number;
    readonly oldestAt: string | null;
  };
  /** Start of the last run that was not skipped. */
  readonly lastRunAt: string | null;
  /** When a bundle was last delivered. */
  readonly lastSuccessAt: string | null;
  readonly nextRunAt: string | null;
  /** The destination refuses for a reason that somebody has to put right. */
  readonly isDestinationBlocked: boolean;
  /** SCHEDULE or UPLOAD_URL was refused. */
  readonly isMisconfigured: boolean;
}

export interface MetricsOptions {
  readonly version: string;
  readonly clock: Clock;
  /** A failure of it fails the scrape. */
  readonly read: () => GaugeFacts | Promise<GaugeFacts>;
}

/** What an attempt came to: the kinds of an upload's outcome. */
type AttemptClass = 'delivered' | 'retryable' | 'blocked' | 'rejected';

export interface Metrics {
  readonly contentType: string;
  /** Prometheus text. */
  render(): Promise<string>;
  /** Called once for each run that ended: spooled, failed or skipped; and once more if its bundle is lost. */
  runFinished(record: RunRecord): void;
  attempted(attemptClass: AttemptClass): void;
}

const OUTCOMES: readonly RunOutcome[] = ['spooled', 'failed', 'skipped', 'lost'];
const ATTEMPT_CLASSES: readonly AttemptClass[] = ['delivered', 'retryable', 'blocked', 'rejected'];

/** From a small namespace to RUN_TIMEOUT's default. */
const SECONDS_BUCKETS = [0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 600, 1_800];

const KIB = 1024;
const BYTES_BUCKETS = [64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576].map(
  (kibibytes) => kibibytes * KIB,
);

/** A registry of its own: several agents can live in one process, as in tests. */
export function createMetrics(options: MetricsOptions): Metrics {
  const register = new Registry();
  addProcessMetrics(register);
  const counters = createCounters(register);
  const setGauges = createGauges(register, options);
  return {
    contentType: register.contentType,
    render: async () => {
      setGauges(await options.read());
      return register.metrics();
    },
    ...counters,
  };
}

/**
 * prom-client's `process_…` and `nodejs_…`. Its histogram of event loop delays wakes an idle process
 * 100 times a second (0.8 % of a core); at one a second its quantiles say nothing, so they go.
 */
function addProcessMetrics(register: Registry): void {
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: 1_000 });
  for (const quantile of ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99']) {
    register.removeSingleMetric(`nodejs_eventloop_lag_${quantile}_seconds`);
  }
}

function createCounters(register: Registry): Pick<Metrics, 'runFinished' | 'attempted'> {
  const registers = [register];
  const runs = new Counter({
    name: 'cron_support_bundle_runs_total',
    help: 'Runs that ended, by outcome; lost: a spooled bundle was gone before its delivery.',
    labelNames: ['outcome'],
    registers,
  });
  const phaseSeconds = new Histogram({
    name: 'cron_support_bundle_run_phase_duration_seconds',
    help: 'Duration of the phases of a run.',
    labelNames: ['phase'],
    buckets: SECONDS_BUCKETS,
    registers,
  });
  const runSeconds = new Histogram({
    name: 'cron_support_bundle_run_duration_seconds',
    help: 'Duration of all phases of a run together.',
    buckets: SECONDS_BUCKETS,
    registers,
  });
  const bundleBytes = new Histogram({
    name: 'cron_support_bundle_bundle_bytes',
    help: 'Size of the bundles as they are sent.',
    buckets: BYTES_BUCKETS,
    registers,
  });
  const findings = new Counter({
    name: 'cron_support_bundle_redaction_findings_total',
    help: 'Files left out of bundles because they still held what looks like a secret after redaction.',
    labelNames: ['rule', 'file'],
    registers,
  });
  const attempts = new Counter({
    name: 'cron_support_bundle_upload_attempts_total',
    help: 'Attempts to deliver a bundle, by what they came to.',
    labelNames: ['class'],
    registers,
  });
  // A series that begins with its first event hides that event from rate() and increase().
  for (const outcome of OUTCOMES) runs.inc({ outcome }, 0);
  for (const attemptClass of ATTEMPT_CLASSES) attempts.inc({ class: attemptClass }, 0);
  return {
    runFinished: ({ outcome, phases, bundle }) => {
      runs.inc({ outcome });
      const hasRun = outcome === 'spooled' || outcome === 'failed';
      if (!hasRun) return;
      for (const { name, durationMs } of phases) {
        phaseSeconds.observe({ phase: name }, durationMs / 1000);
      }
      const totalMs = phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
      if (phases.length > 0) runSeconds.observe(totalMs / 1000);
      if (bundle !== null) bundleBytes.observe(bundle.bytes);
      for (const { path, rule } of bundle?.findings ?? []) findings.inc({ rule, file: path });
    },
    attempted: (attemptClass) => attempts.inc({ class: attemptClass }),
  };
}

function createGauges(
  register: Registry,
  { version, clock }: MetricsOptions,
): (facts: GaugeFacts) => void {
  function gauge(name: string, help: string): Gauge {
    return new Gauge({ name: `cron_support_bundle_${name}`, help, registers: [register] });
  }
  new Gauge({
    name: 'cron_support_bundle_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers: [register],
  }).set({ version }, 1);
  const spoolBundles = gauge('spool_bundles', 'Undelivered bundles in the spool.');
  const spoolBytes = gauge('spool_bytes', 'Size of the undelivered bundles.');
  const oldestAge = gauge('spool_oldest_age_seconds', 'Age of the oldest undelivered bundle.');
  const lastSuccess = gauge('last_success_timestamp_seconds', 'When a bundle was last delivered.');
  const lastRun = gauge('last_run_timestamp_seconds', 'When the last run began.');
  const nextRun = gauge('next_run_timestamp_seconds', 'When the next run is due.');
  const blocked = gauge('destination_blocked', '1 while the destination refuses bundles.');
  const misconfigured = gauge('misconfigured', '1 while SCHEDULE or UPLOAD_URL is refused.');
  return ({ spool, ...facts }) => {
    const nowSeconds = clock.now() / 1000;
    const ageSeconds = nowSeconds - (toSeconds(spool.oldestAt) ?? nowSeconds);
    spoolBundles.set(spool.bundles);
    spoolBytes.set(spool.bytes);
    oldestAge.set(Math.max(0, ageSeconds));
    setOrRemove(lastSuccess, toSeconds(facts.lastSuccessAt));
    setOrRemove(lastRun, toSeconds(facts.lastRunAt));
    setOrRemove(nextRun, toSeconds(facts.nextRunAt));
    blocked.set(facts.isDestinationBlocked ? 1 : 0);
    misconfigured.set(facts.isMisconfigured ? 1 : 0);
  };
}

/** An instant that is not known has no series: 0 would be one in 1970. */
function setOrRemove(gauge: Gauge, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
}

function toSeconds(instant: string | null): number | undefined {
  return instant === null ? undefined : Date.parse(instant) / 1000;
}
