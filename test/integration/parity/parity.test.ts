/** Both engines on one API server with one spec: the same bundle, but for what agent/collect/differences.md allows. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { type ControlPlane, kubeconfigFor, startControlPlane } from '../../bed/control-plane.ts';
import { largeWorkload } from '../../bed/large-workload.ts';
import { applyOddWorkload } from '../../bed/odd-workload.ts';
import { removeFolder, temporaryFolder } from '../../bed/processes.ts';
import { programPath } from '../../bed/programs.ts';
import { smallWorkload } from '../../bed/workload.ts';
import { bundleWith } from '../../support/spec.ts';
import {
  ANALYZERS,
  CANNOT_START,
  certificateObjects,
  installReleases,
  LOGS,
  namespacedRights,
  OBJECTS,
  PODS_WITHOUT_KUBELET,
} from './cases.ts';
import { type Comparison, compareBundles } from './compare.ts';
import { type Difference, readDifferences } from './differences.ts';
import { type Both, makeOurArchive, makeUpstreamArchive, runBoth } from './run-both.ts';

const RESOURCES = [{ clusterInfo: {} }, { clusterResources: {} }];

describe('parity with support-bundle', function () {
  this.timeout(300_000);
  const allowed = readDifferences('Everywhere');
  const used = new Set<Difference>();
  let plane: ControlPlane;

  before(async () => {
    plane = await startControlPlane();
    // The API server's own Service comes after it is ready: not between the two engines.
    const metadata = { namespace: 'default', name: 'kubernetes' };
    const service = { apiVersion: 'v1', kind: 'Service', metadata };
    while ((await plane.kube.get(service)) === undefined) await sleep(100);
  });

  after(() => plane.stop());

  /** Asserts that only what is allowed differs. */
  async function assertParity(
    collectors: readonly unknown[],
    kubeconfigFile = plane.kubeconfigFile,
  ): Promise<Comparison & Both> {
    const both = await runBoth(kubeconfigFile, collectors);
    const comparison = compareBundles(both.upstream, both.ours, allowed);
    for (const row of comparison.used) used.add(row);
    // Some are enough to see what is wrong.
    assert.deepEqual(comparison.differences.slice(0, 10), []);
    return { ...comparison, ...both };
  }

  async function kubeconfigOf(namespace: string, serviceAccount: string): Promise<string> {
    const token = await plane.token(namespace, serviceAccount);
    const file = join(plane.folder, `${serviceAccount}.kubeconfig`);
    const { url, caFile } = plane;
    await writeFile(file, kubeconfigFor({ url, caFile, token }));
    return file;
  }

  it('holds for an empty cluster', async () => {
    const { compared } = await assertParity(RESOURCES);

    assert.ok(compared > 100, `${compared} entries`);
  });

  it('holds for objects of every kind with unusual values', async () => {
    await applyOddWorkload(plane);
    const { ours, results } = await assertParity(RESOURCES);

    const gadgets = ours.get('cluster-resources/custom-resources/gadgets.odd.example.com/odd.json');
    assert.match(
      gadgets !== undefined && 'text' in gadgets ? gadgets.text : '',
      /9007199254740993/,
    );
    assert.ok(ours.has('cluster-resources/license.json'));
    assert.ok(ours.has('cluster-resources/image-pull-secrets/odd/pull.json'));
    assert.equal(results[0]?.outcome, 'ok');
  });

  it('holds for a vendor’s application with unhealthy pods', async () => {
    await plane.kube.apply(smallWorkload());
    const { ours } = await assertParity(RESOURCES);

    assert.ok([...ours.keys()].some((path) => path.endsWith('-logs-errors.log')));
  });

  it('holds for hundreds of pods in many namespaces', async () => {
    await plane.kube.apply(largeWorkload({ pods: 300, namespaces: 12 }));
    const { compared, equalBytes } = await assertParity(RESOURCES);

    assert.ok(compared > 350, `${compared} entries`);
    // Where the API server renews its lease meanwhile, the lists read after that have another resourceVersion.
    assert.ok(equalBytes > 150, `${equalBytes} entries`);
  });

  it('holds for the namespaces that the spec names', async () => {
    await assertParity([{ clusterResources: { namespaces: ['odd', 'no-such', 'acme-orders'] } }]);
    await assertParity([
      { clusterResources: { namespaces: ['odd'] } },
      { clusterResources: { namespaces: ['odd-a'], ignoreRBAC: true } },
    ]);
  });

  it('holds with rights in two namespaces only', async () => {
    await plane.kube.apply(namespacedRights('odd', 'acme-orders'));
    const kubeconfigFile = await kubeconfigOf('odd', 'narrow');
    const namespaces = { clusterResources: { namespaces: ['odd', 'acme-orders'] } };
    const { ours } = await assertParity([namespaces, ...OBJECTS], kubeconfigFile);

    assert.ok(ours.has('cluster-resources/pods/odd.json'));
    assert.ok(ours.has('cluster-resources/nodes-errors.json'));
    await assertParity(RESOURCES, kubeconfigFile);
  });

  it('holds without any rights', async () => {
    await plane.kube.apply([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nobody', namespace: 'odd' } },
    ]);
    const kubeconfigFile = await kubeconfigOf('odd', 'nobody');
    const { ours } = await assertParity([...RESOURCES, ...OBJECTS, ...LOGS], kubeconfigFile);

    assert.ok(ours.has('skipped-collectors.json'));
  });

  it('holds for configMap and secret with each of their fields', async () => {
    await assertParity(alone(OBJECTS));
  });

  it('holds for logs with each of their fields', async () => {
    await assertParity(alone(LOGS));
  });

  it('holds for data, supportBundleMetadata and nodeMetrics', async () => {
    await assertParity(
      alone([
        { data: { name: 'a', collectorName: 'b.txt', data: 'text\n' } },
        { data: { name: 'alone', data: '' } },
        { data: { collectorName: 'c', data: 'é' } },
        { supportBundleMetadata: { namespace: 'odd' } },
        { nodeMetrics: { nodeNames: ['no-such-node'] } },
      ]),
    );
    await assertParity(alone([{ supportBundleMetadata: { namespace: 'odd-a' } }]));
  });

  it('holds for commands and copies that cannot start', async () => {
    await plane.kube.apply(PODS_WITHOUT_KUBELET);

    await assertParity(CANNOT_START);
  });

  it('holds for the releases of helm', async () => {
    await installReleases(plane);
    await assertParity(alone([{ helm: {} }]));
    await assertParity(
      alone([{ helm: { namespace: 'odd', releaseName: 'one', collectValues: true } }]),
    );
    await assertParity(alone([{ helm: { namespace: 'odd', collectValues: true } }]));
    await assertParity(alone([{ helm: { releaseName: 'no-such' } }]));
  });

  it('holds for certificates', async () => {
    await plane.kube.apply(await certificateObjects(plane.folder));
    await assertParity(
      alone([
        {
          certificates: {
            secrets: [{ name: 'certificates', namespaces: ['odd', 'odd-a'] }],
            configMaps: [{ name: 'certificates', namespaces: ['odd'] }],
          },
        },
      ]),
    );
  });

  it('holds for custom metrics of an API that is not there', async () => {
    await assertParity(
      alone([
        {
          customMetrics: {
            metricRequests: [
              { resourceMetricName: 'pods/requests', namespace: 'odd' },
              { resourceMetricName: 'wrong' },
            ],
          },
        },
      ]),
    );
  });

  it('gives analyzers of troubleshoot the same to see', async () => {
    const specText = JSON.stringify({
      apiVersion: 'troubleshoot.sh/v1beta2',
      kind: 'SupportBundle',
      metadata: { name: 'analysis' },
      spec: { collectors: RESOURCES, analyzers: ANALYZERS },
    });
    const folder = temporaryFolder('analysis');
    const archives = [
      await makeUpstreamArchive(plane.kubeconfigFile, bundleWith(...RESOURCES), folder),
      await makeOurArchive(plane.kubeconfigFile, RESOURCES, folder),
    ];
    await writeFile(join(folder, 'analyzers.yaml'), specText);
    const results = [];
    for (const archive of archives) results.push(await analyze(archive, folder));
    await removeFolder(folder);

    assert.ok((results[0] ?? []).length > 5, JSON.stringify(results[0]));
    assert.deepEqual(results[1], results[0]);
  });

  it('needs every row of differences.md', () => {
    assert.deepEqual(
      allowed.filter((row) => !used.has(row) && !row.isSometimes).map(({ row }) => row),
      [],
    );
  });
});

/** Without what troubleshoot adds to every spec: it takes seconds. */
function alone(collectors: readonly unknown[]): readonly unknown[] {
  return [
    ...collectors,
    { clusterInfo: { exclude: true } },
    { clusterResources: { exclude: true } },
  ];
}

/** What troubleshoot's own program finds in an archive, by the analyzers in the folder. */
async function analyze(archive: string, folder: string): Promise<readonly unknown[]> {
  const outputFile = join(folder, 'results.json');
  // It exits with 4 where an analyzer fails.
  const command = `"$0" analyze --bundle "$1" "$2" --output json --quiet > "$3" || true`;
  const programs = [
    programPath('support-bundle'),
    archive,
    join(folder, 'analyzers.yaml'),
    outputFile,
  ];
  await promisify(execFile)('sh', ['-c', command, ...programs], { cwd: folder });
  const results: unknown = JSON.parse(await readFile(outputFile, 'utf8'));
  return Array.isArray(results) ? results : [results];
}
