/** Zip files: what stays of them, what is hidden in them, and what of them cannot be sent. */

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';

import { redactContent } from '../../../agent/redact/content/content.ts';
import { ContentError } from '../../../agent/redact/content-error.ts';
import { chunksOf, tarOf } from '../../support/bundles.ts';
import {
  contentBench,
  gathered,
  HIDDEN,
  removeContentBenches,
  SECRET,
} from '../../support/content.ts';
import { never } from '../../support/signal.ts';
import { patchedZip, readZip, shiftedZip, zipFacts, zipOf } from '../../support/zips.ts';

const MIB = 1024 * 1024;
const LARGE = Buffer.alloc(2.25 * MIB, `${SECRET} `);

describe('redact/content/zip', () => {
  afterEach(() => {
    assert.deepEqual(removeContentBenches(), [], 'files stay in WORK_DIR');
  });

  for (const chunkBytes of [1, 30, 100_000]) {
    it(`hides what is in its members, in chunks of ${chunkBytes} bytes`, async () => {
      const zip = await zipOf([
        { name: 'a.log', body: `one ${SECRET}` },
        { name: 'empty', body: '' },
        { name: 'b/c.log', body: `${SECRET} two`, compress: false },
      ]);
      const bench = contentBench();

      const redacted = await bench.redact('logs.zip', zip, chunkBytes);

      assert.deepEqual(await readZip(redacted), [
        ['a.log', `one ${HIDDEN}`],
        ['empty', ''],
        ['b/c.log', `${HIDDEN} two`],
      ]);
      assert.deepEqual(bench.asked, ['a.log', 'empty', 'b/c.log']);
      assert.ok(!redacted.includes(SECRET));
    });
  }

  for (const path of ['a.zip', 'a.jar', 'a.docx', 'unnamed']) {
    it(`opens ${path}`, async () => {
      const redacted = await contentBench().redact(
        path,
        await zipOf([{ name: 'a', body: SECRET }]),
      );

      assert.deepEqual(await readZip(redacted), [['a', HIDDEN]]);
    });
  }

  it('writes members again that are too large for memory', async () => {
    const zip = await zipOf([
      { name: 'stored', body: LARGE, compress: false },
      { name: 'deflated', body: LARGE },
      { name: 'after', body: 'x' },
    ]);

    const members = await readZip(await contentBench().redact('a.zip', zip, 65_536));

    const text = LARGE.toString('latin1').replaceAll(SECRET, HIDDEN);
    assert.deepEqual(members, [
      ['stored', text],
      ['deflated', text],
      ['after', 'x'],
    ]);
  });

  it('keeps modes, times, methods, order, twins and folders', async () => {
    const mtime = new Date('2026-03-04T05:06:08Z');
    const zip = await zipOf([
      { name: 'z/', mtime, mode: 0o40750 },
      { name: 'z/b', body: 'first', mtime, mode: 0o100600 },
      { name: 'a', body: 'other', mtime, mode: 0o104755, compress: false },
      { name: 'z/b', body: 'second', mtime, mode: 0o100644 },
      { name: 'link', body: 'z/b', mtime, mode: 0o120777 },
    ]);

    const redacted = await contentBench().redact('a.zip', zip);

    assert.deepEqual(await zipFacts(redacted), await zipFacts(zip));
    assert.equal((await zipFacts(redacted)).length, 5);
    assert.deepEqual(await readZip(redacted), await readZip(zip));
  });

  it('keeps the order of the directory where that of the members is another', async () => {
    const zip = await zipOf([
      { name: 'a', body: SECRET },
      { name: 'b', body: 'b' },
    ]);
    const [start, second] = [zip.indexOf('PK\x01\x02'), zip.lastIndexOf('PK\x01\x02')];
    const end = zip.indexOf('PK\x05\x06');
    const swapped = Buffer.concat([
      zip.subarray(0, start),
      zip.subarray(second, end),
      zip.subarray(start, second),
      zip.subarray(end),
    ]);

    assert.deepEqual(await readZip(await contentBench().redact('a.zip', swapped)), [
      ['b', 'b'],
      ['a', HIDDEN],
    ]);
  });

  it('does not pass on comments and what lies around the members', async () => {
    const zip = await zipOf([{ name: 'a', body: 'x', comment: SECRET }], SECRET);
    const stub = Buffer.from(`#!/bin/sh ${SECRET}\n`);
    const behind = shiftedZip(zip, stub.length);

    for (const bytes of [zip, Buffer.concat([stub, behind])]) {
      const redacted = await contentBench().redact('a.jar', bytes);

      assert.ok(bytes.includes(SECRET));
      assert.ok(!redacted.includes(SECRET));
      assert.deepEqual(await readZip(redacted), [['a', 'x']]);
    }
  });

  it('keeps names that are not in UTF-8, and those in UTF-8', async () => {
    const oldName = Buffer.from('na\x8bve.txt', 'latin1');
    const old = patchedZip(await zipOf([{ name: 'naXve.txt', body: SECRET }]), {
      flags: 0,
      name: oldName,
    });
    const bench = contentBench();

    const redacted = await bench.redact('a.zip', old);
    await bench.redact('a.zip', await zipOf([{ name: 'naïve.txt', body: SECRET }]));

    assert.equal(count(redacted, oldName), 2);
    assert.deepEqual(bench.asked, ['naïve.txt', 'naïve.txt']);
  });

  it('redacts archives in it, and is redacted in archives', async () => {
    const inner = await tarOf([{ name: 'deep.log', body: SECRET }]);
    const zip = await zipOf([
      { name: 'in.tgz', body: gzipSync(inner) },
      { name: 'in.zip', body: await zipOf([{ name: 'deep.log', body: SECRET }]) },
      { name: 'store.jks', body: 'xyz' },
    ]);
    const bench = contentBench();

    await bench.redact('a.tar', await tarOf([{ name: 'b.zip', body: zip }]));

    assert.deepEqual(bench.asked, ['deep.log', 'deep.log']);
    assert.deepEqual(bench.leftOut, [
      [
        'a.tar/b.zip/store.jks',
        'a Java keystore cannot be looked into; REDACT_OPAQUE=keep sends such files',
      ],
    ]);
  });

  for (const [what, member, change, reason] of [
    ['an encrypted one', {}, { flags: 0x801 }, 'it is encrypted'],
    [
      'one of a method it does not know',
      {},
      { method: 12 },
      'it is compressed by an unknown method: 12',
    ],
    [
      'one with a name that leads upwards',
      { name: 'xx/a' },
      { name: Buffer.from('../a') },
      'its name leads out of the archive',
    ],
    [
      'one that leads upwards by backslashes',
      { name: 'xx/a' },
      { name: Buffer.from('..\\a') },
      'its name leads out of the archive',
    ],
    [
      'one with an absolute name',
      { name: 'xx/a' },
      { name: Buffer.from('/x/a') },
      'its name leads out of the archive',
    ],
    [
      'one with a drive',
      { name: 'xx/a' },
      { name: Buffer.from('C:/a') },
      'its name leads out of the archive',
    ],
    ['one with a wrong sum', {}, { crc32: 1 }, 'a member of a zip file that is damaged'],
    [
      'one that is shorter than it says',
      {},
      { bytes: 500_000 },
      'a member of a zip file that is damaged',
    ],
    ['one that is longer than it says', {}, { bytes: 1 }, 'a member of a zip file that is damaged'],
  ] as const) {
    it(`leaves out ${what}, says so, and keeps the rest`, async () => {
      const zip = await zipOf([
        { name: 'bad1', body: `text ${SECRET}`, ...member },
        { name: 'z', body: SECRET },
      ]);
      const bench = contentBench();

      const redacted = await bench.redact('b/a.zip', patchedZip(zip, change));

      assert.deepEqual(await readZip(redacted), [['z', HIDDEN]]);
      assert.deepEqual(
        bench.leftOut.map(([, why]) => why),
        [reason],
      );
      assert.match(bench.leftOut[0]?.[0] ?? '', /^b\/a\.zip\//);
    });
  }

  it('leaves out a member whose deflated bytes are damaged', async () => {
    const zip = await zipOf([
      { name: 'a', body: LARGE },
      { name: 'z', body: SECRET },
    ]);
    zip.fill(0xff, 1000, 1100);
    const bench = contentBench();

    assert.deepEqual(await readZip(await bench.redact('a.zip', zip)), [['z', HIDDEN]]);
    assert.deepEqual(bench.leftOut, [['a.zip/a', 'a member of a zip file that is damaged']]);
  });

  it('keeps an empty archive', async () => {
    assert.deepEqual(await readZip(await contentBench().redact('a.zip', await zipOf([]))), []);
  });

  for (const [what, damage] of [
    ['is cut off', (zip: Buffer) => zip.subarray(0, -30)],
    ['is only begun', (zip: Buffer) => zip.subarray(0, 20)],
    ['has bytes behind its end', (zip: Buffer) => Buffer.concat([zip, Buffer.from('text')])],
    ['has a broken directory', (zip: Buffer) => broken(zip, zip.indexOf('PK\x01\x02'))],
    ['has a directory elsewhere', (zip: Buffer) => broken(zip, zip.length - 6)],
  ] as const) {
    it(`is not sent where it ${what}`, async () => {
      const zip = await zipOf([
        { name: 'a', body: SECRET },
        { name: 'b', body: SECRET },
      ]);

      await assert.rejects(contentBench().redact('a', damage(zip)), ContentError);
    });
  }

  it('is not sent where two members are the same bytes, as in a bomb', async () => {
    const zip = await zipOf([
      { name: 'a', body: LARGE },
      { name: 'b', body: LARGE },
    ]);
    zip.writeUInt32LE(0, zip.lastIndexOf('PK\x01\x02') + 42);

    await assert.rejects(contentBench().redact('a.zip', zip), {
      message: 'a zip file whose members overlap',
    });
  });

  it('ends at the limit of all members together', async () => {
    const members = ['a', 'b', 'c'].map((name) => ({ name, body: Buffer.alloc(MIB) }));
    const zip = await zipOf(members);

    await contentBench({ maxBytes: 3 * MIB }).redact('a.zip', zip);
    await assert.rejects(
      contentBench({ maxBytes: 3 * MIB - 1 }).redact('a.zip', zip),
      ContentError,
    );
  });

  it('leaves nothing in WORK_DIR when its reader stops', async () => {
    const zip = await zipOf(['a', 'b'].map((name) => ({ name, body: LARGE, compress: false })));
    const bench = contentBench();
    let isStored = false;

    for await (const chunk of redactContent('a.zip', chunksOf(zip), bench.parts, never())) {
      isStored ||= bench.files().length > 0;
      if (chunk.length > 30) break;
    }

    assert.ok(isStored);
    assert.deepEqual(bench.files(), []);
  });

  it('passes on an error of the stored file as it is', async () => {
    const failure = new Error('no disk');
    const bench = contentBench({
      store: async (chunks) => {
        const { length } = await gathered(chunks);
        return { bytes: length, read: () => failing(failure), remove: async () => {} };
      },
    });

    await assert.rejects(bench.redact('a.zip', await zipOf([{ name: 'a' }])), failure);
  });

  it('stops with the signal', async () => {
    const zip = await zipOf(['a', 'b'].map((name) => ({ name, body: LARGE, compress: false })));
    const stop = new AbortController();
    const bench = contentBench();
    const content = redactContent('a.zip', chunksOf(zip), bench.parts, stop.signal);
    await content.next();

    stop.abort(new Error('stop'));

    await assert.rejects(gathered(content), { message: 'stop' });
    assert.deepEqual(bench.leftOut, []);
  });
});

async function* failing(error: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.from('P');
  throw error;
}

function broken(zip: Buffer, at: number): Buffer {
  const copy = Buffer.from(zip);
  copy[at] = (copy[at] ?? 0) ^ 0x55;
  return copy;
}

function count(bytes: Buffer, part: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(part); at !== -1; at = bytes.indexOf(part, at + 1)) found += 1;
  return found;
}
