/** collect/dns-setup: what is read of the cluster's DNS, and what is passed over. */

import assert from 'node:assert/strict';

import { TimeLimit } from '../../../agent/collect/time-limit.ts';
import { readClusterIp, readDnsSetup } from '../../../agent/collect/workload/dns-setup.ts';
import { FakeClock } from '../../support/clock.ts';
import { collectContext } from '../../support/collect.ts';
import { FakeKube } from '../../support/kube.ts';
import { RecordingLog } from '../../support/log.ts';
import { never } from '../../support/signal.ts';

const SYSTEM = '/api/v1/namespaces/kube-system';

function boundsOf(kube: FakeKube, signal = never()) {
  const log = new RecordingLog();
  const context = collectContext({ kube, log, signal, clock: new FakeClock() });
  return { log, context, limit: new TimeLimit(context, 60_000) };
}

function putPod(kube: FakeKube, name: string, phase: string): void {
  const labels = { 'k8s-app': 'kube-dns' };
  kube.put(`${SYSTEM}/pods/${name}`, { metadata: { labels }, status: { phase } });
}

describe('collect/dns-setup', () => {
  it('lists the pods that run', async () => {
    const kube = new FakeKube();
    putPod(kube, 'a', 'Running');
    putPod(kube, 'b', 'Pending');
    putPod(kube, 'c', 'Running');
    kube.put(`${SYSTEM}/pods/other`, { status: { phase: 'Running' } });

    const { pods } = await readDnsSetup(boundsOf(kube));

    assert.deepEqual(pods, ['a', 'c']);
  });

  it('has each address with the first port of its subset', async () => {
    const kube = new FakeKube();
    kube.put(`${SYSTEM}/endpoints/kube-dns`, {
      subsets: [
        { addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }], ports: [{ port: 53 }, { port: 9 }] },
        { addresses: [{ ip: '10.0.0.3' }], ports: [{ port: 54 }] },
        { addresses: [{ ip: '10.0.0.4' }] },
        { notReadyAddresses: [{ ip: '10.0.0.5' }], ports: [{ port: 53 }] },
      ],
    });

    const { endpoints } = await readDnsSetup(boundsOf(kube));

    assert.equal(endpoints, '10.0.0.1:53, 10.0.0.2:53, 10.0.0.3:54');
  });

  it('writes the data of kube-dns as Go writes a map', async () => {
    const kube = new FakeKube();
    kube.put(`${SYSTEM}/configmaps/kube-dns`, { data: { b: '<2>', a: '1' } });

    const { kubeDns } = await readDnsSetup(boundsOf(kube));

    assert.equal(kubeDns, String.raw`{"a":"1","b":"\u003c2\u003e"}`);
  });

  it('is empty where nothing is there, and says so in the log', async () => {
    const { log, ...bounds } = boundsOf(new FakeKube());

    assert.deepEqual(await readDnsSetup(bounds), {
      pods: [],
      service: '',
      endpoints: '',
      coreDns: undefined,
      kubeDns: undefined,
    });
    assert.equal(log.lines.length, 4);
    assert.equal(log.said()[0], 'debug: a part of the DNS cannot be read');
  });

  it('tells a ConfigMap without text from one that is not there', async () => {
    const kube = new FakeKube({
      [`${SYSTEM}/configmaps/coredns`]: {},
      [`${SYSTEM}/configmaps/kube-dns`]: {},
    });

    const { coreDns, kubeDns } = await readDnsSetup(boundsOf(kube));

    assert.deepEqual([coreDns, kubeDns], ['', '']);
  });

  it('ends with the reason of the signal', async () => {
    const reason = new Error('over');

    await assert.rejects(
      readDnsSetup(boundsOf(new FakeKube(), AbortSignal.abort(reason))),
      (error) => error === reason,
    );
  });

  it('reads the address of a service, and rejects where it may not', async () => {
    const path = '/api/v1/namespaces/default/services/kubernetes';
    const kube = new FakeKube({ [path]: { spec: { clusterIP: '10.96.0.1' } } });

    assert.equal(await readClusterIp('default', 'kubernetes', boundsOf(kube)), '10.96.0.1');
    kube.fail(path, 'KUBE_FORBIDDEN');
    await assert.rejects(readClusterIp('default', 'kubernetes', boundsOf(kube)), {
      code: 'KUBE_FORBIDDEN',
    });
  });
});
