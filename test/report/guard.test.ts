/** Tests of report/guard, over HTTP. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import type { Report } from '../../agent/report/server.ts';
import { RecordingLog } from '../support/log.ts';
import { ask, FakeSource, serveReport } from '../support/report.ts';
import { runId } from '../support/spool.ts';

const ID = runId(1);

describe('report/guard', () => {
  let source: FakeSource;
  let log: RecordingLog;
  let report: Report;
  let folder: string;
  let tokenFile: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'));
    tokenFile = join(folder, 'token');
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    await writeFile(tokenFile, 'open-sesame\n');
    source = new FakeSource();
    log = new RecordingLog();
    const { signal } = new AbortController();
    report = await serveReport(source, signal, { log, httpTokenFile: tokenFile });
  });
  afterEach(() => report.close());

  async function statusOf(
    port: 'httpPort' | 'adminPort',
    [method, path]: readonly [method: string, path: string],
    headers: Readonly<Record<string, string>>,
  ): Promise<number> {
    const { status } = await ask(report[port], path, { method, headers });
    return status;
  }

  for (const host of [
    'localhost',
    'LOCALHOST:9000',
    '127.0.0.1:8081',
    '[::1]:8081',
    'localhost:65535',
  ]) {
    it(`takes ${host} for the admin port's own name`, async () => {
      assert.equal(await statusOf('adminPort', ['GET', '/runs'], { host }), 200);
    });
  }

  for (const host of [
    'rebound.example',
    'localhost.example',
    'localhost.',
    '127.0.0.1.example:8081',
    '10.0.0.7:8081',
    '0.0.0.0:8081',
    'localhost@rebound.example',
    'rebound.example#localhost',
    'localhost, rebound.example',
    '[::ffff:7f00:1]',
  ]) {
    it(`refuses "${host}" as the admin port's name, for every route`, async () => {
      for (const path of ['/healthz', '/last-run', '/runs', `/bundles/${ID}`, '/nothing']) {
        assert.equal(await statusOf('adminPort', ['GET', path], { host }), 403, path);
      }
      assert.equal(await statusOf('adminPort', ['POST', '/runs'], { host }), 403);
      assert.deepEqual(source.calls, []);
    });
  }

  for (const request of ['GET /runs HTTP/1.1\r\nHost:\r\n', 'GET /runs HTTP/1.0\r\n']) {
    it(`refuses a request without a name: ${JSON.stringify(request)}`, async () => {
      const socket = connect(report.adminPort, '127.0.0.1', () =>
        socket.write(`${request}Connection: close\r\n\r\n`),
      );

      assert.match(await text(socket), /^HTTP\/1\.1 403 /);
    });
  }

  it('does not let a forwarded name stand in for the name', async () => {
    const headers = { host: 'rebound.example', 'x-forwarded-host': 'localhost' };

    assert.equal(await statusOf('adminPort', ['GET', '/runs'], headers), 403);
  });

  for (const headers of [
    { origin: 'http://localhost:9000' },
    { origin: 'http://localhost:9000', 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    {},
  ]) {
    it(`lets ${JSON.stringify(headers)} change something`, async () => {
      const own = { host: 'localhost:9000', ...headers };

      assert.equal(await statusOf('adminPort', ['POST', '/runs'], own), 202);
    });
  }

  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:3000' },
    { origin: 'http://localhost' },
    { origin: 'null' },
    { origin: '' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://localhost:9000', 'sec-fetch-site': 'cross-site' },
  ]) {
    it(`does not let ${JSON.stringify(headers)} change anything`, async () => {
      const foreign = { host: 'localhost:9000', ...headers };
      for (const route of [
        ['POST', '/runs'],
        ['DELETE', `/bundles/${ID}`],
        ['POST', `/bundles/${ID}/retry`],
      ] as const) {
        assert.equal(await statusOf('adminPort', route, foreign), 403);
        const withToken = { ...foreign, authorization: 'Bearer open-sesame' };
        assert.equal(await statusOf('httpPort', route, withToken), 403);
      }
      assert.deepEqual(source.calls, []);
    });
  }

  it('takes any name on the HTTP port', async () => {
    assert.equal(await statusOf('httpPort', ['GET', '/healthz'], { host: 'agent.ns.svc' }), 200);
  });

  it('needs no token on the admin port', async () => {
    assert.equal(await statusOf('adminPort', ['GET', '/runs'], {}), 200);
  });

  for (const [name, authorization] of [
    ['bearer', 'Bearer open-sesame'],
    ['bearer in any case', 'bearer  open-sesame '],
    ['Basic', `Basic ${btoa('anyone:open-sesame')}`],
    ['Basic without a user', `Basic ${btoa(':open-sesame')}`],
  ] as const) {
    it(`has the admin routes on the HTTP port for the token as ${name}`, async () => {
      const headers = { authorization };

      assert.equal(await statusOf('httpPort', ['GET', '/runs'], headers), 200);
      assert.equal(await statusOf('httpPort', ['POST', '/runs'], headers), 202);
      assert.equal(await statusOf('httpPort', ['GET', `/bundles/${ID}`], headers), 200);
      assert.equal(await statusOf('httpPort', ['PUT', '/runs'], headers), 405);
    });
  }

  for (const authorization of [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer open-sesam',
    'Bearer open-sesame2',
    'Bearer OPEN-SESAME',
    'open-sesame',
    'Digest open-sesame',
    `Basic ${btoa('open-sesame')}`,
    `Basic ${btoa('open-sesame:')}`,
    'Basic ***',
  ]) {
    it(`refuses ${JSON.stringify(authorization)} on the HTTP port`, async () => {
      const headers = { ...(authorization !== undefined && { authorization }) };

      for (const [method, path] of [
        ['GET', '/runs'],
        ['POST', '/runs'],
        ['PUT', '/runs'],
        ['GET', `/bundles/${ID}`],
      ] as const) {
        assert.equal(await statusOf('httpPort', [method, path], headers), 401);
      }
      assert.deepEqual(source.calls, []);
    });
  }

  it('tells browsers to ask for the password', async () => {
    const { headers } = await ask(report.httpPort, '/runs');

    assert.equal(headers['www-authenticate'], 'Basic realm="cron-support-bundle", Bearer');
  });

  it('takes the new token once the file changes, and the old one no longer', async () => {
    await writeFile(tokenFile, 'changed');

    const [before, after] = ['Bearer open-sesame', 'Bearer changed'];
    assert.equal(await statusOf('httpPort', ['GET', '/runs'], { authorization: before }), 401);
    assert.equal(await statusOf('httpPort', ['GET', '/runs'], { authorization: after }), 200);
  });

  it('hides the routes while the token file is empty, and lets no empty token in', async () => {
    await writeFile(tokenFile, ' \n');

    for (const authorization of ['Bearer ', `Basic ${btoa('a:')}`, 'Bearer open-sesame']) {
      assert.equal(await statusOf('httpPort', ['GET', '/runs'], { authorization }), 404);
    }
  });

  it('hides the routes while there is no token file', async () => {
    await rm(tokenFile);

    const authorization = 'Bearer open-sesame';
    assert.equal(await statusOf('httpPort', ['GET', '/runs'], { authorization }), 404);
    assert.deepEqual(log.lines, []);
  });

  it('hides the routes and warns when the token file cannot be read', async () => {
    const second = await serveReport(source, new AbortController().signal, {
      log,
      httpTokenFile: folder,
    });

    assert.equal((await ask(second.httpPort, '/runs')).status, 404);
    assert.deepEqual(log.said(), ['warn: HTTP_TOKEN_FILE cannot be read']);
    await second.close();
  });

  it('keeps the collectors from the HTTP port also for the token', async () => {
    const { text: body } = await ask(report.httpPort, '/last-run', {
      headers: { authorization: 'Bearer open-sesame' },
    });

    assert.ok(!body.includes('collectors'));
  });
});
