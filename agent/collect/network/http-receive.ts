/** One HTTP request and its answer, bounded in size. */

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { hasCode } from '../../errors.ts';
import { VERSION } from '../../version.ts';
import type { Agents } from './network.ts';

/** What is larger is an error. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export interface HttpRequest {
  readonly method: string;
  /** May hold a user and a password, which become a header. */
  readonly url: URL;
  /** The URL in messages of failures; absent: as `url` has it, without its password. */
  readonly label?: string;
  /** By their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  /** Where the redirects ended. */
  readonly url: URL;
  readonly statusCode: number;
  /** Name → values, joined with commas, names as Go writes them: `Content-Type`. A character for each byte. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** The answer began, and broke off. */
export class BrokenBodyError extends Error {}

export function isRedirect(statusCode: number, location: string): boolean {
  return [301, 302, 303, 307, 308].includes(statusCode) && location !== '';
}

/**
 * The answer, whatever its status; no redirect is followed, and the body of one is not read.
 *
 * @throws {BrokenBodyError}
 * @throws {Error} What Node, got or `agents` say: no answer. Also too large a body.
 */
export async function receive(
  { url, method, headers = {}, body }: HttpRequest,
  agents: Agents,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { default: got } = await import('got');
  const sent = headersToSend(url, headers);
  const stream = got.stream(withoutUser(url), {
    method: methodOf(method),
    headers: sent,
    ...(body === undefined ? {} : { body }),
    agent: agents,
    decompress: false,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    signal,
  });
  try {
    const chunks = await readChunks(stream);
    const { statusCode = 0, rawHeaders = [] } = stream.response ?? {};
    const received = { url, statusCode, headers: readHeaders(rawHeaders), body: chunks };
    return sent['accept-encoding'] === ACCEPTED ? await unzip(received) : received;
  } catch (error) {
    // Without an answer's head it is the request that failed.
    throw stream.response === undefined ? error : breakOf(error);
  } finally {
    stream.destroy();
  }
}

function breakOf(error: unknown): unknown {
  if (hasCode(error, TOO_LARGE) || error instanceof BrokenBodyError) return error;
  return new BrokenBodyError('unexpected EOF', { cause: error });
}

interface Incoming extends AsyncIterable<unknown> {
  readonly response?:
    | { readonly statusCode: number; readonly headers: { readonly location?: string | undefined } }
    | undefined;
}

/** Empty for a redirect. */
async function readChunks(stream: Incoming): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const { statusCode = 0, headers: { location = '' } = {} } = stream.response ?? {};
    if (isRedirect(statusCode, location)) break;
    if (!(chunk instanceof Uint8Array)) throw new TypeError('a chunk must be bytes');
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function withoutUser(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

const METHODS = ['GET', 'POST', 'PUT'] as const;

function methodOf(name: string): (typeof METHODS)[number] {
  const method = METHODS.find((one) => one === name);
  if (method === undefined) throw new TypeError(`${name} is no method of a collector`);
  return method;
}

const TOO_LARGE = 'BODY_TOO_LARGE';

function tooLarge(): Error {
  const mebibytes = MAX_BODY_BYTES / 1024 / 1024;
  return Object.assign(new Error(`the answer's body is larger than ${mebibytes} MiB`), {
    code: TOO_LARGE,
  });
}

/** All that is unzipped, as in Go. */
const ACCEPTED = 'gzip';

/** Written by the connection itself. */
const OWN = ['host', 'content-length', 'transfer-encoding', 'trailer'];

function headersToSend(
  url: URL,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const given = Object.entries(headers).filter(([name]) => !OWN.includes(name));
  const user = [url.username, url.password].map(decodeURIComponent).join(':');
  const authorization = `Basic ${Buffer.from(user).toString('base64')}`;
  return {
    'user-agent': `cron-support-bundle/${VERSION}`,
    'accept-encoding': ACCEPTED,
    // Else servers say in their answer that they close the connection.
    connection: 'keep-alive',
    ...(url.username === '' && url.password === '' ? {} : { authorization }),
    ...Object.fromEntries(given),
  };
}

/** Names in Go's form; a server's own framing is left out, as Go does. */
function readHeaders(raw: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = canonicalName(raw[index] ?? '');
    const before = headers.get(name);
    const value = raw[index + 1] ?? '';
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  if (headers.delete('Transfer-Encoding')) {
    headers.delete('Content-Length');
    headers.delete('Trailer');
  }
  if (headers.get('Pragma') === 'no-cache' && !headers.has('Cache-Control')) {
    headers.set('Cache-Control', 'no-cache');
  }
  return headers;
}

function canonicalName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(
      /(^|-)([a-z])/g,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    );
}

async function unzip(answer: HttpAnswer): Promise<HttpAnswer> {
  const headers = new Map(answer.headers);
  if (headers.get('Content-Encoding')?.toLowerCase() !== 'gzip' || answer.body.length === 0) {
    return answer;
  }
  headers.delete('Content-Encoding');
  headers.delete('Content-Length');
  try {
    const body = await promisify(gunzip)(answer.body, { maxOutputLength: MAX_BODY_BYTES });
    return { ...answer, headers, body };
  } catch (error) {
    if (hasCode(error, 'ERR_BUFFER_TOO_LARGE')) throw tooLarge();
    const reason = hasCode(error, 'Z_BUF_ERROR') ? 'unexpected EOF' : 'gzip: invalid header';
    throw new BrokenBodyError(reason, { cause: error });
  }
}
