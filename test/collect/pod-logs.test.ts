/** collect/pod-logs: logs of unhealthy pods, logs that break, and logs that never end. */

import assert from 'node:assert/strict';

import { collectUnhealthyPodLogs, loggedPod } from '../../agent/collect/pod-logs.ts';
import { KubeAnswerError } from '../../agent/kube/api-error.ts';
import type { KubeStream, StreamOptions } from '../../agent/kube/client.ts';
import { collectContext, gatherPieces } from '../support/collect.ts';
import { FakeKube } from '../support/kube.ts';

const FOLDER = 'cluster-resources/pods/logs/shop/web';
const LOG = '/api/v1/namespaces/shop/pods/web/log';
const LIMITS = 'tailLines=500&limitBytes=5000000';

const WEB = loggedPod({
  metadata: { namespace: 'shop', name: 'web' },
  spec: { initContainers: [{ name: 'init' }], containers: [{ name: 'app' }] },
});

/** Streams bodies that a test makes, by the query's container and whether it is the previous one. */
class StreamingKube extends FakeKube {
  readonly bodies = new Map<string, (signal: AbortSignal) => AsyncIterable<Uint8Array>>();
  #inFlight = 0;
  mostInFlight = 0;

  override async stream(
    path: string,
    options: StreamOptions,
    signal: AbortSignal,
  ): Promise<KubeStream> {
    const body = this.bodies.get(path.split('container=', 2)[1]?.split('&', 1)[0] ?? '');
    if (body === undefined || path.includes('previous')) {
      return await super.stream(path, options, signal);
    }
    signal.throwIfAborted();
    return { statusCode: 200, contentType: 'text/plain', body: this.#counted(body(signal)) };
  }

  async *#counted(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.#inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    yield* body;
    this.#inFlight -= 1;
  }
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half a ');
  throw new Error('connection reset');
}

describe('collect/pod-logs', () => {
  it('reads the last of init containers and containers, current and previous', async () => {
    const kube = new FakeKube();
    for (const name of ['init', 'app']) {
      kube.putText(`${LOG}?container=${name}&${LIMITS}`, `${name}\n`);
      kube.putText(`${LOG}?container=${name}&previous=true&${LIMITS}`, '');
    }

    const { files, links, problems } = await gatherPieces(
      collectUnhealthyPodLogs([WEB], collectContext({ kube })),
    );

    assert.deepEqual(files, {
      [`${FOLDER}/init.log`]: 'init\n',
      [`${FOLDER}/init-previous.log`]: '',
      [`${FOLDER}/app.log`]: 'app\n',
      [`${FOLDER}/app-previous.log`]: '',
    });
    assert.deepEqual(links, {});
    assert.deepEqual(problems, []);
  });

  it('writes why a log cannot be read, as plain text', async () => {
    const kube = new FakeKube();
    const apiMessage = 'nodes "n1" not found';
    kube.fail(LOG, new KubeAnswerError('KUBE_NOT_FOUND', 'no', { statusCode: 404, apiMessage }));

    const { files, problems } = await gatherPieces(
      collectUnhealthyPodLogs([WEB], collectContext({ kube })),
    );

    const text = 'failed to get log stream: nodes "n1" not found';
    assert.deepEqual(files, {
      [`${FOLDER}/init-logs-errors.log`]: text,
      [`${FOLDER}/app-logs-errors.log`]: text,
    });
    assert.deepEqual(problems[0], {
      outcome: 'partial',
      message: `${FOLDER}/init-logs-errors.log: ${text}`,
    });
  });

  it('keeps what came of a log that breaks, and says so', async () => {
    const kube = new StreamingKube();
    kube.bodies.set('app', broken);
    kube.putText(`${LOG}?container=init&${LIMITS}`, 'init\n');

    const { files, problems } = await gatherPieces(
      collectUnhealthyPodLogs([WEB], collectContext({ kube })),
    );

    assert.equal(files[`${FOLDER}/app.log`], 'half a ');
    assert.equal(files[`${FOLDER}/init.log`], 'init\n');
    const text = 'failed to copy log: connection reset';
    assert.equal(files[`${FOLDER}/app-logs-errors.log`], text);
    assert.deepEqual(problems, [
      { outcome: 'partial', message: `${FOLDER}/app-logs-errors.log: ${text}` },
    ]);
  });

  it('keeps what came of a log that never ends, once the time is over, and names the others', async () => {
    const kube = new StreamingKube();
    const over = new AbortController();
    kube.bodies.set('init', endlessUntil(over));

    const { files } = await gatherPieces(
      collectUnhealthyPodLogs([WEB], collectContext({ kube, signal: over.signal, concurrency: 1 })),
    );

    assert.match(files[`${FOLDER}/init.log`] ?? '', /^(?:again\n){3}$/);
    assert.equal(
      files[`${FOLDER}/init-logs-errors.log`],
      'failed to copy log: context deadline exceeded',
    );
    assert.equal(
      files[`${FOLDER}/app-logs-errors.log`],
      'failed to get log stream: context deadline exceeded',
    );
  });

  it('reads several at once, within the bound', async () => {
    const kube = new StreamingKube();
    const pods = Array.from({ length: 20 }, (_, index) => ({ ...WEB, name: `web-${index}` }));
    for (const name of ['init', 'app']) kube.bodies.set(name, slow);

    await gatherPieces(collectUnhealthyPodLogs(pods, collectContext({ kube, concurrency: 3 })));

    assert.equal(kube.mostInFlight, 3);
  });
});

function endlessUntil(over: AbortController) {
  return async function* endless(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (let lines = 0; ; lines++) {
      signal.throwIfAborted();
      if (lines === 3) over.abort(new Error('too long'));
      else yield Buffer.from('again\n');
    }
  };
}

async function* slow(): AsyncGenerator<Uint8Array> {
  for (let turns = 0; turns < 5; turns++) await Promise.resolve();
  yield Buffer.from('x');
}
