/** ClickHouse over HTTP. Source: clickhouse-go v2.48.0, conn_http.go, conn_http_errors.go. */

import type { Readable } from 'node:stream';

import type { CollectContext } from '../collector.ts';
import type { ClickhouseSettings } from './clickhouse-settings.ts';
import type { ClientTls } from './client-tls.ts';
import { goNetError } from './go-net-error.ts';
import { closeAgents } from './network.ts';
import { routedAgents } from './routed-agents.ts';

/** Of a version, and of a message of failure: what is longer is no ClickHouse. */
const MAX_BYTES = 64 * 1024;

export interface HttpQuestion {
  /** `host` or `host:port`. */
  readonly address: string;
  readonly settings: ClickhouseSettings;
  readonly tls: ClientTls | undefined;
  /** For one text. */
  readonly query: string;
}

/** @throws {Error} In the driver's words, but without the URL. */
export async function askOverHttp(
  question: HttpQuestion,
  context: CollectContext,
): Promise<string> {
  try {
    return await request(question, context);
  } catch (error) {
    context.signal.throwIfAborted();
    const named = 'failed to query server hello: failed to query server hello info: sendQuery';
    throw new Error(`${named}: ${goNetError(error)}`, { cause: error });
  }
}

async function request(
  { address, settings, tls, query }: HttpQuestion,
  { network, signal }: CollectContext,
): Promise<string> {
  const url = new URL(`${settings.protocol}://${address}`);
  const agents = routedAgents(url, network, {
    ...tls,
    ...(settings.serverName === '' ? {} : { servername: settings.serverName }),
  });
  const { ClickHouseLogLevel, createClient } = await import('@clickhouse/client');
  const client = createClient({
    url,
    pathname: settings.httpPath,
    username: settings.user,
    password: settings.password,
    ...(settings.database === '' ? {} : { database: settings.database }),
    http_agent: url.protocol === 'https:' ? agents.https : agents.http,
    keep_alive: { enabled: false },
    log: { level: ClickHouseLogLevel.OFF },
    ...(tls === undefined ? {} : loginInHeaders(settings)),
  });
  try {
    const { stream, http_status_code, response_headers } = await client.exec({
      query: `${query} FORMAT TabSeparated`,
      abort_signal: signal,
      // The driver would read all of it, and keep only a part.
      ignore_error_response: true,
    });
    const text = await readText(stream, signal);
    if (http_status_code === 200) return text.trimEnd();
    const code = response_headers['x-clickhouse-exception-code'];
    throw new Error(`[HTTP ${http_status_code}] ${exceptionText(text, String(code ?? ''))}`);
  } finally {
    await client.close();
    closeAgents(agents);
  }
}

/** Over TLS the driver names the user so, and means its certificate where there is no password. */
function loginInHeaders({ user, password }: ClickhouseSettings) {
  return {
    set_basic_auth_header: false,
    http_headers: {
      'X-ClickHouse-User': user,
      ...(password === '' ? {} : { 'X-ClickHouse-Key': password }),
      'X-ClickHouse-SSL-Certificate-Auth': password === '' ? 'on' : 'off',
    },
  };
}

async function readText(stream: Readable, signal: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    signal.throwIfAborted();
    if (!(chunk instanceof Uint8Array)) continue;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`the server sends more than ${MAX_BYTES} bytes`);
  }
  return Buffer.concat(chunks).toString();
}

/**
 * What a server says of a failure: `Code: 60. DB::Exception: No such table. (UNKNOWN_TABLE)`, or what else it sent.
 *
 * @param headerCode Counts more than the one in the text; empty where the server sent none.
 */
function exceptionText(text: string, headerCode: string): string {
  const [prefix = '', inText = ''] = /^Code:\s*(\d+)\.\s*/.exec(text.trim()) ?? [];
  const code = [headerCode, inText].find((one) => /^[1-9]\d*$/.test(one));
  if (code === undefined) return `response body: ${JSON.stringify(text)}`;
  const message = text.trim().slice(prefix.length);
  const name = /^\S*exception\S*(?=: )/i.exec(message)?.[0];
  const plain = name === undefined ? message : message.slice(name.length + 1).trim();
  return `code: ${code}, message: ${plain}`;
}
