/** Collectors that need a kubelet: both engines on a real node, the same bundle but for what differences.md allows. */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { connectKube } from '../../agent/kube/connect.ts';
import { compareBundles } from '../integration/parity/compare.ts';
import { type Difference, readDifferences } from '../integration/parity/differences.ts';
import { type Both, runBoth } from '../integration/parity/run-both.ts';
import { collectBundle } from '../support/native.ts';
import { collector, mergedSpec } from '../support/spec.ts';
import { BUSYBOX_IMAGE, findObstacle, type RealNode, startNode } from './node.ts';

const RUN_LABEL = 'cron-support-bundle/run';

describe('parity with support-bundle on a real node', function () {
  this.timeout(180_000);
  const allowed = [...readDifferences('Everywhere'), ...readDifferences('On a real node')];
  const used = new Set<Difference>();
  let node: RealNode;

  before(async function () {
    const obstacle = await findObstacle();
    if (obstacle !== undefined) {
      console.log(`    skipped: ${obstacle}`);
      this.skip();
    }
    node = await startNode();
    await node.kube.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps' } },
      pod(
        'talker',
        'echo first; echo "second <&>"; mkdir /data; echo text > /data/a.txt; mkdir /data/sub; echo deep > /data/sub/b.txt; ln -s a.txt /data/link; sleep 3600',
      ),
      pod('crasher', 'echo before it ends; exit 3'),
    ]);
    await node.kubectl(
      'wait',
      '--for=condition=Ready',
      'pod/talker',
      '-n',
      'apps',
      '--timeout=60s',
    );
    await node.kubectl(
      'wait',
      '--for=jsonpath={.status.containerStatuses[0].restartCount}=1',
      'pod/crasher',
      '-n',
      'apps',
      '--timeout=60s',
    );
  });

  after(async () => {
    await node?.stop();
  });

  async function assertParity(...collectors: readonly unknown[]): Promise<Both> {
    const excluded = [{ clusterInfo: { exclude: true } }, { clusterResources: { exclude: true } }];
    const both = await runBoth(node.kubeconfigFile, [...collectors, ...excluded]);
    const comparison = compareBundles(both.upstream, both.ours, allowed);
    for (const row of comparison.used) used.add(row);
    // Some are enough to see what is wrong.
    assert.deepEqual(comparison.differences.slice(0, 10), []);
    return both;
  }

  afterEach(async () => {
    const of = ['get', 'pods,daemonsets,secrets', '-A', '-l', RUN_LABEL, '-o', 'name'];
    let made = await node.kubectl(...of);
    // What is told to end may take a moment.
    for (let tries = 0; made !== '' && tries < 20; tries++) {
      await sleep(500);
      made = await node.kubectl(...of);
    }
    assert.equal(made, '');
  });

  it('holds for logs, current and previous', async () => {
    const { ours } = await assertParity(
      { logs: { name: 'all', namespace: 'apps' } },
      {
        logs: {
          name: 'last',
          namespace: 'apps',
          selector: ['app=talker'],
          limits: { maxLines: 1 },
          timestamps: true,
        },
      },
    );

    assert.ok(ours.has('cluster-resources/pods/logs/apps/crasher/main-previous.log'));
    assert.ok(ours.has('all/talker/main.log'));
  });

  it('holds for nodeMetrics', async () => {
    const { ours } = await assertParity({ nodeMetrics: {} });

    assert.ok(ours.has('node-metrics/n1.json'));
  });

  it('holds for exec', async () => {
    const target = { namespace: 'apps', selector: ['app=talker'] };
    await assertParity(
      {
        exec: { ...target, name: 'both', command: ['sh', '-c'], args: ['echo out; echo err >&2'] },
      },
      {
        exec: {
          ...target,
          name: 'fails',
          collectorName: 'code',
          command: ['sh', '-c', 'echo part; exit 7'],
        },
      },
      { exec: { ...target, name: 'missing', command: ['no-such-program'] } },
      { exec: { name: 'nobody', namespace: 'apps', selector: ['app=nobody'], command: ['true'] } },
    );
  });

  // Not compared: troubleshoot's archive fails where such an error's file has a slash in its name.
  it('keeps what a command wrote before it hung', async () => {
    const kube = await connectKube({ kubeconfigFile: node.kubeconfigFile });
    const fields = {
      name: 'hangs',
      namespace: 'apps',
      selector: ['app=talker'],
      command: ['sh', '-c', 'echo begun; sleep 60'],
      timeout: '1s',
    };
    const spec = mergedSpec({ collectors: [collector('exec', fields)] });
    const { files, results } = await collectBundle({ kube, spec });

    assert.equal(files['hangs/apps/talker/main-stdout.txt']?.text, 'begun\n');
    const [result] = Object.values(results);
    assert.deepEqual([result?.outcome, result?.errors], ['failed', ['timeout']]);
  });

  it('holds for copy', async () => {
    const target = { namespace: 'apps', selector: ['app=talker'] };
    await assertParity(
      { copy: { ...target, name: 'folder', containerPath: '/data' } },
      { copy: { ...target, name: 'file', containerPath: '/data/a.txt', containerName: 'main' } },
      { copy: { ...target, name: 'missing', containerPath: '/data/no-such' } },
      { copy: { name: 'nobody', selector: ['app=nobody'], containerPath: '/data' } },
    );
  });

  it('holds for run and runPod', async () => {
    const pull = { image: BUSYBOX_IMAGE, imagePullPolicy: 'Never' };
    await assertParity({
      run: {
        name: 'greeting',
        namespace: 'apps',
        ...pull,
        command: ['echo'],
        args: ['hello'],
        timeout: '60s',
      },
    });
    const container = { name: 'main', ...pull, command: ['sh', '-c', 'echo out; exit 2'] };
    await assertParity({
      runPod: {
        name: 'failing',
        namespace: 'apps',
        timeout: '60s',
        podSpec: { restartPolicy: 'Never', containers: [container] },
      },
    });
  });

  it('holds for runDaemonSet', async () => {
    const container = {
      name: 'main',
      image: BUSYBOX_IMAGE,
      imagePullPolicy: 'Never',
      command: ['echo', 'everywhere'],
    };
    await assertParity({
      runDaemonSet: { name: 'all', namespace: 'apps', podSpec: { containers: [container] } },
    });
  });

  it('holds for copyFromHost', async () => {
    const pull = { image: BUSYBOX_IMAGE, imagePullPolicy: 'Never', timeout: '60s' };
    await assertParity(
      {
        copyFromHost: {
          ...pull,
          name: 'host',
          hostPath: '/etc/hostname',
          extractArchive: true,
        },
      },
      { copyFromHost: { ...pull, hostPath: '/etc/hostname', collectorName: 'whole' } },
      { copyFromHost: { ...pull, name: 'top', hostPath: '/media/', extractArchive: true } },
      { copyFromHost: { ...pull, name: 'missing', hostPath: '/etc/no-such-file' } },
    );
  });

  it('holds for dns', async () => {
    await node.kube.apply(DNS_OBJECTS);

    const { ours } = await assertParity({
      dns: { image: BUSYBOX_IMAGE, nonResolvable: 'no-such.example' },
    });

    assert.ok(ours.has('dns/debug.json'));
  });

  it('holds for sysctl', async () => {
    const { ours, upstream } = await assertParity({
      sysctl: {
        name: 'net',
        namespace: 'apps',
        image: BUSYBOX_IMAGE,
        imagePullPolicy: 'Never',
        timeout: '60s',
      },
    });

    assert.deepEqual(settingsOf(ours), settingsOf(upstream));
  });

  it('needs every row of differences.md', () => {
    const unused = readDifferences('On a real node')
      .map(({ row }) => row)
      .filter((text) => ![...used].some(({ row }) => row === text));

    assert.deepEqual(
      unused.filter((text) => !text.includes('| sometimes ')),
      [],
    );
  });
});

