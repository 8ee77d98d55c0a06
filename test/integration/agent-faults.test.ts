/** What the agent says and does when its surroundings are wrong. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type ControlPlane, kubeconfigFor, startControlPlane } from '../bed/control-plane.ts';
import { portOf } from '../bed/ports.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { startReceiver } from '../bed/receiver.ts';
import { awaitRun, environmentIn, MAIN, readJson, type Served, serveIn } from '../support/serve.ts';

const SPEC_SECRET = 'secret/apps/spec';

/** Room for the spool's own files, but for no bundle. */
const DISK_BYTES = 16 * 1024;

describe('the agent in trouble', function () {
  this.timeout(90_000);
  let plane: ControlPlane;
  let folder: string;
  let served: Served | undefined;

  before(async () => {
    plane = await startControlPlane();
    await plane.kube.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps' } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'weak', namespace: 'apps' } },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'spec', namespace: 'apps' },
        stringData: { 'another-key': 'x' },
      },
    ]);
  });

  after(() => plane.stop());

  beforeEach(() => {
    folder = temporaryFolder('serve');
  });

  afterEach(async () => {
    await served?.process.stop(12_000);
    served = undefined;
    await removeFolder(folder);
  });

  async function serve(
    overrides: Readonly<Record<string, string>>,
    diskBytes?: number,
  ): Promise<Served> {
    const settings = { KUBECONFIG: plane.kubeconfigFile, ...overrides };
    served = await serveIn(folder, settings, diskBytes);
    return served;
  }

  async function failureOf(overrides: Readonly<Record<string, string>>) {
    const agent = await serve({ RUN_ON_START: 'true', ...overrides });
    const record = await awaitRun(agent, ({ outcome }) => outcome === 'failed');
    assert.equal((await fetch(`${agent.httpUrl}/healthz`)).status, 200);
    return record.error;
  }

  async function kubeconfigWith(token: string, url = plane.url): Promise<string> {
    const file = join(folder, 'kubeconfig');
    await writeFile(file, kubeconfigFor({ url, caFile: plane.caFile, token }));
    return file;
  }

  it('names the key that the Secret lacks', async () => {
    const error = await failureOf({ SPEC: SPEC_SECRET });

    assert.equal(error?.code, 'SPEC_MISSING');
    assert.match(error.message, /another-key/);
  });

  it('names the right that is missing', async () => {
    const token = await plane.token('apps', 'weak');
    const error = await failureOf({ SPEC: SPEC_SECRET, KUBECONFIG: await kubeconfigWith(token) });

    assert.equal(error?.code, 'KUBE_FORBIDDEN');
    assert.match(error.message, /get/);
  });

  for (const [kind, make] of [
    ['is none', () => 'not-a-token'],
    ['has expired', () => expiredToken(plane)],
  ] as const) {
    it(`says that its token is not taken when it ${kind}, without the token`, async () => {
      const token = await make();
      const error = await failureOf({ SPEC: SPEC_SECRET, KUBECONFIG: await kubeconfigWith(token) });

      assert.equal(error?.code, 'KUBE_UNAUTHORIZED');
      assert.ok(!error.message.includes(token));
      assert.ok(!(await readFile(join(folder, 'agent.log'), 'utf8')).includes(token));
    });
  }

  it('records a full disk, and goes on', async () => {
    const agent = await serve({ RUN_ON_START: 'true' }, DISK_BYTES);
    const record = await awaitRun(agent, ({ outcome }) => outcome === 'failed');

    assert.equal(record.error?.code, 'SPOOL_DISK_FULL');
    assert.equal((await fetch(`${agent.httpUrl}/healthz`)).status, 200);
    const view = Object(await readJson(`${agent.httpUrl}/last-run`));
    assert.deepEqual(Reflect.get(view, 'spool'), { bundles: 0, bytes: 0, oldestAt: null });
  });

  it('goes on with its state in the file when the API server is away', async () => {
    const KUBECONFIG = await kubeconfigWith('any', 'https://127.0.0.1:9');
    const error = await failureOf({
      SPEC: SPEC_SECRET,
      STATE: 'configmap/apps/state',
      POD_NAMESPACE: 'apps',
      KUBECONFIG,
    });

    assert.equal(error?.code, 'KUBE_UNREACHABLE');
    assert.match(await readFile(join(folder, 'agent.log'), 'utf8'), /WARN/);
  });

  it('ends a run at RUN_TIMEOUT when the API server never answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    try {
      const error = await failureOf({
        SPEC: SPEC_SECRET,
        KUBECONFIG: await kubeconfigWith('any', `https://127.0.0.1:${portOf(silent)}`),
        RUN_TIMEOUT: '3s',
      });

      assert.equal(error?.code, 'RUN_TIMEOUT');
    } finally {
      silent.close();
    }
  });

  it('names a WORK_DIR that cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    const error = await failureOf({ WORK_DIR: join(folder, 'file', 'work') });

    assert.equal(error?.code, 'WORK_DIR_UNUSABLE');
  });

  it('does not try for ever where no folder can be made', async () => {
    const error = await failureOf({ WORK_DIR: '/proc/work' });

    assert.equal(error?.code, 'WORK_DIR_UNUSABLE');
  });

  it('says what to do when the program is missing', async () => {
    const error = await failureOf({ ENGINE: 'cli', SUPPORT_BUNDLE_CLI: 'no-such-program' });

    assert.equal(error?.code, 'CLI_MISSING');
  });

  for (const [name, value] of [
    ['SCHEDULE', '70-10 * * * *'],
    ['SCHEDULE', '0 0 30 2 *'],
    ['UPLOAD_URL', 'not a url'],
  ] as const) {
    it(`is ready and idle, and says so, with ${name}=${value}`, async () => {
      const agent = await serve({ [name]: value });

      const view = Object(await readJson(`${agent.httpUrl}/last-run`));
      assert.equal(Reflect.get(view, 'state'), 'idle');
      assert.match(String(Reflect.get(view, 'reason')), new RegExp(name));
      const metrics = await (await fetch(`${agent.httpUrl}/metrics`)).text();
      assert.match(metrics, /^cron_support_bundle_misconfigured 1$/m);
    });
  }

  it('takes a URL with credentials and never shows them', async () => {
    const receiver = await startReceiver();
    const url = receiver.url.replace('://', '://user:pa55word@');
    const agent = await serve({ RUN_ON_START: 'true', UPLOAD_URL: `${url}/in?sig=5ecret` });
    const record = await awaitRun(agent, ({ outcome }) => outcome === 'delivered');
    await receiver.stop();

    const log = await readFile(join(folder, 'agent.log'), 'utf8');
    assert.ok(
      receiver.requests.every(
        ({ headers }) => headers.authorization?.startsWith('Basic ') === true,
      ),
    );
    assert.ok([log, JSON.stringify(record)].every((text) => !/pa55word|5ecret/.test(text)));
  });

  it('is blocked by a certificate that nobody vouches for, until UPLOAD_CA_FILE does', async () => {
    const receiver = await startReceiver({ tls: {} });
    const agent = await serve({ RUN_ON_START: 'true', UPLOAD_URL: `${receiver.url}/in` });
    const blocked = await awaitRun(agent, ({ delivery }) => delivery?.state === 'blocked');
    assert.match(blocked.error?.message ?? '', /certificate/i);
    await agent.process.stop(12_000);

    const again = await serve({
      UPLOAD_URL: `${receiver.url}/in`,
      UPLOAD_CA_FILE: receiver.caFile ?? '',
    });
    assert.equal((await awaitRun(again, ({ outcome }) => outcome === 'delivered')).id, blocked.id);
    await receiver.stop();
  });

  it('exits with every bad setting on a line of its own', async () => {
    const env = { ...environmentIn(folder), RUN_TIMEOUT: 'soon', HISTORY: '0' };
    const ended: unknown = await promisify(execFile)(process.execPath, [MAIN], { env }).catch(
      (error: unknown) => error,
    );

    assert.equal(Reflect.get(Object(ended), 'code'), 1);
    const lines = String(Reflect.get(Object(ended), 'stderr'))
      .trim()
      .split('\n');
    assert.equal(lines.length, 2);
    assert.ok(lines.every((line) => line.startsWith('CONFIG_INVALID: ')));
  });

  it('leaves a spool alone that another version has written', async () => {
    const env = environmentIn(folder);
    await mkdir(join(folder, 'spool'));
    await writeFile(join(folder, 'spool', 'spool.json'), '{"version":99}');
    const ended: unknown = await promisify(execFile)(process.execPath, [MAIN], { env }).catch(
      (error: unknown) => error,
    );

    assert.equal(Reflect.get(Object(ended), 'code'), 1);
    assert.match(String(Reflect.get(Object(ended), 'stderr')), /^SPOOL_VERSION: /);
  });

  it('ends with 1 and the reason when there is no spool', async () => {
    const env = environmentIn(folder);
    const ended: unknown = await promisify(execFile)(process.execPath, [MAIN], { env }).catch(
      (error: unknown) => error,
    );

    assert.match(String(Reflect.get(Object(ended), 'stderr')), /^SPOOL_UNUSABLE: /);
  });
});

/** A ServiceAccount's token as the API server signs it, but of yesterday. */
async function expiredToken(plane: ControlPlane): Promise<string> {
  const [header = '', payload = ''] = (await plane.token('apps', 'weak')).split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const nowSeconds = Math.floor(Date.now() / 1000);
  const times = { iat: nowSeconds - 90_000, nbf: nowSeconds - 90_000, exp: nowSeconds - 3600 };
  const old = Buffer.from(JSON.stringify({ ...Object(claims), ...times })).toString('base64url');
  const key = await readFile(join(plane.folder, 'service-account.key'), 'utf8');
  const text = `${header}.${old}`;
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
