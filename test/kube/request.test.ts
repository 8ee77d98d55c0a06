/** kube/request: one request against a real local server. */

import assert from 'node:assert/strict';
import { Agent, createServer, type RequestListener, type Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import { type KubeRequest, type ReadLimits, sendKubeRequest } from '../../agent/kube/request.ts';
import { never } from '../support/signal.ts';

describe('kube/request', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('gives back the parsed answer and sends method, path, query and credentials', async () => {
    const seen: unknown[] = [];
    const server = await serve(servers, (incoming, outgoing) => {
      seen.push(incoming.method, incoming.url, incoming.headers.authorization);
      outgoing.end('{"kind":"Secret"}');
    });

    const answer = await sendKubeRequest(requestTo(server, { path: '/api/v1/x?limit=1' }), never());

    assert.deepEqual(answer, { kind: 'Secret' });
    assert.deepEqual(seen, ['GET', '/api/v1/x?limit=1', 'Bearer token-1']);
  });

  it('keeps the path of a server that lives below one', async () => {
    const paths: unknown[] = [];
    const server = await serve(servers, (incoming, outgoing) => {
      paths.push(incoming.url);
      outgoing.end('{}');
    });
    const below = new URL('/k8s/clusters/c-1', server);

    await sendKubeRequest(requestTo(below, { path: '/version' }), never());

    assert.deepEqual(paths, ['/k8s/clusters/c-1/version']);
  });

  it('sends a body with its media type and length', async () => {
    const seen: unknown[] = [];
    const server = await serve(servers, (incoming, outgoing) => {
      seen.push(incoming.headers['content-type'], incoming.headers['content-length']);
      outgoing.end('{}');
    });
    const body = { text: '{"ä":1}', contentType: 'application/merge-patch+json' };

    await sendKubeRequest(requestTo(server, { method: 'PATCH', body }), never());

    assert.deepEqual(seen, ['application/merge-patch+json', '8']);
  });

  it('rejects with the code of the status', async () => {
    const server = await serve(servers, (_incoming, outgoing) => {
      outgoing.writeHead(403).end('{"message":"no"}');
    });

    await assert.rejects(sendKubeRequest(requestTo(server), never()), { code: 'KUBE_FORBIDDEN' });
  });

  it('rejects with KUBE_UNREACHABLE where nothing listens', async () => {
    const server = await serve(servers, () => undefined);
    await new Promise((resolve) => servers[0]?.close(resolve));

    await assert.rejects(sendKubeRequest(requestTo(server), never()), { code: 'KUBE_UNREACHABLE' });
  });

  it('rejects with KUBE_UNREACHABLE when the connection breaks within the answer', async () => {
    const server = await serve(servers, (_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-length': 100 });
      outgoing.write('{', () => outgoing.destroy());
    });

    await assert.rejects(sendKubeRequest(requestTo(server), never()), { code: 'KUBE_UNREACHABLE' });
  });

  it('rejects with KUBE_TIMEOUT when the answer does not come', async () => {
    const server = await serve(servers, () => undefined);

    await assert.rejects(sendKubeRequest(requestTo(server, { timeoutMs: 40 }), never()), {
      code: 'KUBE_TIMEOUT',
    });
  });

  it('rejects with KUBE_TIMEOUT when the answer never ends', async () => {
    const server = await serve(servers, (_incoming, outgoing) => {
      outgoing.write('{');
    });

    await assert.rejects(sendKubeRequest(requestTo(server, { timeoutMs: 60 }), never()), {
      code: 'KUBE_TIMEOUT',
    });
  });

  it('ends at once when the signal aborts, with no code of its own', async () => {
    const server = await serve(servers, () => undefined);
    const controller = new AbortController();
    const sent = sendKubeRequest(requestTo(server), controller.signal);

    controller.abort(new Error('stop'));

    await assert.rejects(sent, (error) => error instanceof Error && error.name === 'AbortError');
  });

  it('does not read on past the size limit', async () => {
    const server = await serve(servers, (_incoming, outgoing) => {
      outgoing.end(JSON.stringify({ text: 'x'.repeat(2000) }));
    });

    await assert.rejects(sendKubeRequest(requestTo(server, { maxResponseBytes: 1000 }), never()), {
      code: 'KUBE_FAILED',
      message: /larger than 1000 bytes/,
    });
  });

  it('refuses an answer that is not JSON', async () => {
    const server = await serve(servers, (_incoming, outgoing) => {
      outgoing.end('<html>');
    });

    await assert.rejects(sendKubeRequest(requestTo(server), never()), { code: 'KUBE_FAILED' });
  });

  it('sends again when a kept-alive connection turns out to be closed', async () => {
    let requests = 0;
    const server = await serve(servers, (incoming, outgoing) => {
      requests += 1;
      // The second request meets a server that closes the connection without a word.
      if (requests === 2) incoming.socket.destroy();
      else outgoing.end('{}');
    });
    const agent = new Agent({ keepAlive: true });
    const request = requestTo(server, { transport: { headers: {}, agent } });
    await sendKubeRequest(request, never());
    await wait(10);

    await sendKubeRequest(request, never());

    assert.equal(requests, 3);
    agent.destroy();
  });

  it('does not send again when a fresh connection is reset', async () => {
    let requests = 0;
    const server = await serve(servers, (incoming) => {
      requests += 1;
      incoming.socket.destroy();
    });

    await assert.rejects(sendKubeRequest(requestTo(server), never()), { code: 'KUBE_UNREACHABLE' });
    assert.equal(requests, 1);
  });
});

async function serve(servers: Server[], listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return new URL(`http://127.0.0.1:${address.port}/`);
}

function requestTo(
  server: URL,
  overrides: Partial<KubeRequest & ReadLimits> = {},
): KubeRequest & ReadLimits {
  return {
    server,
    method: 'GET',
    path: '/version',
    isRepeatable: true,
    timeoutMs: 3000,
    maxResponseBytes: 1_000_000,
    transport: { headers: { Authorization: 'Bearer token-1' }, agent: new Agent() },
    ...overrides,
  };
}
