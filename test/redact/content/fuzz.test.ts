/**
 * Archives with a few bytes changed, lost or doubled, thousands of them: each is redacted, or refused with a reason for people,
 * and all end soon. Seeded, so that what fails once fails again.
 */

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';

import { redactContent } from '../../../agent/redact/content/content.ts';
import { ContentError } from '../../../agent/redact/content-error.ts';
import { chunksOf, tarOf } from '../../support/bundles.ts';
import {
  type ContentBench,
  contentBench,
  removeContentBenches,
  SECRET,
  tarBody,
  tarHeader,
} from '../../support/content.ts';
import { randomBelow } from '../../support/random.ts';
import { never } from '../../support/signal.ts';
import { zipOf } from '../../support/zips.ts';

const ARCHIVES = 2000;
/** Of each archive there come only so many chunks and so many words; those here have some KiB. */
const MAX_STEPS = 20_000;

/** In three of four tar files the sums of headers are right again: a wrong one is all that a reader would see. */
const SUM_AT = 148;
const MAGIC_AT = 257;

/** Where readers of headers decide: ends of numbers, signs, digits, blanks, line ends. */
const TELLING = [0x00, 0x01, 0x0a, 0x20, 0x2d, 0x30, 0x37, 0x38, 0x39, 0x3d, 0x7f, 0x80, 0xff];

type Below = (below: number) => number;
type Make = () => Promise<Buffer>;

const KINDS: Record<string, { readonly path: string; readonly make: Make }> = {
  tar: { path: 'a.tar', make: smallTar },
  'tar with PAX records': { path: 'a.tar', make: paxTar },
  gzip: { path: 'a.gz', make: async () => gzipSync(`first\n${SECRET}\n`.repeat(20)) },
  'tar in gzip': { path: 'a.tgz', make: async () => gzipSync(await smallTar(), { level: 0 }) },
  zip: { path: 'a.zip', make: smallZip },
};

describe('redact/content, with broken archives', function () {
  // Of a busy machine too.
  this.timeout(60_000);

  afterEach(() => {
    assert.deepEqual(removeContentBenches(), [], 'files stay in WORK_DIR');
  });

  for (const [index, [name, { path, make }]] of Object.entries(KINDS).entries()) {
    it(`ends ${ARCHIVES} times with ${name}`, async () => {
      const whole = await make();
      const below = randomBelow(index + 1);
      const bench = contentBench();
      let refused = 0;
      for (let count = 0; count < ARCHIVES; count += 1) {
        const changes = mutated(whole, below);
        const broken = below(4) === 0 ? changes : summed(changes);
        if (!(await isRedacted(bench, path, broken))) refused += 1;
      }

      // Otherwise it is not the readers that have been tried.
      assert.ok(refused > ARCHIVES / 20 && refused < ARCHIVES, `${refused} were refused`);
    });
  }

  it(`ends ${ARCHIVES} times with a PAX header of which one record is broken`, async () => {
    const below = randomBelow(11);
    const bench = contentBench();
    for (let count = 0; count < ARCHIVES; count += 1) {
      const body = mutated(Buffer.from('7 a=bc\n14 path=a.log\n20 mtime=1700000000\n'), below);
      const tar = Buffer.concat([
        tarHeader({ name: 'x', type: below(2) === 0 ? 'x' : 'g', bytes: body.length }),
        tarBody(body.toString('latin1')),
        tarHeader({ name: 'a', type: '0', bytes: 0 }),
        Buffer.alloc(1024),
      ]);

      await isRedacted(bench, 'a.tar', tar);
    }
  });
});

/** @returns False where it is refused. Anything but these two fails. */
async function isRedacted(bench: ContentBench, path: string, bytes: Buffer): Promise<boolean> {
  let steps = 0;
  try {
    const content = redactContent(path, chunksOf(bytes, 1000), bench.parts, never());
    for await (const chunk of content) {
      assert.ok(chunk.length >= 0);
      steps += 1;
      assert.ok(steps < MAX_STEPS, 'it does not end');
    }
    return true;
  } catch (error) {
    if (!(error instanceof ContentError)) {
      throw new Error(`bytes that fail: ${bytes.toString('base64')}`, { cause: error });
    }
    return false;
  }
}

/** One to four changes, most of them of one byte. */
function mutated(whole: Buffer, below: Below): Buffer {
  let bytes: Buffer = Buffer.from(whole);
  for (let changes = 1 + below(4); changes > 0; changes -= 1) bytes = changed(bytes, below);
  return bytes;
}

function changed(bytes: Buffer, below: Below): Buffer {
  const at = below(bytes.length);
  const end = Math.min(bytes.length, at + 1 + below(600));
  switch (below(12)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    default: {
      const copy = Buffer.from(bytes);
      copy[at] = below(2) === 0 ? below(256) : (TELLING[below(TELLING.length)] ?? 0);
      return copy;
    }
  }
}

/** With the sums of all that is a header of a tar file, or a block that looks like one. */
function summed(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = 0; at + 512 <= copy.length; at += 512) {
    const block = copy.subarray(at, at + 512);
    if (block.toString('latin1', MAGIC_AT, MAGIC_AT + 5) !== 'ustar') continue;
    block.fill(0x20, SUM_AT, SUM_AT + 8);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, SUM_AT, 'latin1');
  }
  return copy;
}

async function smallTar(): Promise<Buffer> {
  return await tarOf([
    { name: 'a.log', body: `one ${SECRET}` },
    { name: 'd/', type: 'directory' },
    { name: 'd/hard', type: 'link', linkname: 'a.log' },
    { name: `${'folder/'.repeat(30)}file`, body: 'x'.repeat(600) },
    { name: 'in.gz', body: gzipSync(SECRET) },
  ]);
}

async function paxTar(): Promise<Buffer> {
  const members: Buffer[] = [];
  for (const [type, body] of [
    ['g', '18 comment=global\n21 mtime=1700000000\n'],
    ['x', '14 path=b.log\n10 size=4\n27 SCHILY.xattr.user.key=x\n'],
    ['0', 'abcd'],
    ['L', `${'n'.repeat(120)}\0`],
    ['0', SECRET],
  ] as const) {
    members.push(tarHeader({ name: 'x', type, bytes: body.length }), tarBody(body));
  }
  return Buffer.concat([...members, Buffer.alloc(1024)]);
}

async function smallZip(): Promise<Buffer> {
  return await zipOf([
    { name: 'a.log', body: `one ${SECRET}` },
    { name: 'd/' },
    { name: 'd/b.log', body: `${SECRET} two`, compress: false },
    { name: 'c.gz', body: gzipSync(SECRET) },
  ]);
}
