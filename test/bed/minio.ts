/** A real S3 server, minio, on loopback, with what tests need of the S3 API. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { makeCertificate } from './certificate.ts';
import { type Answer, sendRequest } from './http.ts';
import { freePort } from './ports.ts';
import { removeFolder, startProcess, temporaryFolder } from './processes.ts';
import { programPath } from './programs.ts';
import { signedHeaders } from './sigv4.ts';

const REGION = 'us-east-1';
const ACCESS_KEY = 'bed-root';

export interface MinioOptions {
  /** https with a self-signed certificate. */
  readonly tls?: boolean;
}

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

export interface Minio {
  /** Without a trailing slash; a bucket is the first part of the path. */
  readonly url: string;
  /** With `tls`. */
  readonly caFile?: string;
  /** Of root, who is not bound by bucket policies. */
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  createBucket(bucket: string): Promise<void>;
  /** @param policy JSON text. */
  putBucketPolicy(bucket: string, policy: string): Promise<void>;
  /** At most 1000. */
  listObjects(bucket: string): Promise<readonly StoredObject[]>;
  readObject(bucket: string, key: string): Promise<Buffer>;
  stop(): Promise<void>;
}

export async function startMinio({ tls = false }: MinioOptions = {}): Promise<Minio> {
  const folder = temporaryFolder('minio');
  const certificates = join(folder, 'certificates');
  await mkdir(certificates);
  const certificate = tls ? await makeCertificate(certificates) : undefined;
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${await freePort()}`;
  const key = { accessKey: ACCESS_KEY, secretKey: randomBytes(16).toString('hex'), region: REGION };
  const ca = certificate === undefined ? {} : { ca: certificate.certificate };

  const minio = await startProcess({
    name: 'minio',
    command: programPath('minio'),
    arguments: [
      'server',
      '--quiet',
      `--certs-dir=${certificates}`,
      `--address=${new URL(url).host}`,
    ].concat(join(folder, 'buckets')),
    env: {
      HOME: folder,
      MINIO_ROOT_USER: key.accessKey,
      MINIO_ROOT_PASSWORD: key.secretKey,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
    },
    logFile: join(folder, 'minio.log'),
    isReady: async () => {
      // Its own word for ready comes before it takes signed requests.
      const target = new URL('/', url);
      const headers = signedHeaders(key, { method: 'GET', url: target, body: '' });
      return (await sendRequest(target, { headers, ...ca })).statusCode === 200;
    },
  });

  async function s3(method: string, path: string, body = ''): Promise<Answer> {
    const target = new URL(path, url);
    const headers = signedHeaders(key, { method, url: target, body });
    const answer = await sendRequest(target, { method, headers, body, ...ca });
    if (answer.statusCode >= 300) {
      throw new Error(`${method} ${path}: ${answer.statusCode} ${answer.body.toString('utf8')}`);
    }
    return answer;
  }

  return {
    url,
    ...(certificate === undefined ? {} : { caFile: certificate.certificateFile }),
    ...key,
    createBucket: async (bucket) => void (await s3('PUT', `/${bucket}`)),
    putBucketPolicy: async (bucket, policy) => void (await s3('PUT', `/${bucket}?policy`, policy)),
    listObjects: async (bucket) => {
      const { body } = await s3('GET', `/${bucket}?list-type=2`);
      return parseListing(body.toString('utf8'));
    },
    readObject: async (bucket, objectKey) =>
      (await s3('GET', `/${bucket}/${encodeURI(objectKey)}`)).body,
    stop: async () => {
      await minio.stop();
      await removeFolder(folder);
    },
  };
}

/** Of the XML of ListObjectsV2; keys with characters that XML escapes are not expected here. */
function parseListing(xml: string): readonly StoredObject[] {
  return [...xml.matchAll(/<Contents><Key>([^<]*)<\/Key>.*?<Size>(\d+)<\/Size>/g)].map(
    ([, key = '', size]) => ({ key, bytes: Number(size) }),
  );
}
