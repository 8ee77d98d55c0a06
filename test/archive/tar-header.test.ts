import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { extract } from 'tar-stream';

import { BLOCK_BYTES, paddingBytes, tarHeader } from '../../agent/archive/tar-header.ts';
import { temporaryFolder } from '../support/bundles.ts';

const MEMBER = { bytes: 0, mode: 0o600, modifiedAt: 1_764_000_000 };
const PART = 'a-folder-with-a-name-of-40-characters-xx';

describe('archive/tar-header', () => {
  const folder = temporaryFolder();

  for (const [what, name, blocks] of [
    ['a short name', 'top/a.json', 1],
    ['100 bytes', 'n'.repeat(100), 1],
    ['a long name with folders', `${PART}/${PART}/${PART}/file.json`, 1],
    ['the longest that a ustar header holds', `${'p'.repeat(155)}/${'n'.repeat(100)}`, 1],
    ['a prefix that is too long', `${'p'.repeat(156)}/${'n'.repeat(100)}`, 3],
    ['a long name without a slash', 'n'.repeat(101), 3],
    ['a part of more than 100 bytes at the end', `top/${'n'.repeat(101)}`, 3],
    ['letters beyond ASCII', 'top/größe 😀.json', 3],
    ['a line break', 'top/a\nb', 3],
    ['a very long name', `${PART}/`.repeat(30) + 'x', 5],
  ] as const) {
    it(`keeps ${what}`, async () => {
      const header = tarHeader({ ...MEMBER, name });

      assert.equal(header.length, blocks * BLOCK_BYTES);
      const read = await readHeader(header);
      assert.equal(read.name, name);
      assert.deepEqual(
        [read.type, read.size, read.mode, read.uid, read.gid],
        ['file', 0, 0o600, 0, 0],
      );
      assert.equal(read.mtime?.getTime(), MEMBER.modifiedAt * 1000);
    });
  }

  for (const target of ['../a.json', 'n'.repeat(100), 'n'.repeat(101), '../größe.json']) {
    it(`keeps a link to ${target.slice(0, 20)} of ${target.length} characters`, async () => {
      const read = await readHeader(tarHeader({ ...MEMBER, name: 'top/link', target }));

      assert.deepEqual([read.type, read.linkname], ['symlink', target]);
    });
  }

  it('keeps a size that 11 octal digits do not hold', async () => {
    const bytes = 8 ** 11;
    const header = tarHeader({ ...MEMBER, name: 'top/large', bytes });

    assert.match(header.toString('latin1'), /\d+ size=8589934592\n/);
    assert.equal(tarHeader({ ...MEMBER, name: 'top/large', bytes: bytes - 1 }).length, BLOCK_BYTES);
  });

  it('is read by tar', async () => {
    const names = ['top/größe.json', `${PART}/${PART}/${PART}/file.json`, 'n'.repeat(101)];
    const file = join(folder(), 'headers.tar');
    const headers = names.map((name) => tarHeader({ ...MEMBER, name }));
    await writeFile(file, Buffer.concat([...headers, Buffer.alloc(2 * BLOCK_BYTES)]));

    const { stdout } = await promisify(execFile)('tar', [
      '--list',
      '--quoting-style=literal',
      `--file=${file}`,
    ]);

    assert.deepEqual(stdout.trim().split('\n'), names);
  });

  it('pads a body to whole blocks', () => {
    assert.deepEqual([0, 1, 511, 512, 513].map(paddingBytes), [0, 511, 1, 0, 511]);
  });
});

async function readHeader(header: Buffer) {
  const members = extract();
  members.end(Buffer.concat([header, Buffer.alloc(2 * BLOCK_BYTES)]));
  for await (const member of members) return member.header;
  throw new Error('there is no member');
}
