/** collect/copy-from-host: what is mounted, and what comes of each node. */

import assert from 'node:assert/strict';

import type { Fields } from '../../../agent/collect/collector.ts';
import { copyFromHost } from '../../../agent/collect/workload/copy-from-host.ts';
import { AgentError } from '../../../agent/errors.ts';
import { objectAt, objectsAt } from '../../../agent/kube/object-fields.ts';
import { tarOf } from '../../support/bundles.ts';
import { FakeClock } from '../../support/clock.ts';
import { gather } from '../../support/collect.ts';
import {
  assertNoSecret,
  createdOf,
  imagesOf,
  itRemovesWhatItMakes,
  PULL_SECRET,
  WorkloadKube,
} from '../../support/workload-kube.ts';

const FIELDS = { name: 'host', image: 'busybox', hostPath: '/etc/app' };
const FAILED = { kind: 'failed', message: 'command terminated with exit code 2' } as const;

async function collect(kube: WorkloadKube, fields: Fields = {}) {
  const clock = new FakeClock();
  const image = (name: string) => `registry.test/${name}`;
  const parts = { kube, clock, image };
  return { clock, ...(await gather(copyFromHost, { ...FIELDS, ...fields }, parts)) };
}

function podSpecOf(kube: WorkloadKube) {
  const spec = objectAt(createdOf(kube, 'DaemonSet'), 'spec', 'template', 'spec');
  assert.ok(spec);
  return spec;
}

/** The node of the pod in which a command runs. */
function nodeIn(pod: string): string {
  return pod.split('-').at(-1) ?? '';
}

describe('collect/copy-from-host', () => {
  itRemovesWhatItMakes(copyFromHost, { ...FIELDS, imagePullSecret: PULL_SECRET });

  it('keeps the tar of each node', async () => {
    const kube = new WorkloadKube();
    const stdout = await tarOf([{ name: 'app/a', body: 'x' }]);
    kube.onExec = () => ({ stdout });

    const { files, problems } = await collect(kube);

    const text = stdout.toString();
    assert.deepEqual(files, { 'host/n1/archive.tar': text, 'host/n2/archive.tar': text });
    assert.deepEqual(problems, []);
    assert.deepEqual(kube.executed[0]?.command, ['tar', '-C', '/host', '-cf', '-', 'app']);
  });

  it('keeps regular files where it is to extract', async () => {
    const kube = new WorkloadKube();
    const bodies: Record<string, Buffer> = {
      n1: await tarOf([
        { name: 'app/', type: 'directory' },
        { name: 'app/a', body: 'one' },
        { name: 'app/link', type: 'symlink', linkname: 'a' },
      ]),
      n2: await tarOf([{ name: 'app/b', body: 'two' }]),
    };
    kube.onExec = ({ pod }) => ({ stdout: bodies[nodeIn(pod)] ?? '' });

    const { files } = await collect(kube, { extractArchive: true });

    assert.deepEqual(files, { 'host/n1/app/a': 'one', 'host/n2/app/b': 'two' });
  });

  it('names its folder after the path where it has no name', async () => {
    const { files } = await collect(new WorkloadKube(), { name: '' });

    assert.deepEqual(Object.keys(files), ['/etc/app/n1/archive.tar', '/etc/app/n2/archive.tar']);
  });

  for (const [hostPath, mounted, read] of [
    ['/etc/app', '/etc', '/host/app'],
    ['/etc/app/', '/etc', '/host/app'],
    ['/var/log/../lib/app', '/var/lib', '/host/app'],
    ['/media', '/media', '/host'],
    ['/media/', '/media/', '/host'],
  ] as const) {
    it(`mounts ${mounted}, read-only, for ${hostPath}`, async () => {
      const kube = new WorkloadKube();

      await collect(kube, { hostPath });

      const spec = podSpecOf(kube);
      const volume = { name: 'host', hostPath: { path: mounted, type: 'Directory' } };
      assert.deepEqual(spec['volumes'], [volume]);
      const [container] = objectsAt(spec, 'containers');
      const mount = { name: 'host', mountPath: '/host', readOnly: true };
      assert.deepEqual(container?.['volumeMounts'], [mount]);
      const [, , folder = '', , , name = ''] = kube.executed[0]?.command ?? [];
      assert.equal(`${folder}/${name}`.replace('//', '/'), read);
    });
  }

  it('takes the image from where COLLECTOR_IMAGES says, and the pull secret', async () => {
    const kube = new WorkloadKube();

    const gathered = await collect(kube, { imagePullSecret: PULL_SECRET });

    const spec = podSpecOf(kube);
    assert.deepEqual(imagesOf(spec), ['registry.test/busybox']);
    assert.deepEqual(spec['imagePullSecrets'], [{ name: 'pull' }]);
    assert.equal(spec['automountServiceAccountToken'], false);
    assertNoSecret(gathered);
  });

  it('tells its pods by a label with its name', async () => {
    const kube = new WorkloadKube();
    const other = { metadata: { labels: { 'cron-support-bundle/made': 'other' } } };
    kube.put('/api/v1/namespaces/agent/pods/other', other);

    await collect(kube);

    const { metadata } = createdOf(kube, 'DaemonSet');
    assert.match(metadata?.name ?? '', /^troubleshoot-copyfromhost-[a-z0-9]{5}$/);
    assert.deepEqual(
      kube.executed.map(({ pod }) => pod),
      ['n1', 'n2'].map((node) => `${metadata?.name}-${node}`),
    );
  });
});

