/** AWS Signature Version 4, as much as requests to an S3 server on loopback need. */
import { createHash, createHmac } from 'node:crypto';

export interface SigningKey {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

export interface RequestToSign {
  readonly method: string;
  readonly url: URL;
  readonly body: string | Buffer;
  readonly now?: Date;
}

/**
 * The headers that sign the request.
 *
 * Source: "Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference.
 */
export function signedHeaders(
  key: SigningKey,
  { method, url, body, now = new Date() }: RequestToSign,
): Record<string, string> {
  const instant = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const date = instant.slice(0, 8);
  const headers = {
    host: url.host,
    'x-amz-content-sha256': sha256(body),
    'x-amz-date': instant,
  };
  const names = Object.keys(headers).join(';');
  const canonicalRequest = [
    method,
    url.pathname,
    canonicalQuery(url.searchParams),
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    '',
    names,
    headers['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${date}/${key.region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', instant, scope, sha256(canonicalRequest)].join('\n');

  const signingKey = [date, key.region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${key.secretKey}`,
  );
  const signature = hmac(signingKey, toSign).toString('hex');
  const credential = `Credential=${key.accessKey}/${scope}`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .toSorted()
    .join('&');
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(secret: string | Buffer, content: string): Buffer {
  return createHmac('sha256', secret).update(content).digest();
}
