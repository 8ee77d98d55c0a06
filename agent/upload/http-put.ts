/** The destination that takes a bundle by HTTP PUT or POST. */

import { createHash } from 'node:crypto';

import { cutText } from '../bundle.ts';
import { type Clock, deadlineSignal } from '../clock.ts';
import { AgentError, messageOf } from '../errors.ts';
import { readTrustedCertificates } from './certificates.ts';
import type { Destination, UploadOutcome, UploadSource } from './destination.ts';
import type { ExchangeOptions, ProxyEnvironment, RawAnswer } from './exchange.ts';
import { readHeadersFile } from './headers-file.ts';
import { objectUrl } from './key.ts';
import { type Answer, classifyAnswer, classifyError } from './outcome.ts';
import type { HttpAddress } from './parse-destination.ts';
import { nameOf } from './parse-destination.ts';
import { redactorOf } from './redaction.ts';

export interface HttpPutOptions {
  readonly address: HttpAddress;
  readonly method: 'PUT' | 'POST';
  /** Sent verbatim, never shown. */
  readonly userAgent: string;
  readonly headersFile?: string;
  readonly caFile?: string;
  /** For one attempt as a whole. */
  readonly timeoutMs: number;
  /** Without a byte in either direction. */
  readonly idleTimeoutMs: number;
  /** For the look-up, the connection and TLS each. */
  readonly connectTimeoutMs?: number;
  /** HTTP_PROXY, HTTPS_PROXY, NO_PROXY in both cases; absent = no proxy. */
  readonly proxyEnvironment?: ProxyEnvironment;
  readonly clock: Clock;
}

const CONNECT_TIMEOUT_MS = 30_000;

const MAX_REDIRECTS = 3;

/** Less fits into the buffers of the connection anyway. */
const ASK_FROM_BYTES = 64 * 1024;

/** A destination at an `http:` or `https:` URL. */
export function createHttpPut(options: HttpPutOptions): Destination {
  const { address, method, userAgent, headersFile } = options;
  return {
    name: address.name,
    attempt: (source, signal) => attempt(options, source, signal),
    settingsHash: async () => {
      // A file that cannot be read is a setting to be mended like any other.
      const headers = await readHeaders(headersFile).catch(messageOf);
      const settings = JSON.stringify([address.url, method, userAgent, headers]);
      return createHash('sha256').update(settings).digest('hex');
    },
  };
}

async function attempt(
  options: HttpPutOptions,
  source: UploadSource,
  signal: AbortSignal,
): Promise<UploadOutcome> {
  const { address, userAgent, timeoutMs, clock } = options;
  const deadline = deadlineSignal(timeoutMs);
  let redact = redactorOf({ url: address.url, userAgent, headers: {} });
  try {
    const headers = await readHeaders(options.headersFile);
    redact = redactorOf({ url: address.url, userAgent, headers });
    const prepared = await prepare(options, source, headers);
    const raw = await send(prepared, AbortSignal.any([signal, deadline]));
    return classifyAnswer(toAnswer(raw, { source, headers, redact }), clock.now());
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) {
      return {
        kind: 'retryable',
        reason: `not done within UPLOAD_TIMEOUT of ${timeoutMs / 1000} s`,
      };
    }
    // Settings that somebody has to mend.
    if (error instanceof AgentError) return { kind: 'blocked', reason: cutText(error.message) };
    return classifyError(error, redact);
  }
}

async function readHeaders(file: string | undefined): Promise<Readonly<Record<string, string>>> {
  return file === undefined ? {} : readHeadersFile(file);
}

async function prepare(
  options: HttpPutOptions,
  source: UploadSource,
  headers: Readonly<Record<string, string>>,
): Promise<ExchangeOptions> {
  const { address, method, userAgent, caFile, idleTimeoutMs } = options;
  return {
    url: objectUrl(address.url, source.key),
    method,
    headers: { ...headers, 'content-type': 'application/gzip', 'user-agent': userAgent },
    file: source.file,
    bytes: source.bytes,
    asksFirst: source.bytes >= ASK_FROM_BYTES,
    connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    idleTimeoutMs,
    trusted: caFile === undefined ? undefined : await readTrustedCertificates(caFile),
    proxyEnvironment: options.proxyEnvironment ?? {},
  };
}

interface FollowedAnswer extends RawAnswer {
  readonly url: URL;
}

/** Sends the bundle, and again where the same server points to another path or knows no `Expect`. */
async function send(first: ExchangeOptions, signal: AbortSignal): Promise<FollowedAnswer> {
  // Takes 0.2 s to load and is not needed before the first delivery.
  const { exchange } = await import('./exchange.ts');
  let options = first;
  for (let redirects = 0; ; ) {
    const answer = await exchange(options, signal);
    const { url } = options;
    const next = findRedirect(answer, url);
    if (answer.statusCode === 417 && options.asksFirst) {
      options = { ...options, asksFirst: false };
    } else if (next !== undefined && redirects < MAX_REDIRECTS) {
      options = { ...options, url: next };
      redirects++;
    } else {
      return { ...answer, url };
    }
  }
}

/** Where a 307 or 308 leads within the same origin; the credentials go along. */
function findRedirect({ statusCode, headers }: RawAnswer, from: URL): URL | undefined {
  if (statusCode !== 307 && statusCode !== 308) return undefined;
  const to = parseLocation(headers.location, from);
  if (to === undefined || to.origin !== from.origin) return undefined;
  to.username = from.username;
  to.password = from.password;
  return to;
}

function parseLocation(location: string | undefined, base: URL): URL | undefined {
  return location === undefined ? undefined : (URL.parse(location, base.href) ?? undefined);
}

function toAnswer(
  { statusCode, headers, text, isComplete, url }: FollowedAnswer,
  sent: {
    readonly source: UploadSource;
    readonly headers: Readonly<Record<string, string>>;
    readonly redact: (text: string) => string;
  },
): Answer {
  const { source, redact } = sent;
  const location = parseLocation(headers.location, url);
  const receipt = headers.etag ?? headers['x-amz-request-id'] ?? headers['x-request-id'];
  return {
    statusCode,
    isComplete,
    text: redact(text),
    receipt: receipt === undefined ? undefined : cutText(redact(String(receipt))),
    retryAfter: headers['retry-after'],
    location: location === undefined ? undefined : redact(nameOf(location)),
    isOwnCondition: sent.headers['if-none-match'] === '*' && source.key.includes(source.sha256),
  };
}
