/** kube/stream: answers that are read as they come, from a real local server. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { KubeAnswerError } from '../../agent/kube/api-error.ts';
import type { KubeApi } from '../../agent/kube/client.ts';
import type { ConnectOptions } from '../../agent/kube/connect.ts';
import { type KubeconfigOptions, KubeServer, type Listener } from '../support/kube-server.ts';
import { never } from '../support/signal.ts';

/** What a stream waits for in these tests, where it is the wait that is tested. */
const SHORT_MS = 80;
const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

describe('kube/stream', function () {
  // client-node alone takes about a second to import.
  this.timeout(20_000);
  const servers: KubeServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  it('gives status, media type and the bytes in order', async () => {
    const kube = await connected((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'text/plain' });
      outgoing.write('one ');
      outgoing.end('two');
    });

    const stream = await kube.stream('/log', { accept: 'text/plain' }, never());

    assert.equal(stream.statusCode, 200);
    assert.equal(stream.contentType, 'text/plain');
    assert.equal(await textOf(stream.body), 'one two');
  });

  it('asks for JSON unless told otherwise, and for gzip', async () => {
    const seen: unknown[] = [];
    const kube = await connected((incoming, outgoing) => {
      seen.push([incoming.headers.accept, incoming.headers['accept-encoding']]);
      outgoing.end('{}');
    });

    await textOf((await kube.stream('/', {}, never())).body);
    await textOf((await kube.stream('/', { accept: 'application/yaml' }, never())).body);

    assert.deepEqual(seen, [
      ['application/json', 'gzip'],
      ['application/yaml', 'gzip'],
    ]);
  });

  it('decompresses', async () => {
    const kube = await connected(gzipped(gzipSync('text '.repeat(100_000))));

    const { body } = await kube.stream('/', {}, never());

    assert.equal(await textOf(body), 'text '.repeat(100_000));
  });

  it('decompresses what is read whole, too', async () => {
    const kube = await connected(gzipped(gzipSync('{"kind":"List"}')));

    assert.deepEqual(await kube.get('/', never()), { kind: 'List' });
  });

  it('decompresses an answer that is an error, too', async () => {
    const kube = await connected((_incoming, outgoing) => {
      outgoing.writeHead(403, { 'content-encoding': 'gzip' });
      outgoing.end(gzipSync('{"message":"not yours"}'));
    });

    await assert.rejects(kube.stream('/', {}, never()), { apiMessage: 'not yours' });
  });

  it("rejects with the API's words for an answer that is none", async () => {
    const kube = await connected((_incoming, outgoing) => {
      outgoing.writeHead(404).end('{"message":"pods \\"a\\" not found"}');
    });

    await assert.rejects(kube.stream('/', {}, never()), (error) => {
      assert.ok(error instanceof KubeAnswerError);
      assert.equal(error.code, 'KUBE_NOT_FOUND');
      assert.equal(error.apiMessage, 'pods "a" not found');
      return true;
    });
  });

  for (const [what, listener] of [
    ['within a chunked answer', cut({})],
    ['before the promised length', cut({ 'content-length': 100 })],
    ['within a compressed answer', cut({ 'content-encoding': 'gzip' })],
    ['with half of a compressed text', gzipped(gzipSync(MEGABYTE).subarray(0, 500))],
  ] as const) {
    it(`never takes an answer for complete that ends ${what}`, async () => {
      const kube = await connected(listener, { concurrency: 1 });
      const { body } = await kube.stream('/', {}, never());

      await assert.rejects(textOf(body), { code: 'KUBE_UNREACHABLE' });

      await assertSlotIsFree(kube);
    });
  }

  it('rejects with KUBE_TIMEOUT when the server falls silent', async () => {
    const kube = await connected(startsAndWaits, { timeoutMs: SHORT_MS, concurrency: 1 });
    const { body } = await kube.stream('/', {}, never());

    await assert.rejects(textOf(body), {
      code: 'KUBE_TIMEOUT',
      message: /the answer stopped for 0.08 s/,
    });

    await assertSlotIsFree(kube);
  });

  it('takes its time as long as bytes come', async () => {
    const parts = 8;
    const kube = await connected(
      (_incoming, outgoing) => {
        void drip(outgoing, { parts, everyMs: SHORT_MS / 4 });
      },
      { timeoutMs: SHORT_MS },
    );

    const { body } = await kube.stream('/', {}, never());

    assert.equal(await textOf(body), 'x'.repeat(parts));
  });

  it('rejects with KUBE_TIMEOUT when no answer begins', async () => {
    const kube = await connected(() => undefined, { timeoutMs: SHORT_MS, concurrency: 1 });

    await assert.rejects(kube.stream('/', {}, never()), { code: 'KUBE_TIMEOUT' });

    await assert.rejects(kube.stream('/', {}, never()), { code: 'KUBE_TIMEOUT' });
  });

  it('closes the connection when the reader leaves, and gives the slot back', async () => {
    let closed: Promise<unknown> | undefined;
    const kube = await connected(
      (incoming, outgoing) => {
        closed ??= once(incoming.socket, 'close');
        startsAndWaits(incoming, outgoing);
      },
      { concurrency: 1 },
    );
    const { body } = await kube.stream('/', {}, never());

    for await (const chunk of body) {
      assert.ok(chunk.length > 0);
      break;
    }

    await closed;
    await assertSlotIsFree(kube);
  });

  it('closes the connection when the signal aborts, and gives the slot back', async () => {
    const kube = await connected(startsAndWaits, { concurrency: 1 });
    const controller = new AbortController();
    const { body } = await kube.stream('/', {}, controller.signal);

    await assert.rejects(async () => {
      for await (const chunk of body) {
        assert.ok(chunk.length > 0);
        controller.abort();
      }
    });

    await assertSlotIsFree(kube);
  });

  it('does not take an aborted answer for complete when all of it had arrived', async () => {
    const kube = await connected((_incoming, outgoing) => outgoing.end(MEGABYTE));
    const controller = new AbortController();
    const { body } = await kube.stream('/', {}, controller.signal);
    await wait(20);

    controller.abort();

    await assert.rejects(textOf(body));
  });

  it('keeps the slot until the answer has been read', async () => {
    const server = await serve((_incoming, outgoing) => outgoing.end('text'));
    const kube = await server.connect({ concurrency: 1 });
    const { body } = await kube.stream('/first', {}, never());
    const second = kube.stream('/second', {}, never());
    await wait(20);
    assert.deepEqual(server.requests, ['GET /first']);

    await textOf(body);

    assert.equal(await textOf((await second).body), 'text');
  });

  it('closes an answer that nobody begins to read, and gives the slot back', async () => {
    const kube = await connected(endless, { timeoutMs: SHORT_MS, concurrency: 1 });
    const { body } = await kube.stream('/', {}, never());

    await assertSlotIsFree(kube);

    await assert.rejects(textOf(body), { code: 'KUBE_TIMEOUT', message: /nobody read/ });
  });

  it('lends the slot of a reader who stays away, who may go on all the same', async () => {
    const kube = await connected((_incoming, outgoing) => outgoing.end(MEGABYTE), {
      timeoutMs: SHORT_MS,
      concurrency: 1,
    });
    const { body } = await kube.stream('/', {}, never());
    let bytes = 0;

    for await (const chunk of body) {
      // Waits for a slot that only this reader can give back.
      if (bytes === 0) await assertSlotIsFree(kube);
      bytes += chunk.length;
    }

    assert.equal(bytes, MEGABYTE.length);
  });

  it('reads no further ahead than a little when the reader is slow', async () => {
    let sent = 0;
    const kube = await connected((_incoming, outgoing) => {
      async function send(): Promise<void> {
        for (; sent < 100; sent++) if (!outgoing.write(MEGABYTE)) await once(outgoing, 'drain');
        outgoing.end();
      }
      void send();
    });
    const { body } = await kube.stream('/', {}, never());
    let bytes = 0;

    for await (const chunk of body) {
      // All that the system's own buffers hold is gone after a while.
      if (bytes === 0) await wait(100);
      assert.ok(bytes > 0 || sent < 30, `${sent} MB were sent`);
      bytes += chunk.length;
    }

    assert.equal(bytes, 100 * MEGABYTE.length);
  });

  it('has no deadline and no slot for what is long-lived', async () => {
    const kube = await connected(
      (incoming, outgoing) => {
        if (incoming.url === '/') outgoing.end('{}');
        else setTimeout(() => void drip(outgoing, { parts: 2, everyMs: 2 * SHORT_MS }), SHORT_MS);
      },
      { timeoutMs: SHORT_MS, concurrency: 1 },
    );

    const logs = await Promise.all(
      ['/a', '/b'].map((path) => kube.stream(path, { isLongLived: true }, never())),
    );

    await kube.get('/', never());
    await wait(2 * SHORT_MS);
    assert.deepEqual(await Promise.all(logs.map(({ body }) => textOf(body))), ['xx', 'xx']);
  });

  async function serve(listener: Listener): Promise<KubeServer> {
    const server = await KubeServer.start(listener);
    servers.push(server);
    return server;
  }

  async function connected(
    listener: Listener,
    options: ConnectOptions & KubeconfigOptions = {},
  ): Promise<KubeApi> {
    const server = await serve((incoming, outgoing) => {
      if (incoming.url === '/free') outgoing.end('{}');
      else listener(incoming, outgoing);
    });
    return await server.connect(options);
  }
});

