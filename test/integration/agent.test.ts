/** The agent through what may happen on the way to a delivered bundle: refusals, kills, requests. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { type Receiver, startReceiver } from '../bed/receiver.ts';
import { smallWorkload } from '../bed/workload.ts';
import { at } from '../support/chart.ts';
import { awaitRun, MAIN, runsOf, type Served, serveIn } from '../support/serve.ts';

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

  it('exits with 0 for a complete bundle, with 3 for a partial one', async () => {
    const agent = await serve();
    // There is no kubelet to give the logs of the workload's pods.
    const partial = await run(agent);
    assert.equal(partial.exitCode, 3);
    assert.equal(at(partial.record, 'partial'), true);
    await agent.process.stop(12_000);

    const complete = await run(await serve({ NAMESPACES: 'default' }));
    assert.equal(complete.exitCode, 0);
    assert.equal(at(complete.record, 'partial'), false);
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

  it('delivers a refused bundle on request, without waiting for RETRY_MAX', async () => {
    receiver.answerNext({ kind: 'answer', statusCode: 403 });
    const agent = await serve({ RUN_ON_START: 'true', RETRY_MAX: '1h' });
    const blocked = await awaitRun(agent, ({ delivery }) => delivery?.state === 'blocked');
    const asked = await fetch(`${agent.adminUrl}/bundles/${blocked.id}/retry`, { method: 'POST' });

    assert.equal(asked.status, 202);
    const delivered = await awaitRun(agent, ({ outcome }) => outcome === 'delivered');
    assert.equal(delivered.id, blocked.id);
    assert.equal(delivered.delivery?.attempts, 2);
    assert.equal(delivered.error, null);
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

  for (const [name, engine] of [
    ['SIGKILL', 'cli'],
    ['SIGTERM', 'cli'],
    ['SIGKILL', 'native'],
    ['SIGTERM', 'native'],
  ] as const) {
    it(`repeats a run of the engine ${engine} once that ${name} has ended in the middle`, async () => {
      const agent = await serve({ RUN_ON_START: 'true', ENGINE: engine });
      const { id } = await awaitRun(agent, ({ outcome }) => outcome === 'running');
      // The agent, the run's process, and with the engine cli the program.
      while ((await programsIn(folder)).length < (engine === 'cli' ? 3 : 2)) await wait(20);
      const killedAtMs = performance.now();
      agent.process.kill(name);
      const exit = await agent.process.exited;
      assert.equal(exit, name === 'SIGTERM' ? 0 : 'SIGKILL');
      assert.ok(performance.now() - killedAtMs < 10_000);
      await awaitNoPrograms(folder, name === 'SIGTERM' ? 0 : LEFT_WITHIN_MS);

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
      assert.equal(receiver.objects.size, 1);
      const left = await readdir(join(folder, 'work'));
      assert.deepEqual(
        left.filter((file) => file.startsWith('run-')),
        [],
      );
    });
  }
});

/** A run's process sees that the agent is gone, and ends what it started. */
const LEFT_WITHIN_MS = 6_000;

/** The `run` command in the agent's environment. */
async function run({ environment: env }: Served) {
  const { promise, resolve } = Promise.withResolvers<{ exitCode: unknown; record: unknown }>();
  execFile(process.execPath, [MAIN, 'run'], { env }, (error, stdout) => {
    resolve({ exitCode: error === null ? 0 : error.code, record: JSON.parse(stdout) });
  });
  return promise;
}

/** Names of the programs that run with this folder in their environment. */
async function programsIn(folder: string): Promise<readonly string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const names = ids.map(async (id) => {
    // One that has ended meanwhile has neither.
    const read = (file: string) => readFile(join('/proc', id, file), 'utf8').catch(() => '');
    return (await read('environ')).includes(folder) ? (await read('comm')).trim() : '';
  });
  return (await Promise.all(names)).filter((name) => name !== '');
}

async function awaitNoPrograms(folder: string, withinMs: number): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const left = await programsIn(folder);
    if (left.length === 0) return;
    if (performance.now() > deadlineMs) assert.fail(`still running: ${left.join(', ')}`);
    await wait(50);
  }
}
