/** The two HTTP servers: HTTP_PORT for any pod, ADMIN_PORT for the owner on loopback. */

import { type FastifyInstance, fastify } from 'fastify';

import { AgentError, hasCode, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { answerError, answerNoRoute, answerThrown } from './answer.ts';
import { requireLoopbackHost, requireOwnOrigin, requireToken } from './guard.ts';
import type { Metrics } from './metrics.ts';
import { addAdminRoutes, addPublicRoutes } from './routes.ts';
import type { ReportSource } from './source.ts';

export interface ReportOptions {
  /** 0 = any that is free; likewise for the other. */
  readonly httpPort: number;
  readonly adminPort: number;
  /** With it, the admin routes are on HTTP_PORT too, for the token in it. May appear later. */
  readonly httpTokenFile?: string;
  readonly source: ReportSource;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** For HTTP_PORT; the first that this machine has. */
  readonly httpHosts?: readonly string[];
}

export interface Report {
  readonly httpPort: number;
  readonly adminPort: number;
  /** Breaks off what is under way. May be called twice. */
  close(): Promise<void>;
}

/** Both IP families where there are two. */
const ANY_HOST = ['::', '0.0.0.0'];
const LOOPBACK_HOST = ['127.0.0.1'];

/** No route reads a body. */
const MAX_BODY_BYTES = 1024;

/** Whoever sends a request slower than this holds a connection for its own sake. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Both servers, listening.
 *
 * @param signal Closes them.
 * @throws {AgentError} REPORT_LISTEN: a port is taken, or not this user's to take.
 */
export async function startReport(options: ReportOptions, signal: AbortSignal): Promise<Report> {
  signal.throwIfAborted();
  const http = await listen('HTTP_PORT', options.httpPort, {
    hosts: options.httpHosts ?? ANY_HOST,
    build: () => httpServer(options),
  });
  const admin = await listen('ADMIN_PORT', options.adminPort, {
    hosts: LOOPBACK_HOST,
    build: () => adminServer(options),
  }).catch(async (error: unknown) => {
    await http.close();
    throw error;
  });
  async function close(): Promise<void> {
    await Promise.all([http.close(), admin.close()]);
  }
  signal.addEventListener('abort', () => {
    close().catch((error: unknown) =>
      options.log.error({ reason: messageOf(error) }, 'HTTP servers not closed'),
    );
  });
  return { httpPort: portOf(http), adminPort: portOf(admin), close };
}

async function httpServer(options: ReportOptions): Promise<FastifyInstance> {
  const { source, log, httpTokenFile } = options;
  const app = createServer(log);
  addPublicRoutes(app, options, true);
  await app.register(async (guarded) => {
    guarded.addHook('onRequest', requireToken(httpTokenFile, log));
    guarded.addHook('onRequest', requireOwnOrigin);
    addAdminRoutes(guarded, source);
  });
  return app;
}

async function adminServer(options: ReportOptions): Promise<FastifyInstance> {
  const app = createServer(options.log);
  app.addHook('onRequest', requireLoopbackHost);
  app.addHook('onRequest', requireOwnOrigin);
  addPublicRoutes(app, options, false);
  addAdminRoutes(app, options.source);
  return app;
}

function createServer(log: Logger): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => void answerError(reply, 400, error.message),
  });
  // Whatever a body claims to be, it is read up to its limit and not looked at.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async () => undefined);
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
  });
  app.setNotFoundHandler((_request, reply) => answerNoRoute(reply));
  app.setErrorHandler((error, _request, reply) => answerThrown(error, reply, log));
  return app;
}

/** A server that failed to listen is not tried again: each host gets one of its own. */
async function listen(
  setting: string,
  port: number,
  {
    hosts,
    build,
  }: { readonly hosts: readonly string[]; readonly build: () => Promise<FastifyInstance> },
): Promise<FastifyInstance> {
  const [host = '', ...others] = hosts;
  const app = await build();
  try {
    await app.listen({ host, port });
    return app;
  } catch (error) {
    await app.close();
    const isAbsent = hasCode(error, 'EAFNOSUPPORT') || hasCode(error, 'EADDRNOTAVAIL');
    if (isAbsent && others.length > 0) return listen(setting, port, { hosts: others, build });
    throw listenError(setting, port, error);
  }
}

function listenError(setting: string, port: number, error: unknown): AgentError {
  const reason = hasCode(error, 'EADDRINUSE') ? 'the port is in use' : messageOf(error);
  return new AgentError('REPORT_LISTEN', `${setting} ${port}: ${reason}`, { cause: error });
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening on a port');
  return address.port;
}
