/** The test bed's upload receiver does what the upload tests take for granted. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { sendRequest } from '../bed/http.ts';
import { type Receiver, type ReceiverOptions, startReceiver } from '../bed/receiver.ts';

const USER_AGENT = 'acme-orders/5f2c';

describe('the receiver', () => {
  const body = randomBytes(300_000);
  const sha256 = createHash('sha256').update(body).digest('hex');

  it('stores what arrived whole, and counts the PUTs of a key', async () => {
    await withReceiver({}, async (receiver) => {
      await put(receiver, { key: 'in/a%20b.tar.gz', body });
      await put(receiver, { key: 'in/a%20b.tar.gz', body });

      const object = receiver.objects.get('in/a b.tar.gz');
      assert.equal(object?.sha256, sha256);
      assert.equal(object.bytes, body.length);
      assert.equal(object.puts, 2);
      assert.deepEqual(await readFile(object.file ?? ''), body);
    });
  });

  it('keeps nothing but the hash when told so', async () => {
    await withReceiver({ keep: 'hash' }, async (receiver) => {
      await put(receiver, { body });

      assert.equal(receiver.objects.get('key')?.sha256, sha256);
      assert.equal(receiver.objects.get('key')?.file, undefined);
    });
  });

  it('answers what it was told, in order, and stores only on success', async () => {
    await withReceiver({}, async (receiver) => {
      receiver.answerNext(
        { kind: 'answer', statusCode: 503, headers: { 'retry-after': '7' }, body: 'busy' },
        { kind: 'answer', statusCode: 401, isEarly: true },
      );

      const busy = await put(receiver, { body });
      assert.deepEqual([busy.statusCode, busy.headers['retry-after']], [503, '7']);
      assert.equal(busy.body.toString(), 'busy');
      assert.equal((await put(receiver, { body: 'x' })).statusCode, 401);
      assert.equal(receiver.objects.size, 0);
      assert.equal((await put(receiver, { body })).statusCode, 200);
      assert.deepEqual(
        receiver.requests.map((request) => request.statusCode),
        [503, 401, 200],
      );
    });
  });

  it('asks a function for the answer', async () => {
    const answer: ReceiverOptions['answer'] = ({ key }) =>
      key === 'bad' ? { kind: 'answer', statusCode: 413 } : undefined;
    await withReceiver({ answer }, async (receiver) => {
      assert.equal((await put(receiver, { key: 'bad', body })).statusCode, 413);
      assert.equal((await put(receiver, { key: 'good', body })).statusCode, 200);
    });
  });

  for (const kind of ['cut', 'reset'] as const) {
    it(`can ${kind} the connection in the middle of a body, which is then no object`, async () => {
      await withReceiver({}, async (receiver) => {
        receiver.answerNext({ kind, afterBytes: 1000 });

        await assert.rejects(
          put(receiver, { body: Buffer.alloc(50_000_000) }),
          /ECONNRESET|EPIPE|hang up/,
        );
        assert.equal(receiver.objects.size, 0);
        assert.equal(receiver.requests[0]?.isComplete, false);
      });
    });
  }

  it('can lose the answer to a body that it stored', async () => {
    await withReceiver({}, async (receiver) => {
      receiver.answerNext({ kind: 'lose-answer' });

      await assert.rejects(put(receiver, { body }), /ECONNRESET|hang up/);
      assert.equal(receiver.objects.get('key')?.sha256, sha256);
    });
  });

  it('can stay silent', async () => {
    await withReceiver({}, async (receiver) => {
      receiver.answerNext({ kind: 'silence' });

      const first = await Promise.race([
        put(receiver, { body }).catch(() => 'ended by stop()'),
        sleep(200, 'no answer'),
      ]);
      assert.equal(first, 'no answer');
    });
  });

  it('does not take a body that the client broke off for an object', async () => {
    await withReceiver({}, async (receiver) => {
      const headers = { 'content-length': body.length + 1 };
      const outcome = put(receiver, { body, headers }).catch(() => 'cut');
      await until(() => receiver.requests[0]?.bytes === body.length);
      await receiver.stop();

      assert.equal(await outcome, 'cut');
      assert.equal(receiver.objects.size, 0);
    });
  });

  it('lets in by policy only PUT with the right User-Agent', async () => {
    await withReceiver({ policy: { userAgent: USER_AGENT } }, async (receiver) => {
      const headers = { 'user-agent': USER_AGENT };
      const refused = await put(receiver, { body, headers: { 'user-agent': 'curl/8.0' } });
      assert.equal(refused.statusCode, 403);
      assert.match(refused.body.toString(), /<Code>AccessDenied<\/Code>/);
      assert.equal((await put(receiver, { method: 'GET', headers })).statusCode, 403);
      assert.equal((await put(receiver, { body, headers })).statusCode, 200);
      assert.equal((await put(receiver, { method: 'DELETE', headers })).statusCode, 403);
      assert.equal(receiver.objects.size, 1);
    });
  });

  it('refuses by If-None-Match what is already there', async () => {
    await withReceiver({}, async (receiver) => {
      const headers = { 'if-none-match': '*' };
      assert.equal((await put(receiver, { body, headers })).statusCode, 200);
      assert.equal((await put(receiver, { body, headers })).statusCode, 412);
    });
  });

  it('speaks TLS, with a certificate of this or of another host', async () => {
    await withReceiver({ tls: {} }, async (receiver) => {
      await assert.rejects(put(receiver, { body }), /self-signed/);
      const ca = await readFile(receiver.caFile ?? '', 'utf8');
      assert.equal((await put(receiver, { body, ca })).statusCode, 200);
    });
    await withReceiver({ tls: { names: ['DNS:other.example'] } }, async (receiver) => {
      const ca = await readFile(receiver.caFile ?? '', 'utf8');
      await assert.rejects(put(receiver, { body, ca }), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    });
  });
});

async function withReceiver(
  options: ReceiverOptions,
  work: (receiver: Receiver) => Promise<void>,
): Promise<void> {
  const receiver = await startReceiver(options);
  try {
    await work(receiver);
  } finally {
    await receiver.stop();
  }
}

interface Upload {
  readonly key?: string;
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly ca?: string;
}

function put(
  receiver: Receiver,
  { key = 'key', method = 'PUT', ...options }: Upload,
): ReturnType<typeof sendRequest> {
  return sendRequest(new URL(`/${key}`, receiver.url), { method, ...options });
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error('the condition did not come true in 10 s');
    await sleep(20);
  }
}
