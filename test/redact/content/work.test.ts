/** How many members an archive may have, and how many of them may be left out: its own, and those of what lies in it. */

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';

import { Input } from '../../../agent/redact/content/input.ts';
import { redactTar } from '../../../agent/redact/content/tar.ts';
import { Budget, storeMember, type Work } from '../../../agent/redact/content/work.ts';
import { redactZip } from '../../../agent/redact/content/zip.ts';
import { ContentError } from '../../../agent/redact/content-error.ts';
import { chunksOf, tarOf } from '../../support/bundles.ts';
import {
  contentBench,
  gathered,
  removeContentBenches,
  SECRET,
  tarBody,
  tarHeader,
} from '../../support/content.ts';
import { never } from '../../support/signal.ts';
import { zipOf } from '../../support/zips.ts';

const LIMITS = { members: 3, leftOut: 2, leftOutNames: 10 };
const HOSTILE = tarHeader({ name: '../x', type: '0', bytes: 0 });

const TOO_MANY_LEFT_OUT = {
  name: 'ContentError',
  message: 'more than 1000 of its members cannot be sent',
};

describe('redact/content/work', () => {
  afterEach(() => {
    assert.deepEqual(removeContentBenches(), [], 'files stay in WORK_DIR');
  });

  it('has room for so many members, and is spent with one more', () => {
    const budget = new Budget(0, LIMITS);
    for (let count = 0; count < 3; count += 1) budget.countMember();

    assert.ok(!budget.isSpent);
    assert.throws(() => budget.countMember(), {
      name: 'ContentError',
      message: 'it holds more than 3 members',
    });
    assert.ok(budget.isSpent);
  });

  it('has room for so many that are left out, and is spent with one more', () => {
    const budget = new Budget(0, LIMITS);
    for (let count = 0; count < 2; count += 1) budget.countLeftOut('a');

    assert.ok(!budget.isSpent);
    assert.throws(() => budget.countLeftOut('a'), {
      name: 'ContentError',
      message: 'more than 2 of its members cannot be sent',
    });
    assert.ok(budget.isSpent);
  });

  it('has room for names of so many characters', () => {
    const budget = new Budget(0, LIMITS);
    budget.countLeftOut('x'.repeat(10));

    assert.ok(!budget.isSpent);
    assert.throws(() => budget.countLeftOut('x'), {
      name: 'ContentError',
      message: 'names of its members that cannot be sent have more than 10 characters',
    });
    assert.ok(budget.isSpent);
  });

  it('has room for 100000 members where nothing else is said', () => {
    const budget = new Budget(0);
    for (let count = 0; count < 100_000; count += 1) budget.countMember();

    assert.throws(() => budget.countMember(), /^ContentError: it holds more than 100000 members$/);
  });

  for (const [kind, redactArchive, archiveOf] of [
    ['tar', redactTar, tarOf],
    ['zip', redactZip, zipOf],
  ] as const) {
    it(`counts each member of a ${kind} file, folders and what is left out among them`, async () => {
      const members = [
        { name: 'd/', type: 'directory' as const },
        { name: SECRET, body: 'x' },
        { name: 'b', body: 'x' },
      ];
      async function redactWith(maxMembers: number): Promise<Buffer> {
        const input = new Input(chunksOf(await archiveOf(members)), never());
        const budget = new Budget(1000, { ...LIMITS, members: maxMembers });
        const place = { path: 'a', label: 'a', name: 'a' };
        return await gathered(redactArchive(input, place, workWith(budget)));
      }

      assert.ok((await redactWith(3)).length > 0);
      await assert.rejects(redactWith(2), { message: 'it holds more than 2 members' });
    });
  }

  it('ends a tar file of which more than 1000 members cannot be sent', async () => {
    const full = Buffer.alloc(1000 * HOSTILE.length, HOSTILE);
    const bench = contentBench();

    await bench.redact('a.tar', full);
    assert.equal(bench.leftOut.length, 1000);

    await assert.rejects(
      contentBench().redact('a.tgz', gzipSync(Buffer.concat([full, HOSTILE]))),
      TOO_MANY_LEFT_OUT,
    );
  });

  it('tells of no more than 1000 members, however many there are', async () => {
    const bench = contentBench();
    const bomb = gzipSync(Buffer.alloc(100_000 * HOSTILE.length, HOSTILE));

    await assert.rejects(bench.redact('a.tar.gz', bomb), TOO_MANY_LEFT_OUT);
    assert.equal(bench.leftOut.length, 1000);
  });

  it('ends a zip file of which more than 1000 members cannot be sent', async () => {
    const names = Array.from({ length: 1001 }, (_none, index) => ({ name: `${index}.p12` }));
    const members = names.map((member) => ({ ...member, body: 'x' }));

    await contentBench().redact('a.zip', await zipOf(members.slice(1)));
    await assert.rejects(contentBench().redact('a.zip', await zipOf(members)), TOO_MANY_LEFT_OUT);
  });

  it('counts members of what lies in an archive with its own', async () => {
    const store = { name: 'a.p12', body: 'x' };
    const inner = {
      'in.tar': Buffer.alloc(300 * HOSTILE.length, HOSTILE),
      'in.zip': await zipOf(Array.from({ length: 300 }, () => store)),
      'in.tgz': gzipSync(Buffer.alloc(300 * HOSTILE.length, HOSTILE)),
    };
    const packed = Object.entries(inner).map(([name, body]) => ({ name, body }));
    const own = Array.from({ length: 100 }, () => store);
    const bench = contentBench();

    await bench.redact('a.tar', await tarOf([...packed, ...own]));
    assert.equal(bench.leftOut.length, 1000);

    for (const more of [
      [...packed, ...own, store],
      [store, ...own, ...packed],
    ]) {
      await assert.rejects(contentBench().redact('a.tar', await tarOf(more)), TOO_MANY_LEFT_OUT);
      await assert.rejects(contentBench().redact('a.zip', await zipOf(more)), TOO_MANY_LEFT_OUT);
    }
  });

  it('ends an archive whose left out members have names without end', async () => {
    const name = `../${'x'.repeat(500_000)}`;
    const record = `500016 path=${name}\n`;
    const member = Buffer.concat([
      tarHeader({ name: 'x', type: 'x', bytes: record.length }),
      tarBody(record),
      HOSTILE,
    ]);

    await contentBench().redact('a.tar', Buffer.alloc(2 * member.length, member));
    await assert.rejects(
      contentBench().redact('a.tar', Buffer.alloc(3 * member.length, member)),
      /names of its members that cannot be sent have more than 1048576 characters/,
    );
  });

  it('counts anew for each file', async () => {
    const bench = contentBench();
    const full = Buffer.alloc(1000 * HOSTILE.length, HOSTILE);

    for (const path of ['a.tar', 'b.tar']) await bench.redact(path, full);

    assert.equal(bench.leftOut.length, 2000);
  });

  it('takes the whole archive for what a member has spent', async () => {
    const budget = new Budget(0, LIMITS);
    async function* spend(): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 4; count += 1) budget.countMember();
      yield Buffer.from('a');
    }

    await assert.rejects(storeMember(spend(), workWith(budget)), ContentError);
  });
});

/** What lies in an archive stays as it is. */
function workWith(budget: Budget): Work {
  return {
    parts: contentBench().parts,
    budget,
    signal: never(),
    depth: 0,
    redact: async function* same(source) {
      yield* source;
    },
  };
}
