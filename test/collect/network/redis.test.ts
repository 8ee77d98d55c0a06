/** collect/redis: its URIs, and servers that are not what they seem. */

import assert from 'node:assert/strict';

import { clusterNetwork } from '../../../agent/collect/network/network.ts';
import { parseRedisUri, redis } from '../../../agent/collect/network/redis.ts';
import { gather } from '../../support/collect.ts';
import { TcpServers } from '../../support/tcp-server.ts';

const PLAIN = { host: 'db', port: 6379, user: '', password: '', database: 0, isTls: false };

describe('collect/redis', () => {
  const servers = new TcpServers();
  afterEach(() => servers.close());

  for (const [uri, settings] of [
    ['redis://db', {}],
    ['redis://', { host: 'localhost' }],
    ['rediss://db:7000/', { port: 7000, isTls: true }],
    ['redis://:p%40ss@db/15', { password: 'p@ss', database: 15 }],
    ['redis://app:pass@[::1]:1', { host: '::1', port: 1, user: 'app', password: 'pass' }],
  ] as const) {
    it(`reads ${uri}`, () => {
      assert.deepEqual(parseRedisUri(uri), { ...PLAIN, ...settings });
    });
  }

  for (const [uri, reason] of [
    ['http://:s3cret@db', /invalid redis URL scheme: http/],
    ['redis://:s3cret@db/one', /invalid redis database number: "one"/],
    ['redis://:s3cret@db/1/2', /invalid redis URL path/],
    ['redis://:s3cret@db?x=1', /no options supported/],
    ['redis://:s3cret@db:port', /invalid port/],
    ['redis://:s3cret%zz@db', /invalid URL escape/],
  ] as const) {
    it(`writes why ${uri} cannot be read, without its password`, async () => {
      const { files, problems } = await gather(redis, { uri });
      const text = files['redis/redis.json'] ?? '';

      assert.match(text.replaceAll('\\"', '"'), reason);
      assert.ok(!JSON.stringify([text, problems]).includes('s3cret'));
    });
  }

  it('is connected to a server that does not tell its version', async () => {
    const port = await servers.start((socket) =>
      socket.on('data', () => socket.write('$15\r\n# Server\r\nos:x\r\n\r\n')),
    );
    const { files } = await gather(redis, { uri: `redis://127.0.0.1:${port}`, collectorName: 'a' });

    assert.deepEqual(files, { 'redis/a.json': '{"isConnected":true}' });
  });

  it('hides the password where a server repeats it', async () => {
    const port = await servers.start((socket) =>
      socket.on('data', () => socket.write('-ERR s3:cret is wrong\r\n')),
    );
    const { files } = await gather(redis, { uri: `redis://:s3%3Acret@127.0.0.1:${port}` });

    assert.deepEqual(files, {
      'redis/redis.json': '{"isConnected":false,"error":"ERR ***HIDDEN*** is wrong"}',
    });
  });

  for (const host of ['127.0.0.1', '[::1]', 'localhost', '169.254.169.254']) {
    it(`does not connect to ${host}`, async () => {
      const { files } = await gather(
        redis,
        { uri: `redis://${host}:1` },
        { network: clusterNetwork() },
      );

      assert.match(files['redis/redis.json'] ?? '', /loopback, link-local or metadata address/);
    });
  }
});
