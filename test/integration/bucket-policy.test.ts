/** The bucket policy that the vendor is given, on a real S3 server. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { sendRequest } from '../bed/http.ts';
import { type Minio, startMinio } from '../bed/minio.ts';
import { CHART_FOLDER } from '../support/chart.ts';

const BUCKET = 'bundles';
const USER_AGENT = 'agent/5f0c*';

for (const tls of [true, false]) {
  describe(`chart/kots/bucket-policy.json, ${tls ? 'with' : 'without'} TLS`, () => {
    let minio: Minio;
    let ca: string | undefined;

    before(async () => {
      minio = await startMinio({ tls });
      ca = minio.caFile === undefined ? undefined : await readFile(minio.caFile, 'utf8');
      const policy = await readFile(join(CHART_FOLDER, 'kots/bucket-policy.json'), 'utf8');
      await minio.createBucket(BUCKET);
      await minio.putBucketPolicy(
        BUCKET,
        policy.replaceAll('BUCKET', BUCKET).replaceAll('USER_AGENT', USER_AGENT),
      );
    });

    after(async () => {
      await minio?.stop();
    });

    async function statusOf(method: string, path: string, userAgent: string): Promise<number> {
      const { statusCode } = await sendRequest(new URL(`/${BUCKET}${path}`, minio.url), {
        method,
        headers: { 'user-agent': userAgent },
        ...(method === 'PUT' ? { body: 'a bundle' } : {}),
        ...(ca === undefined ? {} : { ca }),
      });
      return statusCode;
    }

    it(`${tls ? 'takes' : 'refuses'} an object from the right User-Agent`, async () => {
      assert.equal(await statusOf('PUT', '/a/b.tar.gz', USER_AGENT), tls ? 200 : 403);
    });

    for (const userAgent of ['curl/8.0', 'agent/5f0c', 'agent/5f0cc', 'Agent/5F0C*']) {
      it(`refuses an object from ${userAgent}`, async () => {
        assert.equal(await statusOf('PUT', '/other.tar.gz', userAgent), 403);
      });
    }

    for (const [method, path] of [
      ['GET', '/a/b.tar.gz'],
      ['HEAD', '/a/b.tar.gz'],
      ['DELETE', '/a/b.tar.gz'],
      ['GET', '?list-type=2'],
      ['GET', '?policy'],
    ] as const) {
      it(`refuses ${method} ${path}, whatever the User-Agent`, async () => {
        assert.equal(await statusOf(method, path, USER_AGENT), 403);
      });
    }
  });
}
