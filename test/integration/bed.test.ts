/** The test bed's own parts do what the other integration tests take for granted. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import { sendRequest } from '../bed/http.ts';
import { asRecord, kubeClient } from '../bed/kube.ts';
import { type Minio, startMinio } from '../bed/minio.ts';
import { smallWorkload } from '../bed/workload.ts';

const BED = new URL('../bed/', import.meta.url);
const USER_AGENT = 'acme-orders/5f2c';

describe('the control plane', () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await startControlPlane();
    await plane.kube.apply(smallWorkload());
  });
  after(() => plane.stop());

  it('holds the workload, its pods with the status that was written', async () => {
    const pods = await plane.kube.list('v1', 'Pod', 'acme-orders');
    const status = pods
      .filter(({ metadata }) => metadata.name.startsWith('orders-worker'))
      .map((pod) => JSON.stringify(pod['status']));

    assert.equal(status.length, 1);
    assert.match(status.join(''), /CrashLoopBackOff/);
    assert.match(
      await plane.kubectl('get', 'pods', '--all-namespaces'),
      /billing-api\S+ .*Pending/,
    );
  });

  it('gives tokens of a ServiceAccount, bound by its rights', async () => {
    await plane.kube.apply([
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'reader', namespace: 'acme-orders' },
      },
    ]);
    const reader = kubeClient({
      url: plane.url,
      ca: await readFile(plane.caFile, 'utf8'),
      token: await plane.token('acme-orders', 'reader'),
    });
    try {
      const review = await reader.request({
        method: 'POST',
        path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      });

      const { userInfo } = asRecord(asRecord(review.body)['status']);
      assert.equal(asRecord(userInfo)['username'], 'system:serviceaccount:acme-orders:reader');
      assert.equal((await reader.request({ path: '/api/v1/pods' })).statusCode, 403);
    } finally {
      reader.close();
    }
  });

  it('serves a kind soon after its CustomResourceDefinition', async () => {
    await plane.kube.apply(
      `
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: { name: backups.acme.example }
      spec:
        group: acme.example
        scope: Namespaced
        names: { plural: backups, singular: backup, kind: Backup }
        versions:
          - name: v1
            served: true
            storage: true
            schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
      ---
      apiVersion: acme.example/v1
      kind: Backup
      metadata: { name: nightly }
    `.replaceAll(/^ {6}/gm, ''),
    );

    const reference = {
      apiVersion: 'acme.example/v1',
      kind: 'Backup',
      metadata: { name: 'nightly' },
    };
    assert.equal((await plane.kube.get(reference))?.metadata.namespace, 'default');
    await plane.kube.delete(reference);
    assert.equal(await plane.kube.get(reference), undefined);
  });

  it('keeps everything, at the same address, when only the API server was away', async () => {
    await plane.stopApiServer();
    await assert.rejects(plane.kube.request({ path: '/readyz' }), { code: 'ECONNREFUSED' });
    await plane.startApiServer();

    assert.equal((await plane.kube.list('v1', 'Pod', 'acme-billing')).length, 2);
  });

  it('does not get in the way of a second one', async () => {
    const second = await startControlPlane();
    try {
      assert.notEqual(second.url, plane.url);
      assert.equal((await second.kube.list('v1', 'Pod')).length, 0);
    } finally {
      await second.stop();
    }
    assert.equal(existsSync(second.folder), false);
  });
});

describe('minio', () => {
  let minio: Minio;
  before(async () => {
    minio = await startMinio();
    await minio.createBucket('bundles');
    await minio.putBucketPolicy(
      'bundles',
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: '*',
            Action: 's3:PutObject',
            Resource: 'arn:aws:s3:::bundles/*',
            Condition: { StringEquals: { 'aws:UserAgent': USER_AGENT } },
          },
        ],
      }),
    );
  });
  after(() => minio.stop());

  it('takes an anonymous PUT with the right User-Agent, and no other request', async () => {
    const url = new URL('/bundles/in/a.tar.gz', minio.url);
    const method = 'PUT';
    const headers = { 'user-agent': USER_AGENT };

    assert.equal((await sendRequest(url, { method, body: 'x' })).statusCode, 403);
    assert.equal((await sendRequest(url, { method, body: 'bundle', headers })).statusCode, 200);
    assert.equal((await sendRequest(url, { headers })).statusCode, 403);
    assert.deepEqual(await minio.listObjects('bundles'), [{ key: 'in/a.tar.gz', bytes: 6 }]);
    assert.equal((await minio.readObject('bundles', 'in/a.tar.gz')).toString(), 'bundle');
  });

  it('speaks TLS', async () => {
    const secure = await startMinio({ tls: true });
    try {
      await secure.createBucket('bundles');
      assert.deepEqual(await secure.listObjects('bundles'), []);
    } finally {
      await secure.stop();
    }
  });
});

describe('no process outlives the one that started it', () => {
  /** Starts a control plane and a process with a child of its own, then says so and stays. */
  const script = `
    import { readFileSync } from 'node:fs';
    import { startControlPlane } from '${BED.href}control-plane.ts';
    import { startProcess } from '${BED.href}processes.ts';
    const plane = await startControlPlane();
    await startProcess({
      name: 'parent', command: 'sh', arguments: ['-c', 'sleep 1000 & echo started; wait'],
      logFile: plane.folder + '/sh.log',
      isReady: async () => readFileSync(plane.folder + '/sh.log', 'utf8') !== '',
    });
    console.log(plane.folder);
    setTimeout(() => { if (process.argv[1] === 'throw') throw new Error('a failed test'); }, 200);
    setInterval(() => {}, 1000);
  `;

  for (const ending of ['SIGKILL', 'SIGTERM', 'SIGINT', 'throw'] as const) {
    it(`after ${ending}`, async () => {
      const child = spawn(
        process.execPath,
        ['--input-type=module', '--eval', script, '--', ending],
        {
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
      const [folder] = await once(createInterface({ input: child.stdout }), 'line');
      assert.ok(typeof folder === 'string');
      const group = await descendants(child.pid ?? 0);
      assert.equal(
        group.length,
        5,
        'etcd, kube-apiserver, sh, sleep, and the shell that guards them',
      );
      if (ending !== 'throw') child.kill(ending);
      await once(child, 'exit');

      await until(async () => (await Promise.all(group.map(isAlive))).every((alive) => !alive));
      await until(() => !existsSync(folder));
    });
  }
});

