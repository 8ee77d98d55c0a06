/** What went wrong with a request to the Kubernetes API, as an AgentError. */

import { cutText } from '../bundle.ts';
import { AgentError, type AgentErrorCode, messageOf } from '../errors.ts';
import { wordsForUnexplained } from './unexplained.ts';

/** What every message names: never a token, never the query. */
export interface RequestName {
  readonly method: string;
  /** May hold a query; it is left out of messages. */
  readonly path: string;
  readonly server: URL;
}

const CODE_BY_STATUS: Readonly<Record<number, AgentErrorCode>> = {
  401: 'KUBE_UNAUTHORIZED',
  403: 'KUBE_FORBIDDEN',
  404: 'KUBE_NOT_FOUND',
  408: 'KUBE_TIMEOUT',
  409: 'KUBE_CONFLICT',
  504: 'KUBE_TIMEOUT',
};

/** An answer that is not a success: what the API itself said of it. */
export class KubeAnswerError extends AgentError {
  readonly statusCode: number;
  /** The Status object's `message` (else the text), whole up to 64 KiB: the words that client-go's errors have too. */
  readonly apiMessage: string;
  /** Whether it was a Status object: the API server's own. */
  readonly isStatus: boolean;
  /** The header of that name, as it came. */
  readonly retryAfter: string | undefined;

  constructor(
    code: AgentErrorCode,
    message: string,
    answer: {
      readonly statusCode: number;
      readonly apiMessage: string;
      /** Default true. */
      readonly isStatus?: boolean;
      readonly retryAfter?: string | undefined;
    },
  ) {
    super(code, message);
    this.statusCode = answer.statusCode;
    this.apiMessage = answer.apiMessage;
    this.isStatus = answer.isStatus ?? true;
    this.retryAfter = answer.retryAfter;
  }
}

/** What client-go says of an answer to a request whose body it hands over unread: of a Status it uses the code alone. */
export function rawMessageOf(error: unknown): string {
  return error instanceof KubeAnswerError
    ? wordsForUnexplained(error.statusCode, 'unknown')
    : messageOf(error);
}

/** What client-go's error says, for files that troubleshoot fills with them; else the error's own message. */
export function apiMessageOf(error: unknown): string {
  if (!(error instanceof KubeAnswerError)) return messageOf(error);
  const { isStatus, statusCode, apiMessage } = error;
  return isStatus ? apiMessage : wordsForUnexplained(statusCode, apiMessage);
}

/**
 * The error for an answer that is not a success. The API's own message comes along, cut: for 403
 * it names user, verb, resource and namespace.
 */
export function answerError(
  request: RequestName,
  {
    statusCode,
    body,
    retryAfter,
  }: {
    readonly statusCode: number;
    readonly body: Uint8Array;
    readonly retryAfter?: string | undefined;
  },
): KubeAnswerError {
  const code = CODE_BY_STATUS[statusCode] ?? 'KUBE_FAILED';
  const text = new TextDecoder().decode(body);
  const explained = statusMessage(text);
  const apiMessage = explained ?? text;
  const said = cutText(apiMessage);
  return new KubeAnswerError(
    code,
    `${nameOf(request)}: ${statusCode}${said === '' ? '' : ` ${said}`}`,
    { statusCode, apiMessage, isStatus: explained !== undefined, retryAfter },
  );
}

/** The error for a request that got no answer: refused, reset, DNS, TLS. */
export function connectionError(request: RequestName, error: unknown): AgentError {
  // A server with several addresses fails with one error for each, and an empty message.
  const failures: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  const said = cutText(failures.map(messageOf).join('; '));
  return new AgentError('KUBE_UNREACHABLE', `${nameOf(request)}: ${said}`, { cause: error });
}

export function timeoutError(request: RequestName, timeoutMs: number): AgentError {
  return new AgentError(
    'KUBE_TIMEOUT',
    `${nameOf(request)}: no complete answer within ${timeoutMs / 1000} s`,
  );
}

/** The answer began, and then the server said nothing more. */
export function idleError(request: RequestName, timeoutMs: number): AgentError {
  return new AgentError(
    'KUBE_TIMEOUT',
    `${nameOf(request)}: the answer stopped for ${timeoutMs / 1000} s`,
  );
}

/** The agent's own doing: a stream that was opened and not read. */
export function unreadError(request: RequestName, timeoutMs: number): AgentError {
  return new AgentError(
    'KUBE_TIMEOUT',
    `${nameOf(request)}: nobody read the answer within ${timeoutMs / 1000} s`,
  );
}

/** An answer that breaks the protocol: not JSON, or larger than the agent reads. */
export function unusableAnswerError(request: RequestName, what: string): AgentError {
  return new AgentError('KUBE_FAILED', `${nameOf(request)}: ${what}`);
}

/** No identity, or one that cannot be used: kubeconfig, token file, certificate. */
export function identityError(what: string, error: unknown): AgentError {
  // Only the first line: a YAML error goes on with the lines around it, and one may hold the token.
  const [said = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return new AgentError('KUBE_CONFIG', `${what}: ${cutText(said)}`, { cause: error });
}

function nameOf({ method, path, server }: RequestName): string {
  return `${method} ${server.origin}${path.split('?', 1)[0]}`;
}

/** The `message` of a Status object; undefined where the text is none. */
function statusMessage(text: string): string | undefined {
  try {
    const status: unknown = JSON.parse(text);
    if (typeof status === 'object' && status !== null && 'message' in status) {
      return String(status.message);
    }
  } catch {
    // Not from the API server itself: a proxy's page, a webhook's text.
  }
  return undefined;
}
