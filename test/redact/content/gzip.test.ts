/** Gzip files that are no archives, what is in them, damage, and bombs. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';

import { redactContent } from '../../../agent/redact/content/content.ts';
import { through } from '../../../agent/redact/content/through.ts';
import { ContentError } from '../../../agent/redact/content-error.ts';
import { tarOf } from '../../support/bundles.ts';
import {
  contentBench,
  gathered,
  HIDDEN,
  removeContentBenches,
  SECRET,
} from '../../support/content.ts';
import { never } from '../../support/signal.ts';

const MIB = 1024 * 1024;
const TEXT = `first\npassword is ${SECRET}\nlast`;
const REDACTED = `first\npassword is ${HIDDEN}\nlast`;

describe('redact/content/gzip', () => {
  afterEach(() => {
    assert.deepEqual(removeContentBenches(), [], 'files stay in WORK_DIR');
  });

  for (const chunkBytes of [1, 10, 100_000]) {
    it(`hides what is in a compressed log, in chunks of ${chunkBytes} bytes`, async () => {
      const bench = contentBench();

      const redacted = await bench.redact('var/a.log.gz', gzipSync(TEXT), chunkBytes);

      assert.equal(gunzipSync(redacted).toString(), REDACTED);
      assert.deepEqual(bench.asked, ['var/a.log.gz']);
    });
  }

  it('tells a gzip file by its content', async () => {
    const redacted = await contentBench().redact('a.log.1', gzipSync(TEXT));

    assert.equal(gunzipSync(redacted).toString(), REDACTED);
  });

  for (const chunkBytes of [1, 20, 100_000]) {
    it(`reads all of several in a row, in chunks of ${chunkBytes} bytes`, async () => {
      const several = Buffer.concat([gzipSync('hun'), gzipSync('ter2 '), gzipSync(TEXT)]);

      const redacted = await contentBench().redact('a.gz', several, chunkBytes);

      assert.equal(gunzipSync(redacted).toString(), `${HIDDEN} ${REDACTED}`);
    });
  }

  it('does not pass on the name and the comment in the header', async () => {
    const plain = gzipSync(TEXT);
    const named = Buffer.concat([
      plain.subarray(0, 10),
      Buffer.from(`${SECRET}\0`),
      plain.subarray(10),
    ]);
    named[3] = 8;

    const redacted = await contentBench().redact('a.gz', named);

    assert.ok(!redacted.includes(SECRET));
    assert.equal(gunzipSync(redacted).toString(), REDACTED);
  });

  it('looks into what was compressed twice', async () => {
    const redacted = await contentBench().redact('a.gz.gz', gzipSync(gzipSync(TEXT)));

    assert.equal(gunzipSync(gunzipSync(redacted)).toString(), REDACTED);
  });

  it('ends where a file is compressed again and again', async () => {
    let bytes: Buffer = Buffer.from(TEXT);
    for (let depth = 0; depth < 5; depth += 1) bytes = gzipSync(bytes);

    await assert.rejects(contentBench().redact('a.gz', bytes), {
      message: 'it lies in 4 archives and is one itself',
    });
  });

  it('redacts UTF-16 in it', async () => {
    const redacted = await contentBench().redact('a.gz', gzipSync(Buffer.from(TEXT, 'utf16le')));

    assert.equal(gunzipSync(redacted).toString('utf16le'), REDACTED);
  });

  for (const path of ['a.jks.gz', 'a.p12.gz', 'a.br.gz']) {
    it(`leaves out ${path}, which cannot be looked into`, async () => {
      await assert.rejects(contentBench().redact(path, gzipSync(TEXT)), {
        message: /cannot be looked into/,
      });
    });
  }

  it('compresses again what cannot be looked into where that is to be kept', async () => {
    const bytes = Buffer.from('SQLite format 3\0');

    const redacted = await contentBench({ opaque: 'keep' }).redact('a.db.gz', gzipSync(bytes));

    assert.deepEqual(gunzipSync(redacted), bytes);
  });

  for (const [what, bytes] of [
    ['is cut off in its header', gzipSync(TEXT).subarray(0, 5)],
    ['is cut off', gzipSync(TEXT).subarray(0, 30)],
    ['lacks its end', gzipSync(TEXT).subarray(0, -3)],
    ['has a wrong sum', changed(gzipSync(TEXT), -6)],
    ['has text behind its end', Buffer.concat([gzipSync(TEXT), Buffer.from(SECRET)])],
    ['is of an unknown method', changed(gzipSync(TEXT), 2)],
    [
      'has a second one that is cut off',
      Buffer.concat([gzipSync(TEXT), gzipSync('x').subarray(0, 9)]),
    ],
  ] as const) {
    it(`is not sent where it ${what}`, async () => {
      for (const chunkBytes of [1, 1000]) {
        await assert.rejects(contentBench().redact('a.gz', bytes, chunkBytes), ContentError);
      }
    });
  }

  it('drops zeros behind the end, as gzip does', async () => {
    const padded = Buffer.concat([gzipSync(TEXT), Buffer.alloc(700)]);

    assert.equal(gunzipSync(await contentBench().redact('a.gz', padded)).toString(), REDACTED);
  });

  describe('with a bomb', () => {
    let bomb: Buffer;

    before(async () => {
      bomb = await gathered(through(repeated(Buffer.alloc(MIB), 64), createGzip()));
    });

    it('ends it at the limit, long before its end', async () => {
      const bench = contentBench({ maxBytes: 8 * MIB });
      let bytes = 0;
      bench.parts.redactText = async function* counted(_path, source) {
        for await (const chunk of source) {
          bytes += chunk.length;
          yield chunk;
        }
      };

      await assert.rejects(bench.redact('a.gz', bomb), {
        message: 'it unpacks to more than MAX_BUNDLE_SIZE of 8388608 bytes',
      });
      assert.ok(bytes <= 8 * MIB, `${bytes} bytes were read`);
    });

    it('ends the whole archive that holds it, since all members share the limit', async () => {
      const bench = contentBench({ maxBytes: 8 * MIB });
      const tar = await tarOf([
        { name: 'bomb.gz', body: bomb },
        { name: 'a.gz', body: gzipSync('x') },
      ]);

      await assert.rejects(bench.redact('a.tar', tar), ContentError);
      assert.deepEqual(bench.leftOut, []);
    });
  });

  it('counts what comes out of all members together', async () => {
    const member = gzipSync(Buffer.alloc(MIB));
    const tar = await tarOf(
      ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name: `${name}.gz`, body: member })),
    );

    await contentBench({ maxBytes: 5 * MIB }).redact('a.tar', tar);
    await assert.rejects(
      contentBench({ maxBytes: 5 * MIB - 1 }).redact('a.tar', tar),
      ContentError,
    );
  });

  it('counts anew for each file', async () => {
    const bench = contentBench({ maxBytes: MIB });

    for (let file = 0; file < 3; file += 1) {
      await bench.redact('a.gz', gzipSync(Buffer.alloc(MIB)));
    }
  });

  it('reads no further ahead than a few MiB, however large the file is', async () => {
    const bench = contentBench({ maxBytes: 128 * MIB });
    bench.parts.redactText = (_path, text) => text;
    let readBytes = 0;
    let givenBytes = 0;
    let mostHeld = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      for await (const chunk of through(repeated(randomBytes(MIB), 24), createGzip())) {
        readBytes += chunk.length;
        yield chunk;
      }
    }

    for await (const chunk of redactContent('a.gz', source(), bench.parts, never())) {
      givenBytes += chunk.length;
      mostHeld = Math.max(mostHeld, readBytes - givenBytes);
    }

    // Random bytes become no fewer, so that as much comes out as goes in.
    assert.ok(givenBytes > 24 * MIB);
    assert.ok(mostHeld < 4 * MIB, `${mostHeld / MIB} MiB were held`);
  });
});

async function* repeated(chunk: Buffer, times: number): AsyncGenerator<Uint8Array> {
  for (let time = 0; time < times; time += 1) yield chunk;
}

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}
