/** The agent from its start to a delivered bundle, and through what may happen to it on the way. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { type Receiver, startReceiver } from '../bed/receiver.ts';
import { smallWorkload, WORKLOAD_SECRETS } from '../bed/workload.ts';
import { awaitRun, MAIN, readJson, runsOf, type Served, serveIn } from '../support/serve.ts';

const USER_AGENT = 'vendor-secret/4f1c';

describe('the agent', function () {
  this.timeout(90_000);
  let plane: ControlPlane;
  let receiver: Receiver;
  let folder: string;
  let served: Served | undefined;

  before(async () => {
    plane = await startControlPlane();
    await plane.kube.apply(smallWorkload());
  });

  after(() => plane.stop());

  beforeEach(async () => {
    folder = temporaryFolder('serve');
    receiver = await startReceiver({ policy: { userAgent: USER_AGENT } });
  });

  afterEach(async () => {
    await served?.process.stop(12_000);
    served = undefined;
    await receiver.stop();
    await removeFolder(folder);
  });

  async function serve(overrides: Readonly<Record<string, string>> = {}): Promise<Served> {
    served = await serveIn(folder, {
      KUBECONFIG: plane.kubeconfigFile,
      UPLOAD_URL: `${receiver.url}/in`,
      UPLOAD_USER_AGENT: USER_AGENT,
      ...overrides,
    });
    return served;
  }

  it('delivers an intact bundle with no secret in it', async () => {
    const agent = await serve({ RUN_ON_START: 'true' });
    const record = await awaitRun(agent, ({ outcome }) => outcome === 'delivered');
    const [object] = await receiver.waitForObjects(1);

    assert.equal(object?.key, `in/${record.bundle?.sha256}.tar.gz`);
    assert.equal(object.sha256, record.bundle?.sha256);
    assert.equal(object.headers['content-type'], 'application/gzip');
    assert.equal(object.headers['user-agent'], USER_AGENT);
    const file = object.file ?? '';
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'verify', file]);
    assert.match(stdout, /^intact/);
    const contents = gunzipSync(await readFile(file)).toString('latin1');
    const hidden = [USER_AGENT, new URL(receiver.url).host, ...Object.values(WORKLOAD_SECRETS)];
    assert.deepEqual(
      hidden.filter((text) => contents.includes(text)),
      [],
    );
  });

  it('shows what happened on its routes, the User-Agent never', async () => {
    const agent = await serve({ RUN_ON_START: 'true' });
    const { id } = await awaitRun(agent, ({ outcome }) => outcome === 'delivered');

    const seen = await Promise.all(
      [`${agent.httpUrl}/last-run`, `${agent.httpUrl}/metrics`, `${agent.adminUrl}/runs/${id}`].map(
        async (url) => (await fetch(url)).text(),
      ),
    );
    const log = await readFile(agent.process.logFile, 'utf8');
    assert.ok([...seen, log].every((text) => !text.includes(USER_AGENT)));
    assert.deepEqual(
      [seen[0], seen[2]].map((text) => text?.includes('"collectors"')),
      [false, true],
    );
    assert.match(seen[1] ?? '', /cron_support_bundle_upload_attempts_total\{class="delivered"\} 1/);
    const manifest = await readJson(`${agent.adminUrl}/runs/${id}/manifest`);
    assert.equal(Reflect.get(Object(manifest), 'runId'), id);
  });

  it('runs on request, and says when a run is under way', async () => {
    const agent = await serve();
    const first = promisify(execFile)(process.execPath, [MAIN, 'run'], { env: agent.environment });
    await awaitRun(agent, ({ outcome }) => outcome === 'running');
    const second = promisify(execFile)(process.execPath, [MAIN, 'run'], { env: agent.environment });

    await assert.rejects(second, { code: 4 });
    const ended: unknown = await first.catch((error: unknown) => error);
    assert.equal(
      Reflect.get(Object(JSON.parse(String(Reflect.get(Object(ended), 'stdout')))), 'trigger'),
      'request',
    );
  });

  it('sends again after a failure, the same bytes once', async () => {
    receiver.answerNext({ kind: 'answer', statusCode: 503 }, { kind: 'cut', afterBytes: 1000 });
    const agent = await serve({ RUN_ON_START: 'true' });
    const record = await awaitRun(agent, ({ outcome }) => outcome === 'delivered');

    assert.equal(record.delivery?.attempts, 3);
    assert.deepEqual(
      [...receiver.objects.values()].map(({ puts }) => puts),
      [1],
    );
  });

  it('keeps a bundle that the destination refuses, until it is let in', async () => {
    const agent = await serve({
      RUN_ON_START: 'true',
      UPLOAD_USER_AGENT: 'wrong',
      RETRY_MAX: '1h',
    });
    const blocked = await awaitRun(agent, ({ delivery }) => delivery?.state === 'blocked');
    assert.equal(blocked.error?.code, 'UPLOAD_BLOCKED');
    await agent.process.stop(12_000);

    const again = await serve();
    const delivered = await awaitRun(again, ({ outcome }) => outcome === 'delivered');
    assert.equal(delivered.id, blocked.id);
    assert.equal(delivered.bundle?.sha256, blocked.bundle?.sha256);
  });

  it('loses nothing when it is killed in mid-upload', async () => {
    receiver.answerNext({ kind: 'silence', afterBytes: 1000 });
    const agent = await serve({ RUN_ON_START: 'true' });
    const { id } = await awaitRun(agent, ({ outcome }) => outcome === 'spooled');
    while ((receiver.requests[0]?.bytes ?? 0) < 1000) await wait(20);
    agent.process.kill('SIGKILL');
    await agent.process.exited;

    const again = await serve();
    const record = await awaitRun(again, ({ outcome }) => outcome === 'delivered');
    assert.equal(record.id, id);
    assert.deepEqual(
      [...receiver.objects.values()].map(({ sha256 }) => sha256),
      [record.bundle?.sha256],
    );
  });

  for (const name of ['SIGKILL', 'SIGTERM'] as const) {
    it(`repeats a run once that ${name} has ended in the middle`, async () => {
      const agent = await serve({ RUN_ON_START: 'true' });
      const { id } = await awaitRun(agent, ({ outcome }) => outcome === 'running');
      agent.process.kill(name);
      const exit = await agent.process.exited;
      assert.equal(exit, name === 'SIGTERM' ? 0 : 'SIGKILL');

      const again = await serve();
      const interrupted = await awaitRun(
        again,
        (record) => record.id === id && record.outcome !== 'running',
      );
      assert.equal(interrupted.outcome, 'failed');
      assert.equal(interrupted.error?.code, name === 'SIGTERM' ? 'RUN_ABORTED' : 'RUN_INTERRUPTED');
      const repeated = await awaitRun(again, ({ outcome }) => outcome === 'delivered');
      assert.notEqual(repeated.id, id);
      assert.equal((await runsOf(again)).length, 2);
      assert.deepEqual(await readdir(join(folder, 'work')), []);
    });
  }
});
