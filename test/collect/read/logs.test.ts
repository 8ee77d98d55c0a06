/** collect/logs: which logs are read, with which limits, and where they are written. */

import assert from 'node:assert/strict';

import type { Fields } from '../../../agent/collect/collector.ts';
import { logs } from '../../../agent/collect/read/logs.ts';
import { AgentError } from '../../../agent/errors.ts';
import { KubeAnswerError } from '../../../agent/kube/api-error.ts';
import type { KubeStream, StreamOptions } from '../../../agent/kube/client.ts';
import { FakeClock } from '../../support/clock.ts';
import { collectContext, gather } from '../../support/collect.ts';
import { FakeKube } from '../../support/kube.ts';

const FOLDER = 'cluster-resources/pods/logs';

function putPod(
  kube: FakeKube,
  path: string,
  { labels = {}, initContainers = [] as string[], containers = ['app'] } = {},
): void {
  const [namespace, name] = path.split('/');
  kube.put(`/api/v1/namespaces/${namespace}/pods/${name}`, {
    metadata: { labels },
    spec: {
      initContainers: initContainers.map((one) => ({ name: one })),
      containers: containers.map((one) => ({ name: one })),
    },
  });
}

/** @param path Namespace, pod and query. */
function putLog(kube: FakeKube, path: string, text: string): void {
  const [pod = '', query = ''] = path.split('?');
  const [namespace, name] = pod.split('/');
  kube.putText(`/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`, text);
}

/** What the API answers where a log cannot be read. */
function answer(statusCode: number, apiMessage: string): KubeAnswerError {
  const code = statusCode === 403 ? 'KUBE_FORBIDDEN' : 'KUBE_FAILED';
  return new KubeAnswerError(code, 'no', { statusCode, apiMessage });
}

function shop(): FakeKube {
  const kube = new FakeKube();
  putPod(kube, 'shop/web', { labels: { app: 'web' } });
  putLog(kube, 'shop/web?container=app&tailLines=10000', 'hello\n');
  putLog(kube, 'shop/web?container=app&previous=true&tailLines=10000', 'goodbye\n');
  return kube;
}

/** The queries with which logs were asked for. */
async function queriesFor(fields: Fields): Promise<readonly string[]> {
  const kube = new FakeKube();
  putPod(kube, 'shop/web');
  const clock = { ...collectContext().clock, now: () => Date.parse('2026-11-22T02:00:00.900Z') };
  await gather(logs, { namespace: 'shop', name: 'x', ...fields }, { kube, clock });
  return kube.requests.slice(1).map((request) => request.split('/log?', 2)[1] ?? '');
}

describe('collect/logs', () => {
  it('writes current and previous log where clusterResources has them, and links by its own name', async () => {
    const fields = { name: 'web-logs', namespace: 'shop', selector: ['app=web'] };

    const { files, links, problems } = await gather(logs, fields, { kube: shop() });

    assert.deepEqual(files, {
      [`${FOLDER}/shop/web/app.log`]: 'hello\n',
      [`${FOLDER}/shop/web/app-previous.log`]: 'goodbye\n',
    });
    assert.deepEqual(links, {
      'web-logs/web/app.log': `${FOLDER}/shop/web/app.log`,
      'web-logs/web/app-previous.log': `${FOLDER}/shop/web/app-previous.log`,
    });
    assert.deepEqual(problems, []);
  });

  it('asks for pods page by page, by all selectors, in its namespace', async () => {
    const kube = shop();

    await gather(logs, { namespace: 'shop', selector: ['app=web', 'x!=y'] }, { kube });

    assert.equal(
      kube.requests[0],
      'GET /api/v1/namespaces/shop/pods?labelSelector=app%3Dweb%2Cx%21%3Dy&limit=250',
    );
  });

  it('asks in all namespaces where none is given', async () => {
    const kube = shop();
    putPod(kube, 'bank/db');

    const { files } = await gather(logs, {}, { kube });

    assert.equal(kube.requests[0], 'GET /api/v1/pods?limit=250');
    assert.ok(`${FOLDER}/shop/web/app.log` in files);
  });

  it('has its errors at the top where it has no name', async () => {
    const kube = new FakeKube();
    putPod(kube, 'shop/web');
    kube.fail('/api/v1/namespaces/shop/pods/web/log', answer(500, 'no node'));

    const { files } = await gather(logs, {}, { kube });

    assert.deepEqual(files, {
      'web/app-errors.json': '[\n  "failed to get log stream: no node"\n]',
    });
  });

  it('reads containers, then init containers; or those that are named', async () => {
    const kube = new FakeKube();
    putPod(kube, 'shop/web', { initContainers: ['init'], containers: ['app', 'proxy'] });
    const read = async (fields: Fields) => {
      kube.requests.length = 0;
      await gather(logs, { namespace: 'shop', ...fields }, { kube, concurrency: 1 });
      return kube.requests.slice(1).map((request) => /container=(\w+)/.exec(request)?.[1]);
    };

    assert.deepEqual(await read({}), ['app', 'proxy', 'init']);
    assert.deepEqual(await read({ containerNames: ['proxy', 'other'] }), ['proxy', 'other']);
  });

  it('names the file of a nameless container after the first', async () => {
    const kube = shop();
    putLog(kube, 'shop/web?tailLines=10000', 'only\n');

    const { files, links } = await gather(logs, { name: 'x', containerNames: [''] }, { kube });

    assert.equal(files[`${FOLDER}/shop/web/app.log`], 'only\n');
    assert.equal(links['x/web.log'], `${FOLDER}/shop/web/app.log`);
  });

  it('lets pods of the same name share a link: the first that has a log gets it', async () => {
    const kube = new FakeKube();
    for (const namespace of ['a', 'b', 'c']) {
      putPod(kube, `${namespace}/web`);
      putLog(kube, `${namespace}/web?container=app&tailLines=10000`, namespace);
    }
    kube.fail('/api/v1/namespaces/a/pods/web/log', answer(500, 'no node'));

    const { files, links } = await gather(logs, { name: 'x' }, { kube });

    assert.equal(files[`${FOLDER}/c/web/app.log`], 'c');
    assert.deepEqual(links, { 'x/web/app.log': `${FOLDER}/b/web/app.log` });
  });
});

