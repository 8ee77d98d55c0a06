/** A piece of a file, changed from its first line to its last. */

import assert from 'node:assert/strict';

import { Output } from '../../../agent/redact/own/output.ts';

describe('redact/own/output', () => {
  it('gives the same string where nothing is changed', () => {
    const output = new Output('a\nb\nc\n');
    output.lookBack(2, (text) => text);
    output.lookBack(4, (text) => text);

    assert.equal(output.text(), 'a\nb\nc\n');
  });

  it('puts text into places', () => {
    const output = new Output('a\nb\nc\n');
    output.change(2, 3, 'B');
    output.change(4, 6, '');

    assert.equal(output.text(), 'a\nB\n');
  });

  it('shows what has become of the text before a place, each part once', () => {
    const output = new Output('a\nb\nc\nd\n');
    const seen: string[] = [];
    const look = (text: string) => {
      seen.push(text);
      return text.toUpperCase();
    };
    output.change(0, 1, 'x');
    output.lookBack(4, look);
    output.lookBack(4, look);
    output.change(4, 5, 'y');
    output.lookBack(6, look);

    assert.deepEqual(seen, ['x\nb\n', '', 'y\n']);
    assert.equal(output.text(), 'X\nB\nY\nd\n');
  });
});
