/** collect/http: what is asked, what is kept of the answer, and what is said where there is none. */

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

import { http } from '../../../agent/collect/network/http.ts';
import type { Network } from '../../../agent/collect/network/network.ts';
import { clusterNetwork } from '../../../agent/collect/network/network.ts';
import { gather } from '../../support/collect.ts';
import { HttpServers } from '../../support/http-server.ts';
import { OPEN_NETWORK } from '../../support/network.ts';

const SECRET = 'a-very-secret-word';

describe('collect/http', () => {
  const servers = new HttpServers();

  afterEach(() => servers.close());

  it('keeps status, headers and body, and JSON as it came', async () => {
    const url = await servers.start((_, response) => {
      response.sendDate = false;
      response.writeHead(418, {
        'content-type': 'application/json',
        connection: 'close',
        'x-a': ['1', '2'],
      });
      response.end('{"n":1e400,"b":"<é>"}');
    });
    const { files, problems } = await gather(http, { name: 'shop', get: { url } });

    assert.equal(
      files['shop/result.json'],
      `{
  "response": {
    "status": 418,
    "body": "{\\"n\\":1e400,\\"b\\":\\"\\u003cé\\u003e\\"}",
    "headers": {
      "Connection": "close",
      "Content-Type": "application/json",
      "X-A": "1,2"
    },
    "raw_json": {
      "n": 1e400,
      "b": "\\u003cé\\u003e"
    }
  }
}`,
    );
    assert.deepEqual(problems, []);
  });

  it('keeps what is no JSON as text, byte by byte where it is no text', async () => {
    const url = await servers.start((_, response) =>
      response.end(Buffer.concat([Buffer.from('\\udc80 '), Buffer.from([0xff, 0xe2, 0x82])])),
    );
    const { files } = await gather(http, { collectorName: 'odd', get: { url } });

    assert.match(files['/odd.json'] ?? '', /"body": "\\\\udc80 \\ufffd\\ufffd\\ufffd"/);
    assert.ok(!(files['/odd.json'] ?? '').includes('raw_json'));
  });

  it('sends method, headers and body', async () => {
    const { url, received } = await receiving();
    const headers = { Authorization: 'Bearer abc', Host: 'other.example', 'User-Agent': 'tests' };
    await gather(http, { post: { url, headers, body: 'text' } });
    await gather(http, { put: { url: url.replace('//', '//user:word@') } });

    assert.deepEqual(received, [
      { method: 'POST', body: 'text', authorization: 'Bearer abc', host: new URL(url).host },
      {
        method: 'PUT',
        body: '',
        authorization: `Basic ${Buffer.from('user:word').toString('base64')}`,
        host: new URL(url).host,
      },
    ]);
  });

  it('follows redirects without credentials to another host', async () => {
    const { url, received } = await receiving();
    const other = url.replace('127.0.0.1', 'localhost');
    const first = await servers.start((_, response) =>
      response.writeHead(307, { location: other }).end(),
    );
    await gather(http, {
      post: { url: first, headers: { authorization: 'Basic abc' }, body: 'x' },
    });

    const [request] = received;
    assert.deepEqual(request, {
      method: 'POST',
      body: 'x',
      authorization: undefined,
      host: new URL(other).host,
    });
  });

  it('ends after ten requests that lead in a circle', async () => {
    let count = 0;
    const url = await servers.start((_, response) => {
      count++;
      response.writeHead(302, { location: '/again' }).end();
    });
    const message = await failure({ get: { url } });

    assert.equal(message, 'Get "/again": stopped after 10 redirects');
    assert.equal(count, 10);
  });

  for (const target of ['http://127.0.0.1:1/', 'http://169.254.169.254/', 'http://localhost/']) {
    it(`does not follow a redirect to ${target}`, async () => {
      const url = await servers.start((_, response) =>
        response.writeHead(302, { location: target }).end(),
      );
      const refused = new URL(target).hostname;
      const network = { ...OPEN_NETWORK, refusal: passingTwice(new URL(url).hostname) };
      const message = await failure({ get: { url } }, network);

      assert.match(message, new RegExp(`${refused.replaceAll('.', '\\.')} is a loopback`));
    });
  }

  for (const url of [
    'http://127.0.0.1:1/',
    'http://localhost:1/',
    'https://[::1]/',
    'http://0x7f.1/',
  ]) {
    it(`connects to nothing at ${url}`, async () => {
      assert.match(await failure({ get: { url } }, clusterNetwork()), /is a loopback/);
    });
  }

  it('says that the time of the spec is over, before and within the answer', async () => {
    const silent = await servers.start(() => undefined);
    const slow = await servers.start((_, response) => response.write('x'));

    assert.equal(
      await failure({ get: { url: silent, timeout: '50ms' } }),
      `Get "${silent}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    );
    await assert.rejects(
      gather(http, { get: { url: slow, timeout: '50ms' } }),
      /while reading body/,
    );
  });

  it('ends when the collector is to end', async () => {
    const url = await servers.start(() => undefined);
    const abort = new AbortController();
    const work = gather(http, { get: { url } }, { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 50);

    await assert.rejects(work, { message: 'enough' });
  });

  for (const isZipped of [false, true]) {
    it(`refuses a body above 16 MiB${isZipped ? ' in less than that' : ''}`, async () => {
      const body = Buffer.alloc(16 * 1024 * 1024 + 1);
      const url = await servers.start((_, response) => {
        if (isZipped) response.setHeader('content-encoding', 'gzip');
        response.end(isZipped ? gzipSync(body) : body);
      });

      assert.match(await failure({ get: { url } }), /larger than 16 MiB/);
    });
  }

  for (const [fields, message] of [
    [{ url: 'http://a/', timeout: '-1s' }, 'timeout must be a positive duration'],
    [{ url: 'http://a/', timeout: 'soon' }, 'time: invalid duration "soon"'],
    [{ url: 'ftp://a/' }, 'Get "ftp://a/": unsupported protocol scheme "ftp"'],
    [{ url: 'a' }, 'Get "a": unsupported protocol scheme ""'],
    [{ url: 'http://a/', tls: { cacert: '/etc/ca.crt' } }, /only the text of a certificate/],
    [{ url: 'http://a/', proxy: 'socks5://b' }, /proxies of the kind socks5: are not supported/],
  ] as const) {
    it(`says what is wrong with ${JSON.stringify(fields)}`, async () => {
      const said = await failure({ get: fields });

      if (typeof message === 'string') assert.equal(said, message);
      else assert.match(said, message);
    });
  }

  it('fails where the spec asks for nothing', async () => {
    await assert.rejects(gather(http, {}), { message: 'no supported http request type' });
  });

  it('names no secret in a problem', async () => {
    const url = `http://user:${SECRET}@127.0.0.1:1/${SECRET}?token=${SECRET}`;
    const get = { url, headers: { authorization: `Bearer ${SECRET}` } };
    const proxied = { ...get, proxy: `http://user:${SECRET}@127.0.0.1:1` };
    const found = [
      await gather(http, { get }),
      await gather(http, { get: proxied }),
      await gather(http, { get: { ...get, headers: { 'x-odd': `${SECRET}\n` } } }),
      await gather(http, { get }, { network: clusterNetwork() }),
    ];

    for (const { problems } of found) {
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.outcome, 'named');
      assert.ok(!JSON.stringify(problems).includes(SECRET), JSON.stringify(problems));
    }
    const [file = ''] = Object.values(found[0]?.files ?? {});
    assert.ok(file.includes('user:***@127.0.0.1:1'), file);
  });

  it('asks through the proxy of the spec, and of the environment only with HTTPS_PROXY', async () => {
    const asked: string[] = [];
    const proxy = await servers.start((request, response) => {
      asked.push(request.url ?? '');
      response.end('proxied');
    });
    const get = { url: 'http://shop.example/path' };
    const through = (proxyEnvironment: Network['proxyEnvironment']) => ({
      network: { ...OPEN_NETWORK, proxyEnvironment },
    });
    await gather(http, { get: { ...get, proxy } });
    await gather(http, { get }, through({ HTTP_PROXY: proxy, HTTPS_PROXY: proxy }));

    assert.deepEqual(asked, [get.url, get.url]);
    assert.match(
      await failure(
        { get: { url: 'http://127.0.0.1:1/' } },
        through({ HTTP_PROXY: proxy }).network,
      ),
      /dial tcp 127\.0\.0\.1:1: connect: connection refused/,
    );
  });

  it('asks through a tunnel, and says why the proxy makes none', async () => {
    const tunnels = createServer();
    tunnels.on('connect', (_, socket) => socket.end('HTTP/1.1 407 Who Are You\r\n\r\n'));
    const proxy = await servers.startServer(tunnels);

    const message = await failure({ get: { url: 'https://shop.example/', proxy } });

    assert.equal(message, 'Get "https://shop.example/": Who Are You');
  });

  it('refuses a proxy of the spec on loopback, and a forbidden host behind any proxy', async () => {
    const get = { url: 'http://shop.example/', proxy: 'http://127.0.0.1:3128' };
    const network = clusterNetwork({ HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://p:1' });

    assert.match(await failure({ get }, network), /is a loopback/);
    assert.match(
      await failure({ get: { url: 'http://169.254.169.254/' } }, network),
      /is a loopback/,
    );
  });

  it('needs no rights', () => {
    assert.deepEqual(http.rules({ get: {} }), []);
  });

  interface Received {
    readonly method: string | undefined;
    readonly body: string;
    readonly authorization: string | undefined;
    readonly host: string | undefined;
  }

  async function receiving(): Promise<{ url: string; received: Received[] }> {
    const received: Received[] = [];
    const url = await servers.start((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, headers } = request;
        const { authorization, host } = headers;
        received.push({ method, body: Buffer.concat(chunks).toString(), authorization, host });
        response.end();
      });
    });
    return { url, received };
  }
});

/** The message in the file. */
async function failure(fields: object, network: Network = OPEN_NETWORK): Promise<string> {
  const { files } = await gather(http, { ...fields }, { network });
  const [file = ''] = Object.values(files);
  const { error } = JSON.parse(file);
  return error.message;
}

/** As in a cluster, but the test's own server is on loopback, too. Asked twice for one request: before it, and by the connection. */
function passingTwice(host: string): Network['refusal'] {
  const network = clusterNetwork();
  let left = 2;
  return (asked) => (asked === host && left-- > 0 ? undefined : network.refusal(asked));
}
