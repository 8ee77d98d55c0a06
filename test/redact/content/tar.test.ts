/** Tar files: what stays of them, what is hidden in them, and what makes them unsendable. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { gunzipSync, gzipSync } from 'node:zlib';

import { ContentError } from '../../../agent/redact/content-error.ts';
import { readTar } from '../../../agent/tar-reader.ts';
import { chunksOf, tarOf } from '../../support/bundles.ts';
import {
  contentBench,
  gathered,
  HIDDEN,
  removeContentBenches,
  SECRET,
  tarBody,
  tarHeader,
} from '../../support/content.ts';
import { never } from '../../support/signal.ts';

const LARGE = Buffer.alloc(3 * 1024 * 1024, `${SECRET} `);

describe('redact/content/tar', () => {
  afterEach(() => {
    assert.deepEqual(removeContentBenches(), [], 'files stay in WORK_DIR');
  });

  for (const chunkBytes of [1, 511, 512, 513, 100_000]) {
    it(`hides what is in its members, in chunks of ${chunkBytes} bytes`, async () => {
      const tar = await tarOf([
        { name: 'a.log', body: `one ${SECRET}` },
        { name: 'empty', body: '' },
        { name: 'b/c.log', body: `${SECRET} two` },
      ]);
      const bench = contentBench();

      const redacted = await bench.redact('logs.tar', tar, chunkBytes);

      assert.deepEqual(await read(redacted), [
        ['file', 'a.log', `one ${HIDDEN}`],
        ['file', 'empty', ''],
        ['file', 'b/c.log', `${HIDDEN} two`],
      ]);
      assert.deepEqual(bench.asked, ['a.log', 'empty', 'b/c.log']);
      assert.equal(redacted.length % 512, 0);
    });
  }

  it('tells a tar file by its content, and gzip by that too', async () => {
    const tar = await tarOf([{ name: 'a', body: SECRET }]);
    const bench = contentBench();

    assert.deepEqual(await read(await bench.redact('dump', tar)), [['file', 'a', HIDDEN]]);
    assert.deepEqual(await read(gunzipSync(await bench.redact('dump', gzipSync(tar)))), [
      ['file', 'a', HIDDEN],
    ]);
    assert.deepEqual(await read(await bench.redact('a.tgz', tar)), [['file', 'a', HIDDEN]]);
  });

  it('writes a member again that is too large for memory', async () => {
    const tar = await tarOf([
      { name: 'large', body: LARGE },
      { name: 'after', body: 'x' },
    ]);

    const members = await read(await contentBench().redact('a.tar', tar, 65_536));

    assert.deepEqual(members, [
      ['file', 'large', LARGE.toString('latin1').replaceAll(SECRET, HIDDEN)],
      ['file', 'after', 'x'],
    ]);
  });

  it('keeps modes, times, numbers of owners, order, twins, folders and links', async () => {
    const mtime = new Date('2026-03-04T05:06:07Z');
    const shared = { mtime, uid: 1000, gid: 100, uname: 'app', gname: 'users' };
    const tar = await tarOf([
      { ...shared, name: 'd/', type: 'directory', mode: 0o750 },
      { ...shared, name: 'd/z', mode: 0o600, body: 'first' },
      { ...shared, name: 'd/a', mode: 0o4755, body: 'other' },
      { ...shared, name: 'd/z', mode: 0o644, body: 'second' },
      { ...shared, name: 'd/link', type: 'symlink', linkname: '/etc/passwd' },
      { ...shared, name: 'd/hard', type: 'link', linkname: 'd/a' },
    ]);

    const redacted = await contentBench().redact('a.tar', tar);

    assert.equal(list(redacted), list(tar));
    assert.equal(list(redacted).split('\n').length, 7);
  });

  for (const name of [`${'folder/'.repeat(40)}file`, 'n'.repeat(150), 'naïve/Ωμ', ' a b']) {
    it(`keeps the name ${name.slice(0, 20)}`, async () => {
      const tar = await tarOf([{ name, body: SECRET }]);
      const bench = contentBench();

      assert.deepEqual(await read(await bench.redact('a.tar', tar)), [['file', name, HIDDEN]]);
      assert.deepEqual(bench.asked, [name]);
    });
  }

  it('keeps the long names that GNU tar has in members of their own', async () => {
    const name = 'x'.repeat(300);
    const tar = Buffer.concat([
      tarHeader({ name: '././@LongLink', type: 'L', bytes: 301 }),
      tarBody(`${name}\0`),
      tarHeader({ name: name.slice(0, 100), type: '0', bytes: SECRET.length }),
      tarBody(SECRET),
      Buffer.alloc(1024),
    ]);

    const redacted = await contentBench().redact('a.tar', tar);

    assert.deepEqual(await read(redacted), [['file', name, HIDDEN]]);
  });

  it('tells rules the path from the root of the archive', async () => {
    const tar = await tarOf([{ name: './var/a.log', body: 'x' }]);
    const bench = contentBench();

    await bench.redact('deep/in/bundle.tar', tar);

    assert.deepEqual(bench.asked, ['var/a.log']);
  });

  it('does not pass on comments, extended attributes and what is behind the end of a name', async () => {
    const records = [
      `comment=${SECRET}`,
      `SCHILY.xattr.user.key=${SECRET}`,
      'mtime=1700000000.5',
      'path=b',
    ].map((record) => `${record.length + 4} ${record}\n`);
    const dirty = tarHeader({ name: `a\0${SECRET}`, type: '0', bytes: 1 });
    const tar = Buffer.concat([
      tarHeader({ name: 'g', type: 'g', bytes: (records[0] ?? '').length }),
      tarBody(records[0] ?? ''),
      tarHeader({ name: 'x', type: 'x', bytes: records.join('').length }),
      tarBody(records.join('')),
      dirty,
      tarBody('1'),
      Buffer.alloc(1024),
    ]);

    const redacted = await contentBench().redact('a.tar', tar);

    assert.ok(tar.includes(SECRET));
    assert.ok(!redacted.includes(SECRET));
    assert.ok(redacted.includes('mtime=1700000000.5'));
    assert.deepEqual(await read(redacted), [['file', 'b', '1']]);
  });

  it('reads a second archive behind the end of the first', async () => {
    const first = await tarOf([{ name: 'a', body: SECRET }]);
    const second = await tarOf([{ name: 'b', body: SECRET }]);

    const redacted = await contentBench().redact('a.tar', Buffer.concat([first, second]));

    assert.deepEqual(await read(redacted), [
      ['file', 'a', HIDDEN],
      ['file', 'b', HIDDEN],
    ]);
  });

  it('takes a tar file without members for one', async () => {
    const redacted = await contentBench().redact('a.tar', Buffer.alloc(10_240));

    assert.deepEqual(await read(redacted), []);
  });

  it('leaves out a member that cannot be sent, says so, and keeps the rest', async () => {
    const tar = await tarOf([
      { name: 'a', body: SECRET },
      { name: 'in/store.jks', body: 'xyz' },
      { name: 'hard', type: 'link', linkname: './in/store.jks' },
      { name: 'broken.tgz', body: gzipSync('x'.repeat(1000)).subarray(0, 20) },
      { name: 'z', body: SECRET },
    ]);
    const bench = contentBench();

    const redacted = await bench.redact('logs/outer.tar', tar);

    assert.deepEqual(await read(redacted), [
      ['file', 'a', HIDDEN],
      ['file', 'z', HIDDEN],
    ]);
    assert.deepEqual(bench.leftOut, [
      [
        'logs/outer.tar/in/store.jks',
        'a Java keystore cannot be looked into; REDACT_OPAQUE=keep sends such files',
      ],
      ['logs/outer.tar/hard', 'a link to what is left out'],
      ['logs/outer.tar/broken.tgz', 'a gzip file that is damaged'],
    ]);
  });

  it('keeps members that cannot be looked into where that is asked for', async () => {
    const tar = await tarOf([{ name: 'store.jks', body: LARGE }]);

    const redacted = await contentBench({ opaque: 'keep' }).redact('a.tar', tar);

    assert.deepEqual(redacted.subarray(512, 512 + LARGE.length), LARGE);
  });

  for (const [what, member] of [
    ['a device', { name: 'a', type: 'block-device' }],
    ['a pipe', { name: 'a', type: 'fifo' }],
    ['a name that leads upwards', { name: '../a', body: 'x' }],
    ['a name that leads upwards on the way', { name: 'b/../../a', body: 'x' }],
    ['a hard link that leads upwards', { name: 'a', type: 'link', linkname: '../b' }],
  ] as const) {
    it(`leaves out ${what}`, async () => {
      const bench = contentBench();
      const tar = await tarOf([member, { name: 'z', body: 'z' }]);

      assert.deepEqual(await read(await bench.redact('a.tar', tar)), [['file', 'z', 'z']]);
      assert.equal(bench.leftOut.length, 1);
    });
  }

  it('leaves out a sparse file', async () => {
    const record = '22 GNU.sparse.major=1\n';
    const tar = Buffer.concat([
      tarHeader({ name: 'x', type: 'x', bytes: record.length }),
      tarBody(record),
      tarHeader({ name: 'a', type: '0', bytes: SECRET.length }),
      tarBody(SECRET),
      Buffer.alloc(1024),
    ]);
    const bench = contentBench();

    assert.deepEqual(await read(await bench.redact('a.tar', tar)), []);
    assert.deepEqual(bench.leftOut, [['a.tar/a', 'a sparse file']]);
  });

  it('redacts archives in archives, each with its own root, up to four deep', async () => {
    const bench = contentBench();
    let tar = await tarOf([{ name: 'deep.log', body: SECRET }]);
    for (let depth = 0; depth < 4; depth += 1) {
      tar = await tarOf([
        { name: `in/${depth}.tgz`, body: gzipSync(tar) },
        { name: 'side.log', body: SECRET },
      ]);
    }

    const outer = await bench.redact('a.tar', tar);

    assert.ok(!(await unpackedAll(outer)).includes(SECRET));
    assert.deepEqual(bench.asked, ['side.log', 'side.log', 'side.log', 'side.log']);
    assert.deepEqual(bench.leftOut, [
      ['a.tar/in/3.tgz/in/2.tgz/in/1.tgz/in/0.tgz', 'it lies in 4 archives and is one itself'],
    ]);
  });

  it('leaves nothing out of archives that are four deep', async () => {
    const bench = contentBench();
    let tar = await tarOf([{ name: 'deep.log', body: SECRET }]);
    for (let depth = 0; depth < 3; depth += 1) {
      tar = await tarOf([{ name: `${depth}.tgz`, body: gzipSync(tar) }]);
    }

    const redacted = await bench.redact('a.tgz', gzipSync(tar));

    assert.deepEqual(bench.asked, ['deep.log']);
    assert.deepEqual(bench.leftOut, []);
    assert.ok((await unpackedAll(gunzipSync(redacted))).includes(HIDDEN));
  });

  for (const [what, damage] of [
    ['ends in a header', (tar: Buffer) => tar.subarray(0, 300 + 512)],
    ['ends in a body', (tar: Buffer) => tar.subarray(0, 1200)],
    ['ends in what fills up a block', (tar: Buffer) => tar.subarray(0, 512 + 1000)],
    ['has a header with a wrong sum', (tar: Buffer) => changed(tar, 1536 + 3)],
    ['has text behind its end', (tar: Buffer) => Buffer.concat([tar, Buffer.from('text')])],
    ['begins with a header with a wrong sum', (tar: Buffer) => changed(tar, 3)],
  ] as const) {
    it(`is not sent where it ${what}`, async () => {
      const tar = await tarOf([
        { name: 'a.log', body: 'x'.repeat(900) },
        { name: 'b.log', body: 'y'.repeat(900) },
      ]);

      await assert.rejects(contentBench().redact('a.tar', damage(tar)), ContentError);
    });
  }

  it('says nothing of a member where the archive is damaged in it', async () => {
    const tgz = gzipSync(await tarOf([{ name: 'a', body: LARGE }]), { level: 0 });
    const bench = contentBench();

    await assert.rejects(bench.redact('a.tgz', tgz.subarray(0, 100_000)), {
      message: 'a gzip file that is damaged',
    });
    assert.deepEqual(bench.leftOut, []);
  });

  it('is not sent where very much is said before a member, and not called damaged', async () => {
    const tar = Buffer.concat([
      tarHeader({ name: 'a', type: 'x', bytes: 2 ** 20 }),
      Buffer.alloc(2 ** 20, '1048576 comment=x'),
      tarHeader({ name: 'a', type: '0', bytes: 0 }),
    ]);

    await assert.rejects(contentBench().redact('a.tar', tar), {
      message: 'a tar file with more than 1 MiB of headers before a member',
    });
  });

  it('ends with a size that no file has', async () => {
    const tar = Buffer.concat([
      tarHeader({ name: 'a', type: '0', bytes: 8 ** 11 - 1 }),
      tarBody('x'),
    ]);

    await assert.rejects(contentBench().redact('a.tar', tar), ContentError);
  });
});

type Listed = [kind: string, name: string, text: string];

async function read(tar: Buffer): Promise<Listed[]> {
  const members: Listed[] = [];
  for await (const member of readTar(chunksOf(tar), asError, never())) {
    const body = await gathered(member.read());
    members.push([member.kind, member.name, body.toString('latin1')]);
  }
  return members;
}

function asError(error: unknown): Error {
  return new Error('the tar file cannot be read', { cause: error });
}

/** As tar(1) lists it, with names, sizes, numbers of owners, modes and times. */
function list(tar: Buffer): string {
  return execFileSync('tar', ['tvf', '-', '--full-time', '--numeric-owner'], {
    input: tar,
    encoding: 'utf8',
  });
}

async function unpackedAll(tar: Buffer): Promise<string> {
  let all = '';
  for (const [, name, text] of await read(tar)) {
    const bytes = Buffer.from(text, 'latin1');
    all += name.endsWith('.tgz') ? await unpackedAll(gunzipSync(bytes)) : text;
  }
  return all;
}

function changed(tar: Buffer, at: number): Buffer {
  const copy = Buffer.from(tar);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
