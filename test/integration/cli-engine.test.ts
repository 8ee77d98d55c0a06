/** The cli engine with troubleshoot's own program on a real API server: collected, archived, verified. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createReadStream, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Archived, writeArchive } from '../../agent/archive/archive.ts';
import { bundleName } from '../../agent/archive/layout.ts';
import { verifyBundle } from '../../agent/archive/verify.ts';
import type { CollectorReport } from '../../agent/bundle.ts';
import { loadSpec } from '../../agent/spec/load.ts';
import { renderSpec } from '../../agent/spec/render.ts';
import type { BundleSpec } from '../../agent/spec/types.ts';
import {
  type CliOptions,
  collectWithCli,
  readCliVersion,
} from '../../agent/support-bundle-cli/support-bundle-cli.ts';
import { type ControlPlane, kubeconfigFor, startControlPlane } from '../bed/control-plane.ts';
import { programPath } from '../bed/programs.ts';
import { smallWorkload, WORKLOAD_SECRETS } from '../bed/workload.ts';
import { manifestFacts } from '../support/bundles.ts';
import { cliOptions } from '../support/cli.ts';
import { never } from '../support/signal.ts';
import { bundleWith, loadOptions } from '../support/spec.ts';

const COLLECTORS = [
  { clusterInfo: {} },
  { clusterResources: {} },
  { logs: { name: 'orders/logs', namespace: 'acme-orders', collectorName: 'orders' } },
  { data: { name: 'notes', collectorName: 'note', data: 'password: "abcdef12"' } },
  { configMap: { name: 'no-such', namespace: 'acme-orders' } },
  {
    configMap: {
      name: 'orders-settings',
      namespace: 'acme-orders',
      exclude: true,
      collectorName: 'x',
    },
  },
  { supportBundleMetadata: { namespace: 'acme-orders' } },
];

describe('the cli engine on a real API server', function () {
  this.timeout(120_000);
  const program = programPath('support-bundle');
  let plane: ControlPlane;
  let workDir: string;
  let number = 0;

  before(async () => {
    plane = await startControlPlane();
    await plane.kube.apply(smallWorkload());
    await plane.kube.apply(readerObjects());
    workDir = join(plane.folder, 'work');
    mkdirSync(workDir);
  });
  after(() => plane.stop());

  describe('with every right', () => {
    let archived: Archived;
    let file: string;

    before(async () => {
      file = newFile();
      archived = await archive(await specOf(COLLECTORS), {
        ...optionsFor(plane.kubeconfigFile),
        file,
      });
    });

    // No kubelet answers for the logs of the workload's pods.
    it('says how each collector ended', () => {
      assert.deepEqual(
        archived.collectors.map(({ name, outcome }) => [name, outcome]),
        [
          ['cluster-info', 'ok'],
          ['cluster-resources', 'partial'],
          ['logs/orders', 'partial'],
          ['data/note', 'ok'],
          ['configmap', 'partial'],
          ['configmap/x', 'excluded'],
          ['support-bundle-metadata', 'failed'],
        ],
      );
    });

    it('knows whose every file is, and how long its collector took', () => {
      const { files } = JSON.parse(archived.manifest);
      const own = files
        .filter((one: { collector: string | null }) => one.collector === null)
        .map((one: { path: string }) => one.path)
        .toSorted();

      assert.deepEqual(own, [
        'analysis.json',
        'collector-errors/support-bundle-metadata-error.json',
        'execution-data/summary.txt',
        'skipped-collectors.json',
        'version.yaml',
      ]);
      const resources = reportOf(archived, 'cluster-resources');
      assert.ok(resources.files > 80, `${resources.files} files`);
      assert.ok(resources.durationMs > 0);
    });

    it('gives a bundle that is intact', async () => {
      const { problems, sha256, files } = await verifyBundle(createReadStream(file), never());

      assert.deepEqual(problems, []);
      assert.equal(sha256, archived.bundle.sha256);
      assert.equal(files, archived.bundle.files);
    });

    it('counts what the program has hidden, and holds no clear text', async () => {
      const { stdout } = await promisify(execFile)('gunzip', ['-c', file], {
        encoding: 'buffer',
        maxBuffer: 1e9,
      });

      assert.ok(archived.bundle.redactions > 0);
      for (const secret of Object.values(WORKLOAD_SECRETS)) {
        assert.equal(stdout.includes(secret), false, secret);
      }
    });

    it("gives a bundle that troubleshoot's own program analyzes", async () => {
      const specFile = join(plane.folder, 'analyzers.yaml');
      const outcomes = [{ pass: { when: '>= 1.0.0', message: 'new enough' } }];
      const document = JSON.parse(bundleWith());
      document.spec = { analyzers: [{ clusterVersion: { outcomes } }] };
      writeFileSync(specFile, JSON.stringify(document));

      const { stdout } = await promisify(execFile)(
        program,
        ['analyze', specFile, '--bundle', file, '--output', 'json'],
        { env: { HOME: plane.folder, TMPDIR: plane.folder }, cwd: plane.folder },
      );

      assert.match(stdout, /new enough/);
    });

    it('leaves nothing in WORK_DIR', () => {
      assert.deepEqual(readdirSync(workDir), []);
    });
  });

  it('names what rights withhold on purpose, and is not partial for it', async () => {
    const clusterResources = { namespaces: ['acme-monitoring'] };
    const spec = await specOf([{ clusterInfo: {} }, { clusterResources }]);
    const archived = await archive(spec, { ...(await readerOptions()), file: newFile() });

    const { outcome, errors } = reportOf(archived, 'cluster-resources');
    assert.match(errors.join('\n'), /^[^\n]*image-pull-secrets-errors[^\n]*secrets is forbidden/);
    assert.equal(errors.length, 1);
    assert.equal(outcome, 'ok');
  });

  it('names the collectors that were skipped for missing rights', async () => {
    const spec = await specOf(COLLECTORS);
    const archived = await archive(spec, { ...(await readerOptions()), file: newFile() });

    const metadata = reportOf(archived, 'support-bundle-metadata');
    assert.equal(metadata.outcome, 'forbidden');
    assert.match(String(metadata.errors[0]), /"get" is not allowed on resource "secrets"/);
  });

  it('fails with the words of the program when the API server is not there', async () => {
    const kubeconfig = join(plane.folder, 'nobody');
    const { caFile } = plane;
    const access = { url: 'https://127.0.0.1:1', caFile, token: 'x' };
    writeFileSync(kubeconfig, kubeconfigFor(access));

    await assert.rejects(
      archive(await specOf(COLLECTORS), { ...optionsFor(kubeconfig), file: newFile() }),
      {
        code: 'CLI_FAILED',
        message: /connection refused/,
      },
    );
    assert.deepEqual(readdirSync(workDir), []);
  });

  it('is stopped at its deadline while the API server does not answer', async () => {
    const silent = await listen();
    const kubeconfig = join(plane.folder, 'silent');
    const { caFile } = plane;
    const access = { url: `https://127.0.0.1:${silent.port}`, caFile, token: 'x' };
    writeFileSync(kubeconfig, kubeconfigFor(access));
    const controller = new AbortController();
    const reason = new Error('time is up');
    const running = archive(
      await specOf(COLLECTORS),
      { ...optionsFor(kubeconfig), file: newFile() },
      controller.signal,
    );
    await silent.connected;
    controller.abort(reason);

    await assert.rejects(running, (error) => error === reason);
    assert.deepEqual(readdirSync(workDir), []);
    // Its connections are gone, and so is it.
    await new Promise((resolve) => silent.server.close(resolve));
  });

  it('knows the version of the program', async () => {
    const { environment } = optionsFor(plane.kubeconfigFile);
    const version = await readCliVersion({ program, environment }, never());

    assert.match(String(version), /^v0\.\d+\.\d+$/);
  });

  function newFile(): string {
    number += 1;
    return join(plane.folder, `bundle-${number}.tar.gz`);
  }

  function optionsFor(kubeconfigFile: string): EngineOptions {
    return cliOptions({
      program,
      workDir,
      kubeServer: new URL(plane.url),
      environment: { PATH: process.env['PATH'], KUBECONFIG: kubeconfigFile },
      maxWorkBytes: 1e9,
    });
  }

  async function readerOptions(): Promise<EngineOptions> {
    const { url, caFile } = plane;
    const token = await plane.token('default', 'reader');
    const kubeconfig = join(plane.folder, 'reader');
    writeFileSync(kubeconfig, kubeconfigFor({ url, caFile, token }));
    return optionsFor(kubeconfig);
  }
});

function specOf(collectors: readonly object[]): Promise<BundleSpec> {
  const options = loadOptions(bundleWith(...collectors), { collectorsAllowed: ['all'] });
  return loadSpec(options, never());
}

type EngineOptions = Omit<CliOptions, 'specText'>;

function archive(
  spec: BundleSpec,
  { file, ...options }: EngineOptions & { readonly file: string },
  signal = never(),
): Promise<Archived> {
  return writeArchive(
    collectWithCli(spec, { ...options, specText: renderSpec(spec) }, signal),
    {
      topFolder: bundleName(Date.parse('2026-11-22T02:00:00Z')),
      file,
      maxUncompressedBytes: 1e9,
      facts: manifestFacts({ specs: spec.sources, notices: spec.notices }),
    },
    signal,
  );
}

function reportOf({ collectors }: Archived, title: string): CollectorReport {
  const report = collectors.find(({ name }) => name === title);
  assert.ok(report, title);
  return report;
}

/** A ServiceAccount that may read what bundles hold, but no Secret. */
function readerObjects() {
  const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' };
  const rights = [
    ['', ['namespaces', 'nodes', 'pods', 'pods/log', 'services', 'configmaps', 'events']],
    ['', ['persistentvolumes', 'persistentvolumeclaims', 'serviceaccounts', 'endpoints']],
    ['', ['limitranges', 'resourcequotas']],
    ['apps', ['*']],
    ['batch', ['*']],
    ['networking.k8s.io', ['*']],
    ['policy', ['*']],
    ['storage.k8s.io', ['*']],
    ['scheduling.k8s.io', ['*']],
    ['discovery.k8s.io', ['*']],
    ['coordination.k8s.io', ['*']],
    ['certificates.k8s.io', ['*']],
    ['admissionregistration.k8s.io', ['*']],
    ['apiextensions.k8s.io', ['*']],
    ['rbac.authorization.k8s.io', ['*']],
  ] as const;
  const account = { kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'default' } };
  return [
    { apiVersion: 'v1', ...account },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'reader' },
      rules: rights.map(([group, resources]) => ({
        apiGroups: [group],
        resources: [...resources],
        verbs: ['get', 'list'],
      })),
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'reader' },
      roleRef: role,
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'default' }],
    },
  ];
}

/** A server that takes connections and says nothing. */
async function listen(): Promise<{
  readonly server: Server;
  readonly port: number;
  readonly connected: Promise<void>;
}> {
  const server = createServer();
  const connected = new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      socket.on('error', () => socket.destroy());
      socket.resume();
      resolve();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { server, port: address.port, connected };
}
