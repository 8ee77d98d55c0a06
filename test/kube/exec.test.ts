/** kube/exec: a command over a WebSocket, from a real local server. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { type WebSocket, WebSocketServer } from 'ws';

import { apiMessageOf } from '../../agent/kube/api-error.ts';
import type { Execution, KubeApi } from '../../agent/kube/client.ts';
import { KubeServer, type Listener } from '../support/kube-server.ts';
import { never } from '../support/signal.ts';

const TARGET = {
  namespace: 'shop',
  pod: 'web-0',
  container: 'web',
  command: ['sh', '-c', 'echo "a b" && exit 3'],
};
const SUCCESS = { status: 'Success' };
const EXIT_3 = {
  status: 'Failure',
  reason: 'NonZeroExitCode',
  message: 'command terminated with non-zero exit code: exit status 3, exit code 3',
  details: { causes: [{ reason: 'ExitCode', message: '3' }] },
};
const CHUNK = Buffer.alloc(64 * 1024, 'x');

describe('kube/exec', function () {
  // client-node alone takes about a second to import.
  this.timeout(20_000);
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp();
  });

  it('asks for the command without stdin and terminal, as who it is', async () => {
    const seen: IncomingMessage[] = [];
    const kube = await connected((socket, incoming) => {
      seen.push(incoming);
      end(socket, SUCCESS);
    });

    await outputOf(await kube.exec(TARGET, never()));

    const url = new URL(seen[0]?.url ?? '', 'ws://kube');
    assert.equal(url.pathname, '/api/v1/namespaces/shop/pods/web-0/exec');
    assert.deepEqual(
      [...url.searchParams],
      [
        ['container', 'web'],
        ['stdout', 'true'],
        ['stderr', 'true'],
        ['command', 'sh'],
        ['command', '-c'],
        ['command', 'echo "a b" && exit 3'],
      ],
    );
    assert.equal(seen[0]?.headers['sec-websocket-protocol'], 'v4.channel.k8s.io');
    assert.equal(seen[0].headers.authorization, 'Bearer token-1');
  });

  it('gives both streams in the order in which they are written', async () => {
    const kube = await connected((socket) => {
      // The kubelet opens each channel with an empty message.
      for (const channel of [1, 2, 3]) send(socket, channel, '');
      send(socket, 1, 'out 1');
      send(socket, 2, 'error 1');
      send(socket, 1, 'out 2');
      end(socket, SUCCESS);
    });

    const execution = await kube.exec(TARGET, never());

    assert.deepEqual(await outputOf(execution), [
      ['stdout', 'out 1'],
      ['stderr', 'error 1'],
      ['stdout', 'out 2'],
    ]);
    assert.deepEqual(await execution.ending, { kind: 'succeeded' });
  });

  it('tells the exit code', async () => {
    const kube = await connected((socket) => end(socket, EXIT_3));

    const execution = await kube.exec(TARGET, never());

    assert.deepEqual(await outputOf(execution), []);
    assert.deepEqual(await execution.ending, {
      kind: 'failed',
      message: 'command terminated with exit code 3',
      exitCode: 3,
    });
  });

  it("rejects with the API's words when the command cannot be started", async () => {
    const kube = await refusing((_incoming, outgoing) => {
      outgoing.writeHead(404).end('{"kind":"Status","message":"pods \\"web-0\\" not found"}');
    });

    await assert.rejects(kube.exec(TARGET, never()), {
      code: 'KUBE_NOT_FOUND',
      statusCode: 404,
      apiMessage: 'unable to upgrade connection: pods "web-0" not found',
    });
  });

  it("rejects with the kubelet's words, as client-go has them", async () => {
    const kube = await refusing((_incoming, outgoing) => {
      outgoing.writeHead(500).end('container not found ("web")\n');
    });

    await assert.rejects(kube.exec(TARGET, never()), (error) => {
      assert.equal(
        apiMessageOf(error),
        'unable to upgrade connection: container not found ("web")',
      );
      return true;
    });
  });

  it('rejects with KUBE_TIMEOUT when the command is not started', async () => {
    const kube = await refusing(() => undefined, { timeoutMs: 50 });

    await assert.rejects(kube.exec(TARGET, never()), { code: 'KUBE_TIMEOUT' });
  });

  it('rejects with KUBE_UNREACHABLE where nothing listens', async () => {
    const server = await KubeServer.start(() => undefined);
    const kube = await server.connect();
    await server.stop();

    await assert.rejects(kube.exec(TARGET, never()), { code: 'KUBE_UNREACHABLE' });
  });

  for (const [what, leave] of [
    ['breaks', (socket: WebSocket) => socket.terminate()],
    ['is closed', (socket: WebSocket) => socket.close(1000)],
  ] as const) {
    it(`never takes output for complete when the connection ${what} before the command ends`, async () => {
      const kube = await connected((socket) => {
        send(socket, 1, 'half');
        setTimeout(() => leave(socket), 10);
      });
      const execution = await kube.exec(TARGET, never());

      await assert.rejects(outputOf(execution), { code: 'KUBE_UNREACHABLE' });

      await assert.rejects(execution.ending, { code: 'KUBE_UNREACHABLE' });
    });
  }

  it('closes the connection when the reader leaves', async () => {
    const closed = Promise.withResolvers<unknown>();
    const kube = await connected((socket) => {
      socket.once('close', closed.resolve);
      send(socket, 1, 'start');
    });
    const execution = await kube.exec(TARGET, never());

    for await (const { chunk } of execution.output) {
      assert.equal(chunk.length, 5);
      break;
    }

    await closed.promise;
    assert.equal((await execution.ending).kind, 'left');
  });

  it('closes the connection at once when the signal aborts', async () => {
    const closed = Promise.withResolvers<unknown>();
    const kube = await connected((socket) => {
      socket.once('close', closed.resolve);
      send(socket, 1, 'start');
    });
    const controller = new AbortController();
    const execution = await kube.exec(TARGET, controller.signal);

    await assert.rejects(async () => {
      for await (const { chunk } of execution.output) {
        assert.equal(chunk.length, 5);
        controller.abort(new Error('stop'));
      }
    });

    await closed.promise;
    await assert.rejects(execution.ending);
  });

  it('closes the connection of a command whose output nobody reads when the signal aborts', async () => {
    const closed = Promise.withResolvers<unknown>();
    const kube = await connected((socket) => socket.once('close', closed.resolve));
    const controller = new AbortController();
    const execution = await kube.exec(TARGET, controller.signal);

    controller.abort(new Error('stop'));

    await closed.promise;
    await assert.rejects(execution.ending, /stop/);
  });

  it('ends at once when the signal aborts before the command is started', async () => {
    const kube = await refusing(() => undefined);
    const controller = new AbortController();
    const started = kube.exec(TARGET, controller.signal);
    await wait(20);

    controller.abort(new Error('stop'));

    await assert.rejects(started, (error) => error instanceof Error && error.name === 'AbortError');
  });

  it('reads no further ahead than a little when the reader is slow', async () => {
    const chunks = 1_600;
    let sent = 0;
    const kube = await connected(async (socket, incoming) => {
      for (; sent < chunks; sent++) {
        send(socket, 1, CHUNK);
        while (incoming.socket.writableLength > CHUNK.length) await wait(1);
      }
      end(socket, SUCCESS);
    });
    const execution = await kube.exec(TARGET, never());
    let bytes = 0;

    for await (const { chunk } of execution.output) {
      // All that the system's own buffers hold is gone after a while.
      if (bytes === 0) await wait(100);
      assert.ok(bytes > 0 || sent < 400, `${sent} chunks were sent`);
      bytes += chunk.length;
    }

    assert.equal(bytes, chunks * CHUNK.length);
    assert.deepEqual(await execution.ending, { kind: 'succeeded' });
  });

  it('goes past the budget', async () => {
    const kube = await connected(() => undefined);
    const controller = new AbortController();

    await Promise.all([kube.exec(TARGET, controller.signal), kube.exec(TARGET, controller.signal)]);

    assert.deepEqual(await kube.get('/version', never()), {});
    controller.abort();
  });

  it('goes through the proxy of the kubeconfig', async () => {
    const proxied: string[] = [];
    const proxy = createServer().on('connect', (incoming, client: Socket) => {
      proxied.push(incoming.url ?? '');
      const [host, port] = (incoming.url ?? '').split(':');
      const upstream = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        client.pipe(upstream).pipe(client);
      });
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    cleanups.push(() => proxy.close());
    const address = proxy.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const kube = await connected((socket) => end(socket, EXIT_3), {
      proxyUrl: `http://127.0.0.1:${port}`,
    });

    const execution = await kube.exec(TARGET, never());
    await outputOf(execution);

    assert.equal((await execution.ending).kind, 'failed');
    assert.equal(proxied.length, 1);
  });

  /** A client of a server that starts every command, and answers everything else with an empty object. */
  async function connected(
    start: (socket: WebSocket, incoming: IncomingMessage) => unknown,
    options: Parameters<KubeServer['connect']>[0] = {},
  ): Promise<KubeApi> {
    const server = await KubeServer.start((_incoming, outgoing) => outgoing.end('{}'));
    const sockets = new WebSocketServer({ server: server.http });
    sockets.on('connection', start);
    cleanups.push(
      () => server.stop(),
      () => {
        for (const socket of sockets.clients) socket.terminate();
      },
    );
    return await server.connect({ concurrency: 1, ...options });
  }

  /** A client of a server that upgrades nothing. */
  async function refusing(
    listener: Listener,
    options: Parameters<KubeServer['connect']>[0] = {},
  ): Promise<KubeApi> {
    const server = await KubeServer.start(listener);
    cleanups.push(() => server.stop());
    return await server.connect(options);
  }
});

function send(socket: WebSocket, channel: number, payload: string | Uint8Array): void {
  socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(payload)]));
}

function end(socket: WebSocket, status: unknown): void {
  send(socket, 3, JSON.stringify(status));
  socket.close();
}

async function outputOf({ output }: Execution): Promise<(readonly [string, string])[]> {
  const parts: (readonly [string, string])[] = [];
  for await (const { stream, chunk } of output) {
    parts.push([stream, Buffer.from(chunk).toString('utf8')]);
  }
  return parts;
}
