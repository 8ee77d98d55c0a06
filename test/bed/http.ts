/** One HTTP request, with a CA of one's own where needed, which fetch has no option for. */
import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http';
import { type Agent, request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** PEM; for https. */
  readonly ca?: string;
  readonly agent?: Agent;
}

export interface Answer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Whatever the server answers; throws only when it does not. */
export async function sendRequest(url: URL, options: RequestOptions = {}): Promise<Answer> {
  const { body = '', ...others } = options;
  const headers = { 'content-length': Buffer.byteLength(body), ...others.headers };
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request(url, { ...others, headers }, (response) => {
    const { statusCode = 0, headers: answered } = response;
    buffer(response).then(
      (content) => resolve({ statusCode, headers: answered, body: content }),
      reject,
    );
  });
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}