describe('the builder', () => {
  it('says what programs there are when asked for another', async () => {
    const file = new URL('build.ts', BED).pathname;
    await assert.rejects(promisify(execFile)(process.execPath, [file, 'kwok']), {
      code: 1,
      stderr: /^test bed: no program named kwok; there are: etcd, .*\n$/,
    });
  });

  it('has nothing to do a second time', async () => {
    const file = new URL('build.ts', BED).pathname;
    const { stdout } = await promisify(execFile)(process.execPath, [file, 'etcd', 'helm']);

    assert.equal(stdout, 'test bed: up to date: etcd, helm\n');
  });
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error('the condition did not come true in 10 s');
    await sleep(20);
  }
}

/** Process ids of all that descends from the process, by /proc. */
async function descendants(pid: number): Promise<readonly number[]> {
  const all = (await readdir('/proc')).map(Number).filter((value) => value > 0);
  const parents = new Map<number, number>();
  for (const candidate of all) parents.set(candidate, (await parentOf(candidate)) ?? 0);
  const found = [pid];
  for (const parent of found) found.push(...all.filter((child) => parents.get(child) === parent));
  return found.slice(1);
}

async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const parent = /\) \w (\d+)/.exec(stat)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** A process that ended but was not waited for by init counts as gone. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}
