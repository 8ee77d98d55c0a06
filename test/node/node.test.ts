/** The node itself: it runs pods, and leaves nothing behind. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

import { STATE_FOLDER } from './clean-up.ts';
import { BUSYBOX_IMAGE, findObstacle, type RealNode, startNode } from './node.ts';

describe('a real node', function () {
  let node: RealNode;

  before(async function () {
    const obstacle = await findObstacle();
    if (obstacle !== undefined) {
      console.log(`    skipped: ${obstacle}`);
      this.skip();
    }
    node = await startNode();
  });

  after(async () => {
    await node?.stop();
  });

  it('runs a pod, and gives its logs and what a command in it says', async () => {
    await node.kube.apply([pod('greeter', ['sh', '-c', 'echo hello; sleep 600'])]);
    await node.kubectl('wait', '--for=condition=Ready', 'pod/greeter', '--timeout=60s');

    assert.equal(await node.kubectl('logs', 'greeter'), 'hello\n');
    assert.equal(await node.kubectl('exec', 'greeter', '--', 'cat', '/etc/hostname'), 'greeter\n');
  });

  it('starts a container again, and keeps the log of the one before', async () => {
    await node.kube.apply([pod('restarter', ['sh', '-c', 'date; exit 3'])]);
    await node.kubectl(
      'wait',
      '--for=jsonpath={.status.containerStatuses[0].restartCount}=1',
      'pod/restarter',
      '--timeout=60s',
    );

    assert.notEqual(await node.kubectl('logs', 'restarter', '--previous'), '');
  });

  it('runs the pods of a DaemonSet and of a Job', async () => {
    const spec = (restartPolicy: string, command: readonly string[]) => ({
      restartPolicy,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'main', image: BUSYBOX_IMAGE, imagePullPolicy: 'Never', command }],
    });
    const labels = { app: 'everywhere' };
    await node.kube.apply([
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'everywhere', namespace: 'default' },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: spec('Always', ['sleep', '600']) },
        },
      },
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'once', namespace: 'default' },
        spec: { template: { spec: spec('Never', ['true']) } },
      },
    ]);
    await node.kubectl('rollout', 'status', 'daemonset/everywhere', '--timeout=60s');
    await node.kubectl('wait', '--for=condition=Complete', 'job/once', '--timeout=60s');
  });

  it('leaves nothing on the machine', async () => {
    const { folder } = node;
    await node.stop();

    const mounts = await readFile('/proc/self/mounts', 'utf8');
    assert.ok(!mounts.includes(folder) && !mounts.includes(STATE_FOLDER));
    assert.ok(!existsSync(STATE_FOLDER) && !existsSync(folder));
    const { stdout } = await promisify(execFile)('ip', ['netns', 'list']);
    assert.ok(!stdout.includes('csb-node'), stdout);
  });
});

function pod(name: string, command: readonly string[]) {
  const container = { name: 'main', image: BUSYBOX_IMAGE, imagePullPolicy: 'Never', command };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 0, containers: [container] },
  };
}
