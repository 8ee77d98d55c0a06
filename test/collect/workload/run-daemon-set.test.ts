/** collect/run-daemon-set: a pod on every node, each one's log, and nodes that fail. */

import assert from 'node:assert/strict';

import type { Fields } from '../../../agent/collect/collector.ts';
import { runDaemonSet } from '../../../agent/collect/workload/run-daemon-set.ts';
import { KubeAnswerError } from '../../../agent/kube/api-error.ts';
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
  type PodFate,
  PULL_SECRET,
  WorkloadKube,
  waiting,
} from '../../support/workload-kube.ts';

const FIELDS = {
  name: 'all',
  podSpec: { containers: [{ name: 'main', image: 'busybox' }] },
};

function nodeOf(pod: FakeObject): string {
  return textAt(pod, 'spec', 'nodeName');
}

async function collect(kube: WorkloadKube, fields: Fields = {}, image = (name: string) => name) {
  const clock = new FakeClock();
  const parts = { kube, clock, image };
  return { clock, ...(await gather(runDaemonSet, { ...FIELDS, ...fields }, parts)) };
}

describe('collect/run-daemon-set', () => {
  itRemovesWhatItMakes(runDaemonSet, { ...FIELDS, imagePullSecret: PULL_SECRET });

  it('keeps the log of each node', async () => {
    const kube = new WorkloadKube();
    kube.onPod = (pod) => ended(`of ${nodeOf(pod)}\n`);

    const { files, problems } = await collect(kube);

    assert.deepEqual(files, { 'all/n1.log': 'of n1\n', 'all/n2.log': 'of n2\n' });
    assert.deepEqual(problems, []);
  });

  it('takes a container that was started again for one that has ended', async () => {
    const kube = new WorkloadKube();
    const status = { phase: 'Running', containerStatuses: [{ restartCount: 1 }] };
    kube.onPod = () => ({ status, log: 'once\n' });

    const { files } = await collect(kube);

    assert.equal(files['all/n1.log'], 'once\n');
  });

  it('tells its pods by a label with its name, which its selector asks for', async () => {
    const kube = new WorkloadKube();
    const other = { metadata: { labels: { 'cron-support-bundle/made': 'other' } } };
    kube.put('/api/v1/namespaces/default/pods/other', other);

    const { files } = await collect(kube);

    const { metadata, spec } = createdOf(kube, 'DaemonSet');
    assert.match(metadata?.name ?? '', /^run-daemonset-all-[a-z0-9]{5}$/);
    const labels = objectAt(spec, 'template', 'metadata', 'labels') ?? {};
    assert.equal(labels['cron-support-bundle/made'], metadata?.name);
    assert.equal(labels['cron-support-bundle/run'], '20261122T020000Z-1f3a');
    const asked = Object.entries(objectAt(spec, 'selector', 'matchLabels') ?? {});
    for (const [key, value] of asked) assert.equal(labels[key], value);
    assert.deepEqual(Object.keys(files), ['all/n1.log', 'all/n2.log']);
  });

  it('takes all images from where COLLECTOR_IMAGES says', async () => {
    const kube = new WorkloadKube();
    const podSpec = { ...FIELDS.podSpec, initContainers: [{ name: 'init', image: 'first' }] };

    await collect(kube, { podSpec }, (name) => `registry.test/${name}`);

    const spec = objectAt(createdOf(kube, 'DaemonSet'), 'spec', 'template', 'spec');
    assert.deepEqual(imagesOf(spec), ['registry.test/first', 'registry.test/busybox']);
  });

  for (const [what, secret, made] of [
    ['makes and adds the pull secret of the spec', PULL_SECRET, 2],
    ['adds a pull secret that is only named', { name: 'pull' }, 1],
  ] as const) {
    it(what, async () => {
      const kube = new WorkloadKube();
      const podSpec = { ...FIELDS.podSpec, imagePullSecrets: [{ name: 'there' }] };

      const gathered = await collect(kube, { podSpec, imagePullSecret: secret });

      const spec = objectAt(createdOf(kube, 'DaemonSet'), 'spec', 'template', 'spec');
      assert.deepEqual(spec?.['imagePullSecrets'], [{ name: 'there' }, { name: 'pull' }]);
      assert.equal(kube.created.length, made);
      assertNoSecret(gathered);
      assert.deepEqual(kube.paths, []);
    });
  }
});