/** What clusters have of their DNS in kube-system; here nobody answers. */
const DNS_OBJECTS = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'coredns', namespace: 'kube-system' },
    data: { Corefile: '.:53 {\n  errors\n}\n' },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    data: { stubDomains: '{"b.example": ["10.0.0.1"]}', z: '<&>' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    spec: { clusterIP: '10.96.0.10', ports: [{ port: 53, protocol: 'UDP' }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    subsets: [
      { addresses: [{ ip: '10.244.0.2' }, { ip: '10.244.0.3' }], ports: [{ port: 53 }] },
      {
        addresses: [{ ip: '10.244.0.4' }],
        ports: [
          { name: 'metrics', port: 9153 },
          { name: 'dns', port: 53 },
        ],
      },
    ],
  },
];

/** Settings of the node, without those of interfaces, which come and go with pods. */
function settingsOf(bundle: Both['ours']): readonly string[] {
  const file = bundle.get('sysctl/n1');
  const text = file !== undefined && 'text' in file ? file.text : '';
  const lines = text.split('\n').filter((line) => !/veth|\/(file-nr|dentry-state)/.test(line));
  assert.ok(lines.length > 100, text);
  return lines.map((line) => line.replace(/ = .*/, ''));
}

function pod(name: string, script: string) {
  const container = {
    name: 'main',
    image: BUSYBOX_IMAGE,
    imagePullPolicy: 'Never',
    command: ['sh', '-c', script],
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'apps', labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 0, containers: [container] },
  };
}
