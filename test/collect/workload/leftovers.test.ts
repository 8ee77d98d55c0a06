/** collect/leftovers: what of killed runs is found, and what is left alone. */

import assert from 'node:assert/strict';

import {
  type LeftoverOptions,
  removeLeftovers,
} from '../../../agent/collect/workload/leftovers.ts';
import { AgentError } from '../../../agent/errors.ts';
import { FakeKube, type FakeObject } from '../../support/kube.ts';
import { never } from '../../support/signal.ts';

const CREATED_AT = '2026-11-22T01:00:00Z';

function madeBy(runId: string, installationId = 'mine'): FakeObject {
  const labels = {
    'cron-support-bundle/run': runId,
    'cron-support-bundle/installation': installationId,
  };
  return { metadata: { labels, creationTimestamp: CREATED_AT } };
}

function clutter(): FakeKube {
  return new FakeKube({
    '/apis/apps/v1/namespaces/shop/daemonsets/d': madeBy('killed'),
    '/api/v1/namespaces/shop/pods/p': madeBy('killed'),
    '/api/v1/namespaces/default/secrets/s': madeBy('killed'),
  });
}

async function remove(kube: FakeKube, changed: Partial<LeftoverOptions> = {}) {
  const options = {
    installationId: 'mine',
    isLeftover: () => true,
    namespaces: ['shop'],
    ...changed,
  };
  return await removeLeftovers(kube, options, never());
}

describe('collect/leftovers', () => {
  it('removes DaemonSets, pods and Secrets in all namespaces', async () => {
    const kube = clutter();

    const removed = await remove(kube);

    assert.deepEqual(removed, ['daemonsets/shop/d', 'pods/shop/p', 'secrets/default/s']);
    assert.deepEqual(kube.paths, []);
    const options = { gracePeriodSeconds: 0, propagationPolicy: 'Background' };
    assert.deepEqual(kube.deleted[0]?.options, options);
  });

  it('removes the others when one stays, and says so', async () => {
    const kube = clutter();
    kube.onDelete = (path) => {
      if (path.includes('daemonsets')) throw new AgentError('KUBE_FORBIDDEN', 'daemonsets: no');
    };

    await assert.rejects(remove(kube), /daemonsets: no/);
    assert.deepEqual(kube.paths, ['/apis/apps/v1/namespaces/shop/daemonsets/d']);
  });

  it('asks by the labels of its installation and of a run', async () => {
    const kube = clutter();
    const [theirs, unlabelled, runless] = ['theirs', 'none', 'runless'].map(
      (name) => `/api/v1/namespaces/shop/pods/${name}`,
    );
    kube.put(theirs ?? '', madeBy('killed', 'other'));
    kube.put(unlabelled ?? '', {});
    const labels = { 'cron-support-bundle/installation': 'mine' };
    kube.put(runless ?? '', { metadata: { labels } });

    await remove(kube);

    assert.deepEqual(kube.paths, [theirs, unlabelled, runless]);
    const selector = 'cron-support-bundle/installation=mine,cron-support-bundle/run';
    assert.equal(
      kube.requests[0],
      `GET /apis/apps/v1/daemonsets?labelSelector=${encodeURIComponent(selector)}`,
    );
  });

  it('removes only what is said to be left over, by run and age', async () => {
    const kube = clutter();
    kube.put('/api/v1/namespaces/shop/pods/busy', madeBy('busy'));
    const asked: unknown[] = [];

    const removed = await remove(kube, {
      isLeftover: (found) => {
        asked.push(found);
        return found.runId !== 'busy';
      },
    });

    assert.equal(removed.length, 3);
    assert.deepEqual(kube.paths, ['/api/v1/namespaces/shop/pods/busy']);
    assert.deepEqual(asked[0], { runId: 'killed', createdAtMs: Date.parse(CREATED_AT) });
  });

  it('looks in the namespaces where it may not list all', async () => {
    const kube = clutter();
    kube.fail('/api/v1/pods', 'KUBE_FORBIDDEN');
    kube.fail('/api/v1/secrets', 'KUBE_FORBIDDEN');
    kube.fail('/api/v1/namespaces/shop/secrets', 'KUBE_FORBIDDEN');

    const removed = await remove(kube, { namespaces: ['shop', 'default'] });

    assert.deepEqual(removed, ['daemonsets/shop/d', 'pods/shop/p', 'secrets/default/s']);
  });

  it('takes what it may list nowhere for what is not there', async () => {
    const kube = clutter();
    for (const [root, resource] of [
      ['/apis/apps/v1', 'daemonsets'],
      ['/api/v1', 'pods'],
      ['/api/v1', 'secrets'],
    ] as const) {
      kube.fail(`${root}/${resource}`, 'KUBE_FORBIDDEN');
      kube.fail(`${root}/namespaces/shop/${resource}`, 'KUBE_FORBIDDEN');
    }

    assert.deepEqual(await remove(kube), []);
    assert.deepEqual(kube.deleted, []);
  });

  it('rejects where the API fails otherwise', async () => {
    const kube = clutter();
    kube.fail('/api/v1/pods', 'KUBE_UNREACHABLE');

    await assert.rejects(remove(kube), { code: 'KUBE_UNREACHABLE' });
  });

  it('rejects where a namespace cannot be read', async () => {
    const kube = clutter();
    kube.fail('/api/v1/pods', 'KUBE_FORBIDDEN');
    kube.fail('/api/v1/namespaces/shop/pods', 'KUBE_TIMEOUT');

    await assert.rejects(remove(kube), { code: 'KUBE_TIMEOUT' });
  });
});
