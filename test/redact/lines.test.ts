/** Cutting bytes into pieces of whole lines. */

import assert from 'node:assert/strict';

import { linesOf } from '../../agent/redact/lines.ts';
import { MASK } from '../../agent/redact/rules.ts';
import { cutEverywhere, from } from '../support/bytes.ts';

describe('redact/lines', () => {
  it('gives whole lines, wherever the bytes are cut', async () => {
    const text = 'one\n\ntwo\r\nthree';
    for (const chunks of cutEverywhere(Buffer.from(text))) {
      const pieces = await collect(linesOf(from(...chunks), { onCut: neverCut }));

      assert.equal(pieces.join(''), text);
      assert.ok(pieces.slice(0, -1).every((piece) => piece.endsWith('\n')));
    }
  });

  it('gives a character for each byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_none, byte) => byte));
    const pieces = await collect(linesOf(from(bytes), { onCut: neverCut }));

    assert.deepEqual(Buffer.from(pieces.join(''), 'latin1'), bytes);
  });

  it('gives nothing for nothing', async () => {
    assert.deepEqual(await collect(linesOf(from(), { onCut: neverCut })), []);
    assert.deepEqual(await collect(linesOf(from(Buffer.alloc(0)), { onCut: neverCut })), []);
  });

  it('takes a large chunk in parts', async () => {
    const line = `${'x'.repeat(99)}\n`;
    const pieces = await collect(
      linesOf(from(Buffer.from(line.repeat(50_000))), { onCut: neverCut }),
    );

    assert.equal(pieces.join(''), line.repeat(50_000));
    assert.ok(pieces.length > 4);
  });

  it('hides the rest of a line that is too long, and goes on behind it', async () => {
    const text = `${'a'.repeat(10)}\nbbbb bbbb bb\nccccccccc ${'c'.repeat(25)}\nend`;
    for (const chunks of cutEverywhere(Buffer.from(text))) {
      let cuts = 0;
      const lines = linesOf(from(...chunks), { maxLineBytes: 10, onCut: () => cuts++ });
      const pieces = await collect(lines);

      const expected = `${'a'.repeat(10)}\nbbbb bbbb ${MASK}\nccccccccc ${MASK}\nend`;
      assert.equal(pieces.join(''), expected);
      assert.equal(cuts, 2);
    }
  });

  it('hides the rest of a last line without its line end', async () => {
    const pieces = await collect(
      linesOf(from(Buffer.from('x y '.repeat(30))), { maxLineBytes: 10, onCut: () => undefined }),
    );

    assert.equal(pieces.join(''), `${'x y '.repeat(2)}x ${MASK}`);
  });

  for (const [what, before] of [
    ['a blank', 'token '],
    ['a tab', 'token\t'],
    ['a double quote', '{"token":"'],
    ['a single quote', "token='"],
    ['a backtick', 'token=`'],
    ['a comma', 'one,'],
    ['an ampersand', 'one=two&'],
  ] as const) {
    it(`hides the head of what is cut too, from ${what} on`, async () => {
      const start = 'x'.repeat(9000) + before;
      for (const headBytes of [0, 1, 39, 4095 - before.length]) {
        const pieces = await collect(cut(start + 'S'.repeat(5000), start.length + headBytes));

        assert.equal(pieces.join(''), start + MASK);
      }
    });
  }

  it('hides the last 4 KiB where there is no such character in them', async () => {
    const pieces = await collect(cut(`${'x'.repeat(99)} ${'S'.repeat(9000)}`, 100 + 4096 + 7));

    assert.equal(pieces.join(''), `${'x'.repeat(99)} SSSSSSS${MASK}`);
  });

  it('hides all of a line that is shorter, and has no such character', async () => {
    assert.equal((await collect(cut('S'.repeat(9000), 4000))).join(''), MASK);
  });

  it('cuts no line that is as long as one may be', async () => {
    assert.equal((await collect(cut(`a ${'b'.repeat(8)}`, 10))).join(''), `a ${'b'.repeat(8)}`);
  });
});

function cut(text: string, maxLineBytes: number): AsyncIterable<string> {
  return linesOf(from(Buffer.from(text)), { maxLineBytes, onCut: () => undefined });
}

function neverCut(): never {
  throw new Error('no line is cut here');
}

async function collect(pieces: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}
