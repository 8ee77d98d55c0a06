/** Where the demo's bundle goes: the bed's receiver under a bucket policy's rules, or a real S3 server. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startMinio } from './minio.ts';
import { removeFolder, temporaryFolder } from './processes.ts';
import { startReceiver } from './receiver.ts';

/** In the receiver a folder of the URL, in S3 a bucket. */
const BUCKET = 'bundles';
const POLICY_FILE = join(import.meta.dirname, '../../chart/kots/bucket-policy.json');

export interface DeliveredObject {
  readonly key: string;
  readonly bytes: number;
  /** Hex; of what is stored, not of what the agent says. */
  readonly sha256: string;
  readonly file: string;
  /** What else the destination knows of it. */
  readonly facts: readonly string[];
}

export interface DemoDestination {
  /** For people. */
  readonly name: string;
  /** With the bucket; what the chart gets. */
  readonly url: string;
  readonly caFile?: string;
  /** How much has arrived so far. */
  countObjects(): Promise<number>;
  /** Undefined when nothing is stored under the key. */
  readObject(key: string): Promise<DeliveredObject | undefined>;
  stop(): Promise<void>;
}

/** Takes only uploads with this User-Agent. */
export async function startDestination(
  isMinio: boolean,
  userAgent: string,
): Promise<DemoDestination> {
  return isMinio ? await startS3Server(userAgent) : await startPutReceiver(userAgent);
}

async function startPutReceiver(userAgent: string): Promise<DemoDestination> {
  const receiver = await startReceiver({ policy: { userAgent } });
  return {
    name: "the bed's receiver, with the rules of the bucket policy",
    url: `${receiver.url}/${BUCKET}`,
    countObjects: async () => receiver.objects.size,
    readObject: async (key) => {
      const object = receiver.objects.get(`${BUCKET}/${key}`);
      if (object?.file === undefined) return undefined;
      const { bytes, sha256, file, puts, receivedAt, headers } = object;
      const facts = [
        `stored ${puts === 1 ? 'once' : `${puts} times`}, at ${receivedAt.toISOString()}`,
        `content-type: ${headers['content-type']}, content-length: ${headers['content-length']}`,
        "user-agent: the one that the policy asks for (not shown: it is the upload's password)",
      ];
      return { key: object.key, bytes, sha256, file, facts };
    },
    stop: () => receiver.stop(),
  };
}

async function startS3Server(userAgent: string): Promise<DemoDestination> {
  const folder = temporaryFolder('objects');
  // The policy refuses what comes without TLS.
  const minio = await startMinio({ tls: true });
  const policy = await readFile(POLICY_FILE, 'utf8');
  await minio.createBucket(BUCKET);
  await minio.putBucketPolicy(
    BUCKET,
    policy.replaceAll('BUCKET', BUCKET).replaceAll('USER_AGENT', userAgent),
  );
  return {
    name: 'a real S3 server (minio, TLS) with chart/kots/bucket-policy.json',
    url: `${minio.url}/${BUCKET}`,
    ...(minio.caFile === undefined ? {} : { caFile: minio.caFile }),
    countObjects: async () => (await minio.listObjects(BUCKET)).length,
    readObject: async (key) => {
      const listed = await minio.listObjects(BUCKET);
      const object = listed.find((candidate) => candidate.key === key);
      if (object === undefined) return undefined;
      const body = await minio.readObject(BUCKET, key);
      const file = join(folder, 'object.tar.gz');
      await writeFile(file, body);
      return {
        key: `${BUCKET}/${key}`,
        bytes: object.bytes,
        sha256: createHash('sha256').update(body).digest('hex'),
        file,
        facts: [`of ${listed.length} in the bucket, read back with root's signature`],
      };
    },
    stop: async () => {
      await minio.stop();
      await removeFolder(folder);
    },
  };
}
