/** collect/run-pod: how a pod of the spec is made and followed, and how it may fail. */

import assert from 'node:assert/strict';

import type { Fields } from '../../../agent/collect/collector.ts';
import { runPod } from '../../../agent/collect/workload/run-pod.ts';
import { KubeAnswerError } from '../../../agent/kube/api-error.ts';
import type { KubeStream, StreamOptions } from '../../../agent/kube/client.ts';
import { objectAt } from '../../../agent/kube/object-fields.ts';
import { FakeClock } from '../../support/clock.ts';
import { collectContext, gather } from '../../support/collect.ts';
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
  name: 'greeting',
  podSpec: { containers: [{ name: 'main', image: 'busybox' }] },
};
const PATH = '/api/v1/namespaces/default/pods/greeting';
const EVENTS = '/api/v1/namespaces/default/events';

async function runWith(fate: PodFate, fields: Fields = {}, kube = new WorkloadKube()) {
  kube.onPod = () => fate;
  const clock = new FakeClock();
  return { kube, ...(await gather(runPod, { ...FIELDS, ...fields }, { kube, clock })) };
}

function sandboxFailed(): WorkloadKube {
  const event = { reason: 'FailedCreatePodSandBox' };
  return new WorkloadKube({ [`${EVENTS}/e`]: event });
}

/** Its log does not end before it is told to. */
class TalkingKube extends WorkloadKube {
  override async stream(
    path: string,
    options: StreamOptions,
    signal: AbortSignal,
  ): Promise<KubeStream> {
    const answer = await super.stream(path, options, signal);
    async function* body() {
      yield* answer.body;
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    }
    return { ...answer, body: body() };
  }
}

describe('collect/run-pod', () => {
  itRemovesWhatItMakes(runPod, { ...FIELDS, imagePullSecret: PULL_SECRET });

  it('keeps the log, the status without the spec, and Events', async () => {
    const kube = new WorkloadKube({ [`${EVENTS}/e`]: { reason: 'Pulled' } });

    const { files, links, problems } = await runWith(ended('hello\n'), {}, kube);

    const log = 'cluster-resources/pods/logs/default/greeting/main.log';
    assert.deepEqual(Object.keys(files), [
      log,
      'greeting/greeting.json',
      'greeting/greeting-events.json',
    ]);
    assert.equal(files[log], 'hello\n');
    assert.deepEqual(links, { 'greeting/greeting.log': log });
    const described: unknown = JSON.parse(files['greeting/greeting.json'] ?? '');
    assert.deepEqual(objectAt(described, 'spec'), { containers: null });
    assert.equal(objectAt(described, 'status')?.['phase'], 'Succeeded');
    assert.match(files['greeting/greeting-events.json'] ?? '', /"reason": "Pulled"/);
    assert.deepEqual(problems, []);
  });

  it('asks for the Events of its pod', async () => {
    const { kube, files } = await runWith(ended(''));

    assert.ok(kube.requests.includes(`GET ${EVENTS}?fieldSelector=involvedObject.name%3Dgreeting`));
    assert.match(files['greeting/greeting-events.json'] ?? '', /"items": null/);
  });

  it('names the pod after the collector, and the folder by its name', async () => {
    const { kube, files, links } = await runWith(ended(''), {
      collectorName: 'mine',
      namespace: 'shop',
    });

    assert.equal(kube.created[0]?.path, '/api/v1/namespaces/shop/pods/mine');
    assert.ok('greeting/greeting.json' in files);
    assert.ok('greeting/mine.log' in links);
  });

  it('keeps annotations and labels of its own', async () => {
    const { kube } = await runWith(ended(''), { annotations: { a: 'b' } });

    const { metadata } = createdOf(kube, 'Pod');
    assert.deepEqual(objectAt(metadata, 'annotations'), { a: 'b' });
    assert.equal(metadata?.labels?.['troubleshoot-role'], 'run-collector');
  });

  it('takes all images from where COLLECTOR_IMAGES says', async () => {
    const kube = new WorkloadKube();
    const podSpec = {
      initContainers: [{ name: 'init', image: 'first' }],
      containers: [
        { name: 'main', image: 'second' },
        { name: 'other', image: 'third' },
      ],
    };
    const image = (name: string) => `registry.test/${name}`;

    await gather(runPod, { ...FIELDS, podSpec }, { kube, image });

    const spec = createdOf(kube, 'Pod')['spec'];
    const images = ['registry.test/first', 'registry.test/second', 'registry.test/third'];
    assert.deepEqual(imagesOf(spec), images);
  });

  it('waits for the pod to start', async () => {
    const kube = new WorkloadKube();
    const clock = new FakeClock();
    kube.onPod = () => waiting('ContainerCreating');
    clock.sleep = async () => kube.put(PATH, { ...FIELDS, status: { phase: 'Running' } });

    const { files } = await gather(runPod, FIELDS, { kube, clock });

    assert.ok('greeting/greeting.json' in files);
  });

  it('names a log that cannot be read, and goes on', async () => {
    const answer = { statusCode: 500, apiMessage: 'no node' };
    const failure = new KubeAnswerError('KUBE_FAILED', 'no', answer);

    const { files, problems } = await runWith(ended(failure));

    assert.ok('greeting/greeting.json' in files);
    const message = 'greeting/greeting.log: failed to get log stream: no node';
    assert.deepEqual(problems, [{ outcome: 'partial', message }]);
  });
});

