import assert from 'node:assert/strict';

import type { Collector } from '../../agent/collect/collector.ts';
import { filePiece, problem } from '../../agent/collect/pieces.ts';
import { AgentError } from '../../agent/errors.ts';
import { KubeAnswerError } from '../../agent/kube/api-error.ts';
import { FakeKube } from '../support/kube.ts';
import { collectWith, doing, failing, hanging, pieces } from '../support/native.ts';
import { collector, mergedSpec } from '../support/spec.ts';

describe('collect/collect', () => {
  it('gives entries with their collector, the own files, and a result for each collector', async () => {
    const { files, results } = await collectWith({
      clusterInfo: pieces(filePiece('cluster-info/a.json', '{}'), {
        kind: 'link',
        path: 'b/link',
        target: 'cluster-info/a.json',
      }),
    });

    assert.deepEqual(Object.keys(files), [
      'cluster-info/a.json',
      'version.yaml',
      'execution-data/summary.txt',
      'analysis.json',
    ]);
    assert.equal(files['cluster-info/a.json']?.collector, 'clusterInfo');
    assert.match(files['version.yaml']?.text ?? '', /versionNumber: v9\.9\.9$/m);
    assert.match(files['execution-data/summary.txt']?.text ?? '', /^clusterInfo \(S\) : 0ms$/m);
    assert.equal(files['analysis.json']?.text, '[]');
    assert.deepEqual(results['clusterInfo'], {
      outcome: 'ok',
      files: 2,
      bytes: 2,
      durationMs: 0,
      errors: [],
    });
  });

  it('makes links relative and keeps them inside the bundle', async () => {
    const { links, leftOut } = await collectWith({
      logs: pieces(
        { kind: 'link', path: 'app/pod/c.log', target: 'cluster-resources/pods/logs/n/pod/c.log' },
        { kind: 'link', path: '../outside', target: 'a' },
        filePiece('/app//x', ''),
      ),
    });

    assert.deepEqual(links, { 'app/pod/c.log': '../../cluster-resources/pods/logs/n/pod/c.log' });
    assert.deepEqual(leftOut, [
      { kind: 'left-out', path: '../outside', reason: 'its path leads outside the bundle' },
    ]);
  });

  it('gives a path once, that of the last logs collector in the spec', async () => {
    const spec = mergedSpec({
      collectors: ['first', 'last'].map((title) => collector('logs', { name: title }, { title })),
    });
    const logs: Collector = {
      rules: () => [],
      async *collect({ name }) {
        yield filePiece('cluster-resources/pods/logs/n/p/c.log', String(name));
      },
    };
    const { files } = await collectWith({ logs }, { spec });

    assert.equal(files['cluster-resources/pods/logs/n/p/c.log']?.text, 'last');
  });

  it('writes what ended a collector and goes on with the others', async () => {
    const error = new KubeAnswerError('KUBE_FAILED', 'GET /x: 500 broken', {
      statusCode: 500,
      apiMessage: 'broken',
    });
    const { files, results } = await collectWith({
      helm: failing(error, filePiece('helm/part.json', '1')),
      clusterInfo: pieces(filePiece('cluster-info/a.json', '{}')),
    });

    assert.equal(
      files['collector-errors/helm-error.json']?.text,
      '{"collector":"helm","error":"broken","timestamp":"2026-11-22T02:00:00Z"}',
    );
    assert.equal(files['helm/part.json']?.text, '1');
    assert.equal(results['helm']?.outcome, 'failed');
    assert.deepEqual(results['helm']?.errors, ['GET /x: 500 broken']);
    assert.equal(results['clusterInfo']?.outcome, 'ok');
  });

  it('names problems, without secrets', async () => {
    const { results } = await collectWith({
      clusterInfo: pieces(
        problem('named', 'license withheld'),
        problem('partial', 'https://a:b@h: 500'),
      ),
      helm: failing(new AgentError('KUBE_FORBIDDEN', 'no')),
    });

    assert.equal(results['clusterInfo']?.outcome, 'partial');
    assert.deepEqual(results['clusterInfo']?.errors, [
      'https://***HIDDEN***@h: 500',
      'license withheld',
    ]);
    assert.equal(results['helm']?.outcome, 'forbidden');
  });

  it('skips a collector without the rights that it must have', async () => {
    const kube = new FakeKube();
    kube.onPost = () => ({ status: { allowed: false } });
    const logs: Collector = {
      rules: () => [
        { apiGroups: [''], resources: ['pods/log'], verbs: ['get'], isRequired: true },
        { apiGroups: [''], resources: ['pods'], verbs: ['watch'] },
      ],
      collect: () => assert.fail('it was started'),
    };
    const { files, results } = await collectWith({ logs }, { kube });
    const message =
      'cannot collect logs: action "get" is not allowed on resource "pods" in the "default" namespace';

    assert.equal(results['logs']?.outcome, 'forbidden');
    assert.deepEqual(results['logs']?.errors, [message]);
    assert.deepEqual(JSON.parse(files['skipped-collectors.json']?.text ?? ''), [
      {
        collector: 'logs',
        reason: 'insufficient RBAC permissions',
        errors: [message],
        timestamp: '2026-11-22T02:00:00Z',
      },
    ]);
  });

  it('names what is excluded, withheld and unsupported', async () => {
    const spec = mergedSpec({
      collectors: [collector('helm', {}, { exclude: true }), collector('ceph')],
      hostCollectors: [{ cpu: {} }],
      analyzers: [{ clusterVersion: {} }],
      withheld: [{ title: 'exec', outcome: 'denied', reason: 'not allowed' }],
    });
    const { files, results } = await collectWith({ helm: pieces() }, { spec });

    assert.equal(results['helm']?.outcome, 'excluded');
    assert.equal(results['ceph']?.outcome, 'unsupported');
    assert.equal(results['host collector cpu']?.outcome, 'unsupported');
    assert.equal(results['analyzer clusterVersion']?.outcome, 'unsupported');
    assert.equal(results['exec']?.outcome, 'denied');
    assert.equal(files['analysis.json'], undefined);
    assert.match(files['skipped-collectors.json']?.text ?? '', /"reason":"excluded","errors":null/);
  });

  it('cuts a collector off at its own deadline', async () => {
    const { files, results } = await collectWith(
      { logs: hanging(filePiece('app/x', 'so far')), clusterInfo: pieces(filePiece('a', '1')) },
      { collectorTimeoutMs: 20 },
    );

    assert.equal(results['logs']?.outcome, 'timeout');
    assert.deepEqual(results['logs']?.errors, ['did not end within COLLECTOR_TIMEOUT of 0.02 s']);
    assert.equal(files['app/x']?.text, 'so far');
    assert.match(files['collector-errors/logs-error.json']?.text ?? '', /COLLECTOR_TIMEOUT/);
  });

  it('gives what it has at the deadline of the run', async () => {
    const deadline = AbortSignal.timeout(20);
    const { files, results } = await collectWith(
      { logs: hanging(filePiece('app/x', 'so far')), clusterInfo: pieces(filePiece('a', '1')) },
      { deadline },
    );

    assert.equal(results['logs']?.outcome, 'timeout');
    assert.equal(results['clusterInfo']?.outcome, 'ok');
    assert.ok(files['version.yaml']);
  });

  it('ends every collector and rejects when the run is given up', async () => {
    const stop = new AbortController();
    const cleaned: string[] = [];
    const run = collectWith(
      { logs: hanging(filePiece('app/x', ''), () => cleaned.push('logs')) },
      { signal: stop.signal },
    );
    setImmediate(() => stop.abort(new Error('SIGTERM')));

    await assert.rejects(run, /SIGTERM/);
    assert.deepEqual(cleaned, ['logs']);
  });

  it('runs what changes the cluster after what reads it, and copy last', async () => {
    const order: string[] = [];
    await collectWith({
      copy: doing(() => void order.push('copy')),
      exec: doing(() => void order.push('exec')),
      clusterInfo: doing(() => void order.push('clusterInfo')),
    });

    assert.deepEqual(order, ['clusterInfo', 'exec', 'copy']);
  });

  it('lets clusterResources wait for logs', async () => {
    const order: string[] = [];
    const logs = doing(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('logs');
    });
    const clusterResources = doing(async (_fields, context) => {
      await context.settled('logs');
      order.push('clusterResources');
    });
    await collectWith({ clusterResources, logs });

    assert.deepEqual(order, ['logs', 'clusterResources']);
  });

  it('reads clusterResources once, of all namespaces that any of them names', async () => {
    const seen: unknown[] = [];
    const clusterResources = doing(
      ({ namespaces, ignoreRBAC }) => void seen.push({ namespaces, ignoreRBAC }),
    );
    const spec = mergedSpec({
      collectors: [
        collector('clusterResources', { namespaces: ['all'] }, { exclude: true }),
        collector('clusterResources', { namespaces: ['b', 'a'] }),
        collector('clusterResources', { namespaces: ['b'], ignoreRBAC: true }),
      ],
    });
    await collectWith({ clusterResources }, { spec });

    assert.deepEqual(seen, [{ namespaces: ['a', 'b'], ignoreRBAC: true }]);
  });
});
