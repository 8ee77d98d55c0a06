/** collect/made: labels, removal, and names that are taken. */

import assert from 'node:assert/strict';

import { Made, uniqueName } from '../../../agent/collect/workload/made.ts';
import { AgentError } from '../../../agent/errors.ts';
import { KubeAnswerError } from '../../../agent/kube/api-error.ts';
import { collectContext } from '../../support/collect.ts';
import { FakeKube } from '../../support/kube.ts';

const PODS = '/api/v1/namespaces/default/pods';

function begin(objects: ConstructorParameters<typeof FakeKube>[0] = {}, signal?: AbortSignal) {
  const kube = new FakeKube(objects);
  const made = new Made(collectContext({ kube, ...(signal === undefined ? {} : { signal }) }));
  return { kube, made };
}

function pod(name: string, labels: Readonly<Record<string, string>> = {}) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels } };
}

const LOST = new AgentError('KUBE_UNREACHABLE', 'connection reset');
const TOO_LATE = new KubeAnswerError('KUBE_TIMEOUT', 'request timed out', {
  statusCode: 504,
  apiMessage: 'request did not complete within requested timeout',
});

/** Makes the object and then has no answer for it. */
class LosingKube extends FakeKube {
  readonly #error: AgentError;

  constructor(error = LOST) {
    super();
    this.#error = error;
  }

  override async post(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    await super.post(path, body, signal);
    throw this.#error;
  }
}

describe('collect/made', () => {
  for (const error of [LOST, TOO_LATE]) {
    it(`deletes what may be there all the same: ${error.message}`, async () => {
      const kube = new LosingKube(error);
      const made = new Made(collectContext({ kube }));
      await assert.rejects(made.create(PODS, pod('a')), error);

      assert.deepEqual(await made.remove(), []);
      assert.deepEqual(kube.paths, []);
    });
  }

  it('names what may be there where nobody can be asked', async () => {
    const kube = new LosingKube();
    const made = new Made(collectContext({ kube }));
    await assert.rejects(made.create(PODS, pod('a')), LOST);
    kube.fail(`${PODS}/a`, 'KUBE_UNREACHABLE');

    const [line = ''] = await made.remove();
    assert.match(line, /pods\/a was made here and could not be deleted/);
  });

  it('waits for a name that another collector of the same run has', async () => {
    const { kube, made } = begin();
    const other = new Made(collectContext({ kube }));
    await other.create(PODS, pod('a'));
    const creating = made.create(PODS, pod('a'));
    await other.remove();

    await creating;
    assert.deepEqual(kube.paths, [`${PODS}/a`]);
  });

  it('leaves what another run made where its own answer was lost', async () => {
    const kube = new LosingKube();
    const made = new Made(collectContext({ kube, runId: 'ours' }));
    const others = new Made(collectContext({ kube, runId: 'others' }));
    await assert.rejects(others.create(PODS, pod('a')), LOST);
    await assert.rejects(made.create(PODS, pod('a')));

    await made.remove();

    assert.deepEqual(kube.paths, [`${PODS}/a`]);
  });

  it('adds three labels to those that the object has', async () => {
    const { kube, made } = begin();

    const created = await made.create(PODS, pod('a', { own: 'yes' }));

    const labels = {
      own: 'yes',
      'app.kubernetes.io/managed-by': 'cron-support-bundle',
      'cron-support-bundle/run': '20261122T020000Z-1f3a',
      'cron-support-bundle/installation': '0123456789abcdef',
    };
    assert.deepEqual(kube.created[0]?.object, pod('a', labels));
    assert.deepEqual(Reflect.get(Object(created['metadata']), 'labels'), labels);
  });

  it('lets no object pass itself off as one of another run', async () => {
    const { kube, made } = begin();

    await made.create(PODS, pod('a', { 'cron-support-bundle/run': 'other' }));

    const { labels } = kube.created[0]?.object.metadata ?? {};
    assert.equal(labels?.['cron-support-bundle/run'], '20261122T020000Z-1f3a');
  });

  it('deletes all at once, without grace', async () => {
    const { kube, made } = begin();
    await made.create(PODS, pod('a'));
    await made.create(PODS, pod('b'));

    assert.deepEqual(await made.remove(), []);

    const options = { gracePeriodSeconds: 0, propagationPolicy: 'Background' };
    assert.deepEqual(kube.deleted, [
      { path: `${PODS}/b`, options },
      { path: `${PODS}/a`, options },
    ]);
  });

  it('deletes once', async () => {
    const { kube, made } = begin();
    await made.create(PODS, pod('a'));
    await made.remove();

    await made.remove();

    assert.equal(kube.deleted.length, 1);
  });

  it('deletes also after the signal has aborted', async () => {
    const controller = new AbortController();
    const { kube, made } = begin({}, controller.signal);
    await made.create(PODS, pod('a'));
    controller.abort();

    await made.remove();

    assert.deepEqual(kube.paths, []);
  });

  it('names what cannot be deleted, and deletes the rest', async () => {
    const { kube, made } = begin();
    for (const name of ['a', 'b', 'c']) await made.create(PODS, pod(name));
    kube.fail(`${PODS}/b`, new AgentError('KUBE_FAILED', 'it broke'));

    assert.deepEqual(await made.remove(), [
      `${PODS}/b was made here and could not be deleted: it broke`,
    ]);
    assert.deepEqual(kube.paths, [`${PODS}/b`]);
  });

  it('deletes what may have been made although no answer came', async () => {
    const kube = new LosingKube();
    const made = new Made(collectContext({ kube }));
    await assert.rejects(made.create(PODS, pod('a')), { code: 'KUBE_UNREACHABLE' });

    await made.remove();

    assert.deepEqual(kube.paths, []);
  });

  it('says of which run an object is that has its name, and leaves it', async () => {
    const labels = { 'cron-support-bundle/run': 'run-7' };
    const { kube, made } = begin({ [`${PODS}/a`]: { metadata: { labels } } });

    await assert.rejects(made.create(PODS, pod('a')), {
      code: 'KUBE_CONFLICT',
      message:
        'a already exists: it is of run run-7, which is under way or was killed; then it is removed after RUN_TIMEOUT',
    });
    await made.remove();
    assert.deepEqual(kube.deleted, []);
  });

  it('says nothing of a run where the object is of none', async () => {
    const { kube, made } = begin({ [`${PODS}/a`]: {} });

    await assert.rejects(made.create(PODS, pod('a')), (error) => {
      assert.ok(error instanceof AgentError);
      return error.code === 'KUBE_CONFLICT' && !error.message.includes('run');
    });
    await made.remove();
    assert.deepEqual(kube.deleted, []);
  });

  it('makes names that the API takes, each another', () => {
    const names = Array.from({ length: 50 }, () => uniqueName(`${'long-'.repeat(20)}x-`));

    assert.equal(new Set(names).size, 50);
    for (const name of names) assert.match(name, /^[a-z][a-z0-9-]{61}[a-z0-9]$/);
    assert.match(uniqueName('run-pod-'), /^run-pod-[a-z0-9]{5}$/);
  });
});
