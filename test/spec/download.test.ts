/** spec/download: specs from URLs, against real local servers. */

import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';

import { AgentError } from '../../agent/errors.ts';
import { downloadSpec } from '../../agent/spec/download.ts';
import { never } from '../support/signal.ts';

describe('spec/download', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('gives back the bytes of the answer', async () => {
    const url = await serve((_incoming, outgoing) => outgoing.end('a: 1'));

    assert.equal(Buffer.from(await downloadSpec(url, never())).toString(), 'a: 1');
  });

  it('follows a redirect within the origin', async () => {
    const url = await serve((incoming, outgoing) => {
      if (incoming.url === '/moved') outgoing.end('a: 1');
      else outgoing.writeHead(302, { location: '/moved' }).end();
    });

    assert.equal(Buffer.from(await downloadSpec(url, never())).toString(), 'a: 1');
  });

  it('follows no redirect to another origin, and does not name it', async () => {
    let requests = 0;
    const other = await serve((_incoming, outgoing) => {
      requests += 1;
      outgoing.end('a: 1');
    });
    const url = await serve((_incoming, outgoing) => {
      outgoing.writeHead(302, { location: `${other.href}?token=abc` }).end();
    });

    await assert.rejects(downloadSpec(url, never()), {
      code: 'SPEC_UNREADABLE',
      message: `${url.href}: answered with 302, which leads to another origin`,
    });
    assert.equal(requests, 0);
  });

  for (const statusCode of [204, 304, 401, 404, 500]) {
    it(`takes ${statusCode} for ${statusCode === 204 ? 'an empty spec' : 'a failure'}, after one request`, async () => {
      let requests = 0;
      const url = await serve((_incoming, outgoing) => {
        requests += 1;
        outgoing.writeHead(statusCode).end();
      });

      const download = downloadSpec(url, never());

      if (statusCode === 204) assert.equal((await download).length, 0);
      else await assert.rejects(download, { code: 'SPEC_UNREADABLE' });
      assert.equal(requests, 1);
    });
  }

  it('names neither query nor credentials when the connection fails', async () => {
    const url = await serve((incoming) => incoming.socket.destroy());
    url.username = 'user';
    url.password = 'password';
    url.search = '?token=abc';

    await assert.rejects(downloadSpec(url, never()), (error) => {
      assert.ok(error instanceof AgentError);
      assert.equal(error.code, 'SPEC_UNREADABLE');
      assert.ok(!/password|abc|user/.test(error.message), error.message);
      return true;
    });
  });

  it('stops at the size limit, also of what is unpacked', async () => {
    const packed = gzipSync(Buffer.alloc(50_000_000));
    const url = await serve((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    });

    await assert.rejects(downloadSpec(url, never()), { code: 'SPEC_TOO_LARGE' });
  });

  it('ends when the signal aborts', async () => {
    const url = await serve(() => undefined);
    const controller = new AbortController();
    const download = downloadSpec(url, controller.signal);

    controller.abort(new Error('stop'));

    await assert.rejects(download, (error) => !(error instanceof AgentError));
  });

  async function serve(listener: RequestListener): Promise<URL> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new URL(`http://127.0.0.1:${address.port}/spec.yaml`);
  }
});
