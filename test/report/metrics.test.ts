/** Tests of report/metrics. */

import assert from 'node:assert/strict';

import { createMetrics, type GaugeFacts, type Metrics } from '../../agent/report/metrics.ts';
import { FakeClock } from '../support/clock.ts';
import { IDLE_GAUGES } from '../support/report.ts';
import { runId, spooledRecord } from '../support/spool.ts';

const RECORD = spooledRecord(runId(1));

describe('report/metrics', () => {
  it('says which version is up', async () => {
    const samples = await samplesOf(metricsOver(() => IDLE_GAUGES));

    assert.equal(samples.get('cron_support_bundle_info{version="1.2.3"}'), 1);
  });

  it('begins every count at zero', async () => {
    const samples = await samplesOf(metricsOver(() => IDLE_GAUGES));

    for (const outcome of ['spooled', 'failed', 'skipped', 'lost']) {
      assert.equal(samples.get(`cron_support_bundle_runs_total{outcome="${outcome}"}`), 0);
    }
    for (const kind of ['delivered', 'retryable', 'blocked', 'rejected']) {
      assert.equal(samples.get(`cron_support_bundle_upload_attempts_total{class="${kind}"}`), 0);
    }
  });

  it('counts runs by outcome, and measures those that ran', async () => {
    const metrics = metricsOver(() => IDLE_GAUGES);
    const phases = [
      { name: 'collect', durationMs: 2_000 },
      { name: 'archive', durationMs: 500 },
    ];

    metrics.runFinished({ ...RECORD, phases });
    metrics.runFinished({ ...RECORD, outcome: 'failed', phases: [], bundle: null });
    metrics.runFinished({ ...RECORD, outcome: 'skipped', phases: [], bundle: null });
    metrics.runFinished({ ...RECORD, outcome: 'lost', phases });

    const samples = await samplesOf(metrics);
    for (const outcome of ['spooled', 'failed', 'skipped', 'lost']) {
      assert.equal(samples.get(`cron_support_bundle_runs_total{outcome="${outcome}"}`), 1);
    }
    assert.equal(samples.get('cron_support_bundle_run_duration_seconds_sum'), 2.5);
    assert.equal(samples.get('cron_support_bundle_run_duration_seconds_count'), 1);
    assert.equal(
      samples.get('cron_support_bundle_run_phase_duration_seconds_sum{phase="collect"}'),
      2,
    );
    assert.equal(samples.get('cron_support_bundle_bundle_bytes_sum'), 10);
    assert.equal(samples.get('cron_support_bundle_bundle_bytes_count'), 1);
  });

  it('counts what the second look has found, by rule and file', async () => {
    const metrics = metricsOver(() => IDLE_GAUGES);
    const findings = [{ path: 'logs/a.log', rule: 'jwt' }];
    const bundle = RECORD.bundle === null ? null : { ...RECORD.bundle, findings };

    metrics.runFinished({ ...RECORD, bundle });

    const samples = await samplesOf(metrics);
    const name = 'cron_support_bundle_redaction_findings_total{rule="jwt",file="logs/a.log"}';
    assert.equal(samples.get(name), 1);
  });

  it('counts attempts by class', async () => {
    const metrics = metricsOver(() => IDLE_GAUGES);

    metrics.attempted('blocked');
    metrics.attempted('blocked');
    metrics.attempted('delivered');

    const samples = await samplesOf(metrics);
    assert.equal(samples.get('cron_support_bundle_upload_attempts_total{class="blocked"}'), 2);
    assert.equal(samples.get('cron_support_bundle_upload_attempts_total{class="delivered"}'), 1);
  });

  it('asks for the gauges at each scrape', async () => {
    let facts = IDLE_GAUGES;
    const metrics = metricsOver(async () => facts);
    await metrics.render();

    facts = {
      spool: { bundles: 2, bytes: 3_000, oldestAt: '2026-11-22T01:00:00Z' },
      lastRunAt: '2026-11-22T01:00:00Z',
      lastSuccessAt: '2026-11-21T02:00:01Z',
      nextRunAt: '2026-11-23T02:00:00Z',
      isDestinationBlocked: true,
      isMisconfigured: true,
    };

    const samples = await samplesOf(metrics);
    assert.equal(samples.get('cron_support_bundle_spool_bundles'), 2);
    assert.equal(samples.get('cron_support_bundle_spool_bytes'), 3_000);
    assert.equal(samples.get('cron_support_bundle_spool_oldest_age_seconds'), 3_600);
    for (const [name, instant] of [
      ['last_run', '2026-11-22T01:00:00Z'],
      ['last_success', '2026-11-21T02:00:01Z'],
      ['next_run', '2026-11-23T02:00:00Z'],
    ] as const) {
      const seconds = samples.get(`cron_support_bundle_${name}_timestamp_seconds`);
      assert.equal(seconds, Date.parse(instant) / 1000);
    }
    assert.equal(samples.get('cron_support_bundle_destination_blocked'), 1);
    assert.equal(samples.get('cron_support_bundle_misconfigured'), 1);
  });

  it('has no instant where there is none, also after there was one', async () => {
    let facts: GaugeFacts = { ...IDLE_GAUGES, nextRunAt: '2026-11-23T02:00:00Z' };
    const metrics = metricsOver(() => facts);
    await metrics.render();

    facts = IDLE_GAUGES;

    const samples = await samplesOf(metrics);
    for (const name of ['last_run', 'last_success', 'next_run']) {
      assert.equal(samples.has(`cron_support_bundle_${name}_timestamp_seconds`), false);
    }
    assert.equal(samples.get('cron_support_bundle_spool_oldest_age_seconds'), 0);
  });

  it('knows no negative age after the clock was set back', async () => {
    const spool = { bundles: 1, bytes: 1, oldestAt: '2036-01-01T00:00:00Z' };

    const samples = await samplesOf(metricsOver(() => ({ ...IDLE_GAUGES, spool })));

    assert.equal(samples.get('cron_support_bundle_spool_oldest_age_seconds'), 0);
  });

  it('names everything of its own in one way and in base units', async () => {
    const names = [...(await samplesOf(metricsOver(() => IDLE_GAUGES))).keys()]
      .map((sample) => sample.replace(/\{.*$/, ''))
      .filter((name) => !/^(process|nodejs)_/.test(name));

    for (const name of names) {
      assert.match(name, /^cron_support_bundle_[a-z_]+$/);
      assert.doesNotMatch(name, /_ms|millis|minutes|_kb|_mb/);
    }
  });

  it('tells of the process too', async () => {
    const samples = await samplesOf(metricsOver(() => IDLE_GAUGES));

    assert.ok((samples.get('process_resident_memory_bytes') ?? 0) > 0);
    assert.ok(samples.has('nodejs_eventloop_lag_seconds'));
    assert.ok(!samples.has('nodejs_eventloop_lag_p99_seconds'));
  });

  it('lives beside another in one process', async () => {
    const metrics = [metricsOver(() => IDLE_GAUGES), metricsOver(() => IDLE_GAUGES)] as const;

    metrics[0].attempted('delivered');

    const samples = await samplesOf(metrics[1]);
    assert.equal(samples.get('cron_support_bundle_upload_attempts_total{class="delivered"}'), 0);
  });

  it('fails the scrape when it cannot read the gauges', async () => {
    const metrics = metricsOver(() => {
      throw new RangeError('wrong');
    });

    await assert.rejects(metrics.render(), RangeError);
  });
});

function metricsOver(read: () => GaugeFacts | Promise<GaugeFacts>): Metrics {
  return createMetrics({ version: '1.2.3', clock: new FakeClock(), read });
}

/** Value by name and labels. */
async function samplesOf(metrics: Metrics): Promise<ReadonlyMap<string, number>> {
  const lines = (await metrics.render()).split('\n');
  return new Map(
    lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
  );
}