describe('collect/run-daemon-set: nodes that fail', () => {
  const answer = { statusCode: 500, apiMessage: 'no node' };
  const rows: readonly (readonly [PodFate, string, string])[] = [
    [
      waiting('ImagePullBackOff'),
      'all/unknown-node-',
      "wait for pod aborted after getting pod status 'ImagePullBackOff'",
    ],
    [ended(new KubeAnswerError('KUBE_FAILED', '', answer)), 'all/n1.log', 'no node'],
  ];
  for (const [fate, path, reason] of rows) {
    it(`do not keep the others from theirs: ${reason}`, async () => {
      const kube = new WorkloadKube();
      kube.onPod = (pod) => (nodeOf(pod) === 'n1' ? fate : ended('well\n'));

      const { files, problems } = await collect(kube);

      assert.equal(files['all/n2.log'], 'well\n');
      const [failed = ''] = Object.keys(files).filter((name) => name !== 'all/n2.log');
      assert.ok(failed.startsWith(path), failed);
      const message = files[failed] ?? '';
      assert.ok(message.endsWith(reason), message);
      assert.deepEqual(problems, [{ outcome: 'partial', message }]);
    });
  }

  it('have a time of one minute', async () => {
    const kube = new WorkloadKube();
    kube.onPod = () => ({ status: { phase: 'Running' } });

    const { clock, files } = await collect(kube);

    assert.ok(clock.elapsed() >= Date.parse('2026-11-22T02:01:00Z'));
    assert.match(Object.values(files)[0] ?? '', /to complete: timeout$/);
  });
});

describe('collect/run-daemon-set: ends', () => {
  it('at its timeout where the pods are not made', async () => {
    const kube = new WorkloadKube();
    kube.daemonSetStatus = () => ({ desiredNumberScheduled: 2, currentNumberScheduled: 1 });

    await assert.rejects(collect(kube, { timeout: '4s' }), { message: 'timeout' });
    assert.deepEqual(kube.paths, []);
  });

  it('with nothing where no node is to have a pod for some seconds', async () => {
    const kube = new WorkloadKube();
    kube.nodes = [];

    const { clock, files, problems } = await collect(kube);

    assert.deepEqual([files, problems], [{}, []]);
    assert.equal(clock.sleptMs.length, 6);
  });

  it('where it may not be made, and deletes its secret', async () => {
    const kube = new WorkloadKube();
    const answer = { statusCode: 403, apiMessage: 'daemonsets is forbidden' };
    const failure = new KubeAnswerError('KUBE_FORBIDDEN', '', answer);
    kube.fail('/apis/apps/v1/namespaces/default/daemonsets', failure);

    await assert.rejects(collect(kube, { imagePullSecret: PULL_SECRET }), {
      code: 'KUBE_FORBIDDEN',
      message: 'failed to create DaemonSet: daemonsets is forbidden',
    });
    assert.equal(kube.created.length, 1);
    assert.deepEqual(kube.paths, []);
  });

  it('where its pods cannot be listed, and deletes it', async () => {
    const kube = new WorkloadKube();
    kube.fail('/api/v1/namespaces/default/pods', 'KUBE_FORBIDDEN');

    await assert.rejects(collect(kube), { code: 'KUBE_FORBIDDEN' });
    assert.deepEqual(kube.paths, []);
  });

  it('with a timeout that Go would refuse, before anything is made', async () => {
    const kube = new WorkloadKube();

    await assert.rejects(collect(kube, { timeout: 'x' }), {
      message: /^failed to parse timeout: /,
    });
    assert.deepEqual(kube.created, []);
  });
});
