/** Answers of one form: `{ "error": { "code"?, "message" } }` for whatever is not granted. */

import type { FastifyReply } from 'fastify';

import { AgentError } from '../errors.ts';
import type { Logger } from '../log.ts';

interface ErrorBody {
  readonly error: { readonly code?: string; readonly message: string };
}

export function errorBody(message: string, code?: string): ErrorBody {
  return { error: { ...(code !== undefined && { code }), message } };
}

export function answerError(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send(errorBody(message));
}

/** The same for a path that is nowhere and for one that the caller may not know of. */
export function answerNoRoute(reply: FastifyReply): FastifyReply {
  return answerError(reply, 404, 'no such route');
}

/** Whatever a handler or fastify itself throws. Only messages that were written for people leave. */
export function answerThrown(error: unknown, reply: FastifyReply, log: Logger): FastifyReply {
  const status = statusOf(error);
  if (error instanceof Error && status !== undefined) {
    return answerError(reply, status, error.message);
  }
  const stack = error instanceof Error ? error.stack : String(error);
  log.error({ route: reply.request.routeOptions.url, stack }, 'request failed');
  const body =
    error instanceof AgentError
      ? errorBody(error.message, error.code)
      : errorBody('something unexpected went wrong; the log says more');
  return reply.code(500).send(body);
}

/** Of fastify's own refusals, e.g. 413 for a body that is too large. */
function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
