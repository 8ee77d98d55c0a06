/** The collector of buckets, with both engines: the same servers, the same files. */

import assert from 'node:assert/strict';

import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import { type Minio, startMinio } from '../bed/minio.ts';
import { assertTypeParity, type Fields } from './parity/assert-type.ts';

/** Nothing listens there. */
const CLOSED = '127.0.0.1:1';

describe('parity with support-bundle: buckets', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let minio: Minio;
  let secure: Minio;
  let bucket: Fields;

  before(async () => {
    [plane, minio, secure] = await Promise.all([
      startControlPlane(),
      startMinio(),
      startMinio({ tls: true }),
    ]);
    await Promise.all([minio, secure].map((server) => server.createBucket('there')));
    bucket = bucketOf(minio);
  });

  after(async () => {
    await Promise.all([plane, minio, secure].map((server) => server.stop()));
  });

  it('holds for a bucket that there is', async () => {
    const texts = await assertTypeParity(plane, 's3Status', [
      bucket,
      { ...bucket, usePathStyle: false, region: 'eu-central-1' },
      { ...bucketOf(secure), insecure: true },
    ]);

    for (const text of texts) assert.match(text, /"isConnected":true\}$/);
  });

  it('holds for a missing bucket, wrong keys and a closed port', async () => {
    await assertTypeParity(plane, 's3Status', [
      { ...bucket, bucketName: 'missing' },
      { ...bucket, bucketName: 'Not A Name' },
      { ...bucket, secretAccessKey: 'wrong' },
      { ...bucket, accessKeyID: 'wrong' },
      { ...bucket, accessKeyID: '' },
      { ...bucket, secretAccessKey: '' },
      { ...bucket, endpoint: `http://${CLOSED}` },
      { ...bucket, endpoint: 'nonsense' },
    ]);
  });
});

function bucketOf({ url, accessKey, secretKey }: Minio): Fields {
  return {
    bucketName: 'there',
    endpoint: url,
    accessKeyID: accessKey,
    secretAccessKey: secretKey,
    usePathStyle: true,
  };
}
