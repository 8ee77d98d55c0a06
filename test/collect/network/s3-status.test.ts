/** collect/s3-status: what is written of a bucket; real servers are asked in test/integration/database-parity.test.ts. */

import assert from 'node:assert/strict';

import { clusterNetwork } from '../../../agent/collect/network/network.ts';
import { s3Status } from '../../../agent/collect/network/s3-status.ts';
import { gather } from '../../support/collect.ts';
import { HttpServers } from '../../support/http-server.ts';

const KEYS = { accessKeyID: 'AKIA-ours', secretAccessKey: 's3cret' };

const FILE = 's3Status/s3Status.json';

describe('collect/s3-status', () => {
  const servers = new HttpServers();
  afterEach(() => servers.close());

  it('asks for the head of the bucket, signed for the region', async () => {
    const requests: string[] = [];
    const endpoint = await servers.start((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      assert.match(request.headers.authorization ?? '', /AKIA-ours\/\d+\/eu-north-1\/s3/);
      response.end();
    });
    const fields = { ...KEYS, endpoint, bucketName: 'shop', region: 'eu-north-1' };
    const given = await gather(s3Status, { ...fields, usePathStyle: true, collectorName: 'a' });

    assert.deepEqual(requests, ['HEAD /shop/']);
    assert.deepEqual(given, {
      files: {
        's3Status/a.json': `{"bucketName":"shop","endpoint":"${endpoint}","region":"eu-north-1","isConnected":true}`,
      },
      links: {},
      problems: [],
    });
  });

  for (const [status, reason] of [
    [301, 'api error MovedPermanently: Moved Permanently'],
    [403, 'api error Forbidden: Forbidden'],
    [404, 'NotFound: '],
  ] as const) {
    it(`writes why the answer is ${status}`, async () => {
      const endpoint = await servers.start((_, response) => {
        response.writeHead(status, { 'x-amz-request-id': 'one', 'x-amz-id-2': 'two' });
        response.end();
      });
      const { files, problems } = await gather(s3Status, {
        ...KEYS,
        endpoint,
        bucketName: 'shop',
        usePathStyle: true,
      });
      const error = `operation error S3: HeadBucket, https response error StatusCode: ${status}, RequestID: one, HostID: two, ${reason}`;

      assert.deepEqual(JSON.parse(files[FILE] ?? ''), {
        bucketName: 'shop',
        endpoint,
        isConnected: false,
        error,
      });
      assert.deepEqual(
        problems.map(({ outcome }) => outcome),
        ['named'],
      );
    });
  }

  it('tries three times where the server cannot answer', async () => {
    let count = 0;
    const endpoint = await servers.start((_, response) => {
      count++;
      response.writeHead(503).end();
    });
    const { files } = await gather(s3Status, {
      ...KEYS,
      endpoint,
      bucketName: 'b',
      usePathStyle: true,
    });

    assert.equal(count, 3);
    assert.match(files[FILE] ?? '', /HeadBucket, exceeded maximum number of attempts, 3, https/);
  });

  it('sends nothing without keys', async () => {
    const { files } = await gather(s3Status, { bucketName: 'shop', endpoint: 'http://db' });

    assert.match(files[FILE] ?? '', /get credentials: static credentials are empty/);
  });

  it('hides the keys', async () => {
    const given = await gather(s3Status, {
      ...KEYS,
      bucketName: 'b',
      endpoint: 'x s3cret AKIA-ours',
    });
    const { error } = JSON.parse(given.files[FILE] ?? '');

    assert.match(
      error,
      /Custom endpoint `x \*\*\*HIDDEN\*\*\* \*\*\*HIDDEN\*\*\*` was not a valid/,
    );
    assert.ok(!JSON.stringify(given.problems).includes('s3cret'));
  });

  it('goes through the proxy of the environment, but not where it is not to verify', async () => {
    const requests: string[] = [];
    const proxy = await servers.start((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      response.end();
    });
    const network = { refusal: () => undefined, proxyEnvironment: { HTTP_PROXY: proxy } };
    const fields = { ...KEYS, endpoint: 'http://s3.test', bucketName: 'shop', usePathStyle: true };
    const { files } = await gather(s3Status, fields, { network });
    const direct = await servers.start((_, response) => response.writeHead(404).end());
    await gather(s3Status, { ...fields, endpoint: direct, insecure: true }, { network });

    assert.match(files[FILE] ?? '', /"isConnected":true/);
    assert.deepEqual(requests, ['HEAD http://s3.test/shop/']);
  });

  for (const endpoint of ['http://127.0.0.1:1', 'https://169.254.169.254', 'http://localhost:1']) {
    it(`does not connect to ${endpoint}`, async () => {
      const { files } = await gather(
        s3Status,
        { ...KEYS, endpoint, bucketName: 'b', usePathStyle: true },
        { network: clusterNetwork() },
      );

      assert.match(files[FILE] ?? '', /loopback, link-local or metadata address/);
    });
  }

  it('rejects with the reason of a signal that aborts', async () => {
    const reason = new Error('enough');

    await assert.rejects(
      gather(s3Status, { ...KEYS, bucketName: 'b' }, { signal: AbortSignal.abort(reason) }),
      reason,
    );
  });
});
