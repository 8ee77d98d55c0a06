/** collect/sysctl: a pod on each node that may have one, and nodes that fail. */

import assert from 'node:assert/strict';

import type { Fields } from '../../../agent/collect/collector.ts';
import { sysctl } from '../../../agent/collect/workload/sysctl.ts';
import { objectAt, textAt } from '../../../agent/kube/object-fields.ts';
import { FakeClock } from '../../support/clock.ts';
import { gather } from '../../support/collect.ts';
import type { FakeObject } from '../../support/kube.ts';
import {
  assertNoSecret,
  createdOf,
  ended,
  imagesOf,
  itRemovesWhatItMakes,
  PULL_SECRET,
  WorkloadKube,
  waiting,
} from '../../support/workload-kube.ts';

const FIELDS = { name: 'net', namespace: 'shop', image: 'busybox' };

/** @param taints By node; undefined: none. */
function clusterOf(taints: Readonly<Record<string, string | undefined>>): WorkloadKube {
  const kube = new WorkloadKube();
  for (const [name, key] of Object.entries(taints)) {
    const spec = key === undefined ? {} : { taints: [{ key, effect: 'NoSchedule' }] };
    kube.put(`/api/v1/nodes/${name}`, { spec });
  }
  kube.onPod = (pod) => ended(`/proc/sys/vm/x = ${nodeOf(pod)}\n`);
  return kube;
}

function nodeOf(pod: FakeObject): string {
  return textAt(pod, 'spec', 'nodeSelector', 'kubernetes.io/hostname');
}

async function collect(kube: WorkloadKube, fields: Fields = {}) {
  const image = (name: string) => `registry.test/${name}`;
  const parts = { kube, clock: new FakeClock(), image };
  return await gather(sysctl, { ...FIELDS, ...fields }, parts);
}

describe('collect/sysctl', () => {
  itRemovesWhatItMakes(sysctl, { ...FIELDS, imagePullSecret: PULL_SECRET });

  it('keeps what a pod on each node wrote', async () => {
    const { files, problems } = await collect(clusterOf({ a: undefined, b: undefined }));

    assert.deepEqual(files, {
      'sysctl/a': '/proc/sys/vm/x = a\n',
      'sysctl/b': '/proc/sys/vm/x = b\n',
    });
    assert.deepEqual(problems, []);
  });

  it('passes over nodes that run no pod, but not those of the control plane', async () => {
    const kube = clusterOf({
      gone: 'node.kubernetes.io/unreachable',
      new: 'node.kubernetes.io/not-ready',
      drained: 'node.kubernetes.io/unschedulable',
      main: 'node-role.kubernetes.io/control-plane',
    });

    const { files, problems } = await collect(kube);

    assert.deepEqual([Object.keys(files), problems], [['sysctl/main'], []]);
    assert.equal(kube.created.length, 1);
  });

  it("runs on the node's network, with the image of COLLECTOR_IMAGES", async () => {
    const kube = clusterOf({ a: undefined });

    await collect(kube, { imagePullPolicy: 'Never', imagePullSecret: PULL_SECRET });

    const pod = createdOf(kube, 'Pod');
    const spec = objectAt(pod, 'spec');
    assert.deepEqual(imagesOf(spec), ['registry.test/busybox']);
    assert.equal(spec?.['hostNetwork'], true);
    assert.equal(spec['restartPolicy'], 'Never');
    assert.deepEqual(spec['imagePullSecrets'], [{ name: 'pull' }]);
    assert.match(JSON.stringify(spec), /"imagePullPolicy":"Never"/);
    assert.match(pod.metadata?.name ?? '', /^run-pod-[a-z0-9]{5}$/);
  });

  it("runs in the agent's namespace where the spec names none", async () => {
    const kube = clusterOf({ a: undefined });

    await collect(kube, { namespace: '' });

    assert.match(kube.created[0]?.path ?? '', /^\/api\/v1\/namespaces\/agent\/pods\//);
  });

  it('names a node whose pod cannot run, and reads the others', async () => {
    const kube = clusterOf({ a: undefined, b: undefined, c: undefined });
    kube.onPod = (pod) => (nodeOf(pod) === 'b' ? waiting('ImagePullBackOff') : ended('well\n'));

    const { files, problems } = await collect(kube);

    assert.deepEqual(Object.keys(files), ['sysctl/a', 'sysctl/c']);
    const message = "sysctl/b: wait for pod aborted after getting pod status 'ImagePullBackOff'";
    assert.deepEqual(problems, [{ outcome: 'partial', message }]);
  });

  it('names each node where pods may not be made', async () => {
    const kube = clusterOf({ a: undefined, b: undefined });
    kube.fail('/api/v1/namespaces/shop/pods', 'KUBE_FORBIDDEN');

    const gathered = await collect(kube, { imagePullSecret: PULL_SECRET });

    assert.deepEqual(
      gathered.problems.map(({ message }) => message.split(':')[0]),
      ['sysctl/a', 'sysctl/b'],
    );
    assertNoSecret(gathered);
    assert.ok(!kube.paths.some((path) => path.includes('/secrets/')));
  });

  it('names a node that takes longer than the timeout', async () => {
    const kube = clusterOf({ a: undefined, b: undefined });
    kube.onPod = (pod) => (nodeOf(pod) === 'a' ? waiting('ContainerCreating') : ended('well\n'));

    const { files, problems } = await collect(kube, { timeout: '10s' });

    assert.deepEqual(files, { 'sysctl/b': 'well\n' });
    assert.deepEqual(problems, [{ outcome: 'partial', message: 'sysctl/a: timeout' }]);
  });

  it('rejects where nodes cannot be listed', async () => {
    const kube = clusterOf({});
    kube.fail('/api/v1/nodes', 'KUBE_FORBIDDEN');

    await assert.rejects(collect(kube), { code: 'KUBE_FORBIDDEN' });
  });

  it('asks for rights in its namespace, and on nodes', () => {
    const [nodes, pods] = sysctl.rules(FIELDS);

    assert.deepEqual(nodes, { apiGroups: [''], resources: ['nodes'], verbs: ['list'] });
    assert.equal(pods?.namespace, 'shop');
    assert.equal(sysctl.rules({})[1]?.namespace, undefined);
  });
});
