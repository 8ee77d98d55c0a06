/** kube/connect: what its requests do beside the transport: create, delete, wait, ask again. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { KubeApi } from '../../agent/kube/client.ts';
import { FakeClock } from '../support/clock.ts';
import { bodyText, KubeServer, type Listener } from '../support/kube-server.ts';
import { never } from '../support/signal.ts';

const PODS = '/api/v1/namespaces/a/pods';

const WAYS: readonly (readonly [string, string, (kube: KubeApi) => Promise<unknown>])[] = [
  ['get', 'GET', (kube) => kube.get(PODS, never())],
  ['stream', 'GET', (kube) => kube.stream(PODS, {}, never())],
  ['post', 'POST', (kube) => kube.post(PODS, {}, never())],
  ['patch', 'PATCH', (kube) => kube.patch(PODS, {}, never())],
  ['delete', 'DELETE', (kube) => kube.delete(PODS, {}, never())],
];

describe('kube/connect, exchanges', function () {
  // client-node alone takes about a second to import.
  this.timeout(20_000);
  const servers: KubeServer[] = [];
  let clock: FakeClock;
  beforeEach(() => {
    clock = new FakeClock();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  it('creates, and gives what the API made of it', async () => {
    const seen: unknown[] = [];
    const server = await serve(async (incoming, outgoing) => {
      seen.push(incoming.method, incoming.headers['content-type'], await bodyText(incoming));
      outgoing.writeHead(201).end('{"metadata":{"name":"run-1"}}');
    });
    const kube = await server.connect();

    const created = await kube.post(PODS, { kind: 'Pod' }, never());

    assert.deepEqual(created, { metadata: { name: 'run-1' } });
    assert.deepEqual(seen, ['POST', 'application/json', '{"kind":"Pod"}']);
  });

  it('deletes as it is told to', async () => {
    const seen: unknown[] = [];
    const server = await serve(async (incoming, outgoing) => {
      seen.push(incoming.method, JSON.parse(await bodyText(incoming)));
      outgoing.end('{"kind":"Status"}');
    });
    const kube = await server.connect();

    await kube.delete(
      `${PODS}/b`,
      { gracePeriodSeconds: 0, propagationPolicy: 'Background' },
      never(),
    );

    assert.deepEqual(seen, [
      'DELETE',
      {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        gracePeriodSeconds: 0,
        propagationPolicy: 'Background',
      },
    ]);
  });

  it('takes what is not there for deleted, and nothing else', async () => {
    const server = await serve((incoming, outgoing) => {
      outgoing.writeHead(incoming.url === `${PODS}/gone` ? 404 : 403).end('{}');
    });
    const kube = await server.connect();

    await kube.delete(`${PODS}/gone`, {}, never());

    await assert.rejects(kube.delete(`${PODS}/b`, {}, never()), { code: 'KUBE_FORBIDDEN' });
  });

  it("has the context's namespace, else default", async () => {
    const server = await serve((_incoming, outgoing) => outgoing.end('{}'));

    assert.equal((await server.connect({ namespace: 'shop' })).namespace, 'shop');
    assert.equal((await server.connect()).namespace, 'default');
  });

  for (const [what, method, ask] of WAYS) {
    it(`obeys Retry-After with ${what}`, async () => {
      let answers = 0;
      const server = await serve((_incoming, outgoing) => {
        answers += 1;
        if (answers > 1) outgoing.end('{}');
        else outgoing.writeHead(429, { 'retry-after': '7' }).end('{}');
      });
      const kube = await server.connect({ clock, concurrency: 1 });

      await ask(kube);

      assert.deepEqual(server.requests, [`${method} ${PODS}`, `${method} ${PODS}`]);
      const [sleptMs = 0] = clock.sleptMs;
      assert.ok(sleptMs >= 7_250 && sleptMs <= 7_500, `${sleptMs} ms`);
    });
  }

  it('shows a 429 that stays', async () => {
    const server = await serve((_incoming, outgoing) => {
      outgoing.writeHead(429, { 'retry-after': '1' }).end('{"message":"too many requests"}');
    });
    const kube = await server.connect({ clock });

    await assert.rejects(kube.get(PODS, never()), { apiMessage: 'too many requests' });

    assert.equal(server.requests.length, 8);
  });

  it('sends a creation once when the connection breaks, and a review again', async () => {
    const server = await serve((incoming) => incoming.socket.destroy());
    const kube = await server.connect({ clock, outlastsOutages: true });
    const review = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';

    await assert.rejects(kube.post(PODS, {}, never()), { code: 'KUBE_UNREACHABLE' });
    assert.equal(server.requests.length, 1);

    await assert.rejects(kube.post(review, {}, never()), { code: 'KUBE_UNREACHABLE' });
    assert.equal(server.requests.length, 9);
  });

  it('waits for a server that is away', async () => {
    const first = await KubeServer.start((_incoming, outgoing) => outgoing.end('{"run":1}'));
    const kube = await first.connect({ clock, outlastsOutages: true });
    await kube.get(PODS, never());
    await first.stop();
    clock.sleep = async () => {
      // While it waits for the second time, the server comes back.
      clock.sleptMs.push(0);
      if (clock.sleptMs.length < 2) return;
      const listener: Listener = (_incoming, outgoing) => outgoing.end('{"run":2}');
      servers.push(await KubeServer.start(listener, first.port));
    };

    const answer = await kube.post(PODS, {}, never());

    assert.deepEqual(answer, { run: 2 });
    assert.equal(clock.sleptMs.length, 2);
  });

  it('fails at once for a server that is away, unless told to wait', async () => {
    const server = await KubeServer.start(() => undefined);
    const kube = await server.connect({ clock });
    await server.stop();

    await assert.rejects(kube.get(PODS, never()), { code: 'KUBE_UNREACHABLE' });

    assert.deepEqual(clock.sleptMs, []);
  });

  it('reads the token file again when the token has expired', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kube-token-'));
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'old');
    let valid = 'Bearer old';
    const server = await serve((incoming, outgoing) => {
      outgoing.writeHead(incoming.headers.authorization === valid ? 200 : 401).end('{}');
    });
    const user = { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } };
    const kube = await server.connect({ clock, user });
    await kube.get(PODS, never());

    valid = 'Bearer new';
    await writeFile(tokenFile, 'new');

    assert.deepEqual(await kube.get(PODS, never()), {});
    assert.equal(server.requests.length, 3);
    await rm(folder, { recursive: true });
  });

  it('has as many requests in flight as it may have', async () => {
    let inFlight = 0;
    let mostInFlight = 0;
    const server = await serve((_incoming, outgoing) => {
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      setTimeout(() => {
        inFlight -= 1;
        outgoing.end('{}');
      }, 10);
    });
    const kube = await server.connect({ concurrency: 3 });

    await Promise.all(Array.from({ length: 12 }, () => kube.get(PODS, never())));

    assert.equal(mostInFlight, 3);
    assert.equal(server.requests.length, 12);
  });

  async function serve(listener: Listener): Promise<KubeServer> {
    const server = await KubeServer.start(listener);
    servers.push(server);
    return server;
  }
});
