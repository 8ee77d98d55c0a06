import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Body, BodyWriter, bodyOf, WorkFolder } from '../../agent/body/body.ts';
import { drain } from '../support/generators.ts';

const MEBIBYTE = Buffer.alloc(1024 * 1024, 'x');

describe('collect/body', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'body-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('counts bytes, not characters', async () => {
    const body = bodyOf('é');

    assert.equal(body.bytes, 2);
    assert.equal((await read(body)).toString(), 'é');
  });

  it('keeps a small body in memory', async () => {
    const writer = new BodyWriter(new WorkFolder(folder, 2 ** 30));
    for (const text of ['a', '', 'b']) await writer.write(Buffer.from(text));
    const body = await writer.finish();

    assert.deepEqual(await readdir(folder), []);
    assert.equal(body.bytes, 2);
    assert.equal((await read(body)).toString(), 'ab');
  });

  it('puts a large one into a file and removes it again', async () => {
    const writer = new BodyWriter(new WorkFolder(folder, 2 ** 30));
    for (let index = 0; index < 5; index++) await writer.write(MEBIBYTE);
    await writer.write(Buffer.from('end'));
    const body = await writer.finish();

    assert.equal((await readdir(folder)).length, 1);
    assert.equal(body.bytes, 5 * MEBIBYTE.length + 3);
    const content = await read(body);
    assert.equal(content.length, body.bytes);
    assert.equal(content.subarray(-4).toString(), 'xend');
    await body.remove();
    await body.remove();
    assert.deepEqual(await readdir(folder), []);
  });

  it('keeps the order of small and large chunks once a file is open', async () => {
    const writer = new BodyWriter(new WorkFolder(folder, 2 ** 30));
    const chunks = [3_000_000, 5, 300_000, 262_144, 262_143, 1, 700_000, 0, 12].map(
      (bytes, index) => Buffer.alloc(bytes, index + 1),
    );
    for (const chunk of chunks) await writer.write(chunk);
    const body = await writer.finish();

    const expected = Buffer.concat(chunks);
    assert.equal(body.bytes, expected.length);
    assert.equal(writer.bytes, expected.length);
    assert.ok((await read(body)).equals(expected));
  });

  it('takes a copy, also of a large chunk once a file is open', async () => {
    const writer = new BodyWriter(new WorkFolder(folder, 2 ** 30));
    const chunk = Buffer.alloc(3 * MEBIBYTE.length);
    for (const value of [1, 2, 3]) await writer.write(chunk.fill(value));
    chunk.fill(9);
    const content = await read(await writer.finish());

    for (const value of [1, 2, 3]) {
      const part = content.subarray((value - 1) * chunk.length, value * chunk.length);
      assert.ok(part.equals(Buffer.alloc(chunk.length, value)));
    }
  });

  it('takes copies of small chunks', async () => {
    const writer = new BodyWriter(new WorkFolder(folder, 2 ** 30));
    const chunk = Buffer.alloc(3);
    for (const text of ['abc', 'def']) {
      chunk.write(text);
      await writer.write(chunk);
    }
    const body = await writer.finish();

    assert.equal((await read(body)).toString(), 'abcdef');
    assert.equal((await read(body)).toString(), 'abcdef');
  });

  it('gives the same whatever the chunks', async () => {
    const content = Buffer.from(Array.from({ length: 40_000 }, (_, index) => (index * 7919) % 251));
    const whole = Buffer.concat(Array.from({ length: 80 }, () => content));
    for (const size of [997, 65_536, 262_144, 1_000_000]) {
      const writer = new BodyWriter(new WorkFolder(folder, 2 ** 30));
      for (let at = 0; at < whole.length; at += size) {
        await writer.write(whole.subarray(at, at + size));
      }
      const body = await writer.finish();
      assert.ok((await read(body)).equals(whole), `by ${size} bytes`);
      await body.remove();
    }
  });

  it('leaves nothing of a body that is discarded', async () => {
    const writer = new BodyWriter(new WorkFolder(folder, 2 ** 30));
    for (let index = 0; index < 5; index++) await writer.write(MEBIBYTE);
    await writer.discard();

    assert.deepEqual(await readdir(folder), []);
  });

  it('gives no body with a hole, and leaves nothing of it', async () => {
    const writer = new BodyWriter(new WorkFolder(folder, 3 * 2 ** 20));
    await assert.rejects(
      async () => {
        for (;;) await writer.write(Buffer.alloc(300_000));
      },
      { code: 'WORK_DIR_UNUSABLE' },
    );

    await assert.rejects(writer.finish(), /MAX_BUNDLE_SIZE of 3145728 bytes/);
    assert.deepEqual(await readdir(folder), []);
  });

  it('gives back what it took of the folder', async () => {
    const workFolder = new WorkFolder(folder, 3 * 2 ** 20);
    for (let time = 0; time < 3; time++) {
      const writer = new BodyWriter(workFolder);
      for (let part = 0; part < 9; part++) await writer.write(Buffer.alloc(300_000));
      const body = await writer.finish();
      await body.remove();
      await body.remove();
    }
  });
});

async function read(body: Body): Promise<Buffer> {
  return Buffer.concat(await drain(body.read()));
}