describe('collect/copy-from-host: what fails', () => {
  it('is written beside the tar of its node, and the others go on', async () => {
    const kube = new WorkloadKube();
    const stderr = 'tar: app: No such file or directory\n';
    kube.onExec = ({ pod }) =>
      nodeIn(pod) === 'n1' ? { stdout: 'half', stderr, ending: FAILED } : { stdout: 'well' };

    const { files, problems } = await collect(kube);

    const message = `failed to stream command output: ${FAILED.message}`;
    assert.deepEqual(files, {
      'host/n1/archive.tar': 'half',
      'host/n1/error.txt': message,
      'host/n1/stderr.txt': stderr,
      'host/n2/archive.tar': 'well',
    });
    assert.deepEqual(problems, [{ outcome: 'partial', message: `host/n1: ${message}` }]);
  });

  it('is written where it is to extract, without stderr where there is none', async () => {
    const kube = new WorkloadKube();
    kube.nodes = ['n1'];
    const tar = await tarOf([
      { name: 'app/a', body: 'x' },
      { name: 'app/b', body: 'y' },
    ]);
    kube.onExec = () => ({ stdout: tar.subarray(0, 1024 + 512) });

    const { files } = await collect(kube, { extractArchive: true });

    assert.deepEqual(Object.keys(files), ['host/n1/app/a', 'host/n1/error.txt']);
    assert.match(files['host/n1/error.txt'] ?? '', /what tar wrote cannot be read/);
  });

  it('counts as forbidden where commands are', async () => {
    const kube = new WorkloadKube();
    kube.nodes = ['n1'];
    kube.onExec = () => {
      throw new AgentError('KUBE_FORBIDDEN', 'no exec');
    };

    const { problems } = await collect(kube);

    const message = 'host/n1: failed to stream command output: no exec';
    assert.deepEqual(problems, [{ outcome: 'forbidden', message }]);
  });

  it('is not waited for longer than 30 s: pods that run by then are read', async () => {
    const kube = new WorkloadKube();
    kube.daemonSetStatus = () => ({ desiredNumberScheduled: 2, numberAvailable: 1 });
    kube.onExec = ({ pod }) => (nodeIn(pod) === 'n1' ? { stdout: 'well' } : { ending: FAILED });

    const { clock, files } = await collect(kube);

    const waitedMs = clock.elapsed() - Date.parse('2026-11-22T02:00:00Z');
    assert.equal(waitedMs, 30_000);
    assert.equal(files['host/n1/archive.tar'], 'well');
    assert.ok('host/n2/error.txt' in files);
    assert.deepEqual(kube.paths, []);
  });

  it('ends it where its DaemonSet may not be made, and its secret goes', async () => {
    const kube = new WorkloadKube();
    kube.fail('/apis/apps/v1/namespaces/agent/daemonsets', 'KUBE_FORBIDDEN');

    await assert.rejects(collect(kube, { imagePullSecret: PULL_SECRET }), {
      code: 'KUBE_FORBIDDEN',
      message: /^create daemonset: create daemonset: /,
    });
    assert.equal(kube.created.length, 1);
    assert.deepEqual(kube.paths, []);
  });

  it('ends it where pods cannot be listed, and its DaemonSet goes', async () => {
    const kube = new WorkloadKube();
    kube.fail('/api/v1/namespaces/agent/pods', 'KUBE_FORBIDDEN');

    await assert.rejects(collect(kube), { code: 'KUBE_FORBIDDEN' });
    assert.deepEqual(kube.paths, []);
  });

  it('ends it with a timeout that Go would refuse, and its DaemonSet goes', async () => {
    const kube = new WorkloadKube();

    await assert.rejects(collect(kube, { timeout: 'x' }), { message: /^parse timeout: time: / });
    assert.deepEqual(kube.paths, []);
  });
});
