/** Connects to the Kubernetes API with the identity of the pod or of a kubeconfig. */

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

import { type Clock, systemClock } from '../clock.ts';
import { hasCode } from '../errors.ts';
import type { RequestName } from './api-error.ts';
import { type Attempt, Attempts, type AttemptsOptions } from './attempts.ts';
import { Budget } from './budget.ts';
import type {
  DeleteOptions,
  ExecTarget,
  Execution,
  KubeApi,
  KubeStream,
  StreamOptions,
} from './client.ts';
import { openExecution } from './exec.ts';
import { loadIdentity } from './identity.ts';
import {
  type KubeRequest,
  openKubeRequest,
  type ReadLimits,
  sendKubeRequest,
  type Transport,
} from './request.ts';
import { StreamBody } from './stream.ts';

export interface ConnectOptions {
  /** Absent: KUBECONFIG, else `~/.kube/config`, else the pod's ServiceAccount. */
  readonly kubeconfigFile?: string;
  /** For one request, its answer included; for a stream, until it begins and between its bytes. */
  readonly timeoutMs?: number;
  /** Larger answers are an error; streams have no limit. */
  readonly maxResponseBytes?: number;
  /** KUBE_CONCURRENCY: requests in flight. */
  readonly concurrency?: number;
  /** Waits some seconds for a server that cannot be reached, e.g. because it is being restarted. Default: fails at once. */
  readonly outlastsOutages?: boolean;
  /** For waits before a request is sent again. */
  readonly clock?: Clock;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_RESPONSE_BYTES = 16 * 1024 * 1024;
const DEFAULT_CONCURRENCY = 4;
const IDLE_CONNECTION_MS = 30_000;

/** Their POST creates nothing: it is a question with a body. */
const REVIEWS = '/apis/authorization.k8s.io/';

/**
 * A client for the cluster; sends nothing yet. Requests go past proxies, unless the kubeconfig names
 * one (`proxy-url`).
 *
 * @throws {AgentError} KUBE_CONFIG: there is no identity, or it cannot be read.
 */
export async function connectKube(options: ConnectOptions = {}): Promise<KubeApi> {
  return new HttpKubeApi(options, {
    identity: await loadIdentity(options.kubeconfigFile),
    loadIdentity: () => loadIdentity(options.kubeconfigFile),
    budget: new Budget(options.concurrency ?? DEFAULT_CONCURRENCY),
    policy: {
      clock: options.clock ?? systemClock,
      random: Math.random,
      outlastsOutages: options.outlastsOutages ?? false,
    },
  });
}

type Asked = Pick<KubeRequest, 'method' | 'path' | 'accept' | 'body'>;

class HttpKubeApi implements KubeApi {
  readonly server: URL;
  readonly namespace: string;
  readonly #attempts: Attempts;
  readonly #agent: HttpAgent;
  readonly #limits: ReadLimits;

  constructor(options: ConnectOptions, attempts: AttemptsOptions) {
    this.server = attempts.identity.server;
    this.namespace = attempts.identity.namespace;
    this.#attempts = new Attempts(attempts);
    const connections = { keepAlive: true, timeout: IDLE_CONNECTION_MS };
    this.#agent =
      this.server.protocol === 'http:' ? new HttpAgent(connections) : new HttpsAgent(connections);
    this.#limits = {
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      maxResponseBytes: options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
    };
  }

  async get(path: string, signal: AbortSignal): Promise<unknown> {
    return await this.#send({ method: 'GET', path }, signal);
  }

  async patch(path: string, patch: unknown, signal: AbortSignal): Promise<unknown> {
    const body = bodyOf(patch, 'application/merge-patch+json');
    return await this.#send({ method: 'PATCH', path, body }, signal);
  }

  async post(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    return await this.#send({ method: 'POST', path, body: bodyOf(body) }, signal);
  }

  async delete(path: string, options: DeleteOptions, signal: AbortSignal): Promise<void> {
    const body = bodyOf({ apiVersion: 'v1', kind: 'DeleteOptions', ...options });
    try {
      await this.#send({ method: 'DELETE', path, body }, signal);
    } catch (error) {
      if (!hasCode(error, 'KUBE_NOT_FOUND')) throw error;
    }
  }

  async stream(path: string, options: StreamOptions, signal: AbortSignal): Promise<KubeStream> {
    const { accept, isLongLived = false } = options;
    const timeoutMs = isLongLived ? undefined : this.#limits.timeoutMs;
    const asked = { method: 'GET', path, ...(accept === undefined ? {} : { accept }) };
    return await this.#attempts.run(
      { isRepeatable: true, isLongLived },
      async ({ transport, release }) => {
        const request = { ...this.#complete(asked, transport), timeoutMs };
        const answer = await openKubeRequest(request, signal);
        const { statusCode, contentType } = answer;
        const body = new StreamBody(answer, { request, timeoutMs, release }, signal);
        return { statusCode, contentType, body };
      },
      signal,
    );
  }

  async exec(target: ExecTarget, signal: AbortSignal): Promise<Execution> {
    const { server } = this;
    const { timeoutMs } = this.#limits;
    return await this.#attempts.run(
      // A command is not started twice: whether a connection that breaks had begun one is not known.
      { isRepeatable: false, isLongLived: true },
      ({ transport }) => openExecution(target, { server, transport, timeoutMs }, signal),
      signal,
    );
  }

  async #send(asked: Asked, signal: AbortSignal): Promise<unknown> {
    return await this.#attempts.run(
      { isRepeatable: isRepeatable(asked) },
      async ({ transport, release }: Attempt) => {
        const request = { ...this.#complete(asked, transport), ...this.#limits };
        const answer = await sendKubeRequest(request, signal);
        release();
        return answer;
      },
      signal,
    );
  }

  #complete(asked: Asked, transport: Transport): KubeRequest {
    return {
      ...asked,
      server: this.server,
      isRepeatable: isRepeatable(asked),
      transport: { agent: this.#agent, ...transport },
    };
  }
}

function bodyOf(
  value: unknown,
  contentType = 'application/json',
): NonNullable<KubeRequest['body']> {
  return { text: JSON.stringify(value), contentType };
}

/** Reads, merge patches and deletions do twice what they do once; a POST creates a second object. */
function isRepeatable({ method, path }: Pick<RequestName, 'method' | 'path'>): boolean {
  return method !== 'POST' || path.startsWith(REVIEWS);
}
