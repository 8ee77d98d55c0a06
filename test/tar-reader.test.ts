/** Reading tar files, gzipped and not: order, bodies that are not read, and every kind of damage. */

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';

import { readTar, readTarGzip, type TarMember } from '../agent/tar-reader.ts';
import { chunksOf, type Member, tarGzipOf, tarOf } from './support/bundles.ts';
import { never } from './support/signal.ts';

const LARGE = Buffer.alloc(3 * 1024 * 1024, 'large ');

describe('tar-reader', () => {
  it('gives the members in their order with their bodies', async () => {
    const archive = await tarGzipOf([
      { name: 'top/a', body: 'first' },
      { name: 'top/b', type: 'symlink', linkname: 'a' },
      { name: 'top/c', body: '' },
    ]);

    const members = await readAll(archive);

    assert.deepEqual(members, [
      { kind: 'file', name: 'top/a', target: '', bytes: 5, text: 'first' },
      { kind: 'symbolic-link', name: 'top/b', target: 'a', bytes: 0, text: '' },
      { kind: 'file', name: 'top/c', target: '', bytes: 0, text: '' },
    ]);
  });

  it('gives the same whatever the chunks', async () => {
    const archive = await tarGzipOf([
      { name: 'top/a', body: 'first' },
      { name: `top/${'long/'.repeat(60)}b`, body: LARGE.subarray(0, 100_000) },
    ]);
    const whole = await readAll(archive);

    for (const chunkBytes of [1, 7, 511, 512, 513]) {
      assert.deepEqual(await readAll(archive, chunkBytes), whole);
    }
  });

  for (const [what, type, kind] of [
    ['a hard link', 'link', 'hard-link'],
    ['a directory', 'directory', 'directory'],
    ['a device', 'block-device', 'special'],
    ['a pipe', 'fifo', 'special'],
  ] as const) {
    it(`tells ${what} apart`, async () => {
      const members = await readAll(await tarGzipOf([{ name: 'top/a', type, linkname: 'b' }]));

      assert.deepEqual(
        members.map((member) => member.kind),
        [kind],
      );
    });
  }

  it('passes over a body that is not read, and over one that is read in part', async () => {
    const archive = await tarGzipOf([
      { name: 'top/a', body: LARGE },
      { name: 'top/b', body: LARGE },
      { name: 'top/c', body: 'last' },
    ]);
    const names: string[] = [];
    for await (const member of read(archive)) {
      names.push(member.name);
      if (member.name === 'top/b') await readOneChunk(member);
      if (member.name === 'top/c') assert.equal(await textOf(member), 'last');
    }

    assert.deepEqual(names, ['top/a', 'top/b', 'top/c']);
  });

  it('lets its reader stop early', async () => {
    const archive = await tarGzipOf([{ name: 'top/a', body: LARGE }, { name: 'top/b' }]);
    for await (const member of read(archive)) {
      assert.equal(member.name, 'top/a');
      break;
    }
  });

  const damages: readonly (readonly [
    what: string,
    words: RegExp,
    build: (members: readonly Member[]) => Promise<Buffer>,
  ])[] = [
    [
      'a gzip stream that is cut off',
      /cut off/,
      async (members) => (await tarGzipOf(members)).subarray(0, -9),
    ],
    [
      'a gzip stream without its last byte',
      /cut off/,
      async (members) => (await tarGzipOf(members)).subarray(0, -1),
    ],
    [
      'a tar file that is cut off in a body',
      /cut off/,
      async (members) => gzipSync((await tarOf(members)).subarray(0, 512 + 1000)),
    ],
    [
      'a tar file that is cut off in a header',
      /cut off/,
      async (members) => gzipSync((await tarOf(members)).subarray(0, 100)),
    ],
    [
      'a flipped bit',
      /is damaged/,
      async (members) => {
        const archive = await tarGzipOf(members);
        archive.writeUInt8(archive.readUInt8(archive.length - 6) ^ 1, archive.length - 6);
        return archive;
      },
    ],
    [
      'bytes after the end',
      /follows behind its end/,
      async (members) => Buffer.concat([await tarGzipOf(members), Buffer.from('more')]),
    ],
    [
      'zeros after the end',
      /follows behind its end/,
      async (members) => Buffer.concat([await tarGzipOf(members), Buffer.alloc(512)]),
    ],
    [
      'a second archive after the end',
      /follows behind its end/,
      async (members) => Buffer.concat([await tarGzipOf(members), await tarGzipOf(members)]),
    ],
    [
      'what is no gzip',
      /not compressed by gzip/,
      async () => Buffer.from('<html>not found</html>'),
    ],
    ['what is no tar', /is no tar file/, async () => gzipSync(Buffer.alloc(2048, 'x'))],
    ['an empty file', /cut off/, async () => Buffer.alloc(0)],
  ];
  for (const [what, words, build] of damages) {
    for (const chunkBytes of [1 << 20, 100]) {
      it(`reports ${what}, read by ${chunkBytes} bytes`, async () => {
        const body = Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7919) % 251));
        const archive = await build([{ name: 'top/a', body }]);

        await assert.rejects(readAll(archive, chunkBytes), { name: 'Damage', message: words });
      });
    }
  }

  it('reports a source that fails', async () => {
    const source = readTarGzip(failing(), asDamage, never());

    await assert.rejects(source.next(), { name: 'Damage', message: 'disk gone' });
  });

  it('rejects with the reason of the signal when that aborts', async () => {
    const controller = new AbortController();
    const archive = await tarGzipOf([{ name: 'top/a', body: LARGE }, { name: 'top/b' }]);
    const members = readTarGzip(chunksOf(archive, 100), asDamage, controller.signal);
    const first = await members.next();
    const reason = new Error('time is up');
    controller.abort(reason);

    await assert.rejects(
      async () => {
        if (first.done !== true) await textOf(first.value);
      },
      (error) => error === reason,
    );
    await assert.rejects(members.next(), (error) => error === reason);
  });
});

