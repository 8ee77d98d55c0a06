/** Entries out of the program's archive: what passes, and everything hostile that does not. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { BundleEntry, LeftOut } from '../../agent/bundle.ts';
import { asOutputError, readEntries } from '../../agent/support-bundle-cli/entries.ts';
import { type Member, tarGzipOf, temporaryFolder } from '../support/bundles.ts';
import { never } from '../support/signal.ts';

describe('support-bundle-cli/entries', () => {
  const folder = temporaryFolder();
  let number = 0;

  it('gives files and links below the top folder', async () => {
    const entries = await entriesOf([
      { name: 'top', type: 'directory' },
      { name: 'top/version.yaml', body: 'x' },
      { name: 'top/logs/api/a.log', type: 'symlink', linkname: '../../cluster-resources/a.log' },
    ]);

    assert.deepEqual(entries.map(toPlain), [
      { kind: 'file', path: 'version.yaml', bytes: 1 },
      { kind: 'link', path: 'logs/api/a.log', target: '../../cluster-resources/a.log' },
    ]);
  });

  it('gives the bodies one at a time', async () => {
    const file = await write([
      { name: 'top/a', body: 'first' },
      { name: 'top/b', body: 'second' },
    ]);
    const bodies: string[] = [];
    for await (const entry of readEntries(file, { toError: asOutputError }, never())) {
      if (entry.kind !== 'file') continue;
      for await (const chunk of entry.read()) bodies.push(Buffer.from(chunk).toString());
    }

    assert.deepEqual(bodies, ['first', 'second']);
  });

  for (const name of [
    '/etc/passwd',
    'top/../../etc/passwd',
    'other/a',
    'top',
    'top//a',
    'top/./a',
  ]) {
    it(`leaves out a file named ${name}`, async () => {
      const entries = await entriesOf([
        { name: 'top/a', body: 'x' },
        { name, body: 'x' },
      ]);

      assert.deepEqual(toPlain(entries[1]), {
        kind: 'left-out',
        path: name,
        reason: 'not a path below the top folder',
      });
    });
  }

  it('takes no top folder that leads upwards', async () => {
    const [entry] = await entriesOf([{ name: '../a', body: 'x' }]);

    assert.equal(entry?.kind, 'left-out');
  });

  for (const target of [
    '/etc/passwd',
    '../../a',
    '../../../etc/passwd',
    '..',
    'b/../c',
    '../b/../../../c',
    '',
    '.',
    'b//c',
  ]) {
    it(`leaves out a link to ${JSON.stringify(target)}`, async () => {
      const [entry] = await entriesOf([
        { name: 'top/logs/link', type: 'symlink', linkname: target },
      ]);

      assert.equal(entry?.kind, 'left-out');
      assert.match(String(entry?.kind === 'left-out' && entry.reason), /leads outside/);
    });
  }

  for (const target of ['b', 'b/c', '../b', '../b/c']) {
    it(`takes a link to ${target}`, async () => {
      const [entry] = await entriesOf([
        { name: 'top/logs/link', type: 'symlink', linkname: target },
      ]);

      assert.equal(entry?.kind, 'link');
    });
  }

  for (const [what, type, reason] of [
    ['a hard link', 'link', 'a hard link'],
    ['a device', 'character-device', 'neither a file nor a link'],
    ['a pipe', 'fifo', 'neither a file nor a link'],
  ] as const) {
    it(`leaves out ${what}`, async () => {
      const [entry] = await entriesOf([{ name: 'top/a', type, linkname: 'b' }]);

      assert.deepEqual(toPlain(entry), { kind: 'left-out', path: 'a', reason });
    });
  }

  for (const [what, first, second, reason] of [
    ['a path that occurs twice', 'top/a', 'top/a', 'the path occurs twice'],
    ['a file below a file', 'top/a', 'top/a/b', 'its folder is also a file or a link'],
    ['a file in the place of a folder', 'top/a/b/c', 'top/a/b', 'the path is also a folder'],
  ] as const) {
    it(`leaves out ${what}`, async () => {
      const entries = await entriesOf([
        { name: first, body: 'x' },
        { name: second, body: 'y' },
      ]);

      assert.deepEqual(toPlain(entries[1]), {
        kind: 'left-out',
        path: second.slice('top/'.length),
        reason,
      });
    });
  }

  it('leaves out a file below a link', async () => {
    const entries = await entriesOf([
      { name: 'top/a', type: 'symlink', linkname: 'b' },
      { name: 'top/a/c', body: 'x' },
    ]);

    assert.equal(entries[1]?.kind, 'left-out');
  });

  it('rejects an archive that is cut off', async () => {
    const file = await write([{ name: 'top/a', body: 'x'.repeat(10_000) }], -20);

    await assert.rejects(readAll(file), { code: 'CLI_OUTPUT_INVALID' });
  });

  it('rejects in the body where an archive is cut off', async () => {
    const file = await write([{ name: 'top/a', body: randomBytes(200_000) }], -2000);
    const entries = readEntries(file, { toError: asOutputError }, never());
    const first = await entries.next();

    await assert.rejects(
      async () => {
        if (first.done === true || first.value.kind !== 'file') return;
        for await (const chunk of first.value.read()) void chunk;
      },
      { code: 'CLI_OUTPUT_INVALID' },
    );
    await entries.return(undefined);
  });

  it('rejects when there is no archive', async () => {
    await assert.rejects(readAll(join(folder(), 'none')), { code: 'CLI_OUTPUT_INVALID' });
  });

  async function entriesOf(members: readonly Member[]) {
    return readAll(await write(members));
  }

  async function write(members: readonly Member[], end?: number): Promise<string> {
    number += 1;
    const file = join(folder(), `${number}.tar.gz`);
    writeFileSync(file, (await tarGzipOf(members)).subarray(0, end));
    return file;
  }
});

async function readAll(file: string): Promise<(BundleEntry | LeftOut)[]> {
  const entries: (BundleEntry | LeftOut)[] = [];
  for await (const entry of readEntries(file, { toError: asOutputError }, never())) {
    entries.push(entry);
  }
  return entries;
}

/** Without the body and what is undefined. */
function toPlain(entry: BundleEntry | LeftOut | undefined): unknown {
  return JSON.parse(JSON.stringify(entry));
}
