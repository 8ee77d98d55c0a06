/** Two looks at one text. */

import assert from 'node:assert/strict';

import { bothLooks, type Look } from '../../agent/redact/look.ts';

describe('redact/look', () => {
  it('shows both all of the text, and tells of what either has found', () => {
    for (const [text, finding] of [
      ['a one b', 'first'],
      ['a two b', 'second'],
      ['two one', 'first'],
      ['neither', undefined],
    ] as const) {
      const look = bothLooks(lookFor('one', 'first'), lookFor('two', 'second'));

      for (const character of text) look.push(Buffer.from(character));

      assert.equal(look.finding, undefined, 'settled by finish');
      look.finish();
      assert.equal(look.finding, finding);
    }
  });
});

function lookFor(words: string, name: string): Look {
  let text = '';
  let finding: string | undefined;
  return {
    push(chunk) {
      text += Buffer.from(chunk).toString();
    },
    finish() {
      if (text.includes(words)) finding = name;
    },
    get finding() {
      return finding;
    },
  };
}