describe('collect/logs: limits', () => {
  it('are 10,000 lines by default', async () => {
    const queries = await queriesFor({});

    assert.deepEqual(queries, ['container=app&tailLines=10000']);
  });

  for (const [what, fields, query] of [
    ['lines and bytes by default', { limits: {} }, 'tailLines=10000&limitBytes=5000000'],
    ['lines', { limits: { maxLines: 7 } }, 'tailLines=7&limitBytes=5000000'],
    ['bytes', { limits: { maxBytes: 99 } }, 'tailLines=10000&limitBytes=99'],
    [
      'an instant before all others',
      { limits: { sinceTime: '2026-11-22T03:00:00+02:00', maxAge: '1h', maxLines: 7 } },
      'sinceTime=2026-11-22T01%3A00%3A00Z',
    ],
    [
      'an age before lines',
      { limits: { maxAge: '1h30m', maxLines: 7 } },
      'sinceTime=2026-11-22T00%3A30%3A00Z',
    ],
    ['nothing for an age that is none', { limits: { maxAge: '1 day', maxLines: 7 } }, ''],
    ['timestamps', { timestamps: true }, 'timestamps=true&tailLines=10000'],
  ] as const) {
    it(`know ${what}`, async () => {
      const [current] = await queriesFor(fields);

      assert.equal(current, query === '' ? 'container=app' : `container=app&${query}`);
    });
  }
});

describe('collect/logs: errors', () => {
  it('writes why the pods cannot be listed, by its name or its title', async () => {
    const kube = new FakeKube();
    kube.fail('/api/v1/namespaces/shop/pods', answer(403, 'pods is forbidden'));
    const files = async (fields: Fields) =>
      (await gather(logs, { namespace: 'shop', ...fields }, { kube })).files;

    const text = '[\n  "pods is forbidden"\n]';
    assert.deepEqual(await files({ name: 'x', collectorName: 'y' }), { 'x/errors.json': text });
    assert.deepEqual(await files({ collectorName: 'y' }), { 'y/errors.json': text });
    assert.deepEqual(await files({}), { 'errors.json': text });
  });

  for (const [statusCode, outcome] of [
    [403, 'forbidden'],
    [500, 'failed'],
  ] as const) {
    it(`counts as ${outcome} then, for an answer of ${statusCode}`, async () => {
      const kube = new FakeKube();
      kube.fail('/api/v1/pods', answer(statusCode, 'no pods'));

      const { problems } = await gather(logs, {}, { kube });

      assert.deepEqual(problems, [{ outcome, message: 'errors.json: no pods' }]);
    });
  }

  it('names a container that has not started, without calling anything missing', async () => {
    const kube = new FakeKube();
    putPod(kube, 'shop/web');
    const said = 'container "app" in pod "web" is waiting to start: ContainerCreating';
    kube.fail('/api/v1/namespaces/shop/pods/web/log', answer(400, said));

    const { files, problems } = await gather(logs, { name: 'x' }, { kube });

    const path = 'x/web/app-errors.json';
    const quoted = said.replaceAll('"', '\\"');
    assert.deepEqual(files, { [path]: `[\n  "failed to get log stream: ${quoted}"\n]` });
    assert.deepEqual(problems, [
      { outcome: 'named', message: `${path}: failed to get log stream: ${said}` },
    ]);
  });

  it('does not miss a previous log that is not there', async () => {
    const kube = new FakeKube();
    putPod(kube, 'shop/web');
    putLog(kube, 'shop/web?container=app&tailLines=10000', 'hello\n');

    const { files, problems } = await gather(logs, {}, { kube });

    assert.deepEqual(Object.keys(files), [`${FOLDER}/shop/web/app.log`]);
    assert.deepEqual(problems, []);
  });

  it('reads the list of pods again where it expires between two pages', async () => {
    const kube = new ExpiringKube();
    for (let index = 0; index < 300; index++) putPod(kube, `shop/web-${index}`);

    const clock = new FakeClock();

    const { files } = await gather(logs, { namespace: 'shop' }, { kube, clock });

    assert.equal(Object.keys(files).filter((path) => path.endsWith('-errors.json')).length, 300);
  });

  it('ends with the signal where it comes before the pods are known', async () => {
    const signal = AbortSignal.abort(new AgentError('RUN_ABORTED', 'over'));

    await assert.rejects(gather(logs, {}, { signal }), { code: 'RUN_ABORTED' });
  });

  it('asks for the rights that troubleshoot asks for', () => {
    const [list, read] = logs.rules({ namespace: 'shop' });

    assert.deepEqual(list, {
      apiGroups: [''],
      resources: ['pods'],
      verbs: ['list'],
      namespace: 'shop',
      isRequired: true,
    });
    assert.deepEqual(read?.resources, ['pods/log']);
    assert.equal(logs.rules({})[0]?.namespace, undefined);
  });
});

/** Its first continuation has expired. */
class ExpiringKube extends FakeKube {
  #isExpired = false;

  override async stream(
    path: string,
    options: StreamOptions,
    signal: AbortSignal,
  ): Promise<KubeStream> {
    if (!path.includes('continue=') || this.#isExpired) {
      return await super.stream(path, options, signal);
    }
    this.#isExpired = true;
    throw answer(410, 'The provided continue parameter is too old');
  }
}
