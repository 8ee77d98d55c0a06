/** collect/dns: what is written of a cluster's DNS that answers, of one that is not there, and of a pod that fails. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

import type { Fields } from '../../../agent/collect/collector.ts';
import { dns } from '../../../agent/collect/workload/dns.ts';
import { KubeAnswerError } from '../../../agent/kube/api-error.ts';
import { objectAt, objectsAt, textAt } from '../../../agent/kube/object-fields.ts';
import { FakeClock } from '../../support/clock.ts';
import { gather } from '../../support/collect.ts';
import {
  createdOf,
  ended,
  imagesOf,
  itRemovesWhatItMakes,
  type PodFate,
  WorkloadKube,
  waiting,
} from '../../support/workload-kube.ts';

const SYSTEM = '/api/v1/namespaces/kube-system';
const LOG = `=== /etc/resolv.conf ===
nameserver 10.96.0.10
search default.svc
=== dig kubernetes ===
10.96.0.1
=== dig non-existent-domain ===
`;

function clusterWithDns(): WorkloadKube {
  const kube = new WorkloadKube();
  kube.put('/api/v1/namespaces/default/services/kubernetes', { spec: { clusterIP: '10.96.0.1' } });
  kube.put(`${SYSTEM}/services/kube-dns`, { spec: { clusterIP: '10.96.0.10' } });
  kube.put(`${SYSTEM}/endpoints/kube-dns`, {
    subsets: [{ addresses: [{ ip: '10.244.0.2' }], ports: [{ port: 53 }] }],
  });
  kube.put(`${SYSTEM}/configmaps/coredns`, { data: { Corefile: '.:53 { errors }\n' } });
  const labels = { 'k8s-app': 'kube-dns' };
  kube.put(`${SYSTEM}/pods/dns-1`, { metadata: { labels }, status: { phase: 'Running' } });
  kube.onPod = () => ended(LOG);
  return kube;
}

async function collect(kube: WorkloadKube, fields: Fields = {}) {
  const image = (name: string) => `mirror.test/${name}`;
  const { files, problems } = await gather(dns, fields, { kube, clock: new FakeClock(), image });
  assert.deepEqual(Object.keys(files), ['dns/debug.txt', 'dns/debug.json']);
  const json: unknown = JSON.parse(files['dns/debug.json'] ?? '');
  return { text: files['dns/debug.txt'] ?? '', json, problems };
}

function scriptOf(kube: WorkloadKube): string {
  const [container] = objectsAt(createdOf(kube, 'Pod'), 'spec', 'containers');
  const command: unknown = container?.['command'];
  assert.ok(Array.isArray(command));
  assert.deepEqual(command.slice(0, 2), ['/bin/sh', '-c']);
  return String(command[2]);
}

describe('collect/dns', () => {
  itRemovesWhatItMakes(dns, {});

  it('tells of all that is there', async () => {
    const { text, json, problems } = await collect(clusterWithDns());

    assert.equal(
      text,
      `=== Kubernetes Cluster IP from API Server: 10.96.0.1
=== Test DNS resolution in pod registry.k8s.io/e2e-test-images/agnhost:2.39: 
${LOG}=== Running kube-dns pods: dns-1
=== Running kube-dns service: 10.96.0.10
=== kube-dns endpoints: 10.244.0.2:53
=== CoreDNS config: 
.:53 { errors }
`,
    );
    assert.deepEqual(json, {
      kubernetesClusterIP: '10.96.0.1',
      podResolvConf: 'nameserver 10.96.0.10\nsearch default.svc\n',
      query: {
        kubernetes: { name: 'kubernetes', address: '10.96.0.1' },
        nonResolvableDomain: { name: '*', address: '' },
      },
      kubeDNSPods: ['dns-1'],
      kubeDNSService: '10.96.0.10',
      kubeDNSEndpoints: '10.244.0.2:53',
    });
    assert.deepEqual(problems, []);
  });

  it('tells of a cluster where nothing is there and nothing may be made', async () => {
    const kube = new WorkloadKube();
    const answers = {
      '/api/v1/namespaces/default/services/kubernetes': 'services is forbidden',
      '/api/v1/namespaces/default/pods': 'pods is forbidden',
    };
    for (const [path, apiMessage] of Object.entries(answers)) {
      kube.fail(path, new KubeAnswerError('KUBE_FORBIDDEN', '', { statusCode: 403, apiMessage }));
    }

    const { text, json, problems } = await collect(kube);

    assert.equal(
      text,
      `=== Failed to detect Kubernetes Cluster IP: services is forbidden
=== Failed to run commands from pod: failed to run troubleshoot DNS pod: pods is forbidden
=== Running kube-dns pods: 
=== Running kube-dns service: 
=== kube-dns endpoints: 
`,
    );
    assert.deepEqual(json, {
      kubernetesClusterIP: '',
      podResolvConf: '',
      query: {
        kubernetes: { name: '', address: '' },
        nonResolvableDomain: { name: '*', address: '' },
      },
      kubeDNSPods: [''],
      kubeDNSService: '',
      kubeDNSEndpoints: '',
    });
    assert.deepEqual(
      problems.map(({ outcome, message }) => `${outcome}: ${message}`),
      [
        'partial: dns/debug.txt: services is forbidden',
        'partial: dns/debug.txt: failed to run troubleshoot DNS pod: pods is forbidden',
      ],
    );
  });

  const logFailure = { statusCode: 500, apiMessage: 'no node' };
  const failures: readonly (readonly [string, PodFate, string])[] = [
    ['fails', ended('half', 'Failed'), 'troubleshoot DNS pod failed'],
    [
      'has no image',
      waiting('ImagePullBackOff'),
      "wait for pod aborted after getting pod status 'ImagePullBackOff'",
    ],
    ['does not end within a minute', waiting('ContainerCreating'), 'timeout'],
    [
      'has a log that cannot be read',
      ended(new KubeAnswerError('KUBE_FAILED', '', logFailure)),
      'failed to get pod logs: no node',
    ],
    ['writes too much', ended('x'.repeat(2 ** 20 + 1)), 'the log of the pod is longer than 1 MiB'],
  ];
  for (const [what, fate, reason] of failures) {
    it(`tells of a pod that ${what}`, async () => {
      const kube = clusterWithDns();
      kube.onPod = () => fate;
      const before = kube.paths;

      const { text, json, problems } = await collect(kube);

      assert.ok(text.includes(`=== Failed to run commands from pod: ${reason}\n`), text);
      assert.equal(textAt(json, 'podResolvConf'), '');
      assert.deepEqual(problems, [{ outcome: 'partial', message: `dns/debug.txt: ${reason}` }]);
      assert.deepEqual(kube.paths, before);
    });
  }

  it('takes the last of several addresses', async () => {
    const kube = clusterWithDns();
    kube.onPod = () => ended(`${LOG.replace('10.96.0.1\n', '10.1.1.1\r\n10.2.2.2\r\n')}9.9.9.9\n`);

    const { json } = await collect(kube);

    assert.equal(textAt(json, 'query', 'kubernetes', 'address'), '10.2.2.2');
    assert.equal(textAt(json, 'query', 'nonResolvableDomain', 'address'), '9.9.9.9');
  });

  it('runs the image from where COLLECTOR_IMAGES says, and writes the one of the spec', async () => {
    const kube = clusterWithDns();

    const { text } = await collect(kube, { image: 'busybox' });

    assert.deepEqual(imagesOf(objectAt(createdOf(kube, 'Pod'), 'spec')), ['mirror.test/busybox']);
    assert.ok(text.includes('=== Test DNS resolution in pod busybox: \n'));
  });

  for (const name of ['no-such.example', '*', 'it\'s; echo $(id) `id` "x" \\', '-x']) {
    it(`hands the name ${name} to the shell as one word`, async () => {
      const kube = clusterWithDns();

      const { json } = await collect(kube, { nonResolvable: name });

      assert.equal(textAt(json, 'query', 'nonResolvableDomain', 'name'), name);
      const script = `cat() { :; }\ndig() { printf '<%s>' "$@"; echo; }\n${scriptOf(kube)}`;
      const { stdout, status } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
      assert.equal(status, 0);
      assert.equal(
        stdout,
        `=== /etc/resolv.conf ===
=== dig kubernetes ===
<+search><+short><kubernetes>
=== dig non-existent-domain ===
<+search><+short><${name}>
`,
      );
    });
  }

  it('asks for rights on what it reads and on no more', () => {
    const named = dns.rules({}).filter(({ resourceNames }) => resourceNames !== undefined);

    assert.deepEqual(
      named.map(({ resourceNames, namespace }) => [resourceNames, namespace]),
      [
        [['kube-dns'], 'kube-system'],
        [['coredns', 'kube-dns'], 'kube-system'],
      ],
    );
  });
});
