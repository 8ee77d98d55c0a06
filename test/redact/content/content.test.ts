/** What a file is taken for, and what holds for all kinds: chunks, errors, the signal, and that nothing stays behind. */

import assert from 'node:assert/strict';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';

import { redactContent } from '../../../agent/redact/content/content.ts';
import { ContentError } from '../../../agent/redact/content-error.ts';
import { chunksOf, tarOf } from '../../support/bundles.ts';
import {
  contentBench,
  gathered,
  HIDDEN,
  removeContentBenches,
  SECRET,
} from '../../support/content.ts';
import { never } from '../../support/signal.ts';

const TEXT = `first\npassword is ${SECRET}\nlast`;
const REDACTED = `first\npassword is ${HIDDEN}\nlast`;

/** Larger than a body in memory may be. */
const LARGE = Buffer.alloc(3 * 1024 * 1024, `${TEXT} `);

describe('redact/content/content', () => {
  afterEach(() => {
    assert.deepEqual(removeContentBenches(), [], 'files stay in WORK_DIR');
  });

  for (const chunkBytes of [1, 2, 7, 4096, 100_000]) {
    it(`hides a secret in text that comes in chunks of ${chunkBytes} bytes`, async () => {
      const redacted = await contentBench().redact('a.log', Buffer.from(TEXT), chunkBytes);

      assert.equal(redacted.toString(), REDACTED);
    });
  }

  it('takes UTF-8 with a byte order mark for text', async () => {
    const redacted = await contentBench().redact('a.log', Buffer.from(`\ufeff${TEXT}`));

    assert.equal(redacted.toString(), `\ufeff${REDACTED}`);
  });

  it('keeps binary data of no known kind as it is, but for what a rule hides', async () => {
    const bytes = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 7919) >> 5));
    const bench = contentBench();

    assert.deepEqual(await bench.redact('a.bin', bytes), bytes);
    assert.deepEqual(
      await bench.redact('a.bin', Buffer.concat([bytes, Buffer.from(SECRET), bytes])),
      Buffer.concat([bytes, Buffer.from(HIDDEN), bytes]),
    );
  });

  it('takes an empty file for what it is, whatever its name', async () => {
    for (const path of ['a.log', 'a.tar', 'a.tar.gz', 'a.zip', 'a.p12']) {
      assert.equal((await contentBench().redact(path, Buffer.alloc(0))).length, 0);
    }
  });

  for (const [what, bytes] of opaqueFiles()) {
    it(`leaves out ${what}, told by its first bytes`, async () => {
      const reason = `${what} cannot be looked into; REDACT_OPAQUE=keep sends such files`;

      for (const chunkBytes of [1, 1000]) {
        await assert.rejects(contentBench().redact('a', bytes, chunkBytes), (error) => {
          assert.ok(error instanceof ContentError);
          assert.equal(error.message, reason);
          return true;
        });
      }
    });
  }

  for (const path of ['a.br', 'a.PFX', 'in/a.keystore', 'a.Z']) {
    it(`leaves out ${path} for its name`, async () => {
      await assert.rejects(contentBench().redact(path, Buffer.from(TEXT)), {
        message: /cannot be looked into/,
      });
    });
  }

  it('keeps what cannot be looked into where that is asked for', async () => {
    const bytes = Buffer.concat([Buffer.from('SQLite format 3\0'), LARGE]);
    const bench = contentBench({ opaque: 'keep' });

    assert.deepEqual(await bench.redact('a.db', bytes, 70_000), bytes);
    assert.deepEqual(bench.asked, []);
  });

  for (const path of ['a.tar', 'a.tgz', 'a.tar.gz', 'a.log.gz', 'a.zip', 'a.jar']) {
    it(`leaves out ${path} where it is no archive`, async () => {
      await assert.rejects(contentBench().redact(path, Buffer.from(TEXT)), ContentError);
    });
  }

  it('has no bytes of the file in what it says of it', async () => {
    const archive = gzipSync(await tarOf([{ name: SECRET, body: LARGE }]));

    await assert.rejects(
      contentBench().redact('a.tgz', archive.subarray(0, 5000)),
      (error) => error instanceof ContentError && !error.message.includes(SECRET),
    );
  });

  it('passes on an error of the rules as it is, from any depth', async () => {
    const failure = new ContentTestError();
    const inner = await tarOf([{ name: 'b', body: TEXT }]);
    const outer = await tarOf([{ name: 'inner.tgz', body: gzipSync(inner) }]);
    const bench = contentBench({ redactText: () => failing(failure) });

    for (const [path, bytes] of [
      ['a.log', Buffer.from(TEXT)],
      ['a.log.gz', gzipSync(TEXT)],
      ['a.tar', outer],
    ] as const) {
      await assert.rejects(bench.redact(path, bytes), (error) => error === failure);
    }
    assert.deepEqual(bench.leftOut, []);
  });

  it('passes on an error of the source as it is', async () => {
    const failure = new ContentTestError();
    const archive = gzipSync(await tarOf([{ name: 'b', body: LARGE }]), { level: 0 });
    const bench = contentBench();

    for (const [path, head] of [
      ['a.log', LARGE],
      ['a.tgz', archive.subarray(0, 3_000_000)],
      ['a.zip', Buffer.concat([Buffer.from('PK\x03\x04'), LARGE])],
    ] as const) {
      const content = redactContent(path, thenFailing(head, failure), bench.parts, never());

      await assert.rejects(gathered(content), (error) => error === failure);
    }
    assert.deepEqual(bench.leftOut, []);
  });

  for (const [path, bytes] of [
    ['a.log', LARGE],
    ['a.log.gz', gzipSync(LARGE, { level: 0 })],
  ] as const) {
    it(`stops ${path} with the signal's reason`, async () => {
      const stop = new AbortController();
      const reason = new ContentTestError();
      const bench = contentBench();
      const content = redactContent(path, chunksOf(bytes, 1000), bench.parts, stop.signal);
      await content.next();

      stop.abort(reason);

      await assert.rejects(gathered(content), (error) => error === reason);
    });
  }

  it('copes with a source that uses its memory again for each chunk', async () => {
    const tar = await tarOf([
      { name: 'a.log', body: `${'x'.repeat(900)}${SECRET}` },
      { name: 'b.gz', body: gzipSync(TEXT) },
    ]);
    const bench = contentBench();
    for (const bytes of [tar, gzipSync(tar), Buffer.from(`\ufeff${TEXT}`, 'utf16le')]) {
      const memory = Buffer.alloc(37);
      async function* source(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += memory.length) {
          yield memory.subarray(0, bytes.copy(memory, 0, at));
        }
      }

      const redacted = await gathered(redactContent('a', source(), bench.parts, never()));

      assert.deepEqual(redacted, await bench.redact('a', bytes));
    }
  });

  it('closes the source and leaves nothing in WORK_DIR when its reader stops', async () => {
    const tar = await tarOf([
      { name: 'a', body: LARGE },
      { name: 'b', body: LARGE },
    ]);
    for (const [path, bytes] of [
      ['a.log', LARGE],
      ['a.tar', tar],
      ['a.tar.gz', gzipSync(tar, { level: 0 })],
    ] as const) {
      let isClosed = false;
      async function* source(): AsyncGenerator<Uint8Array> {
        try {
          yield* chunksOf(bytes, 100_000);
        } finally {
          isClosed = true;
        }
      }
      const bench = contentBench();

      for await (const chunk of redactContent(path, source(), bench.parts, never())) {
        if (chunk.length > 0) break;
      }

      assert.ok(isClosed);
      assert.deepEqual(bench.files(), []);
    }
  });

  it('leaves nothing in WORK_DIR when WORK_DIR is full', async () => {
    const tar = await tarOf([
      { name: 'a', body: LARGE },
      { name: 'b', body: LARGE },
    ]);
    const failure = new ContentTestError();
    let bodies = 0;
    const bench = contentBench();
    const store: typeof bench.parts.store = async (chunks) => {
      bodies += 1;
      if (bodies === 2) throw failure;
      return await bench.parts.store(chunks);
    };
    const content = redactContent('a.tar', chunksOf(tar), { ...bench.parts, store }, never());

    await assert.rejects(gathered(content), (error) => error === failure);
    assert.deepEqual(bench.files(), []);
  });
});

class ContentTestError extends Error {}

async function* failing(error: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.from('begun');
  throw error;
}

async function* thenFailing(head: Buffer, error: Error): AsyncGenerator<Uint8Array> {
  yield* chunksOf(head, 64 * 1024);
  throw error;
}

/** Those that Node can make, and one of them all: see opaque.test.ts for the others. */
function opaqueFiles(): readonly (readonly [what: string, bytes: Buffer])[] {
  return [
    ['an SQLite database', Buffer.from('SQLite format 3\0\x10\0', 'latin1')],
    ['a bbolt database', Buffer.from(`${'\0'.repeat(16)}\xed\xda\x0c\xed\x02\0`, 'latin1')],
    ['a zstd file', zstdCompressSync(TEXT)],
    ['a zlib file', deflateSync(TEXT)],
    ['a zlib file', deflateSync(TEXT, { level: 9 })],
    ['a zlib file', deflateSync(TEXT, { level: 3 })],
    ['a squashfs image', Buffer.from('hsqs\x07\0\0\0', 'latin1')],
    ['a Parquet file', Buffer.from('PAR1\x15\x04\x15', 'latin1')],
  ];
}