/** With a budget of one, another request is answered only if the slot came back. */
async function assertSlotIsFree(kube: KubeApi): Promise<void> {
  assert.deepEqual(await kube.get('/free', AbortSignal.timeout(3_000)), {});
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function gzipped(bytes: Uint8Array): Listener {
  return (_incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-encoding': 'gzip' });
    outgoing.end(bytes);
  };
}

/** Some of the answer, and then the connection is gone. */
function cut(headers: Readonly<Record<string, string | number>>): Listener {
  return (_incoming, outgoing) => {
    outgoing.writeHead(200, headers);
    const start =
      'content-encoding' in headers ? gzipSync(MEGABYTE).subarray(0, 500) : '{"items":[';
    outgoing.write(start, () => outgoing.destroy());
  };
}

function startsAndWaits(...[, outgoing]: Parameters<Listener>): void {
  outgoing.write('start');
}

function endless(...[, outgoing]: Parameters<Listener>): void {
  function send(): void {
    while (!outgoing.destroyed && outgoing.write(MEGABYTE));
  }
  outgoing.on('drain', send);
  send();
}

async function drip(
  outgoing: ServerResponse,
  { parts, everyMs }: { readonly parts: number; readonly everyMs: number },
): Promise<void> {
  for (let index = 0; index < parts; index++) {
    outgoing.write('x');
    await wait(everyMs);
  }
  outgoing.end();
}