describe('collect/run-pod: ends', () => {
  for (const [reason, kube] of [
    ['ImagePullBackOff', new WorkloadKube()],
    ['FailedCreatePodSandBox', sandboxFailed()],
  ] as const) {
    it(`with ${reason}, and deletes the pod`, async () => {
      const before = kube.paths;
      const is = reason === 'ImagePullBackOff' ? reason : 'ContainerCreating';

      await assert.rejects(runWith(waiting(is), {}, kube), {
        message: `run pod aborted after getting pod status '${reason}'`,
      });
      assert.deepEqual(kube.paths, before);
    });
  }

  it('at its timeout, also where it may wait for an image', async () => {
    const kube = new WorkloadKube();
    const fields = { timeout: '5s', allowImagePullRetries: true };

    await assert.rejects(runWith(waiting('ImagePullBackOff'), fields, kube), {
      message: 'timeout',
    });
    assert.deepEqual(kube.paths, []);
  });

  it('at its timeout while the log goes on, and keeps what came', async () => {
    const kube = new TalkingKube();
    kube.onPod = () => ({ status: { phase: 'Running' }, log: 'begun\n' });
    const given: string[] = [];

    await assert.rejects(
      async () => {
        for await (const piece of runPod.collect(
          { ...FIELDS, timeout: '20ms' },
          collectContext({ kube }),
        )) {
          if (piece.kind === 'file') given.push(piece.path);
        }
      },
      { message: 'timeout' },
    );
    assert.deepEqual(given, ['cluster-resources/pods/logs/default/greeting/main.log']);
    assert.deepEqual(kube.paths, []);
  });

  it('with a timeout that Go would refuse, before anything is made', async () => {
    const kube = new WorkloadKube();

    await assert.rejects(runWith(ended(''), { timeout: '5' }, kube), {
      message: 'failed to parse timeout: time: missing unit in duration "5"',
    });
    assert.deepEqual(kube.created, []);
  });

  it('with a pod of that name of another run, which stays', async () => {
    const labels = { 'cron-support-bundle/run': 'run-7' };
    const kube = new WorkloadKube({ [PATH]: { metadata: { labels } } });

    await assert.rejects(runWith(ended(''), {}, kube), {
      code: 'KUBE_CONFLICT',
      message: /^failed to run pod: failed to create pod: .* it is of run run-7/,
    });
    assert.deepEqual(kube.paths, [PATH]);
  });
});

describe('collect/run-pod: pull secret', () => {
  it('is made of what the spec brings, and added to those of the pod', async () => {
    const podSpec = { ...FIELDS.podSpec, imagePullSecrets: [{ name: 'there' }] };

    const { kube, problems } = await runWith(ended(''), { podSpec, imagePullSecret: PULL_SECRET });

    const secrets = objectAt(createdOf(kube, 'Pod')['spec'])?.['imagePullSecrets'];
    assert.deepEqual(secrets, [{ name: 'there' }, { name: 'pull' }]);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      kube.deleted.map(({ path }) => path),
      [PATH, '/api/v1/namespaces/default/secrets/pull'],
    );
  });

  it('is left to the pod where it is only named', async () => {
    const { kube } = await runWith(ended(''), { imagePullSecret: { name: 'there' } });

    assert.deepEqual(createdOf(kube, 'Pod')['spec'], FIELDS.podSpec);
  });

  it('is deleted where the pod cannot be made, and not told', async () => {
    const kube = new WorkloadKube();
    const answer = { statusCode: 403, apiMessage: 'pods is forbidden' };
    kube.fail('/api/v1/namespaces/default/pods', new KubeAnswerError('KUBE_FORBIDDEN', '', answer));

    await assert.rejects(
      runWith(ended(''), { imagePullSecret: PULL_SECRET }, kube),
      (error: Error) => {
        assert.equal(error.message, 'failed to run pod: failed to create pod: pods is forbidden');
        assertNoSecret(error.stack);
        return true;
      },
    );
    assert.deepEqual(kube.paths, []);
  });

  it('is named without what it holds where it cannot be deleted', async () => {
    const kube = new WorkloadKube();
    kube.onDelete = (path) => {
      if (path.includes('/secrets/')) throw new Error('broke');
    };

    const { kube: _kube, ...gathered } = await runWith(
      ended(''),
      { imagePullSecret: PULL_SECRET },
      kube,
    );

    assert.equal(gathered.problems[0]?.outcome, 'named');
    assertNoSecret(gathered);
  });

  it('takes a right on secrets', () => {
    const rules = runPod.rules({ ...FIELDS, imagePullSecret: PULL_SECRET });

    assert.deepEqual(
      rules.map(({ resources }) => resources[0]),
      ['pods', 'pods', 'pods/log', 'events', 'secrets'],
    );
    assert.ok(rules.every(({ namespace }) => namespace === 'default'));
    assert.equal(rules[0]?.isRequired, true);
  });
});
