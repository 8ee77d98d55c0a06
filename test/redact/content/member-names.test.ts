/** Names in archives tell as much as texts: what has a secret in one is left out. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import { readTar } from '../../../agent/tar-reader.ts';
import { chunksOf, tarOf } from '../../support/bundles.ts';
import {
  contentBench,
  NAMED,
  removeContentBenches,
  SECRET,
  tarBody,
  tarHeader,
} from '../../support/content.ts';
import { never } from '../../support/signal.ts';
import { readZip, zipOf } from '../../support/zips.ts';

describe('redact/content: names of members', () => {
  afterEach(() => {
    assert.deepEqual(removeContentBenches(), [], 'files stay in WORK_DIR');
  });

  it('leaves out what has a secret in its name or target, and hard links to it', async () => {
    const tar = await tarOf([
      { name: `d-${SECRET}/`, type: 'directory' },
      { name: `d/${SECRET}.log`, body: 'x' },
      { name: 'soft', type: 'symlink', linkname: `/run/${SECRET}` },
      { name: 'hard', type: 'link', linkname: `d/${SECRET}.log` },
      { name: `${'n'.repeat(150)}${SECRET}`, body: 'x' },
      { name: 'kept', body: 'x' },
    ]);
    const bench = contentBench();

    const redacted = await bench.redact('a.tar', tar);

    assert.deepEqual(await readNames(redacted), ['kept']);
    assert.ok(!redacted.includes(SECRET));
    assert.deepEqual(
      bench.leftOut.map(([, reason]) => reason),
      [NAMED, NAMED, NAMED, NAMED, NAMED],
    );
  });

  it('leaves out what has a secret in a name that another one stands for', async () => {
    const path = '10 path=b\n';
    const tar = Buffer.concat([
      tarHeader({ name: 'x', type: 'x', bytes: path.length }),
      tarBody(path),
      tarHeader({ name: SECRET, type: '0', bytes: 1 }),
      tarBody('1'),
      Buffer.alloc(1024),
    ]);
    const bench = contentBench();

    assert.ok(!(await bench.redact('a.tar', tar)).includes(SECRET));
    assert.deepEqual(bench.leftOut, [['a.tar/b', NAMED]]);
  });

  it('does not pass on names of owners, and names that are said of all members', async () => {
    const all = `18 path=a/${SECRET}\n`;
    const records = [`15 gid=${SECRET}\n`, `17 uname=${SECRET}\n`].join('');
    const tar = Buffer.concat([
      tarHeader({ name: 'g', type: 'g', bytes: all.length }),
      tarBody(all),
      tarHeader({ name: 'x', type: 'x', bytes: records.length }),
      tarBody(records),
      await tarOf([{ name: 'a', uid: 1000, gid: 100, uname: SECRET, gname: SECRET, body: 'x' }]),
    ]);
    const bench = contentBench();

    const redacted = await bench.redact('a.tar', tar);

    assert.ok(!redacted.includes(SECRET));
    assert.deepEqual(await readNames(redacted), ['a']);
    assert.match(
      execFileSync('tar', ['tvf', '-'], { input: redacted, encoding: 'utf8' }),
      / 1000\/100 /,
    );
    assert.deepEqual(bench.leftOut, []);
  });

  it('leaves out members of a zip file that have a secret in their names', async () => {
    const bench = contentBench();
    const zip = await zipOf([
      { name: `in/${SECRET}`, body: 'x' },
      { name: `${SECRET}/`, mode: 0o40755 },
      { name: 'kept', body: 'x' },
    ]);

    const redacted = await bench.redact('a.zip', zip);

    assert.deepEqual(await readZip(redacted), [['kept', 'x']]);
    assert.ok(!redacted.includes(SECRET));
    assert.deepEqual(
      bench.leftOut.map(([, reason]) => reason),
      [NAMED, NAMED],
    );
  });
});

async function readNames(tar: Buffer): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of readTar(chunksOf(tar), () => new Error('no tar'), never())) {
    names.push(name);
  }
  return names;
}
