/** Tests of upload/http-put: the request, redirects, and what is shown of an answer. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { UploadSource } from '../../agent/upload/destination.ts';
import { httpDestination, UploadServers, writeSource } from '../support/upload.ts';
import { answering, stored } from '../support/upload-server.ts';

describe('upload/http-put', () => {
  const signal = new AbortController().signal;
  const servers = new UploadServers();
  let folder: string;
  let source: UploadSource;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'http-put-'));
    source = await writeSource(folder, 'small', Buffer.from('a bundle'));
  });

  afterEach(() => servers.stop());

  after(() => rm(folder, { recursive: true }));

  it('sends the file with its length, its type and the User-Agent, and keeps the receipt', async () => {
    const server = await servers.serve(stored);

    const outcome = await httpDestination(`${server.url}/in?sig=1`).attempt(source, signal);

    assert.deepEqual(outcome, { kind: 'delivered', statusCode: 200, receipt: '"5d41402a"' });
    const [upload] = server.uploads;
    assert.equal(upload?.method, 'PUT');
    assert.equal(upload?.target, `/in/${source.sha256}.tar.gz?sig=1`);
    assert.equal(upload?.body.toString(), 'a bundle');
    assert.equal(upload?.headers['content-length'], '8');
    assert.equal(upload?.headers['content-type'], 'application/gzip');
    assert.equal(upload?.headers['user-agent'], 'agent (secret)');
    assert.equal(upload?.headers['transfer-encoding'], undefined);
    assert.equal(upload?.headers['accept-encoding'], undefined);
  });

  it('sends by POST, with credentials and the headers of the file', async () => {
    const server = await servers.serve(stored);
    const headersFile = join(folder, 'headers');
    await writeFile(headersFile, 'X-Token: abc\n');
    const url = server.url.replace('//', '//us%40er:pass@');

    await httpDestination(url, { method: 'POST', headersFile }).attempt(source, signal);

    const [upload] = server.uploads;
    assert.equal(upload?.method, 'POST');
    assert.equal(upload?.headers['x-token'], 'abc');
    assert.equal(upload?.headers.authorization, `Basic ${btoa('us@er:pass')}`);
  });

  it('follows 307 and 308 within the origin, with the whole body', async () => {
    const server = await servers.serve(
      answering(307, { headers: { location: '/elsewhere?x=1' } }),
      answering(308, { headers: { location: 'again' } }),
      stored,
    );

    const outcome = await httpDestination(server.url.replace('//', '//user:pass@')).attempt(
      source,
      signal,
    );

    assert.equal(outcome.kind, 'delivered');
    assert.deepEqual(
      server.uploads.map(({ method, target, body }) => [method, target, body.toString()]),
      [
        ['PUT', `/${source.key}`, 'a bundle'],
        ['PUT', '/elsewhere?x=1', 'a bundle'],
        ['PUT', '/again', 'a bundle'],
      ],
    );
    assert.equal(server.uploads[2]?.headers.authorization, `Basic ${btoa('user:pass')}`);
  });

  it('follows no more than three redirects', async () => {
    const server = await servers.serve(answering(307, { headers: { location: '/round' } }));

    const outcome = await httpDestination(server.url).attempt(source, signal);

    assert.equal(outcome.kind, 'blocked');
    assert.equal(server.uploads.length, 4);
  });

  for (const [statusCode, location] of [
    [307, 'http://other.example:1/in?sig=123456'],
    [302, '/elsewhere'],
    [308, undefined],
    [307, 'http://[not a url'],
  ] as const) {
    it(`does not follow ${statusCode} to ${location}`, async () => {
      const server = await servers.serve(
        answering(statusCode, location === undefined ? {} : { headers: { location } }),
        stored,
      );

      const outcome = await httpDestination(server.url).attempt(source, signal);

      assert.equal(outcome.kind, 'blocked');
      assert.equal(server.uploads.length, 1);
      assert.ok(!outcome.reason.includes('123456'));
    });
  }

  it('hands on Retry-After', async () => {
    const server = await servers.serve(answering(503, { headers: { 'retry-after': '7' } }));

    const outcome = await httpDestination(server.url).attempt(source, signal);

    assert.ok(outcome.kind === 'retryable');
    assert.equal(outcome.retryAfterMs, 7_000);
  });

  it('takes 412 for delivered where the file asks for no overwriting', async () => {
    const server = await servers.serve(answering(412));
    const headersFile = join(folder, 'condition');
    await writeFile(headersFile, 'If-None-Match: *');
    const conditional = httpDestination(server.url, { headersFile });

    assert.equal((await conditional.attempt(source, signal)).kind, 'delivered');
    assert.equal((await conditional.attempt({ ...source, key: 'fixed' }, signal)).kind, 'rejected');
    assert.equal((await httpDestination(server.url).attempt(source, signal)).kind, 'rejected');
  });

  it('shows nothing secret of what a server echoes', async () => {
    const server = await servers.serve((response, { headers, target }) =>
      answering(400, { body: JSON.stringify({ headers, target }) })(response, {
        headers,
        target,
        method: '',
        body: Buffer.alloc(0),
      }),
    );
    const headersFile = join(folder, 'echoed');
    await writeFile(headersFile, 'X-Token: tok3n-value');
    const url = `${server.url.replace('//', '//user:pass.word@')}/in?sig=s3cr3t`;

    const outcome = await httpDestination(url, { headersFile }).attempt(source, signal);

    assert.ok(outcome.kind === 'rejected');
    for (const secret of [
      'agent (secret)',
      'tok3n',
      'pass.word',
      's3cr3t',
      btoa('user:pass.word'),
    ]) {
      assert.ok(!outcome.reason.includes(secret), outcome.reason);
    }
    assert.match(outcome.reason, /HIDDEN/);
  });

  for (const [setting, file, text] of [
    ['headersFile', 'wrong-headers', 'hunter22'],
    ['headersFile', 'missing', undefined],
    ['caFile', 'wrong-ca', 'hunter22'],
    ['caFile', 'missing', undefined],
  ] as const) {
    it(`is blocked by ${setting} ${file} and names the setting`, async () => {
      const path = join(folder, file);
      if (text !== undefined) await writeFile(path, text);

      const outcome = await httpDestination('http://127.0.0.1:1', { [setting]: path }).attempt(
        source,
        signal,
      );

      assert.ok(outcome.kind === 'blocked');
      assert.match(outcome.reason, /^UPLOAD_(HEADERS|CA)_FILE: /);
      assert.ok(!outcome.reason.includes('hunter22'));
    });
  }

  it('has a settings hash that changes with the settings and shows none', async () => {
    const headersFile = join(folder, 'hashed');
    await writeFile(headersFile, 'X-Token: 1');
    const one = httpDestination('https://a.example', { headersFile });
    const first = await one.settingsHash();
    await writeFile(headersFile, 'X-Token: 2');

    const hashes = [
      first,
      await one.settingsHash(),
      await httpDestination('https://a.example').settingsHash(),
      await httpDestination('https://b.example').settingsHash(),
      await httpDestination('https://a.example', { method: 'POST' }).settingsHash(),
      await httpDestination('https://a.example', { userAgent: 'other' }).settingsHash(),
      await httpDestination('https://a.example', { headersFile: '/nowhere' }).settingsHash(),
    ];

    assert.equal(new Set(hashes).size, hashes.length);
    assert.ok(hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash)));
  });
});
