/** Tests of report/server. */

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

import type { Report } from '../../agent/report/server.ts';
import { RecordingLog } from '../support/log.ts';
import { ask, endless, FakeSource, messageIn, serveReport } from '../support/report.ts';
import { runId } from '../support/spool.ts';

const ID = runId(1);

describe('report/server', () => {
  let source: FakeSource;
  let report: Report;
  let log: RecordingLog;
  beforeEach(async () => {
    source = new FakeSource();
    log = new RecordingLog();
    report = await serveReport(source, new AbortController().signal, { log });
  });
  afterEach(() => report.close());

  for (const port of ['httpPort', 'adminPort'] as const) {
    describe(`on ${port}`, () => {
      it('says that the process works', async () => {
        const answer = await ask(report[port], '/healthz');

        assert.equal(answer.status, 200);
        assert.deepEqual(answer.json(), { status: 'ok' });
      });

      it('says why it does not', async () => {
        source.healthVerdict = {
          ok: false,
          reason: 'the run of 02:00 was neither started nor skipped',
        };

        const answer = await ask(report[port], '/healthz');

        assert.equal(answer.status, 503);
        assert.deepEqual(answer.json(), {
          status: 'failing',
          reason: 'the run of 02:00 was neither started nor skipped',
        });
      });

      it('says whether it is ready', async () => {
        assert.equal((await ask(report[port], '/readyz')).status, 200);

        source.readyVerdict = { ok: false, reason: 'starting' };

        assert.equal((await ask(report[port], '/readyz')).status, 503);
      });

      it('gives the metrics', async () => {
        const { status, headers, text: metrics } = await ask(report[port], '/metrics');

        assert.equal(status, 200);
        assert.match(headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
        assert.match(metrics, /^cron_support_bundle_info\{version="1\.2\.3"\} 1$/m);
      });

      it('answers HEAD without a body', async () => {
        const { status, text: body } = await ask(report[port], '/healthz', { method: 'HEAD' });

        assert.deepEqual([status, body], [200, '']);
      });

      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        it(`does not take ${method} for what is only read`, async () => {
          const answer = await ask(report[port], '/last-run', { method });

          assert.equal(answer.status, 405);
          assert.equal(answer.headers.allow, 'GET, HEAD');
          assert.match(messageIn(answer), new RegExp(`^${method} is not for this route$`));
        });
      }

      for (const path of ['/nothing', '/last-run/', '//', '/..%2f..%2fetc/passwd', '/%2e%2e']) {
        it(`knows no ${path}`, async () => {
          const answer = await ask(report[port], path);

          assert.equal(answer.status, 404);
          assert.deepEqual(answer.json(), { error: { message: 'no such route' } });
        });
      }

      it('refuses a path that is not percent-encoded', async () => {
        const answer = await ask(report[port], '/%zz');

        assert.equal(answer.status, 400);
        assert.match(messageIn(answer), /%zz/);
      });

      it('forbids caching and guessing of types, for errors too', async () => {
        for (const path of ['/healthz', '/last-run', '/metrics', '/nothing']) {
          const { headers } = await ask(report[port], path);

          assert.equal(headers['x-content-type-options'], 'nosniff');
          assert.equal(headers['cache-control'], 'no-store');
        }
      });
    });
  }

  it('has none of the admin routes on the HTTP port', async () => {
    for (const [method, path] of ADMIN_ROUTES) {
      const answer = await ask(report.httpPort, path, { method });

      assert.equal(answer.status, 404, `${method} ${path}`);
      if (method === 'HEAD') continue;
      assert.deepEqual(answer.json(), { error: { message: 'no such route' } });
    }
    assert.deepEqual(source.calls, []);
  });

  it('answers what is no HTTP with an error and goes on', async () => {
    assert.match(await rawly(report.httpPort, 'hello\r\n\r\n'), /^HTTP\/1\.1 400 /);
    assert.equal((await ask(report.httpPort, '/healthz')).status, 200);
  });

  for (const setting of ['HTTP_PORT', 'ADMIN_PORT'] as const) {
    it(`names ${setting} when that port is taken, and leaves the other one free`, async () => {
      const [taken, other] = [report.httpPort, await freePort()];
      const ports =
        setting === 'HTTP_PORT'
          ? { httpPort: taken, adminPort: other }
          : { httpPort: other, adminPort: taken };

      const started = serveReport(source, new AbortController().signal, ports);

      await assert.rejects(started, {
        code: 'REPORT_LISTEN',
        message: `${setting} ${taken}: the port is in use`,
      });
      await assert.rejects(ask(other, '/healthz'), { code: 'ECONNREFUSED' });
    });
  }

  it('takes the next host where the machine does not have the first', async () => {
    const httpHosts = ['192.0.2.1', '127.0.0.1'];

    const second = await serveReport(source, new AbortController().signal, { httpHosts });

    assert.equal((await ask(second.httpPort, '/healthz')).status, 200);
    await second.close();
  });

  it('closes at once, also with idle connections, downloads and half requests', async () => {
    const stream = endless();
    source.openBundle = async () => ({ stream, bytes: 1_000_000_000, name: 'b.tar.gz' });
    const half = connect(report.adminPort, '127.0.0.1', () =>
      half.write('GET /runs HTTP/1.1\r\nHo'),
    );
    half.on('error', () => undefined);
    const download = await fetch(`http://127.0.0.1:${report.adminPort}/bundles/${ID}`);
    assert.equal(download.status, 200);
    const startedMs = performance.now();

    await report.close();

    assert.ok(performance.now() - startedMs < 1_000);
    await assert.rejects(ask(report.adminPort, '/healthz'), { code: 'ECONNREFUSED' });
    while (!stream.destroyed) await wait(5);
  });

  it('closes with the signal', async () => {
    const stop = new AbortController();
    const second = await serveReport(source, stop.signal);

    stop.abort();
    await second.close();

    await assert.rejects(ask(second.httpPort, '/healthz'), { code: 'ECONNREFUSED' });
  });

  it('does not start once the signal is aborted', async () => {
    await assert.rejects(serveReport(source, AbortSignal.abort()), { name: 'AbortError' });
  });
});

const ADMIN_ROUTES = [
  ['GET', '/runs'],
  ['HEAD', '/runs'],
  ['POST', '/runs'],
  ['PUT', '/runs'],
  ['GET', `/runs/${ID}`],
  ['GET', `/runs/${ID}/manifest`],
  ['GET', `/bundles/${ID}`],
  ['DELETE', `/bundles/${ID}`],
  ['POST', `/bundles/${ID}/retry`],
] as const;

function rawly(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(request));
  return text(socket);
}

/** Nobody listens there a moment ago. */
async function freePort(): Promise<number> {
  const report = await serveReport(new FakeSource(), new AbortController().signal);
  await report.close();
  return report.adminPort;
}
