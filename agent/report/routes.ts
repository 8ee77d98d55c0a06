/** The routes: what any pod may see, and what only the owner may. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { isRunId } from '../run/record.ts';
import { answerError, errorBody } from './answer.ts';
import { withoutCollectors } from './last-run.ts';
import type { Metrics } from './metrics.ts';
import type { BundleDownload, ReportSource, Verdict } from './source.ts';

type Method = 'GET' | 'POST' | 'DELETE';
type Answerer = (reply: FastifyReply, request: FastifyRequest) => Promise<FastifyReply>;
type IdAnswerer = (reply: FastifyReply, id: string, method: string) => Promise<FastifyReply>;
type Routes = Readonly<Record<string, Partial<Readonly<Record<Method, Answerer>>>>>;

const NOT_RETRIED = {
  delivered: 'the bundle is delivered',
  off: 'nothing is delivered: suspended, or without UPLOAD_URL',
} as const;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** @param isPublic Records come without their collectors. */
export function addPublicRoutes(
  app: FastifyInstance,
  { source, metrics }: { readonly source: ReportSource; readonly metrics: Metrics },
  isPublic: boolean,
): void {
  addRoutes(app, {
    '/healthz': { GET: async (reply) => answerVerdict(reply, source.health()) },
    '/readyz': { GET: async (reply) => answerVerdict(reply, source.ready()) },
    '/last-run': {
      GET: async (reply) => {
        const view = await source.lastRun();
        return reply.send(isPublic ? withoutCollectors(view) : view);
      },
    },
    '/metrics': {
      GET: async (reply) => reply.type(metrics.contentType).send(await metrics.render()),
    },
  });
}

export function addAdminRoutes(app: FastifyInstance, source: ReportSource): void {
  addRoutes(app, {
    '/runs': {
      GET: async (reply) => reply.send({ runs: await source.runs() }),
      POST: async (reply) => {
        const { kind, id } = await source.requestRun();
        if (kind === 'accepted') return reply.code(202).send({ id });
        return reply.code(409).send({ id, ...errorBody('a run is under way') });
      },
    },
    '/runs/:id': {
      GET: withId(async (reply, id) => {
        const record = await source.run(id);
        return record === undefined ? answerUnknown(reply, 'run') : reply.send(record);
      }),
    },
    '/runs/:id/manifest': {
      GET: withId(async (reply, id) => {
        const manifest = await source.manifest(id);
        if (manifest === undefined) return answerUnknown(reply, 'manifest');
        return reply.type('application/json; charset=utf-8').send(manifest);
      }),
    },
    '/bundles/:id': {
      GET: withId(async (reply, id, method) => {
        const download = await source.openBundle(id);
        if (download === undefined) return answerUnknown(reply, 'bundle');
        return answerDownload(reply, download, method);
      }),
      DELETE: withId(async (reply, id) => {
        const isDropped = await source.dropBundle(id);
        return isDropped ? reply.code(204).send() : answerUnknown(reply, 'bundle');
      }),
    },
    '/bundles/:id/retry': { POST: withId(async (reply, id) => answerRetry(reply, id, source)) },
  });
}

function addRoutes(app: FastifyInstance, routes: Routes): void {
  for (const [url, byMethod] of Object.entries(routes)) {
    for (const [method, answer] of Object.entries(byMethod)) {
      // fastify adds HEAD to each GET.
      app.route({ method, url, handler: (request, reply) => answer(reply, request) });
    }
    const allowed = METHODS.filter((method) =>
      Object.hasOwn(byMethod, method === 'HEAD' ? 'GET' : method),
    );
    app.route({
      method: METHODS.filter((method) => !allowed.includes(method)),
      url,
      handler: async (request, reply) => {
        reply.header('allow', allowed.join(', '));
        return answerError(reply, 405, `${request.method} is not for this route`);
      },
    });
  }
}

/** Ids become file names further on: only what has their form gets there. */
function withId(answer: IdAnswerer): Answerer {
  return async (reply, { params, method }) => {
    const id: unknown = typeof params === 'object' && params !== null && Reflect.get(params, 'id');
    if (typeof id !== 'string' || !isRunId(id)) {
      return answerError(reply, 400, 'the id must be a run id such as 20261122T020000Z-1f3a');
    }
    return answer(reply, id, method);
  };
}

function answerVerdict(reply: FastifyReply, verdict: Verdict): FastifyReply {
  if (verdict.ok) return reply.send({ status: 'ok' });
  return reply.code(503).send({ status: 'failing', reason: verdict.reason });
}

function answerUnknown(reply: FastifyReply, what: string): FastifyReply {
  return answerError(reply, 404, `there is no such ${what}`);
}

function answerDownload(
  reply: FastifyReply,
  { stream, bytes, name }: BundleDownload,
  method: string,
): FastifyReply {
  reply
    .type('application/gzip')
    .header('content-length', bytes)
    .header('content-disposition', `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`);
  // fastify answers HEAD by reading the whole bundle and sending none of it.
  if (method === 'HEAD') stream.destroy();
  return reply.send(stream);
}

async function answerRetry(
  reply: FastifyReply,
  id: string,
  source: ReportSource,
): Promise<FastifyReply> {
  const answer = await source.retryBundle(id);
  if (answer === 'queued') return reply.code(202).send({ id });
  if (answer === 'unknown') return answerUnknown(reply, 'bundle');
  return answerError(reply, 409, NOT_RETRIED[answer]);
}
