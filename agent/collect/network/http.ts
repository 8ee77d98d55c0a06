/** http: what a server answers to one request. Source: troubleshoot v0.133.0, pkg/collect/http.go. */

import type { AgentOptions } from 'node:https';

import { deadlineSignal } from '../../clock.ts';
import type { CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { entryOf, flagOf, textOf } from '../fields.ts';
import { goJson, goText } from '../go-json.ts';
import { Indenter } from '../indent.ts';
import { filePiece, jsonPiece, problem } from '../pieces.ts';
import { readTimeoutMs } from '../time-limit.ts';
import { certificatesIn } from './client-tls.ts';
import { wholeMessageOf } from './go-net-error.ts';
import { hideSecrets } from './hide-secrets.ts';
import { ExchangeError, exchange, type Proxy, withoutPassword } from './http-exchange.ts';
import { BrokenBodyError, type HttpAnswer } from './http-receive.ts';
import { parseProxy, proxyFor } from './proxy.ts';

/** Where the spec has none: a server that never answers would cost the run its whole time. */
const TIMEOUT_MS = 60_000;

const METHODS = [
  ['get', 'GET'],
  ['post', 'POST'],
  ['put', 'PUT'],
] as const;

/** That nothing answers is what it is there to find: it does not fail for it. */
export const http: Collector = {
  rules: () => [],
  async *collect(fields, context): AsyncGenerator<Piece> {
    const [kind, method] = METHODS.find(([key]) => entryOf(fields, key) !== undefined) ?? [];
    if (kind === undefined) throw new Error('no supported http request type');
    const request = entryOf(fields, kind) ?? {};
    const path = `${textOf(fields, 'name')}/${textOf(fields, 'collectorName') || 'result'}.json`;
    try {
      yield answerPiece(path, await ask(method, request, context));
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof BrokenBodyError) throw error;
      const message = wholeMessageOf(error);
      yield jsonPiece(path, { error: { message } });
      const reason = error instanceof ExchangeError ? error.reason : message;
      yield problem('named', `${path}: ${withoutSecrets(reason, request)}`);
    }
  },
};

async function ask(method: string, fields: Fields, context: CollectContext): Promise<HttpAnswer> {
  const timeoutMs = readTimeoutMs(fields) ?? 0;
  if (timeoutMs < 0) throw new Error('timeout must be a positive duration');
  const tls = readTls(fields);
  const label = withoutPassword(textOf(fields, 'url'));
  const url = parseUrl(textOf(fields, 'url'), { method, label });
  const timeout = deadlineSignal(timeoutMs === 0 ? TIMEOUT_MS : timeoutMs);
  const way = {
    network: context.network,
    signal: AbortSignal.any([context.signal, timeout]),
    tls,
    findProxy: (target: URL) => findProxy(target, textOf(fields, 'proxy'), context),
  };
  const request = {
    method,
    url,
    label,
    headers: readHeaders(fields),
    ...(method === 'GET' ? {} : { body: textOf(fields, 'body') }),
  };
  try {
    return await exchange(request, way);
  } catch (error) {
    if (context.signal.aborted || !timeout.aborted) throw error;
    throw inTime(error);
  }
}

/** In Go's words. */
function inTime(error: unknown): unknown {
  if (error instanceof ExchangeError) {
    return error.because(
      'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    );
  }
  const reason =
    'context deadline exceeded (Client.Timeout or context cancellation while reading body)';
  return new BrokenBodyError(reason, { cause: error });
}

function parseUrl(text: string, { method, label }: { method: string; label: string }): URL {
  const url = URL.parse(text);
  if (url !== null) return url;
  const reason = /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text)
    ? 'no Host in request URL'
    : 'unsupported protocol scheme ""';
  throw new ExchangeError(method, label, { reason });
}

/** Only the authority is taken from `tls`, and trusted in the place of the system's. */
function readTls(fields: Fields): AgentOptions {
  const caCert = textOf(entryOf(fields, 'tls') ?? {}, 'cacert');
  const isVerified = { rejectUnauthorized: !flagOf(fields, 'insecureSkipVerify') };
  if (caCert === '') return isVerified;
  if (!/BEGIN CERTIFICATE|BEGIN RSA PRIVATE KEY/.test(caCert)) {
    throw new Error('failed to handle cacert file path: only the text of a certificate is taken');
  }
  const ca = certificatesIn(caCert);
  if (ca.length === 0) throw new Error('failed to append certificate to cert pool');
  return { ...isVerified, ca };
}

/** The environment counts only where it has HTTPS_PROXY, as with troubleshoot. */
function findProxy(url: URL, fromSpec: string, { network }: CollectContext): Proxy | undefined {
  if (fromSpec !== '') return { url: parseProxy(fromSpec), isFromSpec: true };
  const environment = network.proxyEnvironment;
  if ((environment['HTTPS_PROXY'] ?? '') === '') return undefined;
  const proxy = proxyFor(url, environment);
  return proxy === undefined ? undefined : { url: proxy, isFromSpec: false };
}

function readHeaders(fields: Fields): Readonly<Record<string, string>> {
  const headers = entryOf(fields, 'headers') ?? {};
  return Object.fromEntries(
    Object.keys(headers).map((name) => [name.toLowerCase(), textOf(headers, name)]),
  );
}

function answerPiece(path: string, { statusCode, headers, body }: HttpAnswer): Piece {
  const response = {
    status: statusCode,
    body: goText(body),
    headers: new Map(
      [...headers].map(([name, value]) => [name, goText(Buffer.from(value, 'latin1'))]),
    ),
  };
  const text = goJson({ response }, '  ');
  const rawJson = indentedJson(body);
  const end = '\n  }\n}';
  if (rawJson === undefined) return filePiece(path, text);
  return filePiece(path, `${text.slice(0, -end.length)},\n    "raw_json": ${rawJson}${end}`);
}

/** As the server wrote it, which is how Go keeps it, but for what Go escapes; undefined where it is no JSON. */
function indentedJson(body: Buffer): string | undefined {
  const text = body.toString();
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const escaped = text.replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return Buffer.from(new Indenter().indent(Buffer.from(escaped), 2)).toString();
}

/** The URL is not named: it may hold a token anywhere. */
function withoutSecrets(reason: string, fields: Fields): string {
  const values = Object.values(readHeaders(fields)).flatMap((value) => [
    value,
    ...value.split(' '),
  ]);
  const { password = '' } = URL.parse(textOf(fields, 'proxy')) ?? {};
  // What is shorter is hardly one, and would make the reason unreadable.
  return hideSecrets(
    reason,
    [...values, password].filter((value) => value.length > 3),
  );
}
