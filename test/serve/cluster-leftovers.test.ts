/** serve/cluster-leftovers: when the agent looks for what killed runs left, and what it tells of it. */

import assert from 'node:assert/strict';

import { loadConfig } from '../../agent/config/load.ts';
import { AgentError } from '../../agent/errors.ts';
import {
  type ClusterLeftovers,
  removeClusterLeftovers,
} from '../../agent/serve/cluster-leftovers.ts';
import { FakeClock } from '../support/clock.ts';
import { FakeKube } from '../support/kube.ts';
import { RecordingLog } from '../support/log.ts';
import { never } from '../support/signal.ts';

function pod(runId: string) {
  const labels = {
    'cron-support-bundle/run': runId,
    'cron-support-bundle/installation': 'mine',
  };
  return { metadata: { labels } };
}

function clutter(): FakeKube {
  return new FakeKube({
    '/api/v1/namespaces/shop/pods/killed': pod('killed'),
    '/api/v1/namespaces/agent/pods/claimed': pod('claimed'),
  });
}

async function remove(
  kube: FakeKube,
  environment: Readonly<Record<string, string>> = {},
  { signal = never(), ...changed }: Partial<ClusterLeftovers> & { signal?: AbortSignal } = {},
): Promise<RecordingLog> {
  const log = new RecordingLog();
  await removeClusterLeftovers(
    {
      config: loadConfig({ COLLECTORS_ALLOWED: 'read,workload', ...environment }),
      kube: async () => kube,
      installationId: 'mine',
      claimedRunId: undefined,
      knownRunIds: new Set(['killed', 'claimed']),
      clock: new FakeClock(),
      log,
      ...changed,
    },
    signal,
  );
  return log;
}

describe('serve/cluster-leftovers', () => {
  it('removes what runs have left, and says what', async () => {
    const kube = clutter();

    const log = await remove(kube);

    assert.deepEqual(kube.paths, []);
    assert.deepEqual(log.said(), ['warn: objects of a killed run removed']);
    const removed = ['pods/agent/claimed', 'pods/shop/killed'];
    assert.deepEqual(log.lines[0]?.fields, { removed });
  });

  it('leaves what belongs to the run that another pod is at', async () => {
    const kube = clutter();

    await remove(kube, {}, { claimedRunId: 'claimed' });

    assert.deepEqual(kube.paths, ['/api/v1/namespaces/agent/pods/claimed']);
  });

  it('leaves what a run that it does not know has made, while that may be under way', async () => {
    const kube = clutter();

    await remove(kube, {}, { knownRunIds: new Set(['claimed']) });

    assert.deepEqual(kube.paths, ['/api/v1/namespaces/shop/pods/killed']);
  });

  it('says nothing where nothing is left', async () => {
    const log = await remove(new FakeKube());

    assert.deepEqual(log.lines, []);
  });

  for (const [what, environment, changed] of [
    ['runs may make nothing', { COLLECTORS_ALLOWED: 'read,network,secret-values' }, {}],
    ['the installation is not known', {}, { installationId: undefined }],
  ] as const) {
    it(`asks for nothing where ${what}`, async () => {
      const kube = clutter();

      await remove(kube, environment, changed);

      assert.deepEqual(kube.requests, []);
    });
  }

  for (const allowed of ['all', 'workload', 'read,runPod', 'sysctl']) {
    it(`looks where COLLECTORS_ALLOWED is ${allowed}`, async () => {
      const kube = clutter();

      await remove(kube, { COLLECTORS_ALLOWED: allowed });

      assert.deepEqual(kube.paths, []);
    });
  }

  for (const [what, environment, namespaces] of [
    ['its own namespace and default', {}, ['agent', 'default']],
    ['NAMESPACES', { NAMESPACES: 'shop,bank' }, ['shop', 'bank']],
  ] as const) {
    it(`looks in ${what} where it may not list all`, async () => {
      const kube = clutter();
      kube.fail('/api/v1/pods', 'KUBE_FORBIDDEN');

      await remove(kube, environment);

      const asked = kube.requests.flatMap(
        (request) => /^GET .*\/namespaces\/(\w+)\/pods\?/.exec(request)?.[1] ?? [],
      );
      assert.deepEqual(asked, namespaces);
    });
  }

  it('says what it could not do, and goes on', async () => {
    const kube = clutter();
    kube.fail('/api/v1/pods', new AgentError('KUBE_UNREACHABLE', 'connection refused'));

    const log = await remove(kube);

    assert.deepEqual(log.said(), ['warn: objects of killed runs not removed']);
    assert.deepEqual(log.lines[0]?.fields, { reason: 'connection refused' });
  });

  it('goes on where there is no API at all', async () => {
    const failing = async () => {
      throw new AgentError('KUBE_CONFIG', 'no kubeconfig');
    };

    const log = await remove(clutter(), {}, { kube: failing });

    assert.deepEqual(log.lines[0]?.fields, { reason: 'no kubeconfig' });
  });

  it('ends with the reason of the signal', async () => {
    const reason = new Error('SIGTERM');

    await assert.rejects(
      remove(clutter(), {}, { signal: AbortSignal.abort(reason) }),
      (error) => error === reason,
    );
  });
});
