/** An agent as the HTTP routes see it, with answers that tests set, and requests to it. */

import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { silentLogger } from '../../agent/log.ts';
import type { LastRunView } from '../../agent/report/last-run.ts';
import { createMetrics, type GaugeFacts } from '../../agent/report/metrics.ts';
import { type Report, type ReportOptions, startReport } from '../../agent/report/server.ts';
import type {
  BundleDownload,
  ReportSource,
  RetryAnswer,
  RunAnswer,
  Verdict,
} from '../../agent/report/source.ts';
import type { RunRecord } from '../../agent/run/record.ts';
import { FakeClock } from './clock.ts';
import { runId, spooledRecord } from './spool.ts';

export const IDLE_GAUGES: GaugeFacts = {
  spool: { bundles: 0, bytes: 0, oldestAt: null },
  lastRunAt: null,
  lastSuccessAt: null,
  nextRunAt: null,
  isDestinationBlocked: false,
  isMisconfigured: false,
};

/** Knows runs 1 and 2; the bundle of run 1 is in the spool. */
export class FakeSource implements ReportSource {
  healthVerdict: Verdict = { ok: true };
  readyVerdict: Verdict = { ok: true };
  runAnswer: RunAnswer = { kind: 'accepted', id: runId(3) };
  retryAnswer: RetryAnswer = 'queued';
  /** What every member that can reject rejects with. */
  failure: Error | undefined;
  bundle = Buffer.from('the bundle');
  bundleName = 'support-bundle-2026-11-22T02_01_00.tar.gz';
  /** `member id`, in order, of what changes something. */
  readonly calls: string[] = [];
  readonly streams: Readable[] = [];
  readonly #runs = [spooledRecord(runId(2)), spooledRecord(runId(1))];

  health(): Verdict {
    return this.healthVerdict;
  }

  ready(): Verdict {
    return this.readyVerdict;
  }

  async lastRun(): Promise<LastRunView> {
    this.#fail();
    return {
      lastRun: this.#runs[0] ?? null,
      lastDelivered: this.#runs[1] ?? null,
      nextRunAt: '2026-11-23T02:00:00Z',
      state: 'armed',
      reason: null,
      spool: { bundles: 1, bytes: 10, oldestAt: '2026-11-22T02:01:00Z' },
    };
  }

  async runs(): Promise<readonly RunRecord[]> {
    this.#fail();
    return this.#runs;
  }

  async run(id: string): Promise<RunRecord | undefined> {
    this.#fail();
    return this.#runs.find((record) => record.id === id);
  }

  async manifest(id: string): Promise<string | undefined> {
    return id === runId(1) ? '{"files":[]}\n' : undefined;
  }

  async requestRun(): Promise<RunAnswer> {
    this.#fail();
    this.calls.push('requestRun');
    return this.runAnswer;
  }

  async openBundle(id: string): Promise<BundleDownload | undefined> {
    if (id !== runId(1)) return undefined;
    const stream = Readable.from([this.bundle]);
    this.streams.push(stream);
    return { stream, bytes: this.bundle.length, name: this.bundleName };
  }

  async dropBundle(id: string): Promise<boolean> {
    this.calls.push(`dropBundle ${id}`);
    return id === runId(1);
  }

  async retryBundle(id: string): Promise<RetryAnswer> {
    this.calls.push(`retryBundle ${id}`);
    return this.retryAnswer;
  }

  #fail(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}

/** Both servers on free ports of the loopback interface. */
export function serveReport(
  source: ReportSource,
  signal: AbortSignal,
  changed: Partial<ReportOptions> = {},
): Promise<Report> {
  const metrics = createMetrics({
    version: '1.2.3',
    clock: new FakeClock(),
    read: () => IDLE_GAUGES,
  });
  return startReport(
    {
      httpPort: 0,
      adminPort: 0,
      httpHosts: ['127.0.0.1'],
      source,
      metrics,
      log: silentLogger,
      ...changed,
    },
    signal,
  );
}

interface Ask {
  readonly method?: string;
  /** Sent as they are: also those that `fetch` would not let through. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed text. */
  json(): unknown;
}

export function ask(
  port: number,
  path: string,
  { method, headers, body }: Ask = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method: method ?? 'GET',
        headers: { ...headers },
        agent: false,
      },
      (response) => {
        text(response).then(
          (answer) =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: answer,
              json: () => JSON.parse(answer) as unknown,
            }),
          reject,
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** The message of `{ "error": { "message" } }`, empty when the answer is something else. */
export function messageIn(answer: Answered): string {
  const body = answer.json();
  const error: unknown = typeof body === 'object' && body !== null && Reflect.get(body, 'error');
  const message: unknown =
    typeof error === 'object' && error !== null && Reflect.get(error, 'message');
  return typeof message === 'string' ? message : '';
}

/** A bundle of any length. */
export function endless(): Readable {
  return new Readable({
    read() {
      this.push(Buffer.alloc(64 * 1024));
    },
  });
}
