/** Headers of tar members that no test makes whole: of very large files, and by old programs. */

import assert from 'node:assert/strict';

import { isTarHead, parseTarHeader, tarHeaderOf } from '../../../agent/redact/content/tar-block.ts';
import { tarOf } from '../../support/bundles.ts';

describe('redact/content/tar-block', () => {
  for (const bytes of [0, 1, 8 ** 11 - 1, 8 ** 11, 2 ** 45]) {
    it(`writes and reads a size of ${bytes} bytes`, async () => {
      const header = tarHeaderOf(await headerOf('a'), bytes);

      assert.equal(parseTarHeader(header).bytes, bytes);
      assert.equal(parseTarHeader(header).name, 'a');
    });
  }

  it('joins a name that is in two parts', async () => {
    const name = `${'f/'.repeat(60)}file`;

    assert.equal(parseTarHeader(await headerOf(name)).name, name);
  });

  it('takes a sum of bytes that have a sign, as old programs add them', async () => {
    const block = await headerOf('a');
    block.write('\xff\xff', 1, 'latin1');
    const sum = block.reduce((total, byte, at) => total + signed(byte, at), 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');

    assert.equal(parseTarHeader(block).name, 'a\xff\xff');
  });

  it('is no header of a tar file where the sum is wrong and the magic missing', async () => {
    const block = await headerOf('a');
    block.fill(0, 257, 263);

    assert.equal(isTarHead(block), false);
    assert.equal(isTarHead(Buffer.alloc(512)), false);
    assert.equal(isTarHead(Buffer.alloc(512, 'text\n')), false);
    assert.equal(isTarHead(Buffer.from('short')), false);
  });
});

async function headerOf(name: string): Promise<Buffer> {
  return (await tarOf([{ name, body: 'x' }])).subarray(0, 512);
}

function signed(byte: number, at: number): number {
  if (at >= 148 && at < 156) return 0x20;
  return byte > 127 ? byte - 256 : byte;
}
