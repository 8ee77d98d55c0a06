import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Body, BodyWriter, bodyOf } from '../../agent/collect/body.ts';
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
    const writer = new BodyWriter(folder);
    for (const text of ['a', '', 'b']) await writer.write(Buffer.from(text));
    const body = await writer.finish();

    assert.deepEqual(await readdir(folder), []);
    assert.equal(body.bytes, 2);
    assert.equal((await read(body)).toString(), 'ab');
  });

  it('puts a large one into a file and removes it again', async () => {
    const writer = new BodyWriter(folder);
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

  it('leaves nothing of a body that is discarded', async () => {
    const writer = new BodyWriter(folder);
    for (let index = 0; index < 5; index++) await writer.write(MEBIBYTE);
    await writer.discard();

    assert.deepEqual(await readdir(folder), []);
  });
});

async function read(body: Body): Promise<Buffer> {
  return Buffer.concat(await drain(body.read()));
}
