/** What a file is taken for, and what holds for all kinds: chunks, errors, the signal, and that nothing stays behind. */

import assert from 'node:assert/strict';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';

import { redactContent } from '../../../agent/redact/content/content.ts';
import { ContentError } from '../../../agent/redact/content/content-error.ts';
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

  for (const [what, bytes] of magics()) {
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

  for (const path of [
    'a.br',
    'a.gpg',
    'a.pgp',
    'a.p12',
    'a.PFX',
    'a.jks',
    'in/a.keystore',
    'a.kdbx',
    'a.xz',
    'a.Z',
    'a.parquet',
    'a.hprof',
  ]) {
    it(`leaves out ${path} for its name`, async () => {
      await assert.rejects(contentBench().redact(path, Buffer.from(TEXT)), {
        message: /cannot be looked into/,
      });
    });
  }

  for (const [what, text] of [
    ['words that begin like a magic', 'BZhang wrote: PKware, GIF, LUKS, 7zip, Rar!'],
    ['an armored public key', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n'],
    ['an ELF program', '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0'],
    ['a PEM', '-----BEGIN CERTIFICATE-----\n'],
  ] as const) {
    it(`does not take ${what} for a file that cannot be looked into`, async () => {
      const bytes = Buffer.from(text, 'latin1');

      assert.deepEqual(await contentBench().redact('a', bytes), bytes);
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

/** Made by their programs, down to the first bytes, where Node cannot make them. */
function magics(): readonly (readonly [what: string, bytes: Buffer])[] {
  const elf = (elfClass: number, type: string): string =>
    `\x7fELF${String.fromCharCode(elfClass)}\x01\x01${'\0'.repeat(9)}${type}`;
  const texts = [
    ['a bzip2 file', 'BZh91AY&SY\x8e\x1f'],
    ['a bzip2 file', 'BZh9\x17rE8P\x90\0\0\0\0'],
    ['an xz file', '\xfd7zXZ\0\0\x04'],
    ['an lzma file', ']\0\0\x80\0\xff\xff\xff\xff'],
    ['an lzip file', 'LZIP\x01\x14'],
    ['a zstd file', '\x5e*M\x18\x04\0\0\0'],
    ['an lz4 file', '\x04"M\x18d@'],
    ['an lz4 file', '\x02!L\x18'],
    ['an lzop file', '\x89LZO\0\r\n\x1a\n\x10'],
    ['a snappy file', '\xff\x06\0\0sNaPpY'],
    ['a compress file', '\x1f\x9d\x90'],
    ['a 7z archive', '7z\xbc\xaf\x27\x1c\0\x04'],
    ['a rar archive', 'Rar!\x1a\x07\x01\0'],
    ['a Debian package', '!<arch>\ndebian-binary   '],
    ['an RPM package', '\xed\xab\xee\xdb\x03\0'],
    ['a Git pack', 'PACK\0\0\0\x02'],
    ['a systemd journal', 'LPKSHHRH\0\0'],
    ['a PostgreSQL dump', 'PGDMP\x01\x0e'],
    ['a Redis dump', 'REDIS0011'],
    ['a PDF', '%PDF-1.7\n'],
    ['an Office document', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
    ['a PNG image', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    ['a JPEG image', '\xff\xd8\xff\xe0\0\x10JFIF'],
    ['a GIF image', 'GIF89a\x01\0'],
    ['a WebP image', 'RIFF\x10\0\0\0WEBPVP8 '],
    ['an age file', 'age-encryption.org/v1\n-> X25519 '],
    ['an age file', '-----BEGIN AGE ENCRYPTED FILE-----\n'],
    ['an OpenPGP message', '-----BEGIN PGP MESSAGE-----\n\n'],
    ['a file that OpenSSL has encrypted', 'Salted__\x01\x02\x03\x04\x05\x06\x07\x08'],
    ['a file that OpenSSL has encrypted', 'U2FsdGVkX1+abc'],
    ['an Ansible vault', '$ANSIBLE_VAULT;1.1;AES256\n'],
    ['a Java keystore', '\xfe\xed\xfe\xed\0\0\0\x02'],
    ['a Java keystore', '\xce\xce\xce\xce\0\0\0\x02'],
    ['a PKCS#12 keystore', '0\x82\x0a\x10\x02\x01\x030\x82'],
    ['a KeePass database', '\x03\xd9\xa2\x9ag\xfbK\xb5'],
    ['a core dump', elf(2, '\x04\0')],
    ['a core dump', elf(1, '\x04\0')],
    ['a Java heap dump', 'JAVA PROFILE 1.0.2\0\0\0\0\x08'],
    ['an SQLite database', 'SQLite format 3\0\x10\0'],
    ['a bbolt database', `${'\0'.repeat(8)}\x04\0${'\0'.repeat(6)}\xed\xda\x0c\xed\x02\0`],
  ] as const;
  return [
    ...texts.map(([what, text]) => [what, Buffer.from(text, 'latin1')] as const),
    ['a zstd file', zstdCompressSync(TEXT)],
    ['a zlib file', deflateSync(TEXT)],
    ['a zlib file', deflateSync(TEXT, { level: 9 })],
  ];
}
