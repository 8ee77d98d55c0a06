/** A server with answers of every form, a registry that wants a token among them. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** Nothing listens there. */
export const CLOSED = '127.0.0.1:1';

type Answering = (request: IncomingMessage, response: ServerResponse) => unknown;

const ANSWERS: Readonly<Record<string, Answering>> = {
  '/json': (_, response) =>
    send(
      response,
      '{"z":1,"a":[{},[],1e400,"<é&>\\u003c"],"n":12345678901234567890}',
      'application/json',
    ),
  '/text': (_, response) => send(response, 'a <b> & "c"\u2028\n\t\u0001'),
  '/html': (_, response) => send(response, '<p>é</p>', 'text/html'),
  '/empty': (_, response) => send(response, ''),
  '/null': (_, response) => send(response, ' null '),
  '/number': (_, response) => send(response, '1.50'),
  '/bytes': (_, response) =>
    send(response, Buffer.from([0x41, 0xff, 0xe2, 0x82, 0x42, 0xc3, 0xa9, 0xf0])),
  '/gzip': (_, response) => {
    response.setHeader('content-encoding', 'gzip');
    send(response, gzipSync('{"zipped":true}'));
  },
  '/broken-gzip': (_, response) => {
    response.setHeader('content-encoding', 'gzip');
    send(response, 'no gzip at all');
  },
  '/chunked': (_, response) => {
    response.write('one,');
    response.end('two');
  },
  '/many-headers': (_, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.setHeader('x-lower-CASE', 'é <value>');
    response.setHeader('pragma', 'no-cache');
    send(response, 'x');
  },
  '/status': ({ url = '' }, response) => {
    const statusCode = Number(url.split('/')[2]);
    response.statusCode = statusCode > 0 ? statusCode : 404;
    send(response, [204, 304].includes(response.statusCode) ? '' : 'status');
  },
  '/redirect': ({ url = '' }, response) => {
    const [, , statusCode, target = ''] = url.split('/');
    redirect(response, Number(statusCode), `/${target}`);
  },
  '/echo': echo,
  '/v2': answerAsRegistry,
  '/token': answerAsRegistry,
  '/loop': (_, response) => redirect(response, 302, '/loop'),
  '/to-closed': (_, response) => redirect(response, 302, `http://${CLOSED}/x?y`),
  '/to-ftp': (_, response) => redirect(response, 302, 'ftp://127.0.0.1/x'),
  '/no-location': (_, response) => {
    response.statusCode = 302;
    send(response, 'nowhere');
  },
  '/end': (request) => request.socket.end(),
  '/broken': (_, response) => {
    response.setHeader('content-length', 100);
    response.write('part', () => response.destroy());
  },
  '/slow': async (_, response) => {
    await sleep(1_000);
    response.end();
  },
  '/slow-body': async (_, response) => {
    response.write('part');
    await sleep(1_000);
    response.end();
  },
};

const TOKEN = 'token-of-the-tests';

export function answer(request: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false;
  const { pathname } = new URL(request.url ?? '/', 'http://server');
  const [, first = ''] = pathname.split('/');
  const answering = ANSWERS[pathname] ?? ANSWERS[`/${first}`] ?? ANSWERS['/status'];
  answering?.(request, response);
}

function echo(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, headers } = request;
    const names = Object.keys(headers).filter((name) => !name.endsWith('connection'));
    names.sort();
    const lines = names.map((name) => `${name}: ${String(headers[name])}`);
    send(response, JSON.stringify({ method, url, lines, body: Buffer.concat(chunks).toString() }));
  });
}

/** One that wants a token; `token` gives one to those with a password. */
function answerAsRegistry(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://server');
  const { authorization, host } = request.headers;
  if (url.pathname === '/token') {
    const isKnown = authorization === `Basic ${Buffer.from('user:password').toString('base64')}`;
    response.statusCode = isKnown ? 200 : 401;
    const errors = [
      { code: 'UNAUTHORIZED', message: 'who are you', detail: url.searchParams.get('scope') },
    ];
    send(response, JSON.stringify(isKnown ? { token: TOKEN } : { errors }), 'application/json');
    return;
  }
  if (authorization !== `Bearer ${TOKEN}`) {
    response.statusCode = 401;
    response.setHeader('www-authenticate', `Bearer realm="http://${host}/token",service="tests"`);
    send(response, '');
    return;
  }
  const tag = url.pathname.split('/').at(-1) ?? '';
  const [statusCode, body] = MANIFESTS[tag] ?? [200, '{}'];
  response.statusCode = statusCode;
  send(response, typeof body === 'string' ? body : JSON.stringify(body));
}

const MANIFESTS: Readonly<Record<string, readonly [number, unknown]>> = {
  missing: [404, { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }],
  denied: [
    403,
    { errors: [{ code: 'DENIED', message: 'no', detail: { b: [1, true, null], a: 'x' } }] },
  ],
  page: [404, '<html>no such page</html>'],
  many: [400, { errors: [{ code: 'A', message: 'one' }, { code: 'B' }] }],
};

function send(response: ServerResponse, body: string | Buffer, type = 'text/plain'): void {
  response.setHeader('content-type', type);
  const { statusCode } = response;
  if (statusCode !== 204 && statusCode !== 304) {
    response.setHeader('content-length', Buffer.byteLength(body));
  }
  response.end(body);
}

function redirect(response: ServerResponse, statusCode: number, location: string): void {
  response.statusCode = statusCode;
  response.setHeader('location', location);
  send(response, 'moved');
}
