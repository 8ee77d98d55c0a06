/** How each collector ended, from the entries of a bundle. */

import assert from 'node:assert/strict';

import type { BundleEntry, CollectorResult } from '../../agent/bundle.ts';
import type { BundleSpec } from '../../agent/spec/types.ts';
import { Outcomes } from '../../agent/support-bundle-cli/outcomes.ts';
import { fileEntry, linkEntry } from '../support/bundles.ts';
import { collector, specOf } from '../support/cli.ts';

const RESOURCES = collector('clusterResources', 'cluster-resources');
const LOGS = collector('logs', 'logs/api', { name: 'api', collectorName: 'api' });
const SPEC = specOf([RESOURCES, LOGS]);

describe('support-bundle-cli/outcomes', () => {
  it('counts files, links and bytes of each collector', async () => {
    const [resources, logs] = await resultsOf(SPEC, [
      fileEntry('cluster-resources/pods/a.json', '12345'),
      fileEntry('cluster-resources/nodes.json', '123'),
      linkEntry('api/pod/api.log', '../../cluster-resources/pods/logs/a/pod/api.log'),
    ]);

    assert.deepEqual([resources?.files, resources?.bytes], [2, 8]);
    assert.deepEqual([logs?.files, logs?.bytes], [1, 0]);
  });

  it('names the collector of each entry and leaves its body whole', async () => {
    const outcomes = new Outcomes(SPEC);
    const seen: [string | undefined, string][] = [];
    for (const entry of [
      fileEntry('cluster-resources/nodes.json', 'large'),
      fileEntry('cluster-resources/pods-errors.json', '{"a":"b"}'),
      fileEntry('version.yaml', 'x'),
    ]) {
      const observed = await outcomes.observe(entry);
      seen.push([observed.collector, await bodyOf(observed)]);
    }

    assert.deepEqual(seen, [
      ['cluster-resources', 'large'],
      ['cluster-resources', '{"a":"b"}'],
      [undefined, 'x'],
    ]);
  });

  it('takes durations from the summary', async () => {
    const [resources, logs] = await resultsOf(SPEC, [
      summary('cluster-resources (S) : 1,302ms', 'logs/api (S)          : 7ms'),
    ]);

    assert.deepEqual([resources?.durationMs, logs?.durationMs], [1302, 7]);
    assert.deepEqual([resources?.outcome, logs?.outcome], ['ok', 'ok']);
  });

  it('takes a collector for failed that left an error', async () => {
    const [, logs] = await resultsOf(SPEC, [
      summary('cluster-resources (S) : 1ms', 'logs/api (F) : 7ms'),
      failure('logs/api', 'no connection'),
    ]);

    assert.equal(logs?.outcome, 'failed');
    assert.deepEqual(logs.errors, ['no connection']);
  });

  it('takes a collector for failed that only the summary calls so', async () => {
    const [, logs] = await resultsOf(SPEC, [summary('logs/api (F) : 7ms')]);

    assert.equal(logs?.outcome, 'failed');
  });

  it('takes a collector for forbidden that was skipped for missing rights', async () => {
    const reason = 'insufficient RBAC permissions';
    const [, logs] = await resultsOf(SPEC, [
      skipped({ collector: 'logs/api', reason, errors: ['cannot collect logs/api'] }),
      summary('cluster-resources (S) : 1ms', 'logs/api (F) : 7ms'),
    ]);

    assert.equal(logs?.outcome, 'forbidden');
    assert.deepEqual(logs.errors, ['cannot collect logs/api']);
  });

  it('takes a collector for excluded that the program or the spec calls so', async () => {
    const spec = specOf([RESOURCES, LOGS, { ...collector('helm', 'helm'), exclude: true }]);
    const [, logs, helm] = await resultsOf(spec, [
      skipped({ collector: 'logs/api', reason: 'excluded', errors: null }),
    ]);

    assert.equal(logs?.outcome, 'excluded');
    assert.equal(helm?.outcome, 'excluded');
  });

  it('does not name what the agent excludes so that the program does not add it', async () => {
    const results = await resultsOf(SPEC, [
      skipped({ collector: 'cluster-info', reason: 'excluded', errors: null }),
      summary('cluster-resources (S) : 1ms', 'logs/api (S) : 1ms', 'cluster-info (X) : 0ms'),
    ]);

    assert.deepEqual(
      results.map(({ name }) => name),
      ['cluster-resources', 'logs/api'],
    );
  });

  it('takes a collector for partial that left error files', async () => {
    const [resources, logs] = await resultsOf(SPEC, [
      fileEntry('cluster-resources/pods-errors.json', '{"app":"pods is forbidden"}'),
      fileEntry('api/errors.json', '["no pods"]'),
    ]);

    assert.equal(resources?.outcome, 'partial');
    assert.deepEqual(resources.errors, [
      'cluster-resources/pods-errors.json: app: pods is forbidden',
    ]);
    assert.equal(logs?.outcome, 'partial');
  });

  it('names pull secrets that the rights withhold once, and takes nothing for partial', async () => {
    const forbidden = 'secrets is forbidden: User "a" cannot list resource "secrets"';
    const [resources] = await resultsOf(SPEC, [
      fileEntry(
        'cluster-resources/image-pull-secrets-errors.json',
        JSON.stringify({ app: forbidden, default: forbidden, 'kube-system': forbidden }),
      ),
    ]);

    assert.equal(resources?.outcome, 'ok');
    assert.deepEqual(resources.errors, [
      `cluster-resources/image-pull-secrets-errors.json (and 2 more): app: ${forbidden}`,
    ]);
  });

  it('takes pull secrets that fail for another reason for partial', async () => {
    const [resources] = await resultsOf(SPEC, [
      fileEntry(
        'cluster-resources/image-pull-secrets-errors.json',
        '{"a":"secrets is forbidden","b":"context deadline exceeded"}',
      ),
    ]);

    assert.equal(resources?.outcome, 'partial');
    assert.equal(resources.errors.length, 2);
  });

  it('takes nothing for partial because a container has not started', async () => {
    const waiting = 'container "api" in pod "api-0" is waiting to start: ContainerCreating';
    const [resources, logs] = await resultsOf(SPEC, [
      fileEntry('cluster-resources/pods/logs/a/api-0/api-logs-errors.log', waiting),
      fileEntry('api/api-0/api-errors.json', JSON.stringify([waiting])),
    ]);

    assert.deepEqual([resources?.outcome, logs?.outcome], ['ok', 'ok']);
  });

  it('says that the program did not run a collector of which there is no trace', async () => {
    const [, logs] = await resultsOf(SPEC, [summary('cluster-resources (S) : 1ms')]);

    assert.equal(logs?.outcome, 'unsupported');
    assert.deepEqual(logs.errors, ['support-bundle did not run it']);
  });

  it('counts the errors that it does not list', async () => {
    const [resources] = await resultsOf(SPEC, [
      fileEntry(
        'cluster-resources/pods-errors.json',
        JSON.stringify(Array.from({ length: 25 }, (_, index) => `error ${index}`)),
      ),
    ]);

    assert.equal(resources?.errors.length, 21);
    assert.equal(resources.errors.at(-1), 'and 5 more, see the bundle');
  });

  it('does not read a report of more than 1 MiB', async () => {
    const outcomes = new Outcomes(SPEC);
    const large = fileEntry('cluster-resources/pods-errors.json', Buffer.alloc(2 ** 20 + 1, ' '));
    const observed = await outcomes.observe(large);

    assert.equal((await bodyOf(observed)).length, 2 ** 20 + 1);
    assert.equal(outcomes.results()[0]?.outcome, 'partial');
  });

  it('puts host collectors together', async () => {
    const spec = specOf([RESOURCES], { hostCollectors: [{ cpu: {} }, { memory: {} }] });
    const [, host] = await resultsOf(spec, [
      fileEntry('host-collectors/system/cpu.json', '{}'),
      fileEntry(
        'host-collectors/errors/Amount of Memory-error.json',
        '{"collector":"Amount of Memory","error":"no /proc"}',
      ),
      summary('cluster-resources (S) : 1ms', 'CPU Info (S) : 2ms', 'Amount of Memory (F) : 3ms'),
    ]);

    assert.deepEqual(host, {
      kind: 'collector',
      name: 'host-collectors',
      outcome: 'partial',
      durationMs: 5,
      files: 2,
      bytes: 53,
      errors: ['Amount of Memory: no /proc'],
    });
  });

  it('names an error file that belongs to nobody', async () => {
    const results = await resultsOf(SPEC, [fileEntry('somewhere/errors.json', '["broken"]')]);

    assert.equal(results.at(-1)?.name, 'somewhere/errors.json');
    assert.equal(results.at(-1)?.outcome, 'partial');
  });

  it('lists what was not allowed to run', async () => {
    const withheld = [{ title: 'http/health', outcome: 'denied', reason: 'network' }] as const;
    const results = await resultsOf(specOf([RESOURCES], { withheld }), []);

    assert.deepEqual(results.at(-1), {
      kind: 'collector',
      name: 'http/health',
      outcome: 'denied',
      durationMs: 0,
      files: 0,
      bytes: 0,
      errors: ['network'],
    });
  });
});

async function resultsOf(
  spec: BundleSpec,
  entries: readonly BundleEntry[],
): Promise<readonly CollectorResult[]> {
  const outcomes = new Outcomes(spec);
  for (const entry of entries) await outcomes.observe(entry);
  return outcomes.results();
}

async function bodyOf(entry: BundleEntry): Promise<string> {
  const chunks: Uint8Array[] = [];
  if (entry.kind === 'file') for await (const chunk of entry.read()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function summary(...rows: readonly string[]): BundleEntry {
  const text = ['= Collectors summary =', ...rows, '', '= Redactors summary =', 'x (S) : 1ms'];
  return fileEntry('execution-data/summary.txt', text.join('\n'));
}

function skipped(...all: readonly object[]): BundleEntry {
  return fileEntry('skipped-collectors.json', JSON.stringify(all));
}

function failure(title: string, error: string): BundleEntry {
  const text = JSON.stringify({ collector: title, error, timestamp: '2026-11-22T02:00:00Z' });
  return fileEntry(`collector-errors/${title}-error.json`, text);
}
