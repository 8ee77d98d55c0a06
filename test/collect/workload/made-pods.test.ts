/** collect/made-pods: when a pod has ended, and its log. */

import assert from 'node:assert/strict';

import { TimeLimit } from '../../../agent/collect/time-limit.ts';
import {
  hasEndedOnce,
  podPath,
  readLog,
  waitForEnd,
} from '../../../agent/collect/workload/made-pods.ts';
import { AgentError } from '../../../agent/errors.ts';
import { FakeClock } from '../../support/clock.ts';
import { collectContext } from '../../support/collect.ts';
import { drain } from '../../support/generators.ts';
import { FakeKube, type FakeObject } from '../../support/kube.ts';

const PATH = '/api/v1/namespaces/shop/pods/a';

/** A pod that is another at each look, and the last one from then on. */
class ChangingKube extends FakeKube {
  readonly #pods: FakeObject[];

  constructor(...pods: readonly FakeObject[]) {
    super();
    this.#pods = [...pods];
  }

  override async get(path: string, signal: AbortSignal): Promise<unknown> {
    const [pod] = this.#pods.length > 1 ? this.#pods.splice(0, 1) : this.#pods;
    if (pod !== undefined) this.put(PATH, pod);
    return await super.get(path, signal);
  }
}

function inPhase(phase: string, ...reasons: readonly string[]): FakeObject {
  const containerStatuses = reasons.map((reason) => ({ state: { waiting: { reason } } }));
  return { status: { phase, containerStatuses } };
}

function boundsOf(kube: FakeKube, timeoutMs?: number) {
  const clock = new FakeClock();
  const context = collectContext({ kube, clock });
  return { clock, context, limit: new TimeLimit(context, timeoutMs) };
}

describe('collect/made-pods', () => {
  it('waits until the pod has ended, with a look each second', async () => {
    const kube = new ChangingKube(inPhase('Pending'), inPhase('Running'), inPhase('Succeeded'));
    const { clock, ...bounds } = boundsOf(kube);

    const pod = await waitForEnd(PATH, bounds);

    assert.equal(Reflect.get(Object(Reflect.get(Object(pod), 'status')), 'phase'), 'Succeeded');
    assert.deepEqual(clock.sleptMs, [1000, 1000]);
  });

  it('takes a pod that failed for one that has ended', async () => {
    await waitForEnd(PATH, boundsOf(new ChangingKube(inPhase('Failed'))));
  });

  it('gives up where the image cannot be pulled', async () => {
    const kube = new ChangingKube(
      inPhase('Pending', 'ContainerCreating'),
      inPhase('Pending', 'ErrImagePull'),
      inPhase('Pending', 'ImagePullBackOff'),
    );

    await assert.rejects(waitForEnd(PATH, boundsOf(kube)), {
      message: "wait for pod aborted after getting pod status 'ImagePullBackOff'",
    });
  });

  it('waits no longer than its limit', async () => {
    const { clock, ...bounds } = boundsOf(new ChangingKube(inPhase('Running')), 2500);

    await assert.rejects(waitForEnd(PATH, bounds), { message: 'timeout' });
    assert.deepEqual(clock.sleptMs, [1000, 1000, 500]);
  });

  it('tells that a container of a DaemonSet has ended by its first restart', () => {
    const withRestarts = (restartCount: unknown) => ({
      status: { phase: 'Running', containerStatuses: [{ restartCount }] },
    });

    assert.equal(hasEndedOnce(withRestarts(1)), true);
    assert.equal(hasEndedOnce(withRestarts(0)), false);
    assert.equal(hasEndedOnce(inPhase('Succeeded')), true);
    assert.equal(hasEndedOnce({}), false);
  });

  it('follows the log of the container', async () => {
    const kube = new FakeKube();
    kube.putText(`${PATH}/log?container=main&follow=true`, 'a line\n');

    const body = await readLog(PATH, 'main', boundsOf(kube));

    assert.equal(Buffer.concat(await drain(body.read())).toString(), 'a line\n');
  });

  it('rejects where the log cannot be read', async () => {
    const kube = new FakeKube();
    kube.fail(`${PATH}/log`, new AgentError('KUBE_FAILED', 'no node'));

    await assert.rejects(readLog(PATH, 'main', boundsOf(kube)), { code: 'KUBE_FAILED' });
  });

  it('keeps names of a spec in their place of a path', () => {
    assert.equal(podPath('a/b', 'c?d'), '/api/v1/namespaces/a%2Fb/pods/c%3Fd');
  });
});