describe('tar-reader: a tar that is not compressed', () => {
  const MEMBERS = [
    { name: 'top/a', body: 'first' },
    { name: 'top/b', type: 'symlink', linkname: 'a' },
    { name: '../up', body: LARGE.subarray(0, 100_000) },
  ] as const;

  it('gives the same as when it is gzipped, whatever the chunks', async () => {
    const tar = await tarOf(MEMBERS);
    const gzipped = await readAll(await tarGzipOf(MEMBERS));

    for (const chunkBytes of [1, 511, 512, 513, tar.length]) {
      assert.deepEqual(
        await readAllOf(readTar(chunksOf(tar, chunkBytes), asDamage, never())),
        gzipped,
      );
    }
  });

  it('may have zeros after its end, as tar writes it', async () => {
    const tar = Buffer.concat([await tarOf(MEMBERS), Buffer.alloc(10_240)]);

    const members = await readAllOf(readTar(chunksOf(tar), asDamage, never()));

    assert.equal(members.length, MEMBERS.length);
  });

  for (const [what, damage] of [
    ['one that is cut off in a body', (tar: Buffer) => tar.subarray(0, 512 + 3)],
    ['one that is cut off in a header', (tar: Buffer) => tar.subarray(0, 100)],
    ['what is no tar', () => Buffer.alloc(2048, 'x')],
  ] as const) {
    it(`reports ${what}`, async () => {
      const tar = damage(await tarOf(MEMBERS));

      await assert.rejects(readAllOf(readTar(chunksOf(tar), asDamage, never())), {
        name: 'Damage',
      });
    });
  }

  it('takes nothing at all for a tar without members', async () => {
    assert.deepEqual(await readAllOf(readTar(chunksOf(Buffer.alloc(0)), asDamage, never())), []);
  });

  it('reports a source that fails', async () => {
    await assert.rejects(readTar(failing(), asDamage, never()).next(), {
      name: 'Damage',
      message: 'disk gone',
    });
  });

  it('lets its reader stop early, and then reads no further', async () => {
    const tar = await tarOf([{ name: 'top/a', body: LARGE }, { name: 'top/b' }]);
    let isClosed = false;
    async function* source() {
      try {
        yield* chunksOf(tar, 1000);
      } finally {
        isClosed = true;
      }
    }
    for await (const member of readTar(source(), asDamage, never())) {
      assert.equal(member.name, 'top/a');
      break;
    }

    assert.equal(isClosed, true);
  });
});

type Read = Omit<TarMember, 'read'> & { readonly text: string };

class Damage extends Error {
  override readonly name = 'Damage';
}

function asDamage(error: unknown): Error {
  return new Damage(error instanceof Error ? error.message : String(error));
}

function read(archive: Buffer, chunkBytes?: number): AsyncGenerator<TarMember> {
  return readTarGzip(chunksOf(archive, chunkBytes), asDamage, never());
}

async function readAll(archive: Buffer, chunkBytes?: number): Promise<Read[]> {
  return await readAllOf(read(archive, chunkBytes));
}

async function readAllOf(members: AsyncIterable<TarMember>): Promise<Read[]> {
  const all: Read[] = [];
  for await (const member of members) {
    const { kind, name, target, bytes } = member;
    all.push({ kind, name, target, bytes, text: await textOf(member) });
  }
  return all;
}

async function readOneChunk(member: TarMember): Promise<void> {
  for await (const chunk of member.read()) return void chunk;
}

async function textOf(member: TarMember): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of member.read()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from([0x1f]);
  throw new Error('disk gone');
}
