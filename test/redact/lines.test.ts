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
    const text = `${'a'.repeat(10)}\n${'b'.repeat(11)}\n${'c'.repeat(25)}\nend`;
    for (const chunks of cutEverywhere(Buffer.from(text))) {
      let cuts = 0;
      const lines = linesOf(from(...chunks), { maxLineBytes: 10, onCut: () => cuts++ });
      const pieces = await collect(lines);

      const expected = `${'a'.repeat(10)}\n${'b'.repeat(10)}${MASK}\n${'c'.repeat(10)}${MASK}\nend`;
      assert.equal(pieces.join(''), expected);
      assert.equal(cuts, 2);
    }
  });

  it('hides the rest of a last line without its line end', async () => {
    const pieces = await collect(
      linesOf(from(Buffer.from('x'.repeat(30))), { maxLineBytes: 10, onCut: () => undefined }),
    );

    assert.equal(pieces.join(''), 'x'.repeat(10) + MASK);
  });
});

function neverCut(): never {
  throw new Error('no line is cut here');
}

async function collect(pieces: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}
