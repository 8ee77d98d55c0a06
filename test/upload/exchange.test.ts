/** Tests of upload/exchange through a destination: connections that behave badly, and TLS. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { UploadSource } from '../../agent/upload/destination.ts';
import { type Certificate, makeCertificate } from '../bed/certificate.ts';
import { httpDestination, UploadServers, writeSource } from '../support/upload.ts';
import { type LocalServer, startUploadServer, stored } from '../support/upload-server.ts';

/** More than the buffers of a loopback connection hold. */
const LARGE_BYTES = 16 * 1024 * 1024;

describe('upload/exchange', () => {
  const signal = new AbortController().signal;
  const servers = new UploadServers();
  let folder: string;
  let source: UploadSource;
  let large: UploadSource;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'exchange-'));
    source = await writeSource(folder, 'small', Buffer.from('a bundle'));
    large = await writeSource(folder, 'large', Buffer.alloc(LARGE_BYTES, 7));
  });

  afterEach(() => servers.stop());

  after(() => rm(folder, { recursive: true }));

  it('sends an empty bundle and one that is larger than all buffers', async () => {
    const server = await servers.serve(stored);
    const empty = await writeSource(folder, 'empty', Buffer.alloc(0));

    assert.equal((await httpDestination(server.url).attempt(empty, signal)).kind, 'delivered');
    assert.equal((await httpDestination(server.url).attempt(large, signal)).kind, 'delivered');
    assert.deepEqual(
      server.uploads.map(({ body }) => body.length),
      [0, LARGE_BYTES],
    );
  });

  it('asks before it sends much, and sends all the same to a server that says nothing', async () => {
    const heads: string[] = [];
    const server = await servers.serveRaw((socket) =>
      readUpload(socket, {
        onHead: (head) => void heads.push(head),
        onBody: () => void socket.end('HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n'),
      }),
    );

    const outcome = await httpDestination(server.url).attempt(large, signal);

    assert.equal(outcome.kind, 'delivered');
    assert.equal(heads.length, 1);
    assert.match(heads[0] ?? '', /\r\nexpect: 100-continue\r\n(.+\r\n)*\r\n$/i);
  });

  it('sends again at once to a server that refuses to be asked', async () => {
    const heads: string[] = [];
    const server = await servers.serveRaw((socket) =>
      readUpload(socket, {
        onHead: (head) => {
          heads.push(head);
          if (!/expect:/i.test(head)) return;
          socket.end('HTTP/1.1 417 Expectation Failed\r\ncontent-length: 0\r\n\r\n');
        },
        onBody: () => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'),
      }),
    );

    assert.equal((await httpDestination(server.url).attempt(large, signal)).kind, 'delivered');
    assert.equal(heads.length, 2);
  });

  for (const [name, statusCode, kind] of [
    ['refuses', 413, 'rejected'],
    ['forbids', 403, 'blocked'],
    ['is overloaded', 503, 'retryable'],
  ] as const) {
    it(`hears a server that ${name} in mid-upload and hangs up`, async () => {
      const server = await servers.serveRaw((socket) => {
        let bytes = 0;
        socket.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes < 2_000) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
          if (bytes < 200_000 || socket.isPaused()) return;
          // It takes no more, so the upload stands still; and it hangs up once its answer has had the time to arrive, since
          // what the kernel has not handed out when the reset comes is lost.
          socket.pause();
          socket.write(`HTTP/1.1 ${statusCode} No\r\ncontent-length: 7\r\n\r\nbecause`);
          setTimeout(() => socket.destroy(), 200);
        });
      });

      const outcome = await httpDestination(server.url).attempt(large, signal);

      assert.equal(outcome.kind, kind);
      assert.equal(outcome.statusCode, statusCode);
      assert.ok('reason' in outcome && outcome.reason.endsWith('because'));
    });
  }

  it('does not believe a 200 before the whole bundle was sent', async () => {
    const server = await servers.serveRaw((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
    });

    const outcome = await httpDestination(server.url).attempt(large, signal);

    assert.equal(outcome.kind, 'retryable');
  });

  it('does not believe a 200 that is cut off', async () => {
    const server = await servers.serveRaw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 200\r\n\r\nok'));
    });

    const outcome = await httpDestination(server.url).attempt(source, signal);

    assert.equal(outcome.kind, 'retryable');
  });

  it('reads no more of an answer than it needs', async () => {
    const server = await servers.serve((response) => {
      response.writeHead(500);
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(100_000), more);
      };
      more();
    });

    const outcome = await httpDestination(server.url).attempt(source, signal);

    assert.equal(outcome.kind, 'retryable');
    assert.equal(outcome.statusCode, 500);
  });

  it('repeats where nobody listens, and where the name is not known', async () => {
    const server = await startUploadServer([stored]);
    await server.stop();

    for (const url of [server.url, 'http://does-not-exist.invalid']) {
      assert.equal((await httpDestination(url).attempt(source, signal)).kind, 'retryable');
    }
  });

  for (const [name, hangUp] of [
    ['reset', 'resetAndDestroy'],
    ['closed', 'destroy'],
  ] as const) {
    it(`repeats after a connection that was ${name}`, async () => {
      const server = await servers.serveRaw((socket) =>
        socket.once('data', () => socket[hangUp]()),
      );

      assert.equal((await httpDestination(server.url).attempt(source, signal)).kind, 'retryable');
      assert.equal((await httpDestination(server.url).attempt(large, signal)).kind, 'retryable');
    });
  }

  it('repeats after an answer that is not HTTP', async () => {
    const server = await servers.serveRaw((socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n'));

    assert.equal((await httpDestination(server.url).attempt(source, signal)).kind, 'retryable');
  });

  it('gives up on a server that does not answer, by UPLOAD_IDLE_TIMEOUT', async () => {
    const server = await servers.serveRaw(() => undefined);

    const outcome = await httpDestination(server.url, { idleTimeoutMs: 50 }).attempt(
      source,
      signal,
    );

    assert.ok(outcome.kind === 'retryable');
    assert.match(outcome.reason, /socket.*50ms/);
  });

  it('gives up on a server that stops reading, by UPLOAD_IDLE_TIMEOUT', async () => {
    const server = await servers.serveRaw((socket) => void socket.pause());

    const outcome = await httpDestination(server.url, { idleTimeoutMs: 300 }).attempt(
      large,
      signal,
    );

    assert.equal(outcome.kind, 'retryable');
  });

  it('gives up on a server that drips its answer, by UPLOAD_TIMEOUT', async () => {
    const server = await servers.serve((response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 20);
      response.once('close', () => clearInterval(timer));
    });

    const outcome = await httpDestination(server.url, { timeoutMs: 200 }).attempt(source, signal);

    assert.deepEqual(outcome, {
      kind: 'retryable',
      reason: 'not done within UPLOAD_TIMEOUT of 0.2 s',
    });
  });

  it('takes a slow answer that comes in time', async () => {
    const server = await servers.serve((response) => void setTimeout(() => stored(response), 100));

    const outcome = await httpDestination(server.url, { idleTimeoutMs: 1_000 }).attempt(
      source,
      signal,
    );

    assert.equal(outcome.kind, 'delivered');
  });

  it('rejects when it is told to stop, also in mid-upload', async () => {
    const stop = new AbortController();
    const server = await servers.serveRaw((socket) => socket.once('data', () => stop.abort()));

    await assert.rejects(httpDestination(server.url).attempt(large, stop.signal));
    await assert.rejects(httpDestination(server.url).attempt(source, stop.signal));
  });

  it('does not send a file that has changed its size or is gone', async () => {
    const server = await servers.serve(stored);

    for (const wrong of [
      { ...source, bytes: 9 },
      { ...source, file: join(folder, 'gone') },
    ]) {
      assert.equal((await httpDestination(server.url).attempt(wrong, signal)).kind, 'retryable');
    }
    assert.deepEqual(server.uploads, []);
  });

  it('sends through the proxy of the environment, but not past NO_PROXY', async () => {
    const server = await servers.serve(stored);
    const proxied: string[] = [];
    const proxy = await startProxy(proxied);
    const environment = { http_proxy: `http://127.0.0.1:${proxy.port}` };

    const through = httpDestination('http://bundles.invalid', { proxyEnvironment: environment });
    await through.attempt(source, signal);
    const past = { ...environment, no_proxy: '127.0.0.1' };
    const outcome = await httpDestination(server.url, { proxyEnvironment: past }).attempt(
      source,
      signal,
    );

    assert.equal(outcome.kind, 'delivered');
    assert.deepEqual(proxied, [`PUT http://bundles.invalid/${source.key} HTTP/1.1`]);
  });

  describe('over TLS', () => {
    let trusted: Certificate;
    let otherHost: Certificate;

    before(async () => {
      trusted = await makeCertificate(folder);
      const other = await mkdtemp(join(folder, 'other-'));
      otherHost = await makeCertificate(other, ['DNS:elsewhere.example']);
    });

    it('trusts the authorities of UPLOAD_CA_FILE', async () => {
      const server = await servers.serveTls(trusted);

      const outcome = await httpDestination(server.url, {
        caFile: trusted.certificateFile,
      }).attempt(large, signal);

      assert.equal(outcome.kind, 'delivered');
    });

    it('reads UPLOAD_CA_FILE again when it changes', async () => {
      const server = await servers.serveTls(trusted);
      const caFile = join(folder, 'ca.crt');
      const changing = httpDestination(server.url, { caFile });
      await writeFile(caFile, otherHost.certificate);
      const before = await changing.attempt(source, signal);
      await writeFile(caFile, `${otherHost.certificate}${trusted.certificate}`);

      const after = await changing.attempt(source, signal);

      assert.deepEqual([before.kind, after.kind], ['blocked', 'delivered']);
    });

    it('is blocked by a self-signed certificate and says so', async () => {
      const server = await servers.serveTls(trusted);

      const outcome = await httpDestination(server.url).attempt(source, signal);

      assert.ok(outcome.kind === 'blocked');
      assert.match(outcome.reason, /^the destination's certificate is self-signed/);
      assert.deepEqual(server.uploads, []);
    });

    it('is blocked by a certificate for another host and says so', async () => {
      const server = await servers.serveTls(otherHost);
      const caFile = otherHost.certificateFile;

      const outcome = await httpDestination(server.url, { caFile }).attempt(source, signal);

      assert.ok(outcome.kind === 'blocked');
      assert.match(outcome.reason, /^the destination's certificate is for another host name/);
    });

    it('is blocked by a server without TLS', async () => {
      const server = await servers.serve(stored);

      const outcome = await httpDestination(server.url.replace('http:', 'https:')).attempt(
        source,
        signal,
      );

      assert.ok(outcome.kind === 'blocked');
      assert.match(outcome.reason, /^TLS with the destination fails/);
    });

    it('sends through a tunnel of the proxy', async () => {
      const server = await servers.serveTls(trusted);
      const proxied: string[] = [];
      const proxy = await startProxy(proxied);

      const outcome = await httpDestination(server.url, {
        caFile: trusted.certificateFile,
        proxyEnvironment: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
      }).attempt(large, signal);

      assert.equal(outcome.kind, 'delivered');
      assert.deepEqual(proxied, [`CONNECT 127.0.0.1:${server.port} HTTP/1.1`]);
    });
  });

  /** Answers plain requests itself; opens tunnels. Keeps the first line of each request. */
  async function startProxy(requests: string[]): Promise<LocalServer> {
    return servers.serveRaw((client) => {
      client.once('data', (chunk: Buffer) => {
        const [line = ''] = chunk.toString('latin1').split('\r\n');
        requests.push(line);
        const [, port] = /^CONNECT [^:]+:(\d+)/.exec(line) ?? [];
        if (port === undefined) {
          client.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
          return;
        }
        const upstream = connect(Number(port), '127.0.0.1', () => {
          client.write('HTTP/1.1 200 Connection established\r\n\r\n');
          client.pipe(upstream).pipe(client);
        });
        upstream.on('error', () => client.destroy());
      });
    });
  }
});

/** Reads the large bundle below HTTP; its head comes in one piece. */
function readUpload(
  socket: Socket,
  { onHead, onBody }: { readonly onHead: (head: string) => void; readonly onBody: () => void },
): void {
  let leftBytes = LARGE_BYTES;
  let hasHead = false;
  socket.on('data', (chunk: Buffer) => {
    if (!hasHead) {
      hasHead = true;
      const endIndex = chunk.indexOf('\r\n\r\n') + 4;
      onHead(chunk.subarray(0, endIndex).toString('latin1'));
      leftBytes += endIndex;
    }
    leftBytes -= chunk.length;
    if (leftBytes <= 0) onBody();
  });
}
