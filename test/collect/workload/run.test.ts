/** collect/run: the pod that is made of its fields. */

import assert from 'node:assert/strict';

import type { Fields } from '../../../agent/collect/collector.ts';
import { run } from '../../../agent/collect/workload/run.ts';
import { KubeAnswerError } from '../../../agent/kube/api-error.ts';
import { FakeClock } from '../../support/clock.ts';
import { gather } from '../../support/collect.ts';
import {
  createdOf,
  itRemovesWhatItMakes,
  PULL_SECRET,
  WorkloadKube,
  waiting,
} from '../../support/workload-kube.ts';

const FIELDS = { name: 'greeting', image: 'busybox', command: ['echo'], args: ['hello'] };

function clusterWith(account = 'default/serviceaccounts/default'): WorkloadKube {
  return new WorkloadKube({ [`/api/v1/namespaces/${account}`]: {} });
}

async function specOf(fields: Fields, kube = clusterWith()): Promise<unknown> {
  const image = (name: string) => `registry.test/${name}`;
  await gather(run, { ...FIELDS, ...fields }, { kube, image });
  return createdOf(kube, 'Pod')['spec'];
}

describe('collect/run', () => {
  itRemovesWhatItMakes(run, { ...FIELDS, imagePullSecret: PULL_SECRET });

  it('runs the command in one container, with the image of COLLECTOR_IMAGES', async () => {
    assert.deepEqual(await specOf({}), {
      restartPolicy: 'Never',
      serviceAccountName: 'default',
      containers: [
        {
          name: 'collector',
          image: 'registry.test/busybox',
          imagePullPolicy: 'IfNotPresent',
          command: ['echo'],
          args: ['hello'],
        },
      ],
    });
  });

  it('takes namespace, service account and pull policy of the spec', async () => {
    const kube = clusterWith('shop/serviceaccounts/robot');
    const fields = { namespace: 'shop', serviceAccountName: 'robot', imagePullPolicy: 'Never' };

    const spec = JSON.stringify(await specOf(fields, kube));

    assert.equal(kube.created[0]?.path, '/api/v1/namespaces/shop/pods/greeting');
    assert.match(spec, /"serviceAccountName":"robot"/);
    assert.match(spec, /"imagePullPolicy":"Never"/);
  });

  it('keeps the log', async () => {
    const { files } = await gather(run, FIELDS, { kube: clusterWith() });

    const log = 'cluster-resources/pods/logs/default/greeting/collector.log';
    assert.equal(files[log], 'done\n');
  });

  it('makes nothing where the service account is not there', async () => {
    const kube = new WorkloadKube();
    const answer = { statusCode: 404, apiMessage: 'serviceaccounts "robot" not found' };
    const failure = new KubeAnswerError('KUBE_NOT_FOUND', '', answer);
    kube.fail('/api/v1/namespaces/default/serviceaccounts/robot', failure);

    await assert.rejects(gather(run, { ...FIELDS, serviceAccountName: 'robot' }, { kube }), {
      code: 'KUBE_NOT_FOUND',
      message: 'Failed to get service account robot: serviceaccounts "robot" not found',
    });
    assert.deepEqual(kube.created, []);
  });

  it('ends at its timeout', async () => {
    const kube = clusterWith();
    const before = kube.paths;
    kube.onPod = () => waiting('PodInitializing');
    const parts = { kube, clock: new FakeClock() };

    await assert.rejects(gather(run, { ...FIELDS, timeout: '3s' }, parts), { message: 'timeout' });
    assert.deepEqual(kube.paths, before);
  });

  it('asks for its service account beside what runPod asks for', () => {
    const rule = run.rules(FIELDS).at(-1);

    const where = { resources: ['serviceaccounts'], verbs: ['get'], namespace: 'default' };
    assert.deepEqual(rule, { apiGroups: [''], ...where });
  });
});
