/** The agent as helm installs it: its environment, its rights, its bundle, and an API server that goes away. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { RunRecord } from '../../agent/run/record.ts';
import { type AgentProcess, startAgent } from '../bed/agent-process.ts';
import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import { readBundle } from '../bed/demo-bundle.ts';
import { awaitDelivery } from '../bed/demo-delivery.ts';
import { type ReceivedObject, type Receiver, startReceiver } from '../bed/receiver.ts';
import { smallWorkload, WORKLOAD_SECRETS } from '../bed/workload.ts';
import { at, CHART_FOLDER, HelmRunner, listAt } from '../support/chart.ts';
import { awaitRun, MAIN, readJson } from '../support/serve.ts';

const NAMESPACE = 'support';
const RELEASE = 'csb';
const NAME = `${RELEASE}-cron-support-bundle`;
const USER_AGENT = 'acme-orders/9c41d0b7';
const URL_PASSWORD = 'w1ndow-Reef-71';

describe('the agent, installed', function () {
  this.timeout(90_000);
  let plane: ControlPlane;
  let receiver: Receiver;
  let agent: AgentProcess;
  let record: RunRecord;
  let object: ReceivedObject | undefined;

  before(async () => {
    plane = await startControlPlane();
    receiver = await startReceiver({ policy: { userAgent: USER_AGENT } });
    await plane.kube.apply(smallWorkload());
    await install();
    const where = { controlPlane: plane, namespace: NAMESPACE, deployment: NAME };
    agent = await startAgent({ ...where, program: MAIN });
    record = await awaitDelivery(agent);
    [object] = await receiver.waitForObjects(1);
  });

  after(async () => {
    await agent?.stop();
    await receiver?.stop();
    await plane?.stop();
  });

  async function install(): Promise<void> {
    const metadata = { name: NAMESPACE };
    await plane.kube.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata }]);
    const helm = new HelmRunner();
    try {
      const url = `${receiver.url.replace('://', `://acme:${URL_PASSWORD}@`)}/in`;
      const upload = { url, userAgent: USER_AGENT };
      const values = await helm.valuesFile({ runOnStart: true, upload });
      const where = ['--namespace', NAMESPACE, '--kubeconfig', plane.kubeconfigFile];
      await helm.run('helm', 'install', RELEASE, CHART_FOLDER, ...where, '--values', values);
    } finally {
      await helm.remove();
    }
  }

  async function readStateText(): Promise<string> {
    const metadata = { name: `${NAME}-state`, namespace: NAMESPACE };
    const found = await plane.kube.get({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    return JSON.stringify(at(found, 'data'));
  }

  it('has delivered what its record says, under the key and headers of the contract', async () => {
    assert.equal(object?.key, `in/${record.bundle?.sha256}.tar.gz`);
    assert.equal(object.sha256, record.bundle?.sha256);
    assert.equal(object.headers['content-type'], 'application/gzip');
    assert.equal(object.headers['content-length'], String(record.bundle?.bytes));
    assert.equal(object.headers['user-agent'], USER_AGENT);
    const verified = await promisify(execFile)(process.execPath, [
      MAIN,
      'verify',
      object.file ?? '',
    ]);
    assert.match(verified.stdout, /^intact/);
  });

  it('has put into the bundle neither its destination nor a password', async () => {
    const hidden = [USER_AGENT, new URL(receiver.url).host, URL_PASSWORD];
    const files = await readBundle(object?.file ?? '', [
      ...hidden,
      ...Object.values(WORKLOAD_SECRETS),
    ]);

    // Its own namespace is in it: the texts would be there if they were anywhere to be read.
    assert.ok(files.some(({ path }) => path === `cluster-resources/deployments/${NAMESPACE}.json`));
    assert.deepEqual(
      files.filter(({ leaks }) => leaks.length > 0),
      [],
    );
  });

  it('says nowhere what is secret, and the destination only as origin and path', async () => {
    const lastRun = await (await fetch(`${agent.httpUrl}/last-run`)).text();
    const seen = [
      lastRun,
      await (await fetch(`${agent.httpUrl}/metrics`)).text(),
      await (await fetch(`${agent.adminUrl}/runs`)).text(),
      await readFile(agent.process.logFile, 'utf8'),
      await readStateText(),
    ];

    assert.ok(lastRun.includes(`${receiver.url}/in`));
    assert.doesNotMatch(lastRun, /"collectors"/);
    const secrets = [USER_AGENT, URL_PASSWORD, ...Object.values(WORKLOAD_SECRETS)];
    assert.deepEqual(
      secrets.filter((secret) => seen.some((text) => text.includes(secret))),
      [],
    );
  });

  it('shows the run with its collectors and its manifest on the admin port alone', async () => {
    const run = `/runs/${record.id}`;
    const shown: unknown = await readJson(`${agent.adminUrl}${run}`);
    const names = listAt(shown, 'collectors').map((collector) => at(collector, 'name'));
    const manifest = await readJson(`${agent.adminUrl}${run}/manifest`);
    const metrics = await (await fetch(`${agent.httpUrl}/metrics`)).text();

    assert.deepEqual(names, ['cluster-info', 'cluster-resources']);
    assert.equal(at(manifest, 'runId'), record.id);
    assert.match(metrics, /^cron_support_bundle_upload_attempts_total\{class="delivered"\} 1$/m);
    for (const path of [run, `${run}/manifest`, '/runs']) {
      assert.equal((await fetch(`${agent.httpUrl}${path}`)).status, 404);
    }
  });

  it('keeps its state in the ConfigMap, without the destination', async () => {
    const state = await readStateText();

    assert.ok(state.includes(record.id));
    assert.ok(!state.includes(new URL(receiver.url).host));
  });

  it('stays up while the API server is away, and catches up with it', async () => {
    await plane.stopApiServer();
    const asked: unknown = await (await fetch(`${agent.adminUrl}/runs`, { method: 'POST' })).json();
    const id = String(at(asked, 'id'));
    const failed = await awaitRun(agent, (run) => run.id === id && run.outcome === 'failed');

    assert.equal(failed.error?.code, 'KUBE_UNREACHABLE');
    assert.equal((await fetch(`${agent.httpUrl}/healthz`)).status, 200);
    assert.equal((await fetch(`${agent.httpUrl}/readyz`)).status, 200);
    const file = await readFile(join(agent.spoolFolder, 'state.json'), 'utf8');
    assert.ok(file.includes(id));

    await plane.startApiServer();
    const again: unknown = await (await fetch(`${agent.adminUrl}/runs`, { method: 'POST' })).json();
    const delivered = await awaitRun(
      agent,
      (run) => run.id === at(again, 'id') && run.outcome === 'delivered',
    );
    const state = await readStateText();
    assert.ok([id, delivered.id].every((known) => state.includes(known)));
    assert.equal(
      Reflect.get(Object(await readJson(`${agent.adminUrl}/last-run`)), 'state'),
      'idle',
    );
  });
});
