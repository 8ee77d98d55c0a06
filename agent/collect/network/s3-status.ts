/** s3Status: whether a bucket can be reached with these keys. Source: troubleshoot v0.133.0, pkg/collect/s3_status.go. */

import { STATUS_CODES } from 'node:http';
import { isIP } from 'node:net';

import type { S3ClientConfig } from '@aws-sdk/client-s3';

import { deadlineSignal } from '../../clock.ts';
import { objectAt } from '../../kube/object-fields.ts';
import type { CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { flagOf, integerOf, textOf } from '../fields.ts';
import { goJson } from '../go-json.ts';
import { filePiece, problem } from '../pieces.ts';
import { failureText } from './database.ts';
import { hideSecrets } from './hide-secrets.ts';
import { type Agents, closeAgents } from './network.ts';
import { routedAgents } from './routed-agents.ts';

const TIMEOUT_MS = 30_000;

const ATTEMPTS = 3;

const DEFAULT_REGION = 'us-east-1';

export const s3Status: Collector = {
  rules: () => [],
  async *collect(fields, context): AsyncGenerator<Piece> {
    const path = `s3Status/${textOf(fields, 'collectorName') || 's3Status'}.json`;
    const error = await askForBucket(fields, context);
    yield filePiece(
      path,
      goJson({
        bucketName: textOf(fields, 'bucketName'),
        endpoint: textOf(fields, 'endpoint') || undefined,
        region: textOf(fields, 'region') || undefined,
        isConnected: error === undefined,
        error,
      }),
    );
    if (error !== undefined) yield problem('named', `${path}: ${error}`);
  },
};

/** What went wrong, or undefined. */
async function askForBucket(fields: Fields, context: CollectContext): Promise<string | undefined> {
  const timeout = deadlineSignal(TIMEOUT_MS);
  const signal = AbortSignal.any([context.signal, timeout]);
  try {
    await headBucket(fields, { ...context, signal });
    return undefined;
  } catch (error) {
    context.signal.throwIfAborted();
    const reason = timeout.aborted
      ? `no answer within ${TIMEOUT_MS / 1000} s`
      : operationText(error, fields);
    const secrets = [textOf(fields, 'secretAccessKey'), textOf(fields, 'accessKeyID')];
    return hideSecrets(`operation error S3: HeadBucket, ${reason}`, secrets);
  }
}

async function headBucket(fields: Fields, { network, signal }: CollectContext): Promise<void> {
  const bucket = textOf(fields, 'bucketName');
  if (textOf(fields, 'accessKeyID') === '' || textOf(fields, 'secretAccessKey') === '') {
    throw new Error('get identity: get credentials: static credentials are empty');
  }
  const url = endpointOf(fields);
  const { HeadBucketCommand, S3Client: Client } = await import('@aws-sdk/client-s3');
  // Go's client without verification is one without a proxy.
  const isInsecure = flagOf(fields, 'insecure');
  const agents = routedAgents(
    url,
    isInsecure ? { ...network, proxyEnvironment: {} } : network,
    isInsecure ? { rejectUnauthorized: false } : {},
  );
  const client = new Client(clientOptions(fields, agents));
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal: signal });
  } finally {
    client.destroy();
    closeAgents(agents);
  }
}

/** Where requests go, but for a bucket's name in front of it. */
function endpointOf(fields: Fields): URL {
  const endpoint = textOf(fields, 'endpoint');
  if (endpoint === '') return new URL('https://s3.amazonaws.com');
  const url = URL.parse(endpoint);
  if (url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '') return url;
  const reason = `Custom endpoint \`${endpoint}\` was not a valid URI`;
  throw new Error(`resolve auth scheme: resolve endpoint: endpoint rule error, ${reason}`);
}

/** An answer of the server, or a connection that fails, in the words of Go's SDK. */
function operationText(error: unknown, fields: Fields): string {
  const facts = objectAt(error, '$metadata') ?? {};
  const attempts = integerOf(facts, 'attempts');
  // Nothing has been sent.
  if (attempts === 0) return failureText(error);
  const statusCode = integerOf(facts, 'httpStatusCode');
  const parts = [
    ...(attempts === ATTEMPTS ? [`exceeded maximum number of attempts, ${ATTEMPTS}`] : []),
    `https response error StatusCode: ${statusCode}`,
    `RequestID: ${textOf(facts, 'requestId')}`,
    `HostID: ${textOf(facts, 'extendedRequestId')}`,
    ...(statusCode === 0
      ? ['request send failed', `Head "${urlOf(fields)}": ${failureText(error)}`]
      : [statusText(statusCode)]),
  ];
  return parts.join(', ');
}

/** An answer to HEAD has no body that says more. */
function statusText(statusCode: number): string {
  if (statusCode === 404) return 'NotFound: ';
  const status = STATUS_CODES[statusCode] ?? '';
  return `api error ${status.replaceAll(/\W/g, '')}: ${status}`;
}

/** Of the request, where the spec names a server. */
function urlOf(fields: Fields): string {
  const [url, bucket] = [endpointOf(fields), textOf(fields, 'bucketName')];
  const isInPath = flagOf(fields, 'usePathStyle') || isIP(url.hostname) !== 0;
  if (isInPath) return new URL(`/${bucket}`, url).href;
  return `${url.protocol}//${bucket}.${url.host}/`;
}

function clientOptions(fields: Fields, { http, https }: Agents): S3ClientConfig {
  const endpoint = textOf(fields, 'endpoint');
  return {
    region: textOf(fields, 'region') || DEFAULT_REGION,
    credentials: {
      accessKeyId: textOf(fields, 'accessKeyID'),
      secretAccessKey: textOf(fields, 'secretAccessKey'),
    },
    forcePathStyle: flagOf(fields, 'usePathStyle'),
    ...(endpoint === '' ? {} : { endpoint }),
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: { httpAgent: http, httpsAgent: https },
  };
}
