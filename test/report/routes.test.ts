/** Tests of report/routes and report/answer, over HTTP on the admin port. */

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

import { AgentError } from '../../agent/errors.ts';
import type { Report } from '../../agent/report/server.ts';
import { RecordingLog } from '../support/log.ts';
import {
  type Answered,
  ask,
  endless,
  FakeSource,
  messageIn,
  serveReport,
} from '../support/report.ts';
import { runId, spooledRecord } from '../support/spool.ts';

const ID = runId(1);
const UNKNOWN_ID = runId(9);

describe('report/routes', () => {
  let source: FakeSource;
  let report: Report;
  let log: RecordingLog;
  beforeEach(async () => {
    source = new FakeSource();
    log = new RecordingLog();
    report = await serveReport(source, new AbortController().signal, { log });
  });
  afterEach(() => report.close());

  function admin(path: string, options?: Parameters<typeof ask>[2]): Promise<Answered> {
    return ask(report.adminPort, path, options);
  }

  it('gives the last run with its collectors on the admin port', async () => {
    const answer = await admin('/last-run');

    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
    assert.deepEqual(answer.json(), await source.lastRun());
  });

  it('gives the last run without its collectors on the HTTP port', async () => {
    const { text: body } = await ask(report.httpPort, '/last-run');

    assert.ok(!body.includes('collectors'));
    assert.ok(!body.includes('cluster-info'));
    const { collectors: _withheld, ...shown } = spooledRecord(runId(2));
    assert.deepEqual(JSON.parse(body).lastRun, shown);
  });

  it('lists the runs', async () => {
    const answer = await admin('/runs');

    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json(), { runs: [spooledRecord(runId(2)), spooledRecord(ID)] });
  });

  it('gives one run', async () => {
    assert.deepEqual((await admin(`/runs/${ID}`)).json(), spooledRecord(ID));
  });

  it('gives its manifest as it is', async () => {
    const { headers, text: manifest } = await admin(`/runs/${ID}/manifest`);

    assert.equal(manifest, '{"files":[]}\n');
    assert.match(headers['content-type'] ?? '', /^application\/json/);
  });

  it('starts a run', async () => {
    const answer = await admin('/runs', { method: 'POST' });

    assert.equal(answer.status, 202);
    assert.deepEqual(answer.json(), { id: runId(3) });
    assert.deepEqual(source.calls, ['requestRun']);
  });

  it('says which run is under way', async () => {
    source.runAnswer = { kind: 'under-way', id: ID };

    const answer = await admin('/runs', { method: 'POST' });

    assert.equal(answer.status, 409);
    assert.deepEqual(answer.json(), { id: ID, error: { message: 'a run is under way' } });
  });

  for (const [type, body] of [
    ['application/json', '{"broken'],
    ['application/json', ''],
    ['application/x-www-form-urlencoded', 'a=b'],
    ['', 'text'],
  ] as const) {
    it(`does not look at a body of type "${type}"`, async () => {
      const headers = { ...(type !== '' && { 'content-type': type }) };

      const answer = await admin('/runs', { method: 'POST', headers, body });

      assert.equal(answer.status, 202);
    });
  }

  it('refuses a body of more than 1 KiB', async () => {
    const answer = await admin('/runs', { method: 'POST', body: 'x'.repeat(1025) });

    assert.equal(answer.status, 413);
    assert.deepEqual(source.calls, []);
  });

  it('gives the bundle', async () => {
    const { status, headers, text: body } = await admin(`/bundles/${ID}`);

    assert.equal(status, 200);
    assert.equal(body, 'the bundle');
    assert.equal(headers['content-length'], '10');
    assert.equal(headers['content-type'], 'application/gzip');
    assert.equal(
      headers['content-disposition'],
      'attachment; filename="support-bundle-2026-11-22T02_01_00.tar.gz"',
    );
  });

  it('puts nothing into a header that does not belong there', async () => {
    source.bundleName = 'a"b\r\nset-cookie: c=d/é.tar.gz';

    const { headers } = await admin(`/bundles/${ID}`);

    assert.equal(
      headers['content-disposition'],
      'attachment; filename="a_b__set-cookie__c_d__.tar.gz"',
    );
    assert.equal(headers['set-cookie'], undefined);
  });

  it('says how large the bundle is without reading it', async () => {
    const { status, headers, text: body } = await admin(`/bundles/${ID}`, { method: 'HEAD' });

    assert.deepEqual([status, headers['content-length'], body], [200, '10', '']);
    assert.equal(source.streams[0]?.readableDidRead, false);
    assert.equal(source.streams[0]?.destroyed, true);
  });

  it('closes the bundle when the download is broken off', async () => {
    const stream = endless();
    source.openBundle = async () => ({ stream, bytes: 1_000_000_000, name: 'b.tar.gz' });
    const stop = new AbortController();
    const response = await fetch(`http://127.0.0.1:${report.adminPort}/bundles/${ID}`, {
      signal: stop.signal,
    });

    stop.abort();

    await assert.rejects(response.text());
    while (!stream.destroyed) await wait(5);
  });

  it('ends a download short when the bundle cannot be read to its end', async () => {
    const stream = Readable.from(failing());
    source.openBundle = async () => ({ stream, bytes: 100, name: 'b.tar.gz' });

    await assert.rejects(admin(`/bundles/${ID}`));
    assert.equal((await admin('/healthz')).status, 200);
  });

  it('drops a bundle', async () => {
    const answer = await admin(`/bundles/${ID}`, { method: 'DELETE' });

    assert.deepEqual([answer.status, answer.text], [204, '']);
    assert.deepEqual(source.calls, [`dropBundle ${ID}`]);
  });

  it('sends a bundle now', async () => {
    const answer = await admin(`/bundles/${ID}/retry`, { method: 'POST' });

    assert.equal(answer.status, 202);
    assert.deepEqual(answer.json(), { id: ID });
    assert.deepEqual(source.calls, [`retryBundle ${ID}`]);
  });

  for (const [retryAnswer, status] of [
    ['unknown', 404],
    ['delivered', 409],
    ['off', 409],
  ] as const) {
    it(`answers ${status} when a bundle to send now is ${retryAnswer}`, async () => {
      source.retryAnswer = retryAnswer;

      const answer = await admin(`/bundles/${ID}/retry`, { method: 'POST' });

      assert.equal(answer.status, status);
      assert.notEqual(messageIn(answer), '');
    });
  }

  for (const [method, path] of [
    ['GET', `/runs/${UNKNOWN_ID}`],
    ['GET', `/runs/${UNKNOWN_ID}/manifest`],
    ['GET', `/bundles/${UNKNOWN_ID}`],
    ['HEAD', `/bundles/${UNKNOWN_ID}`],
    ['DELETE', `/bundles/${UNKNOWN_ID}`],
  ] as const) {
    it(`answers ${method} ${path} with 404`, async () => {
      assert.equal((await admin(path, { method })).status, 404);
    });
  }

  for (const id of ['x', '..%2f..', '20261122T020100Z-0001%00', `${ID}0`, ID.toLowerCase(), 'é']) {
    it(`refuses ${id} as an id`, async () => {
      for (const [method, path] of [
        ['GET', `/runs/${encoded(id)}`],
        ['GET', `/runs/${encoded(id)}/manifest`],
        ['GET', `/bundles/${encoded(id)}`],
        ['DELETE', `/bundles/${encoded(id)}`],
        ['POST', `/bundles/${encoded(id)}/retry`],
      ] as const) {
        assert.equal((await admin(path, { method })).status, 400, `${method} ${path}`);
      }
      assert.deepEqual(source.calls, []);
    });
  }

  for (const [path, allow] of [
    ['/runs', 'GET, HEAD, POST'],
    [`/runs/${ID}`, 'GET, HEAD'],
    [`/bundles/${ID}`, 'GET, HEAD, DELETE'],
    [`/bundles/${ID}/retry`, 'POST'],
  ] as const) {
    it(`says what may be done with ${path}`, async () => {
      const answer = await admin(path, { method: 'PUT' });

      assert.deepEqual([answer.status, answer.headers.allow], [405, allow]);
    });
  }

  it('passes on the code and message of a failure that was written for people', async () => {
    source.failure = new AgentError('SPOOL_UNUSABLE', 'spool /spool does not exist');

    const answer = await admin('/runs', { method: 'POST' });

    assert.equal(answer.status, 500);
    assert.deepEqual(answer.json(), {
      error: { code: 'SPOOL_UNUSABLE', message: 'spool /spool does not exist' },
    });
  });

  it('tells nothing of an unexpected failure but to the log', async () => {
    source.failure = new Error('token abc is wrong');

    const answer = await admin('/last-run');

    assert.equal(answer.status, 500);
    assert.ok(!answer.text.includes('abc'));
    assert.deepEqual(log.said(), ['error: request failed']);
    assert.equal(log.lines[0]?.fields['route'], '/last-run');
  });
});

/** Percent-encoded as a path needs it, what is encoded already left alone. */
function encoded(id: string): string {
  return encodeURI(id).replaceAll('%25', '%');
}

async function* failing(): AsyncGenerator<string> {
  yield 'a few bytes';
  throw new Error('the disk is gone');
}
